"""The list of users: search, filters, sorting, choosing some (SF-024)."""

from __future__ import annotations

from typing import Any

from phone_manager.base import Page
from phone_manager.views import people

FILTERS = ("search", "site_id", "department_id", "scope", "lacks", "services", "sort", "descending", "cursor", "limit")
NUMBERS = ("site_id", "department_id", "services", "descending", "limit")
TITLES = {"extension": "Extension", "name": "Name", "department": "Department", "site": "Site", "scope": "Scope"}
LACKS = {
    "email": "Without e-mail",
    "password": "Cannot sign in yet",
    "device": "Without device",
    "phone": "Without phone",
}


class Users(Page):
    """`/c/<company>/users`."""

    right = "users.read"

    async def show(self, **_: str) -> None:
        chosen = {name: self.wanted(name) for name in FILTERS}
        query = {name: int(value) if name in NUMBERS and value.isdecimal() else value for name, value in chosen.items()}
        found = (await self.ask("GET", "/domains/{domain}/people", query=query)).body
        template = "pages/people/list_part.html" if self.partial else "pages/people/list.html"
        self.page(template, **await self._context(chosen, found))

    async def _context(self, chosen: dict[str, str], found: dict[str, Any]) -> dict[str, Any]:
        sites = await all_of(self, "/domains/{domain}/sites")
        departments = await all_of(self, "/domains/{domain}/departments")
        said = (await self.ask("GET", "/domains/{domain}/statuses")).body["items"]
        base = self.url("users")
        words = {
            "search": f"“{chosen['search']}”",
            "site_id": f"Site: {_named(sites, chosen['site_id'])}",
            "department_id": f"Department: {_named(departments, chosen['department_id'])}",
            "scope": people.SCOPE_WORDS.get(chosen["scope"], chosen["scope"]),
            "lacks": LACKS.get(chosen["lacks"], chosen["lacks"]),
            "services": "With service users",
        }
        kept = {name: value for name, value in chosen.items() if name != "cursor"}
        more = self.url("users", **kept, cursor=found["next"]) if found["next"] else ""
        return {
            "people": found["items"], "said": {one["extension"]: one["status"] for one in said},
            "total": found["total"], "chosen": chosen, "sites": sites, "more": more,
            "departments": departments, "chips": people.chips(chosen, words, base),
            "heads": people.heads(chosen, base, TITLES), "scope_words": people.SCOPE_WORDS, "lacks": LACKS,
            "first": self.url("users", **kept) if chosen["cursor"] else "",
        }  # fmt: skip


def _named(rows: list[dict[str, Any]], wanted: str) -> str:
    return next((row["name"] for row in rows if str(row["id"]) == wanted), wanted)


async def all_of(page: Page, path: str) -> list[dict[str, Any]]:
    """A short list of the company, whole: its sites, its departments."""
    return (await page.ask("GET", path, query={"limit": 1000})).body["items"]  # type: ignore[no-any-return]


async def owned_numbers(page: Page) -> list[dict[str, Any]]:
    """The company's phone numbers to choose a caller ID from (SF-037), as far as the person may see them."""
    if page.domain is None or not page.may("phonenumbers.read"):
        return []
    query = {"limit": 500}
    return (await page.ask("GET", "/domains/{domain}/phonenumbers", query=query)).body["items"]  # type: ignore[no-any-return]
