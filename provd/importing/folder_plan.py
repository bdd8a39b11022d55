"""From phones understood and what the company has to what is to be written.  (pure)"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from provd.importing.contacts import new_contacts, split_name
from provd.importing.plan import CompanyFacts, NewDevice, NewUser, Plan, WishedPhone, taken_sentence
from provd.importing.report import CREATED, LEFT_OUT, UNCHANGED, UPDATED, PhoneOutcome, count
from provd.importing.understand import Draft, DraftAccount
from provd.simulate.reading import ReadContact


@dataclass(slots=True)
class _Desk:
    """What is planned so far."""

    facts: CompanyFacts
    overwrite: bool
    users: dict[str, NewUser] = field(default_factory=dict)
    devices: dict[str, NewDevice] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    first_with: dict[str, str] = field(default_factory=dict)
    phones: list[WishedPhone] = field(default_factory=list)


def plan_folder(
    drafts: Iterable[Draft], books: Iterable[ReadContact], facts: CompanyFacts, *, overwrite: bool
) -> tuple[Plan, list[PhoneOutcome], list[str]]:
    """What the phones and phone books ask for, the outcome of every phone, and notes about the phone books.

    What exists is used as it is, and changed only with `overwrite`. Nothing is raised.
    """
    desk = _Desk(facts, overwrite)
    outcomes = [_outcome(draft, desk) for draft in drafts]
    contacts, undiallable = new_contacts(books, facts.users.keys() | desk.users.keys(), facts.contacts)
    told = count(undiallable, "entry of a phone book has", "entries of phone books have")
    notes = [f"{told} no number that can be dialled."] if undiallable else []
    plan = Plan(tuple(desk.users.values()), tuple(desk.devices.values()), desk.passwords, tuple(desk.phones), contacts)
    return plan, outcomes, notes


def _outcome(draft: Draft, desk: _Desk) -> PhoneOutcome:
    if draft.mac in desk.facts.taken:
        return _told(draft, LEFT_OUT, [taken_sentence(draft.mac)])
    old = desk.facts.phones.get(draft.mac)
    if old is not None and not desk.overwrite:
        text = "It is set up already and stays as it is; --overwrite gives it what its files say."
        return _told(draft, UNCHANGED, [text])
    sentences = [sentence for account in draft.accounts for sentence in _person(account, draft, desk)]
    same_model = old is not None and old.model == draft.model.id
    desk.phones.append(
        WishedPhone(
            mac=draft.mac,
            model=draft.model.id,
            phone_id=old.id if old else None,
            site_id=old.site_id if old else None,
            template_id=old.template_id if old and same_model else None,
            description=old.description if old else "",
            expansions=draft.expansions,
            lines=tuple(account.line for account in draft.accounts),
            layer=draft.layer,
        )
    )
    return _told(draft, UPDATED if old else CREATED, [*sentences, *draft.sentences])


def _told(draft: Draft, outcome: str, sentences: Sequence[str]) -> PhoneOutcome:
    return PhoneOutcome(
        mac=draft.mac,
        model=draft.model.id,
        outcome=outcome,
        files=draft.files,
        sentences=tuple(dict.fromkeys(sentences)),
        lines=len(draft.accounts),
        keys=sum(1 for key in draft.layer.keys.values() if key["kind"] != "none"),
        understood=draft.understood,
        kept=draft.kept,
        replaced=draft.replaced,
        unknown=draft.unknown,
    )


def _person(account: DraftAccount, draft: Draft, desk: _Desk) -> list[str]:
    """Plans user and device of an account where they are missing; sentences about passwords that disagree."""
    extension, name, facts = account.extension, account.line.device, desk.facts
    if extension not in facts.users:
        first, last = split_name(account.display_name)
        known = desk.users.get(extension)
        if known is None or not (known.first_name or known.last_name):
            desk.users[extension] = NewUser(extension, first, last)
    if name in facts.devices:
        return _existing(account, desk)
    known_device = desk.devices.get(name)
    if known_device is None:
        desk.devices[name] = NewDevice(name, extension, account.password)
        desk.first_with[name] = draft.mac
        return [] if account.password else [f"No file has the password of {name}; it gets a new one."]
    other = desk.first_with[name]
    text = f"The device {name} is on {other} too; both register with it."
    if account.password and known_device.password != account.password:
        text = f"The device {name} has another password on {other}, which is the one that counts."
    return [text]


def _existing(account: DraftAccount, desk: _Desk) -> list[str]:
    name = account.line.device
    if not account.password or desk.facts.passwords.get(name) == account.password:
        return []
    if not desk.overwrite:
        return [f"The device {name} exists with another password, which stays; --overwrite takes that of the files."]
    planned = desk.passwords.setdefault(name, account.password)
    if planned != account.password:
        return [f"The device {name} has another password on another phone, which is the one that counts."]
    return [f"The device {name} gets the password of the files."]
