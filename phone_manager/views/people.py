"""What the pages about people compute before they show it.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from provd.api import scope
from provd.api.scope import Place, Who
from provd.store import rules

SCOPE_WORDS: Mapping[str, str] = {
    "super_user": "Provider",
    "reseller": "Reseller",
    "office_manager": "Office Manager",
    "site_manager": "Site Manager",
    "call_center_supervisor": "Call Center Supervisor",
    "call_center_agent": "Call Center Agent",
    "basic_user": "Basic User",
}
RECORD_WORDS: Mapping[str, str] = {"no": "No", "yes": "Yes", "yes_with_transcription": "Yes w/ transcription"}
PHONE_STATES: Mapping[str, tuple[str, str]] = {  # the word and the kind of ui.state
    "registered": ("Registered", "ok"),
    "unregistered": ("Not registered", "bad"),
    "waiting": ("Waiting", "wait"),
    "pending": ("Update pending", "wait"),
    "refused": ("Refused", "bad"),
    "never": ("Never seen", "off"),
}
# The fields of the profile in the groups of the page; the placed ones are for managers (SF-025 to SF-039).
OWN_FIELDS = (
    "first_name", "last_name", "time_zone", "announce_in_audio_directory", "list_in_directory", "area_code",
    "caller_id_name", "caller_id_number", "emails",
)  # fmt: skip
PLACED_FIELDS = (
    "extension", "login_name", "department_id", "site_id", "scope", "record_calls", "emergency_caller_id",
)  # fmt: skip
WEAK = "This PIN is one of the first that anybody tries; choose another."


def weak_pin(pin: str) -> bool:
    """Whether a voicemail PIN is right in form and discouraged (SF-040)."""
    found = rules.voicemail_pin("voicemail_pin", pin)
    return bool(found) and all(problem.severity == "warning" for problem in found)


def pin_typed(pin: str, *, anyway: bool) -> dict[str, str]:
    """What is wrong with a new voicemail PIN, by field; a discouraged one is taken only when meant: `anyway`."""
    found = rules.voicemail_pin("voicemail_pin", pin)
    if not found or (anyway and weak_pin(pin)):
        return {}
    return {"voicemail_pin": WEAK if weak_pin(pin) else found[0].text}


def password_typed(password: str, again: str) -> dict[str, str]:
    """What is wrong with a password typed twice, before the rules of passwords are asked; by field."""
    if not password:
        return {"password": "Type a new password of at least 8 characters."}
    return {} if password == again else {"again": "The two passwords differ; type the same one twice."}


def scopes_to_give(who: Who, present: str) -> list[tuple[str, str]]:
    """The scopes of a company that `who` may choose for somebody who has `present`: (scope, its words)."""
    given = [one for one in reversed(scope.RANKS[:5]) if one == present or scope.may_give(who, one)]
    return [(one, SCOPE_WORDS[one]) for one in given]


def place_of(domain_id: int, user: Mapping[str, Any]) -> Place:
    """Where a user is, for the questions of scope.py. `user` as the API shows one."""
    return Place(domain_id, user["site_id"], frozenset({user["id"]}))


def may_do(who: Who, action: str, domain_id: int, user: Mapping[str, Any]) -> bool:
    """Whether `who` has a right over this user."""
    return scope.may(who, action, place_of(domain_id, user))


def may_edit(who: Who, domain_id: int, user: Mapping[str, Any]) -> bool:
    """Whether `who` may change this user's own fields at all: the API's rule, for pages to show no form in vain."""
    own = who.user_id == user["id"]
    return may_do(who, "users.write", domain_id, user) and (own or scope.outranks(who, user["scope"]))


def is_peer(who: Who, user: Mapping[str, Any]) -> bool:
    """Whether the user is another person of the own scope, whose way to sign in only the provider changes."""
    own = who.user_id == user["id"]
    return not own and who.scope not in scope.PROVIDER and not scope.may_give(who, user["scope"])


def editable(who: Who, domain_id: int, user: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields of a user that `who` may change, in the order of the page; empty when there is none."""
    if not may_edit(who, domain_id, user):
        return ()
    names = (*OWN_FIELDS, *PLACED_FIELDS) if may_do(who, "users.place", domain_id, user) else OWN_FIELDS
    kept = [name for name in names if not (is_peer(who, user) and name in ("emails", "login_name"))]
    given = [one for one, _ in scopes_to_give(who, user["scope"])]
    return tuple(name for name in kept if name != "scope" or (len(given) > 1 and scope.may_give(who, user["scope"])))


def chips(chosen: Mapping[str, str], words: Mapping[str, str], base: str) -> list[tuple[str, str]]:
    """The filters in force as (words, the address without it). `words`: what each is called on the page; a filter
    that is not in it has no chip."""
    found = []
    for name, told in words.items():
        if chosen.get(name):
            rest = {key: value for key, value in chosen.items() if value and key not in (name, "cursor")}
            found.append((told, base + (f"?{urlencode(rest)}" if rest else "")))
    return found


def heads(chosen: Mapping[str, str], base: str, titles: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """The heads of a sorted table: (title, address that sorts by it or turns the order round, aria-sort)."""
    found = []
    now, turned = chosen.get("sort") or next(iter(titles)), chosen.get("descending") == "1"
    for name, title in titles.items():
        rest = {key: value for key, value in chosen.items() if value and key not in ("sort", "descending", "cursor")}
        wanted = {**rest, "sort": name} | ({"descending": "1"} if name == now and not turned else {})
        order = ("descending" if turned else "ascending") if name == now else "none"
        found.append((title, f"{base}?{urlencode(wanted)}", order))
    return found


def may_delete(who: Who, domain_id: int, user: Mapping[str, Any]) -> bool:
    """Whether `who` may delete this user; nobody deletes themself from the page of a user."""
    allowed = may_do(who, "users.delete", domain_id, user) and scope.outranks(who, user["scope"])
    return allowed and who.user_id != user["id"]


def by_field(errors: Mapping[str, str]) -> dict[str, str]:
    """Errors by the fields of a form: what is wrong with one entry of a list stands with the list (`emails.1`)."""
    found: dict[str, str] = {}
    for name, told in errors.items():
        plain = {"overwrite_with_site_defaults": "overwrite"}.get(name, name)
        found.setdefault("emails" if name.startswith("emails.") else plain, told)
    return found


BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def browser(agent: str) -> str:
    """What a User-Agent says, as people call it: `Firefox on Windows`; the header itself when it is no browser's."""
    name = next((words for mark, words in BROWSERS if mark in agent), "")
    system = next((words for mark, words in SYSTEMS if mark in agent), "")
    return " on ".join(one for one in (name, system) if one) or agent[:60] or "Unknown program"
