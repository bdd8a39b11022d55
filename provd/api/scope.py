"""Who may do what: one table and one question for the API and for every page.  (pure)

Rules of this file: a right reaches everywhere, over one company, over one site of it, or over what is a person's own.
What the table does not name is not allowed. The rows follow the platform's scopes; where two sources of the platform
disagree, the narrower right stands (docs/decisions/0006-api.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# From least to most: nobody gives, or edits, a scope that is above the own one.
RANKS = (
    "basic_user", "call_center_agent", "site_manager", "call_center_supervisor", "office_manager", "reseller",
    "super_user",
)  # fmt: skip
PROVIDER = frozenset({"super_user", "reseller"})
# An API key of these scopes stands for one person, whose site or own things it reaches.
PERSONAL = frozenset({"basic_user", "call_center_agent", "site_manager"})

EVERYWHERE, COMPANY, SITE, OWN = "everywhere", "company", "site", "own"

_STAFF = {"super_user": EVERYWHERE, "reseller": EVERYWHERE}
_OFFICE = _STAFF | {"office_manager": COMPANY}
_SITE = _OFFICE | {"site_manager": SITE}
_ALL = _STAFF | dict.fromkeys(RANKS[:5], COMPANY)
_PEOPLE = _SITE | {"call_center_agent": OWN, "basic_user": OWN}
_SEEN = _PEOPLE | {"call_center_supervisor": COMPANY}
_PROFILE = _PEOPLE | {"call_center_supervisor": OWN}

RIGHTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "catalogue.read": _ALL,  # models, families, settings and key kinds: no company's business
        "server.read": _STAFF,
        "server.write": {"super_user": EVERYWHERE},
        "knocks.read": _STAFF,  # an unknown MAC belongs to no company yet
        "knocks.adopt": _STAFF,
        "domains.read": _ALL,
        "domains.create": _STAFF,
        "domains.write": _STAFF,
        "domains.delete": _STAFF,
        "domains.token": _OFFICE,
        "settings.read": _OFFICE,
        "settings.write": _OFFICE,
        "places.read": _ALL,  # sites and departments
        "places.write": _OFFICE,
        "sites.read": _SITE,
        "sites.write": _SITE,
        "contacts.read": _ALL,
        "contacts.write": _OFFICE,
        "users.read": _SEEN,
        "users.create": _STAFF,
        "users.write": _PROFILE,
        "users.place": _OFFICE,  # extension, site, scope, login name and what else a person does not set alone
        "users.delete": _SITE | {"call_center_supervisor": COMPANY},
        "devices.read": _SEEN,
        "devices.write": _SITE,
        "phones.read": _SEEN,
        "phones.write": _SITE,
        "phones.keys": _PEOPLE,
        "phones.locked_keys": _SITE,
        "secrets.read": _OFFICE,
        "templates.read": _SITE | {"site_manager": COMPANY},
        "templates.write": _OFFICE,
        "templates.apply": _SITE,
        "events.read": _OFFICE,
        "jobs.read": _SITE | {"site_manager": OWN},
        "jobs.write": _SITE | {"site_manager": OWN},  # stop, continue, try again, roll back
        "firmware.read": _OFFICE,
        "firmware.write": _OFFICE,
        "apikeys.read": _OFFICE,
        "apikeys.write": _OFFICE,
        "audits.read": _OFFICE,
        "self.read": _ALL,
        "self.write": _ALL,  # the own second factor
        "search.read": _ALL,  # what is found is bound by the rights to read it
        "home.read": _ALL,
        "users.mail": _SITE,  # welcome mails, forced password resets
        "users.recycle": _OFFICE,
        "timeframes.read": _ALL,  # the company's: everybody's rules may use them
        "timeframes.write": _OFFICE,
        "timeframes.owned": _SEEN,
        "timeframes.own": _PROFILE,
        "phonenumbers.read": _SITE,
        "phonenumbers.write": _SITE,
        "phonenumbers.create": _STAFF,  # whoever has a number gets its calls
        "answerrules.read": _SEEN,  # with what holds before every rule, and the person's lists of numbers
        "answerrules.write": _PROFILE,
        "blocked.read": _OFFICE,  # the company's list
        "blocked.write": _OFFICE,
        "dialling.read": _ALL,  # feature codes: what everybody may dial
        "dialling.write": _OFFICE,
        "dialling.numbers": _STAFF,  # translations, emergency numbers, caller IDs
        "trunks.read": _STAFF,
        "trunks.write": _STAFF,
        "statuses.read": _ALL,
        "statuses.write": _PROFILE,
        "calls.read": _PROFILE,  # SF-009: those that are on, of the company, the site, or the own ones
        "calls.write": _OFFICE,  # hanging up
        "calls.try": _OFFICE,  # tells of everybody's rules
        "voicemails.read": _PROFILE,  # messages, greetings and what the mailbox is set to
        "voicemails.write": _PROFILE,
        "sentences.read": _OFFICE,  # what the system says to the company's callers
        "sentences.write": _OFFICE,
        "cdrs.read": _PROFILE | {"site_manager": OWN},  # SF-294: the own calls, or the whole company's
        "cdrs.write": _PROFILE | {"site_manager": OWN},
        "music.read": _OFFICE | {"site_manager": COMPANY},  # the company's music on hold
        "music.write": _OFFICE | {"site_manager": COMPANY},
        "music.owned": _PROFILE,  # people's own (SF-324)
        "music.own": _PROFILE,
        "exports.read": _OFFICE,  # scheduled exports of the company's calls, their files, and the archives
        "exports.write": _OFFICE,
        "resellers.read": _STAFF,
        "resellers.write": {"super_user": EVERYWHERE},
    }
)


@dataclass(frozen=True, slots=True)
class Who:
    """Whoever asks: `domain_id` None is the provider, `site_id` and `user_id` are those of the person behind it.
    `domain_ids`: the companies of a reseller, None for no such bound."""

    name: str
    scope: str
    domain_id: int | None
    site_id: int | None = None
    user_id: int | None = None
    domain_ids: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """What is asked for: of which company, at which site, of which people. All empty: of the server itself."""

    domain_id: int | None = None
    site_id: int | None = None
    user_ids: frozenset[int] = frozenset()


OF_NOBODY = frozenset({"catalogue.read", "self.read", "self.write"})  # the only actions on what belongs to no company
# What a reseller may do without naming a company; the work itself keeps to the reseller's own.
OF_RESELLERS = OF_NOBODY | {
    "domains.read", "domains.create", "knocks.read", "server.read", "audits.read", "apikeys.read", "apikeys.write",
    "search.read",
}  # fmt: skip


def reach(who: Who, action: str) -> str:
    """How far this right of `who` reaches: everywhere, company, site, own, or empty for not at all.

    Raises KeyError for an action that the table does not know.
    """
    found = RIGHTS[action].get(who.scope, "")
    return "" if found == EVERYWHERE and who.domain_id is not None else found


def may(who: Who, action: str, place: Place) -> bool:
    """Whether `who` may do `action` there. Another company's things are always out of reach."""
    found = reach(who, action)
    if found == EVERYWHERE:
        if who.domain_ids is None or place.domain_id in who.domain_ids:
            return True
        return place == Place() and action in OF_RESELLERS
    if not found or who.domain_id is None:
        return False
    if place.domain_id != who.domain_id:
        return place == Place() and action in OF_NOBODY
    if found == SITE:
        return who.site_id is not None and place.site_id == who.site_id
    if found == OWN:
        return who.user_id is not None and who.user_id in place.user_ids
    return True


def sees(who: Who, domain_id: int | None) -> bool:
    """Whether a company exists at all for `who`."""
    if who.domain_id is None and who.scope in PROVIDER:
        return who.domain_ids is None or domain_id in who.domain_ids
    return domain_id is not None and who.domain_id == domain_id


def may_give(who: Who, scope: str) -> bool:
    """Whether `who` may give somebody this scope: a lower one than the own, the provider also its own."""
    if scope not in RANKS or who.scope not in RANKS:
        return False
    own, wanted = RANKS.index(who.scope), RANKS.index(scope)
    return wanted < own or (wanted == own and who.scope in PROVIDER)


def outranks(who: Who, scope: str) -> bool:
    """Whether `who` may edit a person of this scope: nobody edits a person above."""
    return scope in RANKS and RANKS.index(scope) <= RANKS.index(who.scope)
