"""What people switch by dialling is in the store, on pages and in decisions alike."""

from __future__ import annotations

import asyncio

import pytest

from provd.answering.rule import Destination, Rule
from provd.store import answer_rules, answering, devices, timeframes
from provd.store.database import Store
from provd.store.routing_rows import Answering
from sip_edge.companies import Companies
from sip_edge.presence.feature_event import SetDnd, SetForward
from sip_edge.presence.person_lamps import PersonLamps
from sip_edge.presence.state import State
from sip_edge.presence.subscription import Watcher
from sip_edge.routing.decide import decide
from sip_edge.routing.facts import Call
from sip_edge.routing.trying import everybody
from sip_edge.switches import Switched, Switches
from tests.store.conftest import NOW, Company, acme, new_url, postgres, store, url  # noqa: F401 - fixtures

# ruff: noqa: F811 - the fixtures


async def where(companies: Companies, domain: str) -> tuple[str, str]:
    """What becomes of a call to 101 now."""
    known = await companies.of(domain)
    assert known is not None
    found = decide(Call("101", extension="102"), known, everybody(known), NOW)
    return found.action, str(found.destination or [leg.target for leg in found.legs])


def test_do_not_disturb_and_forwards_by_code_decide_at_once(store: Store, acme: Company) -> None:
    devices.create(store, acme.id, acme.grace.id, "102", NOW)

    async def scenario() -> None:
        companies, switches = Companies(store), Switches(store, lambda: NOW)
        assert (await where(companies, acme.domain.name))[0] == "ring"
        for function, argument, is_on, becomes in (
            ("dnd_on", "", True, ("send", "Voicemail 101")), ("dnd_off", "", False, None),
            ("forward_always_on", "2145550190", True, ("send", "Outside number +12145550190")),
            ("forward_always_off", "", False, None),
            ("forward_always_on", "102", True, ("ring", "['102']")), ("forward_always_off", "", False, None),
        ):  # fmt: skip
            assert await switches.dial(acme.domain.name, "101", function, argument) == Switched(is_on), function
            now = await where(companies, acme.domain.name)
            assert now == becomes if becomes else now[0] == "ring", function

    asyncio.run(scenario())


def test_what_cannot_be_switched_is_said_and_changes_nothing(store: Store, acme: Company) -> None:
    async def scenario() -> None:
        switches = Switches(store, lambda: NOW)
        for function, argument in (
            ("forward_always_on", ""), ("forward_busy_on", "999"), ("forward_no_answer_on", "12345678901234567"),
            ("timeframe_toggle", "77"), ("timeframe_toggle", "x"), ("timeframe_toggle", ""),
        ):  # fmt: skip
            done = await switches.dial(acme.domain.name, "101", function, argument)
            assert done.on is None and done.why.endswith("."), (function, argument)
        assert (await switches.dial(acme.domain.name, "999", "dnd_on", "")).on is None
        assert answering.get(store, acme.id, acme.ada.id) == Answering()
        with pytest.raises(KeyError):
            await switches.dial(acme.domain.name, "101", "pickup_domain", "")

    asyncio.run(scenario())


def test_a_key_switches_the_rule_of_its_own_person(store: Store, acme: Company) -> None:
    frame = timeframes.create(store, acme.id, "Ever", {"when": "always"}, NOW).number
    for person in (acme.ada, acme.grace):
        rule = Rule(frame, always=Destination("external", "+12145550190"))
        answer_rules.create(store, acme.id, person.id, rule, NOW)

    async def scenario() -> None:
        companies, switches = Companies(store), Switches(store, lambda: NOW)
        assert await where(companies, acme.domain.name) == ("send", "Outside number +12145550190")
        assert await switches.dial(acme.domain.name, "101", "timeframe_toggle", str(frame)) == Switched(False)
        assert (await where(companies, acme.domain.name))[0] == "ring"
        assert answer_rules.get(store, acme.id, acme.grace.id, frame).rule.enabled
        assert await switches.dial(acme.domain.name, "101", "timeframe_toggle", str(frame)) == Switched(True)

    asyncio.run(scenario())


def test_phones_and_lamps_show_what_pages_switch_and_the_other_way_round(store: Store, acme: Company) -> None:
    async def scenario() -> None:
        domain, state = acme.domain.name, State()
        lamps = PersonLamps(store, state)
        answering.update(store, acme.id, acme.ada.id, NOW, do_not_disturb=True)
        await lamps.follow()
        assert state.look(domain, "101").dnd
        phone = Watcher(domain, "101", "101", acme.id)
        lamps.feature(phone, SetDnd(False))
        lamps.feature(phone, SetForward("busy", True, "2145550190", 3))
        await lamps.settled()
        saved = answering.get(store, acme.id, acme.ada.id)
        assert not saved.do_not_disturb and saved.forwards == {"busy": Destination("external", "+12145550190")}
        assert not state.look(domain, "101").dnd
        assert [one.target for one in state.look(domain, "101").forwards] == ["+12145550190"]
        lamps.feature(phone, SetForward("always", True, "999"))
        await lamps.settled()
        assert [one.kind for one in state.look(domain, "101").forwards] == ["busy"], "nobody has 999"

    asyncio.run(scenario())
