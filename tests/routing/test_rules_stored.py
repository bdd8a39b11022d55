"""Rules, lists and dialling in both databases: what decisions are made from, behind the change feed, in backups."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from provd.answering.rule import DEFAULT, Destination, Rule, SimRing
from provd.errors import Conflict, Invalid, NotFound
from provd.seal import Seal
from provd.store import (
    answer_rules,
    answering,
    devices,
    dialling,
    number_filters,
    phone_numbers,
    timeframes,
    tried_calls,
    trunks,
    users,
)
from provd.store.backup import backup, restore
from provd.store.database import Store, open_database
from provd.store.resealing import reseal
from sip_edge.companies import Companies
from sip_edge.routing.facts import Company as Known
from tests.store.conftest import KEY, NOW, Company, acme, new_url, postgres, store, url  # noqa: F401 - fixtures

# ruff: noqa: F811 - the fixtures
ALWAYS = {"when": "always"}
RULE = Rule(
    1, ring="several", own_all=True, others=(SimRing(Destination("external", "+12145550190"), 10, True),),
    seconds=None, busy=Destination("user", "102"), no_answer=Destination("voicemail", "102"),
    offline=Destination("call_queue", "400"), on_dnd=Destination("external", "+12145550191"), screening=True,
)  # fmt: skip


def known(companies: Companies, domain: str) -> Known:
    found = asyncio.run(companies.of(domain))
    assert found is not None
    return found


def test_a_rule_comes_back_as_it_was_saved(store: Store, acme: Company) -> None:
    timeframes.create(store, acme.id, "Ever", ALWAYS, NOW)
    assert answer_rules.of_user(store, acme.id, acme.ada.id)[0].rule == DEFAULT
    assert answer_rules.create(store, acme.id, acme.ada.id, RULE, NOW).rule == RULE
    everyday = Rule(seconds=90, always=Destination("user", "102"))
    assert answer_rules.update(store, acme.id, acme.ada.id, everyday, NOW).rule == everyday
    assert [one.rule for one in answer_rules.of_user(store, acme.id, acme.ada.id)] == [RULE, everyday]
    with pytest.raises(Conflict):
        answer_rules.create(store, acme.id, acme.ada.id, Rule(1), NOW)
    with pytest.raises(Invalid):
        answer_rules.create(store, acme.id, acme.grace.id, Rule(9), NOW)
    own = timeframes.create(store, acme.id, "Mine", ALWAYS, NOW, user_id=acme.ada.id).number
    with pytest.raises(Invalid):
        answer_rules.create(store, acme.id, acme.grace.id, Rule(own), NOW)
    with pytest.raises(NotFound):
        answer_rules.get(store, acme.id, acme.grace.id, 1)


def test_who_is_gone_stays_gone_though_somebody_gets_the_extension(store: Store, acme: Company) -> None:
    timeframes.create(store, acme.id, "Ever", ALWAYS, NOW)
    answer_rules.create(store, acme.id, acme.ada.id, RULE, NOW)
    users.delete(store, acme.id, acme.grace.id, NOW)
    users.create(store, acme.id, "102", NOW, first_name="Somebody", last_name="Else")
    rule = answer_rules.get(store, acme.id, acme.ada.id, 1).rule
    assert rule.busy == Destination("user", "102 (gone)")
    users.delete(store, acme.id, acme.ada.id, NOW)
    assert answer_rules.of_company(store, acme.id) == []


def test_decisions_see_every_change_at_once(store: Store, acme: Company) -> None:
    companies, domain = Companies(store), acme.domain.name
    assert known(companies, domain).people["101"].rules == (DEFAULT,)
    first = known(companies, domain)
    assert known(companies, domain) is first, "nothing has changed, so nothing is read"
    timeframes.create(store, acme.id, "Ever", ALWAYS, NOW)
    answer_rules.create(store, acme.id, acme.ada.id, RULE, NOW)
    assert known(companies, domain).people["101"].rules == (RULE, DEFAULT)
    timeframes.toggle(store, acme.id, 1, [acme.ada.id], NOW)
    assert known(companies, domain).people["101"].switched_off == {1}
    answering.update(store, acme.id, acme.ada.id, NOW, forwards={"busy": Destination("user", "102")}, chosen=0)
    ada = known(companies, domain).people["101"]
    assert ada.forwards == {"busy": Destination("device", "102")} and ada.chosen == 0
    number_filters.add(store, acme.domain, None, "8885550100", NOW)
    number_filters.add(store, acme.domain, acme.ada.id, "103", NOW, allowed=True)
    assert known(companies, domain).blocked == {"+18885550100"}
    assert known(companies, domain).people["101"].allowed == {"103"}
    phone_numbers.create(store, acme.id, "+12145550140", NOW, treatment="user", destination="102")
    assert known(companies, domain).numbers["+12145550140"].destination == "102"
    dialling.update(store, acme.id, NOW, "test", code_table="skyswitch", codes={"dnd_on": "*70"}, emergency=["999"])
    now = known(companies, domain)
    assert now.codes["dnd_on"] == ("*70",) and {"911", "999"} <= now.emergency
    devices.create(store, acme.id, acme.grace.id, "102b", NOW)
    assert "102b" in known(companies, domain).people["102"].devices
    assert asyncio.run(companies.of("nobody.example")) is None


def test_two_who_watch_the_feed_see_what_the_other_process_saves(store: Store, acme: Company) -> None:
    here, there = Companies(store), Companies(store)
    before = known(here, acme.domain.name)
    assert known(there, acme.domain.name) == before
    users.update(store, acme.id, acme.ada.id, NOW, extension="121")
    assert set(known(here, acme.domain.name).people) == {"121", "102"}
    assert set(known(there, acme.domain.name).people) == {"121", "102"}


def test_a_backup_carries_rules_lists_trunks_and_test_calls(store: Store, acme: Company, tmp_path: Path) -> None:
    timeframes.create(store, acme.id, "Ever", ALWAYS, NOW)
    answer_rules.create(store, acme.id, acme.ada.id, RULE, NOW)
    answering.update(store, acme.id, acme.ada.id, NOW, do_not_disturb=True, chosen=1)
    number_filters.add(store, acme.domain, None, "8885550100", NOW)
    dialling.update(store, acme.id, NOW, "test", translations=[("9*", "*")])
    trunks.create(store, acme.id, "Carrier", "sip.carrier.example", NOW, password="hush")
    tried_calls.create(store, acme.id, "One", {"called": "101"}, ["Ringing"], NOW)
    before = known(Companies(store), acme.domain.name)
    backup(store, tmp_path / "all.backup", NOW)
    other = open_database(f"sqlite:///{tmp_path}/restored.sqlite", Seal([KEY]))
    restore(other, tmp_path / "all.backup")
    assert known(Companies(other), acme.domain.name) == before
    assert [(trunk.name, secret) for trunk, _, secret in trunks.everything(other)] == [("Carrier", "hush")]
    assert tried_calls.find(other, acme.id)[0].expected == ("Ringing",)
    other.close()


def test_a_trunks_password_is_sealed_and_sealed_anew(store: Store, acme: Company) -> None:
    trunks.create(store, None, "Carrier", "sip.carrier.example", NOW, password="hush")
    kept = store.sql("SELECT sealed_password FROM trunks").fetchone()[0]
    assert "hush" not in kept
    store.seal = Seal([bytes(reversed(KEY)), KEY])
    assert reseal(store) >= 1
    assert store.sql("SELECT sealed_password FROM trunks").fetchone()[0] != kept
    assert trunks.everything(store)[0][2] == "hush"


def test_a_change_in_the_midst_of_reading_is_not_missed(
    store: Store, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    companies, domain = Companies(store), acme.domain.name
    read = store.run_apart

    async def interrupted(function: Any, *args: Any) -> Any:
        found = await read(function, *args)
        if function.__name__ != "_read":
            return found
        monkeypatch.undo()
        answering.update(store, acme.id, acme.ada.id, NOW, do_not_disturb=True)
        await companies.of("nobody.example")  # somebody else's question reads the feed
        return found

    monkeypatch.setattr(store, "run_apart", interrupted)
    assert not known(companies, domain).people["101"].do_not_disturb, "it was read before the change"
    assert known(companies, domain).people["101"].do_not_disturb, "and is read again after it"
