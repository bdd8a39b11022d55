"""Phones are told to fetch, through the API, and followed until they have it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from provd.app import Services
from provd.exchange import Answer, PhoneRequest
from provd.store import domains, jobs, layers, tokens
from sip_edge.message import Request
from tests.api.conftest import RIVAL, RIVAL_MAC, YEALINK, Api
from tests.api.test_registrations import phone_of, sip
from tests.registrar.scenes import Phone
from tests.sip_transport.scenes import asked

PATH = f"/phones/{YEALINK}/resync"
MANY = "/domains/acme.example/resync"
POLY = "64167f000102"


def told(phone: Phone) -> list[Request]:
    """The requests that the phone got since the last time."""
    return [asked(data) for data in phone.flow.take() if not data.startswith(b"SIP/")]


def say(phone: Phone, request: Request, status: int) -> None:
    """The phone answers a request."""
    phone.edge.stack.received(phone.flow, bytes(request.reply(status, to_tag="p")))


async def fetch(services: Services, file: str) -> None:
    """The phone fetches one of its files."""
    token = tokens.newest(services.store, domains.by_name(services.store, "acme.example").id)
    request = PhoneRequest(f"p/{token}/{file}", "192.0.2.1", "http", user_agent="Yealink SIP-T46U 108.86.0.90")
    got = services.provisioning.answer(request)
    settled = got if isinstance(got, Answer) else await got
    assert settled.status == 200


async def until(true: Callable[[], Any]) -> Any:
    """Let the server work until something is so."""
    async with asyncio.timeout(4):
        while not (found := true()):
            await asyncio.sleep(0.01)
    return found


async def next_request(phone: Phone) -> Request:
    """The next request that the phone gets."""
    return (await until(lambda: told(phone)))[0]  # type: ignore[no-any-return]


@pytest.mark.gen_test
async def test_a_phone_is_told_and_followed_to_the_end(api: Api) -> None:
    key = api.key("office_manager")
    async with sip(api.services) as edge:
        phone = phone_of(api.services, "101")
        phone.register()
        assert (await api(key, "GET", PATH)).status == 404
        begun = await api(key, "POST", PATH, {})
        assert begun.status == 202 and begun.headers["Location"] == f"/api/v2{PATH}"
        assert (begun.body["phase"], begun.body["when"], begun.body["sent"]) == ("waiting", "now", None)
        notify = await next_request(phone)
        assert notify.method == "NOTIFY" and notify.headers.first("event") == "check-sync;reboot=false"
        assert (await api(key, "GET", PATH)).body["phase"] == "sending"
        assert (await api(key, "DELETE", PATH)).status == 409
        say(phone, notify, 200)
        await until(lambda: edge.resyncs.status(YEALINK).phase == "acknowledged")  # type: ignore[union-attr]
        await fetch(api.services, f"{YEALINK}.cfg")
        assert (await api(key, "GET", PATH)).body["phase"] == "fetched"
        phone.register()
        done = (await api(key, "GET", PATH)).body
        assert (done["phase"], done["due"], done["attempts"]) == ("done", None, 1) and done["fetched"] >= done["sent"]
        assert "registered again" in done["text"]
        kinds = [one["kind"] for one in (await api(key, "GET", f"/phones/{YEALINK}/events")).body["items"]]
        steps = ["registered", "resync_sent", "resync_acknowledged", "fetched", "refreshed", "resync_done"]
        assert list(reversed(kinds)) == steps
        assert (await api(key, "DELETE", PATH)).status == 404
        text = (await api.client.fetch(f"{api.base}/metrics")).body.decode()
        assert 'provd_sip_resyncs_total{phase="done"} 1\n' in text


@pytest.mark.gen_test(timeout=20)
async def test_a_phone_restarts_only_when_what_has_changed_needs_it(api: Api) -> None:
    key, token = api.key("office_manager"), tokens.newest
    acme = domains.by_name(api.services.store, "acme.example")
    agent = "Yealink SIP-T46U 108.86.0.90"

    async def takes_its_file() -> None:
        path = f"p/{token(api.services.store, acme.id)}/{YEALINK}.cfg"
        got = api.services.provisioning.answer(PhoneRequest(path, "192.0.2.1", "https", user_agent=agent))
        assert (got if isinstance(got, Answer) else await got).status == 200
        await api.services.recorder.flush()

    async with sip(api.services) as edge:
        phone = phone_of(api.services, "101")
        phone.register()
        said: dict[str, Any] = {}

        async def told_after(**values: Any) -> str:
            said.update(values)
            layers.save(api.services.store, acme.id, "company", acme.id, int(time.time()), who="test", values=said)
            assert (await api(key, "POST", PATH, {})).status == 202
            notify = await next_request(phone)
            say(phone, notify, 200)
            await until(lambda: edge.resyncs.status(YEALINK).phase == "acknowledged")  # type: ignore[union-attr]
            await takes_its_file()
            phone.register()
            await until(lambda: edge.resyncs.status(YEALINK).over)  # type: ignore[union-attr]
            return str(notify.headers.first("event"))

        assert await told_after(**{"network.vlan.id": 7}) == "check-sync;reboot=false", "nobody knows what it has"
        assert await told_after(**{"time.format": "24"}) == "check-sync;reboot=false"
        assert await told_after(**{"network.vlan.id": 12}) == "check-sync;reboot=true"
        assert await told_after(**{"language": "de"}) == "check-sync;reboot=false"
        events = (await api(key, "GET", f"/phones/{YEALINK}/events?kind=resync_sent")).body["items"]
        assert events[1]["reason"] == "It was told to restart, which a change of network.vlan.id needs."


@pytest.mark.gen_test
async def test_what_waits_can_be_cancelled(api: Api) -> None:
    key = api.key("office_manager")
    async with sip(api.services):
        phone = phone_of(api.services, "101")
        phone.register()
        waiting = (await api(key, "POST", PATH, {"when": "tonight", "restart": True})).body
        assert waiting["restart"] and waiting["due"] > waiting["asked"] and "nightly" in waiting["text"]
        assert (await api(key, "DELETE", PATH)).status == 204
        assert (await api(key, "GET", PATH)).status == 404 and told(phone) == []
        rows = (await api(key, "GET", "/audits")).body["items"][:2]
        assert [row["changed"]["when"][1] for row in rows] == ["cancelled", "tonight"]


@pytest.mark.gen_test
async def test_many_phones_are_told_and_counted_together(api: Api) -> None:
    key, katherine = api.key("office_manager"), api.key("site_manager", user="106")
    async with sip(api.services) as edge:
        ada, grace = phone_of(api.services, "101"), phone_of(api.services, "102", agent="PolycomVVX-VVX_450")
        ada.register()
        grace.register()
        begun = await api(key, "POST", MANY, {"phones": ["80:5e:c0:00:01:01", POLY, POLY]})
        assert begun.status == 202 and (begun.body["total"], begun.body["waiting"]) == (2, 2)
        say(grace, await next_request(grace), 489)
        progress = begun.headers["Location"].removeprefix("/api/v2")
        await until(lambda: edge.resyncs.status(POLY).over)  # type: ignore[union-attr]
        counted = (await api(key, "GET", progress)).body
        assert (counted["stopped"], counted["done"]) == (1, 0) and counted["waiting"] + counted["under_way"] == 1
        listed = (await api(key, "GET", f"{MANY}?phase=stopped")).body["items"]
        assert [one["mac"] for one in listed] == [POLY] and "does not know this event" in listed[0]["text"]
        everybody = await api(key, "POST", MANY, {"phones": "all", "when": "tonight"})
        of_denver = await api(katherine, "POST", "/domains/~/resync", {"phones": "all", "when": "tonight"})
        assert (everybody.body["total"], of_denver.body["total"]) == (11, 5)
        assert len((await api(katherine, "GET", "/domains/~/resync")).body["items"]) == 5
        assert (await api(key, "GET", f"{MANY}/progress?batch=none")).status == 404


@pytest.mark.gen_test
async def test_only_phones_that_one_may_change_are_told(api: Api) -> None:
    key, katherine, donald = (
        api.key("office_manager"), api.key("site_manager", user="106"), api.key("basic_user", user="107"),
    )  # fmt: skip
    async with sip(api.services):
        for mac in (RIVAL_MAC, "805ec0000998"):
            refused = await api(key, "POST", MANY, {"phones": [YEALINK, mac]})
            assert refused.status == 422 and mac in refused.body["detail"]
        assert (await api(katherine, "POST", "/domains/~/resync", {"phones": [YEALINK]})).status == 422
        assert (await api(katherine, "POST", PATH, {})).status == (await api(donald, "POST", PATH, {})).status == 403
        assert (await api(api.key("office_manager", RIVAL), "POST", PATH, {})).status == 404
        for body in ({"when": "later"}, {"restart": "yes"}, {"now": True}):
            assert (await api(key, "POST", PATH, body)).status == 422
        assert (await api(key, "GET", MANY)).body["items"] == []


@pytest.mark.gen_test
async def test_a_template_is_applied_and_fetched(api: Api, finish_jobs: Any) -> None:
    key, store = api.key("office_manager"), api.services.store
    body = {"name": "New", "model": "yealink-t46u"}
    template = (await api(key, "POST", "/domains/~/phonetemplates", body)).body
    apply = f"/domains/~/phonetemplates/{template['id']}/apply"
    assert (await api(key, "POST", apply, {"phones": "all", "resync": "now"})).status == 409
    async with sip(api.services) as edge:
        phone = phone_of(api.services, "101")
        phone.register()
        job = await api(key, "POST", apply, {"phones": [YEALINK, POLY], "resync": "now"})
        await finish_jobs()
        assert (await next_request(phone)).method == "NOTIFY"
        assert edge.resyncs.status(POLY) is None, "it did not change: the template is for another model"
        running = jobs.get(store, domains.by_name(store, "acme.example").id, job.body["id"])
        assert (running.state, running.done, running.failed) == ("running", 0, 1), "it has not fetched yet"
        again = await api(key, "POST", apply, {"phones": [YEALINK], "resync": "tonight"})
        await finish_jobs()
        assert again.status == 202 and edge.resyncs.status(YEALINK).time == "now", "nothing changed"  # type: ignore[union-attr]


@pytest.mark.gen_test
async def test_without_the_sip_edge_nobody_is_told(api: Api) -> None:
    key = api.key("office_manager")
    for method, path, body in (("POST", PATH, {}), ("GET", PATH, None), ("POST", MANY, {"phones": "all"})):
        refused = await api(key, method, path, body)
        assert refused.status == 409 and "add sip to its roles" in refused.body["detail"]
