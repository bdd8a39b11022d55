"""What holds for the calls of a whole company: blocked numbers, feature codes, and calls that are tried."""

from __future__ import annotations

from typing import Any

from phone_manager import forms
from phone_manager.base import LARGEST_UPLOAD, Page
from phone_manager.handlers.routing.moved import moved
from provd.api.featurecodes import TABLES
from provd.errors import ProvdError

FILTERS = "/domains/{domain}/number-filters"
CODES = "/domains/{domain}/featurecodes"
TRY = "/domains/{domain}/trycall"
TABLE_WORDS = {"stratus": "Stratus", "skyswitch": "SkySwitch"}


class Blocked(Page):
    """Blocked Numbers (SF-117, SF-118): list, add, delete, import."""

    right = "blocked.read"
    largest = min(LARGEST_UPLOAD, 1024 * 1024)

    async def show(self, **_: str) -> None:
        await self.listed()

    async def listed(self, error: ProvdError | None = None, imported: dict[str, Any] | None = None) -> None:
        """The list, with what was wrong, or what an import did."""
        query = {"search": self.wanted("search"), "cursor": self.wanted("cursor"), "limit": 100}
        found = (await self.ask("GET", FILTERS, query=query)).body
        self.page(
            "pages/routing/blocked.html", status=error.status if error else 200, numbers=found["items"],
            next=found["next"], search=query["search"], imported=imported, typed=self.field("number"),
            writes=self.may("blocked.write"), errors=forms.errors(error) if error else {},
        )  # fmt: skip

    async def act(self, **_: str) -> None:
        number = self.field("number")
        try:
            if self.field("do") == "import":
                file = next(iter(self.request.files.get("file", [])), None)
                csv = file["body"].decode("utf-8", "replace") if file else ""
                await self.listed(imported=(await self.ask("POST", f"{FILTERS}/import", body={"csv": csv})).body)
                return
            if self.field("do") == "remove":
                await self.ask("DELETE", f"{FILTERS}/{{number}}", number=number)
                told = f"{number} may call again.{await moved(self)}"
                self.go(self.url("blocked"), told, undo=self.url("blocked", "again", number))
                return
            made = (await self.ask("POST", FILTERS, body={"number": number})).body
        except ProvdError as error:
            if error.status == 403:
                raise
            await self.listed(error)
            return
        self.go(self.url("blocked"), f"{made['national']} is blocked for everybody.{await moved(self)}")


class BlockedAgain(Page):
    """Undo of taking a number off the list."""

    right = "blocked.write"

    async def act(self, number: str, **_: str) -> None:
        await self.ask("POST", FILTERS, body={"number": number})
        self.go(self.url("blocked"), f"{number} is blocked again.")


class BlockedTemplate(Page):
    """The file that an import understands."""

    right = "blocked.read"

    async def show(self, **_: str) -> None:
        content = (await self.ask("GET", f"{FILTERS}/template")).body
        self.set_header("Content-Type", "text/csv; charset=utf-8")
        self.set_header("Content-Disposition", 'attachment; filename="blocked-numbers.csv"')
        self.finish(content)


class FeatureCodes(Page):
    """Which digits do what; managers change them."""

    right = "dialling.read"

    async def show(self, **_: str) -> None:
        await self.listed()

    async def listed(self, error: ProvdError | None = None) -> None:
        """The table, with what was wrong with the codes that were typed."""
        found = (await self.ask("GET", CODES)).body
        typed = {name.removeprefix("codes."): values[-1] for name, values in self.sent.items() if "codes." in name}
        self.page(
            "pages/routing/codes.html", status=error.status if error else 200, codes=found["items"],
            table=self.field("table", found["table"]), tables=[(one, TABLE_WORDS[one]) for one in TABLES],
            typed=typed, writes=self.may("dialling.write"), errors=forms.errors(error) if error else {},
        )  # fmt: skip

    async def act(self, **_: str) -> None:
        now = (await self.ask("GET", CODES)).body
        typed = {one["function"]: self.field(f"codes.{one['function']}").strip() for one in now["items"]}
        shown = {one["function"]: " ".join(one["codes"]) for one in now["items"]}
        own: dict[str, str | None] = {name: code for name, code in typed.items() if code != shown[name]}
        usual = {one["function"]: " ".join(one["usual"]) for one in now["items"]}
        own = {name: None if code == usual[name] else code for name, code in own.items()}
        body: dict[str, Any] = {"table": self.field("table", now["table"])} | ({"own": own} if own else {})
        try:
            await self.ask("PATCH", CODES, body=body)
        except ProvdError as error:
            if error.status == 403:
                raise
            await self.listed(error)
            return
        told = "Saved. Keys of phones dial the new codes once the phones have fetched them."
        self.go(self.url("codes"), told + await moved(self))


class TryCall(Page):
    """Try a call: its stages with their reasons, and the calls kept as tests. What is asked stands in the address."""

    right = "calls.try"

    async def show(self, **_: str) -> None:
        await self.tried(self._asked(self.wanted))

    async def tried(self, asked: dict[str, Any], error: ProvdError | None = None) -> None:
        """The page with what becomes of this call."""
        done = None
        if asked["called"]:
            try:
                done = (await self.ask("POST", TRY, body=asked)).body
            except ProvdError as wrong:
                if wrong.status == 403:
                    raise
                error = error or wrong
        cases = (await self.ask("GET", f"{TRY}/cases")).body["items"]
        query = {"limit": 500, "services": 1}
        people = (await self.ask("GET", "/domains/{domain}/users", query=query)).body["items"]
        numbers = (await self.ask("GET", "/domains/{domain}/phonenumbers", query={"limit": 200})).body["items"]
        self.page(
            "pages/routing/try.html", status=error.status if error else 200, asked=asked, done=done, cases=cases,
            people=people, numbers=numbers, errors=forms.errors(error) if error else {}, name=self.field("name"),
            again=lambda one: self.url("try", **one),
        )  # fmt: skip

    def _asked(self, field: Any) -> dict[str, Any]:
        texts = {name: field(name) for name in ("called", "number", "extension", "at", "proven")}
        texts["extension"] = texts["extension"].partition(" ")[0]
        offline = [one for one in field("offline").replace(",", " ").split() if one][:100]
        busy = [one for one in field("busy").replace(",", " ").split() if one.isdecimal()][:100]
        return {**texts, "at": texts["at"][:16], "offline": offline, "calls": dict.fromkeys(busy, 1)}

    async def act(self, **_: str) -> None:
        do, case = self.field("do"), self.field("case")
        if do in ("accept", "delete"):
            path = f"{TRY}/cases/{{case}}"
            if do == "accept":
                await self.ask("POST", f"{path}/accept", case=case)
            else:
                await self.ask("DELETE", path, case=case)
            self.go(self.url("try"), "What becomes of it now is what should." if do == "accept" else "Forgotten.")
            return
        asked = self._asked(self.field)
        try:
            await self.ask("POST", f"{TRY}/cases", body=asked | {"name": self.field("name")})
        except ProvdError as error:
            if error.status == 403:
                raise
            await self.tried(asked, error)
            return
        self.go(self.url("try"), "Kept. Every change of rules says when it would go elsewhere.")
