"""Importing the provisioning folder of another server: walk, group, recognise, read, plan, write."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from provd.catalogue import Catalogue
from provd.errors import Conflict, NotFound
from provd.importing.company import read_company
from provd.importing.folder_plan import plan_folder
from provd.importing.grouping import FoundFile, Group, Library, common_names, groups, reading_of
from provd.importing.phones import ATTEMPTS, BUSY, collector_paused
from provd.importing.plan import CompanyFacts, Plan
from provd.importing.recognise import Choices, ModelFinder
from provd.importing.report import LEFT_OUT, FileOutcome, FolderReport, PhoneOutcome
from provd.importing.settings import offsets
from provd.importing.understand import Draft, Surroundings, understand
from provd.importing.walking import read_folder
from provd.importing.writing import write
from provd.importing.written import WrittenByUs
from provd.simulate.reading import ReadContact, Unreadable, read_directory
from provd.store.database import Store
from provd.zones import zone

PROBLEMS_SHOWN = 6
SENTENCE_LIMIT = 500
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class FolderChoices:
    """What the person who imports decides: models (recognise.Choices), SIP users that get an extension, and whether
    what exists is overwritten."""

    models: Choices = field(default_factory=Choices)
    renamed: dict[str, str] = field(default_factory=dict)
    overwrite: bool = False
    dry_run: bool = False


@dataclass(slots=True)
class _Folder:
    """What is in the folder, before the company is looked at."""

    groups: list[Group]
    library: Library
    books: list[ReadContact]
    files: list[FileOutcome]


def import_folder(
    store: Store, catalogue: Catalogue, domain_id: int, folder: Path, who: str, choices: FolderChoices,
    progress: Progress = lambda done, total: None,
) -> tuple[FolderReport, Plan]:  # fmt: skip
    """Imports a folder into a company, in one transaction; returns the report and what was planned.

    Phones that cannot be understood are left out and reported. `progress(done, total)` is called for every phone.
    Raises ProvdError where there is no such folder, or nothing in it that a phone would read.
    """
    with collector_paused():
        known = _look(folder, catalogue)
        if not known.groups and not known.books:
            raise NotFound(f"No file in {folder} carries the MAC of a phone of a known vendor; name another folder.")
        for _ in range(ATTEMPTS):
            facts = read_company(store, domain_id, [group.mac for group in known.groups], contacts=True)
            drafts, outcomes = _drafts(known, catalogue, facts, choices, progress)
            names = {account.line.device for draft in drafts for account in draft.accounts}
            facts = read_company(store, domain_id, [group.mac for group in known.groups], names, contacts=True)
            plan, planned, notes = plan_folder(drafts, known.books, facts, overwrite=choices.overwrite)
            report = _report(known, [*outcomes, *planned], plan, notes, choices)
            if choices.dry_run:
                return report, plan
            if plan.empty or write(store, plan, facts, int(time.time()), who=who, source="folder"):
                return _report(known, [*outcomes, *planned], plan, notes, choices, saved=True), plan
    raise Conflict(BUSY)


def _look(folder: Path, catalogue: Catalogue) -> _Folder:
    common = {name.lower() for model in catalogue.models.values() for name in common_names(model)}
    files, outcomes = read_folder(folder, common)
    made, copies = groups(files)
    outcomes += [
        FileOutcome(file.path, "ignored", "Another file of that name is higher in the folder.") for file in copies
    ]
    books, told = _books(files)
    return _Folder(made, Library(files), books, [*outcomes, *told])


def _books(files: list[FoundFile]) -> tuple[list[ReadContact], list[FileOutcome]]:
    found: list[ReadContact] = []
    outcomes: list[FileOutcome] = []
    for file in files:
        if not file.book:
            continue
        try:
            directory = read_directory(file.content)
        except Unreadable as error:
            outcomes.append(FileOutcome(file.path, "error", str(error)))
            continue
        found += directory.contacts
        outcomes.append(FileOutcome(file.path, "read", f"A phone book with {len(directory.contacts)} entries."))
    return found, outcomes


def _drafts(
    known: _Folder, catalogue: Catalogue, facts: CompanyFacts, choices: FolderChoices, progress: Progress
) -> tuple[list[Draft], list[PhoneOutcome]]:
    finder = ModelFinder(catalogue.models, catalogue.families)
    written = WrittenByUs(catalogue)
    zones = offsets(facts.zones, lambda name: zone(name).offset)
    around = Surroundings(facts.values, zones, choices.renamed)
    drafts: list[Draft] = []
    left: list[PhoneOutcome] = []
    for number, group in enumerate(known.groups, 1):
        names = tuple(file.path for file in group.files)
        recognised = finder.find(group, known.library, choices.models)
        if recognised.model is None:
            left.append(PhoneOutcome(group.mac, "", LEFT_OUT, names, (recognised.how,)))
        else:
            model = recognised.model
            try:
                reading, used, missing = reading_of(group, known.library, model)
            except Unreadable as error:
                left.append(PhoneOutcome(group.mac, model.id, LEFT_OUT, names, (_shown(str(error)),)))
            else:
                told = [recognised.how, *missing, *_some(reading.problems)]
                family = catalogue.families[model.family]
                files = [file.path for file in used]
                draft = understand(group.mac, reading, model, family, written.of(model), around, files)
                drafts.append(_with(draft, told))
        progress(number, len(known.groups))
    return drafts, left


def _with(draft: Draft, told: list[str]) -> Draft:
    return replace(draft, sentences=tuple(map(_shown, (*told, *draft.sentences))))


def _shown(sentence: str) -> str:
    """A sentence with pieces of strange files in it, fit for a terminal: nothing in it can move the cursor."""
    return "".join(one if one.isprintable() else "\ufffd" for one in sentence[:SENTENCE_LIMIT])


def _some(problems: tuple[str, ...]) -> list[str]:
    more = len(problems) - PROBLEMS_SHOWN
    return [*problems[:PROBLEMS_SHOWN], *([f"The files have {more} more problems like these."] if more > 0 else [])]


def _report(
    known: _Folder, outcomes: list[PhoneOutcome], plan: Plan, notes: list[str], choices: FolderChoices, *,
    saved: bool = False,
) -> FolderReport:  # fmt: skip
    return FolderReport(
        files=tuple(sorted(_files(known, outcomes), key=lambda file: file.name)),
        phones=tuple(sorted(outcomes, key=lambda phone: phone.mac)),
        users=len(plan.users),
        devices=len(plan.devices),
        contacts=len(plan.contacts),
        notes=tuple(notes),
        saved=saved,
        dry_run=choices.dry_run,
    )


def _files(known: _Folder, outcomes: list[PhoneOutcome]) -> Iterator[FileOutcome]:
    """One outcome a file: what a phone used is read, what nobody used is ignored."""
    yield from known.files
    told = {file.name for file in known.files}
    used: dict[str, list[str]] = {}
    for phone in outcomes:
        for path in phone.files if phone.outcome != LEFT_OUT else ():
            used.setdefault(path, []).append(phone.mac)
    for file in known.library.all():
        if file.path in told:
            continue
        if file.path in used:
            macs = used[file.path]
            yield FileOutcome(file.path, "read", f"Read for {macs[0] if len(macs) == 1 else f'{len(macs)} phones'}.")
        else:
            reason = "Its phone was left out." if file.mac else "No phone reads it."
            yield FileOutcome(file.path, "ignored", reason)
