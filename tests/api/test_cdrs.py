"""The history of calls through the API: who sees what, what can be asked for, notes, flow, CSV."""

from __future__ import annotations

import time
from typing import Any

import pytest
from tornado.simple_httpclient import HTTPStreamClosedError

from provd.app import Services
from provd.errors import ProvdError
from provd.store import call_events, cdrs, domains
from sip_edge.call.event import CallEvent
from tests.api.conftest import Api

LIST = "/domains/acme.example/cdrs"
NOW = int(time.time())
DAY = 86_400


def talk(services: Services, call: str, at: float, extension: str = "107", name: str = "Bob") -> None:
    store = services.store
    acme = domains.by_name(store, "acme.example").id
    call_events.add(
        store,
        [
            CallEvent(call, at, acme, "began", 1, number="+12145550199", name=name, called="2145550100"),
            CallEvent(call, at + 1, acme, "ringing", 2, extension=extension, name="Somebody"),
            CallEvent(call, at + 5, acme, "answered", 2, extension=extension),
            CallEvent(call, at + 70, acme, "ended", status=200),
        ],
    )
    cdrs.follow(store)


@pytest.mark.gen_test
async def test_the_office_sees_all_calls_and_a_person_the_own_ones(api: Api) -> None:
    talk(api.services, "c1", NOW - 300, "107")
    talk(api.services, "c2", NOW - 200, "108")
    office, own = api.key("office_manager"), api.key("basic_user", user="107")
    listed = (await api(office, "GET", LIST)).body["items"]
    assert [(one["call"], one["seconds"], one["direction"]) for one in listed] == [
        ("c2", 65, "inbound"), ("c1", 65, "inbound"),
    ]  # fmt: skip
    mine = (await api(own, "GET", LIST)).body["items"]
    assert [one["call"] for one in mine] == ["c1"]
    assert (await api(own, "GET", f"{LIST}?user=108")).status == 403
    assert (await api(own, "GET", f"{LIST}/{listed[0]['id']}/flow")).status == 403
    rival = api.key("office_manager", domain="rival.example")
    assert (await api(rival, "GET", f"/domains/rival.example/cdrs/{listed[0]['id']}")).status == 404
    assert (await api(rival, "GET", LIST)).status == 404


@pytest.mark.gen_test
async def test_a_list_covers_a_month_of_the_last_half_year(api: Api) -> None:
    office = api.key("office_manager")
    assert (await api(office, "GET", f"{LIST}?from={NOW - 31 * DAY}&to={NOW}")).status == 200
    long = await api(office, "GET", f"{LIST}?from={NOW - 33 * DAY}&to={NOW}")
    assert (long.status, long.body["errors"][0]["field"]) == (422, "from")
    old = await api(office, "GET", f"{LIST}?from={NOW - 200 * DAY}&to={NOW - 190 * DAY}")
    assert old.status == 422 and "archives" in old.body["detail"]


@pytest.mark.gen_test
async def test_filters_and_what_cannot_be_one(api: Api) -> None:
    talk(api.services, "c1", NOW - 300)
    office = api.key("office_manager")
    for query, count in (("caller=5550199", 1), ("dialed=999", 0), ("type=missed", 0), ("user=107&type=inbound", 1)):
        assert len((await api(office, "GET", f"{LIST}?{query}")).body["items"]) == count, query
    assert (await api(office, "GET", f"{LIST}?caller=%25")).status == 422
    assert (await api(office, "GET", f"{LIST}?cursor=nan/x")).status == 422


@pytest.mark.gen_test
async def test_a_call_is_told_step_by_step_and_noted(api: Api) -> None:
    talk(api.services, "c1", NOW - 300)
    office = api.key("office_manager")
    one = (await api(office, "GET", LIST)).body["items"][0]
    told = (await api(office, "GET", f"{LIST}/{one['id']}/flow")).body
    assert [step["text"] for step in told["steps"]] == [
        "calls 2145550100", "is called", "answers", "The call is over.",
    ]  # fmt: skip
    noted = await api(office, "PATCH", f"{LIST}/{one['id']}", {"note": "Wants a quote", "reason": "Price"})
    assert (noted.body["note"], noted.body["note_reason"]) == ("Wants a quote", "Price")
    assert noted.body["noted_by"]
    assert (await api(office, "PATCH", f"{LIST}/{one['id']}", {"note": "x" * 501})).status == 422


@pytest.mark.gen_test
async def test_the_export_is_what_the_list_shows_and_runs_no_formula(api: Api) -> None:
    talk(api.services, "c1", NOW - 300, name="=HYPERLINK(1)")
    office = api.key("office_manager")
    answer = await api(office, "GET", f"{LIST}/export?caller=5550199")
    rows = answer.body.decode().splitlines()
    assert rows[0].startswith("From Name,From,Dialed,To")
    assert rows[1].startswith("'=HYPERLINK(1),+12145550199,2145550100,107,") and ",1:05," in rows[1]
    assert len(rows) == 2


@pytest.mark.gen_test
@pytest.mark.parametrize("mistake", [ProvdError("The database is away."), ZeroDivisionError()])
async def test_an_export_that_breaks_in_its_midst_does_not_look_whole(
    api: Api, monkeypatch: pytest.MonkeyPatch, mistake: Exception
) -> None:
    pieces = iter([b"a line\r\n"])

    def broken(*_: Any) -> tuple[bytes, str | None]:
        piece = next(pieces, None)
        if piece is None:
            raise mistake
        return piece, "next"

    monkeypatch.setattr("provd.api.cdrs._exported", broken)
    with pytest.raises(HTTPStreamClosedError):
        await api(api.key("office_manager"), "GET", f"{LIST}/export")
