"""What the pages about people compute before they show it.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping

from provd.api import scope
from provd.api.scope import Place, Who
from provd.store import rules
from provd.store.rows import User

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


def may_edit(who: Who, user: User) -> bool:
    """Whether `who` may change this user's own fields at all: the API's rule, for pages to leave a form out."""
    place = Place(user.domain_id, user.site_id, frozenset({user.id}))
    own = who.user_id == user.id
    return scope.may(who, "users.write", place) and (own or scope.outranks(who, user.scope))


def may_do(who: Who, action: str, user: User) -> bool:
    """Whether `who` has a right over this user."""
    return scope.may(who, action, Place(user.domain_id, user.site_id, frozenset({user.id})))
