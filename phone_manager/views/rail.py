"""The entries of the left rail that a person may use.  (pure)"""

from __future__ import annotations

from dataclasses import dataclass

from provd.api.scope import COMPANY, EVERYWHERE, OWN, SITE, Who, reach

MANY = frozenset({EVERYWHERE, COMPANY, SITE})
ANY = MANY | {OWN}
WHOLE = frozenset({EVERYWHERE, COMPANY})


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the rail: shown to those whose right `action` reaches one of `reaches`. `path` is below the company's
    address, or with a leading slash the server's own."""

    title: str
    path: str
    icon: str
    action: str
    reaches: frozenset[str] = MANY
    under: str = ""


COMPANY_ENTRIES = (
    Entry("Home", "", "home", "self.read", ANY),
    Entry("Users", "users", "users", "users.read"),
    Entry("Phone Hardware", "phones", "device-landline-phone", "phones.read", ANY, "Inventory"),
    Entry("Phone Numbers", "numbers", "number", "phonenumbers.read", MANY, "Inventory"),
    Entry("Templates", "templates", "template", "templates.read", MANY, "Inventory"),
    Entry("Registrations", "registrations", "wifi", "phones.read", MANY, "Inventory"),
    Entry("Firmware", "firmware", "cpu", "firmware.read", MANY, "Inventory"),
    Entry("Answering Rules", "rules", "route", "answerrules.read", ANY, "Calls"),
    Entry("Time Frames", "timeframes", "calendar-time", "timeframes.read", MANY, "Calls"),
    Entry("Blocked Numbers", "blocked", "ban", "blocked.read", WHOLE, "Calls"),
    Entry("Feature Codes", "codes", "keyboard", "dialling.read", ANY, "Calls"),
    Entry("Trunks", "trunks", "router", "trunks.read", WHOLE, "Calls"),
    Entry("Try a Call", "try", "phone-outgoing", "calls.try", WHOLE, "Calls"),
    Entry("Voicemail", "voicemail", "record-mail", "voicemails.read", ANY, "Calls"),
    Entry("Music on Hold", "music", "music", "music.owned", ANY, "Calls"),
    Entry("Call History", "history", "history", "cdrs.read", ANY, "Calls"),
    Entry("Jobs", "jobs", "list-check", "jobs.read", MANY),
    Entry("Activity", "activity", "activity", "audits.read", WHOLE),
    Entry("Settings", "settings", "settings", "settings.read", WHOLE),
)
SERVER_ENTRIES = (
    Entry("Companies", "/companies", "building", "domains.create", WHOLE),
    Entry("Knocking", "/knocking", "hand-stop", "knocks.read", WHOLE),
    Entry("Server’s Trunks", "/trunks", "router", "server.write", WHOLE),
    Entry("Models", "/models", "devices", "catalogue.read", ANY),
)


def allowed(who: Who, entry: Entry) -> bool:
    """Whether the entry is shown to `who`; an action that the table of rights does not know is nobody's."""
    try:
        return reach(who, entry.action) in entry.reaches
    except KeyError:
        return False


def entries(who: Who, *, company: bool) -> list[Entry]:
    """The rail of `who`, of a company's pages or of the server's own."""
    shown = (*COMPANY_ENTRIES, *SERVER_ENTRIES) if company else SERVER_ENTRIES
    return [entry for entry in shown if allowed(who, entry)]
