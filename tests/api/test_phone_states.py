"""The state of every phone: what it took, what it was refused, where it is registered."""

from __future__ import annotations

import time
from typing import Any

import pytest

from provd.answer import Answer
from provd.exchange import PhoneRequest
from provd.store import bindings, devices, domains, phones, tokens
from provd.store.bindings import BindingRow
from tests.api.conftest import YEALINK, Api

PHONES = "/domains/acme.example/phones"
T54W = "249ad8000111"


async def fetch(api: Api, mac: str, *, token: str | None = None, address: str = "10.1.4.7") -> int:
    """A phone asks for its configuration, with its own token unless told otherwise; what it did is written down."""
    store = api.services.store
    phone = phones.anywhere(store, mac)
    assert phone is not None
    shown = tokens.newest(store, phone.domain_id, phone.id) if token is None else token
    request = PhoneRequest(f"p/{shown}/{mac}.cfg" if shown else f"p/{mac}.cfg", address, "http", user_agent="")
    answer = api.services.provisioning.answer(request)
    settled = answer if isinstance(answer, Answer) else await answer
    await api.services.recorder.flush()
    return settled.status


def register(api: Api, device: str, *, number: int = 1, address: str = "10.1.4.7", user_agent: str = "") -> None:
    """A device of the demo company is registered, as the registrar would have written it."""
    store, now = api.services.store, time.time()
    found = devices.by_name(store, domains.by_name(store, "acme.example").id, device)
    row = BindingRow(
        number, found.id, f"sip:{device}@{address}", "", 1.0, "", 0, (), "c", 1, user_agent, "UDP", address, 5060, now,
        now, now + 600,
    )  # fmt: skip
    bindings.write(store, [row], [])


async def told(api: Api, mac: str) -> dict[str, Any]:
    answer = await api(api.key("office_manager"), "GET", f"/phones/{mac}")
    assert answer.status == 200
    return answer.body  # type: ignore[no-any-return]


@pytest.mark.gen_test
async def test_a_phones_way_from_its_box_to_its_desk(api: Api) -> None:
    key = api.key("office_manager")
    assert (await told(api, YEALINK))["state"] == "waiting"
    assert await fetch(api, YEALINK) == 200
    assert (await told(api, YEALINK))["state"] == "unregistered"
    register(api, "101")
    found = await told(api, YEALINK)
    assert (found["state"], found["up_to_date"], found["registered_devices"]) == ("registered", True, 1)
    assert found["user"] == {"extension": "101", "name": "Ada Lovelace"}
    await api(key, "PUT", f"/phones/{YEALINK}/keys/9", {"kind": "blf", "target": "103"})
    found = await told(api, YEALINK)
    assert (found["state"], found["up_to_date"]) == ("pending", False) and "resync" in found["state_text"]
    assert await fetch(api, YEALINK) == 200
    assert (await told(api, YEALINK))["state"] == "registered"


@pytest.mark.gen_test
async def test_what_is_shared_makes_phones_wait_too(api: Api) -> None:
    key, provider = api.key("office_manager"), api.key("super_user", None)
    template = (await told(api, YEALINK))["template_id"]
    for change in (
        (key, "PATCH", f"/domains/acme.example/phonetemplates/{template}", {"name": "Front desk"}),
        (key, "PUT", "/domains/acme.example/layer", {"values": {"sip.expires": 900}}),
        (provider, "PUT", "/layers/server", {"values": {"sip.expires": 800}}),
        (provider, "PUT", "/layers/brands/yealink", {"values": {"sip.expires": 700}}),
        (key, "PATCH", "/domains/acme.example/users/103", {"last_name": "Mathison"}),
    ):  # fmt: skip
        assert await fetch(api, YEALINK) == 200 and (await told(api, YEALINK))["up_to_date"]
        who, method, path, body = change
        answer = await api(who, method, path, body, headers={"If-Match": "*"})
        assert answer.status == 200, answer.body
        named_only = method == "PATCH" and "phonetemplates" in path
        assert (await told(api, YEALINK))["up_to_date"] is named_only, path


@pytest.mark.gen_test
async def test_a_refusal_is_told_until_the_phone_gets_through(api: Api) -> None:
    assert await fetch(api, YEALINK, token="x" * 20, address="203.0.113.9") == 404
    found = await told(api, YEALINK)
    assert found["state"] == "refused" and "token in the address" in found["state_text"]
    assert "203.0.113.9" in found["state_text"] and found["fetched"] is None
    assert await fetch(api, T54W, token="") == 200, "its file without passwords"
    assert "passwords were left out" in (await told(api, T54W))["state_text"]
    assert (await told(api, T54W))["state"] == "refused"
    assert await fetch(api, YEALINK) == 200
    assert (await told(api, YEALINK))["state"] == "unregistered"


@pytest.mark.gen_test
async def test_new_hardware_has_taken_nothing(api: Api) -> None:
    key = api.key("office_manager")
    await fetch(api, YEALINK)
    await api(key, "POST", f"/phones/{YEALINK}/swap", {"mac": "805ec0000999"})
    found = await told(api, "805ec0000999")
    assert (found["fetched"], found["up_to_date"]) == (None, False)


@pytest.mark.gen_test
async def test_of_two_phones_with_one_device_the_one_that_says_its_mac_is_registered(api: Api) -> None:
    key = api.key("office_manager")
    for mac in (YEALINK, T54W):
        await api(key, "PUT", f"/phones/{mac}/lines", [{"line": 1, "device": "101", "shared": True}])
    register(api, "101", user_agent=f"Yealink SIP-T54W 96.86.0.1 {T54W}")
    assert (await told(api, T54W))["registered_devices"] == 1
    assert (await told(api, YEALINK))["registered_devices"] == 0


@pytest.mark.gen_test
async def test_lists_filter_sort_and_count_by_state(api: Api) -> None:
    key = api.key("office_manager")
    await fetch(api, YEALINK)
    register(api, "101")
    await fetch(api, T54W)
    counts = (await api(key, "GET", f"{PHONES}/states")).body
    assert counts.pop("models")["yealink-t46u"] == 1 and counts.pop("firmwares") == {"": 11}
    assert {name: count for name, count in counts.items() if count} == {
        "total": 11, "registered": 1, "unregistered": 1, "waiting": 9,
    }  # fmt: skip

    async def macs(query: str) -> list[str]:
        return [one["mac"] for one in (await api(key, "GET", f"{PHONES}?{query}")).body["items"]]

    assert await macs("state=registered") == [YEALINK]
    assert await macs("state=waiting&model=snom-d785") == ["000413000108"]
    assert await macs("state=never") == []
    assert (await macs("sort=state"))[:2] == [YEALINK, T54W]
    assert (await macs("sort=user"))[0] in (YEALINK, T54W)
    assert (await macs("sort=user&descending=1"))[-2:] == [YEALINK, T54W]
    assert await macs("search=00:01:01") == [YEALINK], "the end of a MAC, as labels have it"
    first = (await api(key, "GET", f"{PHONES}?sort=model&limit=4")).body
    second = (await api(key, "GET", f"{PHONES}?sort=model&limit=100&cursor={first['next']}")).body
    assert len({one["mac"] for one in first["items"] + second["items"]}) == 11 and second["next"] is None
    assert (await api(key, "GET", f"{PHONES}?state=asleep")).status == 422
    ada = api.key("basic_user", user="101")
    assert (await api(ada, "GET", f"{PHONES}/states")).body["total"] == 2
    assert (await api(api.key("site_manager", user="106"), "GET", f"{PHONES}/states")).body["total"] == 5


@pytest.mark.gen_test
@pytest.mark.parametrize("which", ["", "model=yealink-t46u", "search=ada"])
@pytest.mark.parametrize("also", ["", "&state=waiting&sort=user", "&state=never"])
async def test_a_list_tells_the_counts_beside_it(api: Api, which: str, also: str) -> None:
    key = api.key("office_manager")
    await fetch(api, YEALINK)
    counts = (await api(key, "GET", f"{PHONES}/states?{which}")).body
    plain = (await api(key, "GET", f"{PHONES}?{which}&limit=5{also}")).body
    listed = (await api(key, "GET", f"{PHONES}?{which}&limit=5&counts=1{also}")).body
    assert listed["counts"] == counts and listed["items"] == plain["items"] and "counts" not in plain
