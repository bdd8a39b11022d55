"""What is edited: a phone, or a template. Every page about keys begins here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from phone_manager.base import Page
from phone_manager.rendering import segment
from phone_manager.views import keys as views
from provd.api.scope import COMPANY, EVERYWHERE, SITE, reach
from provd.errors import Conflict, Forbidden, NotFound
from provd.phone.key import Position
from provd.phone.model import Family, Model

PHONE, TEMPLATE = "/phones/{mac}", "/domains/{domain}/phonetemplates/{template}"


@dataclass(frozen=True)
class Subject:
    """`api` and `values` reach it in the API, `address` on the pages; `row` is what the API tells of it. `manages`:
    also its locked keys, settings and directory may be edited."""

    kind: str
    api: str
    values: Mapping[str, str]
    address: str
    name: str
    model: Model
    family: Family
    modules: tuple[str, ...]
    row: Mapping[str, Any]
    manages: bool

    @property
    def keys(self) -> str:
        """The address of the editor."""
        return f"{self.address}/keys"

    @property
    def places(self) -> tuple[Position, ...]:
        """Every place for a key."""
        return self.model.positions(len(self.modules))


class KeysPage(Page):
    """A page about the keys of a phone or template. The API says who may see and edit which."""

    async def subject(self, path: Mapping[str, str]) -> Subject:
        """The phone or template of the address; NotFound, Forbidden, Conflict with a sentence."""
        assert self.domain is not None, "the address names a company"
        if "mac" in path:
            row = (await self.ask("GET", PHONE, mac=path["mac"])).body
            if row["domain"] != self.domain.name:
                raise NotFound(f"There is no phone {path['mac'][:40]} in this company.")
            kind, values = "phone", {"mac": row["mac"]}
            name = row["description"] or (row["user"]["name"] if row["user"] else "") or row["mac"]
        else:
            row = (await self.ask("GET", TEMPLATE, template=path["template"])).body
            kind, values, name = "template", {"template": str(row["id"])}, row["name"]
        model = self.services.catalogue.models.get(row["model"])
        if model is None:
            raise Conflict(f"The model {row['model'][:64]} is not known, so its keys cannot be drawn; choose another.")
        most = model.modules.most if model.modules else 0
        named = model.modules.names if model.modules else ()
        modules = tuple(row["expansions"]) if kind == "phone" else tuple(named[:1] or ("module",)) * most
        folder = "phones" if kind == "phone" else "templates"
        return Subject(
            kind, PHONE if kind == "phone" else TEMPLATE, values,
            f"/c/{segment(self.domain.name)}/{folder}/{segment(next(iter(values.values())))}", name, model,
            self.services.catalogue.family_of(model.id), modules[:most], row, self._manages(kind),
        )  # fmt: skip

    def _manages(self, kind: str) -> bool:
        right = "phones.write" if kind == "phone" else "templates.write"
        return reach(self.who, right) in (EVERYWHERE, COMPANY, SITE)

    async def on(self, subject: Subject, method: str, below: str, **more: Any) -> Any:
        """What the API answers about the subject: `await self.on(subject, "GET", "/draft")`."""
        values = {**subject.values, **more.pop("values", {})}
        await asyncio.sleep(0)  # with SQLite nothing else does: others have their turn between two questions
        return (await self.ask(method, subject.api + below, **more, **values)).body

    async def draft(self, subject: Subject) -> tuple[Mapping[str, Any], bool]:
        """The draft, or for those who only look the keys as they are; and whether they may edit."""
        if not subject.row.get("read_only"):
            try:
                return await self.on(subject, "GET", "/draft"), True
            except Forbidden:
                pass
        found = await self.on(subject, "GET", "/keys", query={"filled": 1})
        return {**UNCHANGED, "keys": found["items"]}, False

    @property
    def look(self) -> views.Look:
        """How the picture is looked at."""
        return views.look(self.wanted("page"), self.wanted("zoom"), self.wanted("as"))

    @property
    def aim(self) -> str:
        """Which part of the page htmx wants; empty for the whole page."""
        return self.request.headers.get("HX-Target", "") if self.partial else ""

    def place(self, subject: Subject, said: str) -> Position:
        """A key's place of the address; NotFound for one that this phone has not."""
        try:
            position = Position.parse(said)
        except ValueError:
            position = Position(0, 0)
        if position not in subject.places:
            count = len(subject.places)
            raise NotFound(f"There is no key {said} on this {subject.kind}; the {subject.model.name} has {count} here.")
        return position


UNCHANGED: Mapping[str, Any] = {
    "revision": 0, "changes": [], "steps": 0, "since": None, "editors": [], "news": [], "problems": [], "blocking": [],
    "phones": None,
}  # fmt: skip
