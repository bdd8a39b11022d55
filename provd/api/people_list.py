"""People as their list shows them, with filters, places and counts."""

from __future__ import annotations

from typing import Any

from provd.api.call import Call, plain
from provd.api.endpoint import PAGING, SEARCH, Group
from provd.api.schema import Schema, choice, define, listing, number, obj, switch, table, text
from provd.api.scope import OWN, SITE
from provd.store import people, rules
from provd.store.database import Store

group = Group("peoplelist", "The list of users: filters, sorting, and what belongs to each (SF-024).")

PERSON = define(
    "Person",
    obj(
        {
            "extension": text(longest=20), "name": text("First and last name", 401), "first_name": text(),
            "last_name": text(), "login_name": text(longest=121), "scope": choice(rules.SCOPES[2:]),
            "department": text("Its name, empty for none"), "site": text("Its name, empty for none"),
            "emails": listing(text(longest=260)), "password_set": switch("Can sign in with a password"),
            "service_code": text("system-… for users that are no person", 60),
            "devices": number("How many SIP devices"), "phones": number("How many phones carry one of these"),
        }
    ),
)  # fmt: skip
LISTED = obj(
    {
        "items": listing(PERSON, most=1000), "total": number("How many the filters leave, on all pages"),
        "next": {"type": ["string", "null"], "description": "Give it as `cursor` for the page after this"},
    }
)  # fmt: skip
FILTERS: dict[str, Schema] = {
    **PAGING, **SEARCH,
    "site_id": number("Only of this site", 1), "department_id": number("Only of this department", 1),
    "scope": choice(rules.SCOPES[2:], "Only with this scope"),
    "lacks": choice(people.LACKS, "Only those who have none of these"),
    "among": text("Only these extensions, up to 1000 with commas between", 21_000),
    "services": number("1: also service users", 0, 1),
    "sort": choice(people.SORTS, "What they are sorted by", default="extension"),
    "descending": number("1 turns the order round", 0, 1, default=0),
}  # fmt: skip


@group.get("/domains/{domain}/people", "users.read", LISTED, narrow=True, query=FILTERS)
async def list_people(call: Call) -> Any:
    """List people

    `search` looks at extension, names, login name and mail addresses. A site manager sees those of the site, a basic
    user only themself."""
    return await call.services.store.run_apart(_listed, call)


def _listed(store: Store, call: Call) -> dict[str, Any]:
    query, who = call.query, call.who
    site_id = query.get("site_id")
    outside = call.reach == SITE and (who.site_id is None or site_id not in (None, who.site_id))
    if outside or (call.reach == OWN and who.user_id is None):
        return {"items": [], "total": 0, "next": None}
    wanted = people.Wanted(
        query.get("search", ""), who.site_id if call.reach == SITE else site_id, query.get("department_id"),
        query.get("scope", ""), query.get("lacks", ""), bool(query.get("services")),
        who.user_id if call.reach == OWN else None,
        tuple(one.strip() for one in query.get("among", "").split(",") if one.strip())[:1000],
    )  # fmt: skip
    cursor = query.get("cursor", "")
    start = int(cursor) if cursor.isascii() and cursor.isdecimal() and len(cursor) < 10 else 0
    found, total = people.find(
        store, call.domain_id, wanted, sort=query["sort"], descending=bool(query["descending"]), limit=query["limit"],
        start=start,
    )  # fmt: skip
    items = [{**plain(one), "name": one.name} for one in found.items]
    return {"items": items, "total": total, "next": found.next}


MANY = table(number(), "How many people, by the id or name", 1000)
COUNTS = define("PeopleCounts", obj({"sites": MANY, "departments": MANY, "scopes": MANY}))


@group.get("/domains/{domain}/people/counts", "users.read", COUNTS, narrow=True)
def count_people(store: Store, call: Call) -> Any:
    """Count people by site, department and scope

    Without services; a site manager's are those of the site."""
    if call.reach == OWN or (call.reach == SITE and call.who.site_id is None):
        return {"sites": {}, "departments": {}, "scopes": {}}
    return people.counts(store, call.domain_id, call.who.site_id if call.reach == SITE else None)
