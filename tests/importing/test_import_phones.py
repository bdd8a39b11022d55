"""A spreadsheet becomes phones in one transaction, on both databases, or changes nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from provd.catalogue import Catalogue
from provd.errors import ProvdError
from provd.events import Recorder
from provd.importing import phones as importing
from provd.importing.phones import import_phones
from provd.importing.plan import CompanyFacts, Plan
from provd.importing.report import PhonesReport
from provd.importing.writing import write
from provd.store import audit, changes, devices, phones, snapshot, tokens
from provd.store.database import Store
from provd.store.rows import Line
from tests.store.conftest import NOW, Company

SHEET = """MAC,Model,Extension,Line 2,Template,Site,Description
00:15:65:AA:BB:01,T46U,101,,Desk,Dallas,
00-15-65-AA-CC-01,Yealink T46U,102,101a,Desk,,Lobby
"""


@dataclass
class Part:
    """What the import needs of the services."""

    store: Store
    catalogue: Catalogue
    recorder: Recorder


@pytest.fixture
def services(store: Store, shipped: Catalogue) -> Part:
    return Part(store, shipped, Recorder(store))


def imported(services: Part, company: Company, text: str, *, dry_run: bool = False) -> PhonesReport:
    return asyncio.run(import_phones(services, company.id, text.encode(), "ada", dry_run))  # type: ignore[arg-type]


def test_phones_are_made_with_everything_that_belongs_to_one(services: Part, acme: Company) -> None:
    store = services.store
    report = imported(services, acme, SHEET)
    assert [(line.line, line.outcome) for line in report.lines] == [(2, "unchanged"), (3, "created")]
    assert report.saved and report.counts == {"unchanged": 1, "created": 1}

    made = phones.by_mac(store, acme.id, "001565aacc01")
    assert (made.model, made.template_id, made.description) == ("yealink-t46u", acme.template.id, "Lobby")
    made_device = devices.by_name(store, acme.id, "101a")
    assert made_device.user_id == acme.ada.id and len(devices.password(store, acme.id, made_device.id)) == 24
    names = [devices.get(store, acme.id, line.device_id).name for line in phones.lines(store, acme.id, made.id)]
    assert names == ["102", "101a"]
    taken = snapshot.load(store, made.id, "yealink")
    assert taken.phone_token and len(taken.digest_password) == 24 and taken.phone.digest_user == made.mac
    assert tokens.newest(store, acme.id, made.id) == taken.phone_token


def test_other_processes_hear_of_every_phone_and_token(services: Part, acme: Company) -> None:
    before = changes.latest_id(services.store)
    imported(services, acme, SHEET)
    made = phones.by_mac(services.store, acme.id, "001565aacc01")
    heard = {(change.noun, change.ref) for change in changes.since(services.store, before)}
    (token,) = tokens.of(services.store, acme.id, made.id)
    assert {("phone", str(made.id)), ("token", str(token.id))} <= heard


def test_a_changed_phone_gets_a_revision_an_event_and_keeps_the_rest(services: Part, acme: Company) -> None:
    store = services.store
    phones.set_lines(store, acme.id, acme.ada_phone.id, [Line(1, acme.ada_device.id, True, "Reception")], NOW)
    before = phones.get(store, acme.id, acme.ada_phone.id)
    report = imported(services, acme, "mac,description\n001565aabb01,Front desk\n")
    assert report.lines[0].text == "Changed: description."
    after = phones.get(store, acme.id, acme.ada_phone.id)
    assert (after.description, after.revision, after.site_id) == ("Front desk", before.revision + 1, before.site_id)
    assert phones.lines(store, acme.id, after.id) == [Line(1, acme.ada_device.id, True, "Reception")]
    assert services.recorder.counts == {"config_changed": 1}
    assert audit.find(store, acme.id).items[0].action == "import"


def test_one_wrong_line_and_nothing_is_saved(services: Part, acme: Company) -> None:
    before = changes.latest_id(services.store)
    report = imported(services, acme, SHEET + "001565AADD01,T46U,999,,,,\n")
    assert report.failed and not report.saved
    assert "There is no user 999" in report.lines[2].text
    assert changes.latest_id(services.store) == before
    assert phones.count(services.store, acme.id) == 2


def test_a_dry_run_tells_the_same_and_saves_nothing(services: Part, acme: Company) -> None:
    before = changes.latest_id(services.store)
    report = imported(services, acme, SHEET, dry_run=True)
    assert report.summary == "Dry run, nothing was saved: 1 created, 0 updated, 1 unchanged."
    assert changes.latest_id(services.store) == before


def test_the_phone_of_another_company_is_taken_and_nobody_learns_whose(
    services: Part, acme: Company, other: Company
) -> None:
    mac = other.ada_phone.mac
    report = imported(services, acme, f"mac,model\n{mac},T46U\n")
    assert report.failed and other.domain.name not in str(report)
    assert phones.by_mac(services.store, other.id, mac).model == "yealink-t46u"


def test_a_file_that_is_none_is_an_error_and_not_a_report(services: Part, acme: Company) -> None:
    with pytest.raises(ProvdError, match="no column MAC"):
        imported(services, acme, "hello\n")


def test_a_change_of_somebody_else_in_between_makes_it_plan_again(
    services: Part, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[bool] = []

    def late(store: Store, plan: Plan, facts: CompanyFacts, now: int, *, who: str, source: str) -> bool:
        if not attempts:  # somebody takes the MAC after the plan was made
            phones.create(store, acme.id, "001565aacc01", "yealink-t54w", NOW)
        attempts.append(write(store, plan, facts, now, who=who, source=source))
        return attempts[-1]

    monkeypatch.setattr(importing, "write", late)
    report = imported(services, acme, "mac,model\n001565aacc01,T46U\n")
    assert attempts == [False, True]
    assert report.lines[0].text == "Changed: model."
    assert phones.by_mac(services.store, acme.id, "001565aacc01").model == "yealink-t46u"


def test_thousands_of_phones_are_one_import(services: Part, acme: Company) -> None:
    rows = "".join(f"0015{number:08x},T46U,101\n" for number in range(2_000))
    report = imported(services, acme, "mac,model,ext\n" + rows)
    assert report.counts == {"created": 2_000}
    assert phones.count(services.store, acme.id) == 2_002
