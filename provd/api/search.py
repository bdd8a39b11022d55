"""The search palette: people, phones and what else has a name, from any page in one box."""

from __future__ import annotations

import re
from typing import Any

from provd.api.call import Call
from provd.api.endpoint import Group
from provd.api.reads import domain_names
from provd.api.schema import choice, define, listing, number, obj, text
from provd.api.scope import EVERYWHERE, OWN, SITE, reach
from provd.phone.mac import with_colons
from provd.store import search
from provd.store.database import Store
from provd.store.search import Found, Within

group = Group("search", "One box that finds people, phones, numbers and places, the best first.")

KINDS = ("user", "phone", "phone_number", "department", "site", "template", "domain")
MOST = 20
HIT = define(
    "Hit",
    obj(
        {
            "kind": choice(KINDS), "ref": text("What addresses call it: an extension, a MAC, a number, an id, a name"),
            "domain": text("Its company", 253), "title": text(longest=402),
            "text": text("What else it is known by", 500),
        }
    ),
)  # fmt: skip
QUERY = {
    "q": text("Words that must all be in it; the end of a MAC in any notation", 100),
    "domain": text("Only in this company", 253), "limit": number("The best so many", 1, MOST, default=MOST),
}  # fmt: skip
_MAC_PART = re.compile(r"[0-9a-f]{2,12}")


@group.get("/search", "search.read", obj({"items": listing(HIT, most=MOST)}), query=QUERY)
async def get_search(call: Call) -> Any:
    """Search

    By name, extension, login, the end of a MAC, model, label or number. What comes is what the key may read; the
    provider without ?domain= searches every company."""
    said = " ".join(call.query.get("q", "").lower().split())
    return await call.services.store.run_apart(_best, call, said) if said else {"items": []}


def _best(store: Store, call: Call, said: str) -> dict[str, Any]:
    found = _found(store, call, said.split()[:6], said)
    found.sort(key=lambda pair: (pair[0], KINDS.index(pair[1].kind), len(pair[1].words[0]), pair[1].words[0]))
    names = domain_names(store)
    return {"items": [_shown(one, names) for _, one in found[: call.query["limit"]]]}


def _found(store: Store, call: Call, words: list[str], said: str) -> list[tuple[int, Found]]:
    bare = re.sub(r"[\s:.-]", "", said)
    mac_part = bare if _MAC_PART.fullmatch(bare) else ""
    found: list[tuple[int, Found]] = []
    people = _within(call, "users.read")
    persons = search.people(store, people, words) if people else []
    phones = _within(call, "phones.read")
    if phones:
        found += [(rank(one, said, mac_part), one) for one in search.phones(store, phones, words, mac_part)]
        there = {one.ref for _, one in found}
        theirs = search.phones_of_people(store, phones, persons[:5])
        found += [(5, one) for one in theirs if one.ref not in there]
    others = persons
    for kind, action in (("site", "places.read"), ("department", "places.read"), ("template", "templates.read")):
        within = _within(call, action)
        if within is not None:
            others = [*others, *search.places(store, within, words, kind)]
    numbers = _within(call, "phonenumbers.read")
    if numbers is not None:
        others = [*others, *search.numbers(store, numbers, words)]
    if call.domain is None:
        others = [*others, *search.companies(store, Within(_companies(call)), words)]
    return [*found, *((rank(one, said, ""), one) for one in others)]


def _companies(call: Call) -> tuple[int, ...] | None:
    if call.domain is not None:
        return (call.domain.id,)
    return None if call.who.domain_ids is None else tuple(sorted(call.who.domain_ids))


def _within(call: Call, action: str) -> Within | None:
    """How far the caller may read there; None for not at all."""
    who, found = call.who, reach(call.who, action)
    if not found or (found == SITE and who.site_id is None) or (found == OWN and who.user_id is None):
        return None
    domain_ids = _companies(call) if found == EVERYWHERE or who.domain_id is None else (who.domain_id,)
    return Within(domain_ids, who.site_id if found == SITE else None, who.user_id if found == OWN else None)


def rank(one: Found, said: str, mac_part: str) -> int:
    """How good a hit is: 0 the very thing, 1 the end of its MAC, 2 begins so, 3 a word of it begins so, 4 elsewhere."""
    known = [word.lower() for word in one.words]
    if said in known or mac_part == known[0]:
        return 0
    if mac_part and one.kind == "phone" and known[0].endswith(mac_part):
        return 1
    if any(word.startswith(said) for word in known):
        return 2
    first = said.split()[0]
    return 3 if any(part.startswith(first) for word in known for part in word.split()) else 4


def _shown(one: Found, names: dict[int, str]) -> dict[str, Any]:
    match one.kind:
        case "user":
            title, more = one.words[1] or one.ref, f"{one.ref} · {one.text}"
        case "phone":
            _, description, model = one.words
            title, more = with_colons(one.ref), " · ".join(part for part in (model, one.text, description) if part)
        case "phone_number":
            title, more = one.ref, " · ".join(part for part in (one.text, one.words[1]) if part)
        case _:
            title, more = one.words[0], one.text
    return {
        "kind": one.kind, "ref": one.ref, "domain": names.get(one.domain_id, ""), "title": title[:402],
        "text": more[:500],
    }  # fmt: skip
