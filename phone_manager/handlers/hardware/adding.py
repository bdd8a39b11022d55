"""Phones are added: one, many pasted or scanned, or a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from phone_manager import forms
from phone_manager.base import LARGEST_UPLOAD, Page
from phone_manager.views import hardware
from phone_manager.views.drawing import draw
from phone_manager.views.words import counted
from provd.api import scope
from provd.api.sheets import LONGEST
from provd.errors import Forbidden, Invalid, Problem, ProvdError
from provd.phone.mac import parse_mac, with_colons

MANY = "/domains/{domain}/phones/many"
PLACES = {"no_mac": "mac", "twice": "mac", "here": "mac", "no_model": "model", "no_user": "user"}
MINUTES = (("0", "No: it brings a proof, or comes from an allowed network"), ("30", "For 30 minutes"),
           ("120", "For 2 hours"), ("1440", "For a day"))  # fmt: skip
MOST_PEOPLE = 1000


async def places(page: Page) -> dict[str, Any]:
    """What forms about phones offer: sites, templates, people, and models by their titles."""
    query = {"limit": 1000}
    sites = (await page.ask("GET", "/domains/{domain}/sites", query=query)).body["items"]
    if scope.reach(page.who, "phones.write") == scope.SITE:
        sites = [site for site in sites if site["id"] == page.who.site_id]
    templates: list[dict[str, Any]] = []
    if page.may("templates.read"):
        templates = (await page.ask("GET", "/domains/{domain}/phonetemplates", query=query)).body["items"]
    people = (await page.ask("GET", "/domains/{domain}/people", query={"limit": MOST_PEOPLE})).body["items"]
    return {
        "sites": sites, "templates": templates, "people": people,
        "models": sorted(hardware.title(model) for model in page.services.catalogue.models.values()),
        "own_site": page.who.site_id if scope.reach(page.who, "phones.write") == scope.SITE else None,
    }  # fmt: skip


def whole(page: Page) -> bool:
    """Whether the person may change all phones of the company, as a spreadsheet does."""
    return scope.reach(page.who, "phones.write") in (scope.EVERYWHERE, scope.COMPANY)


class Add(Page):
    """`/c/<company>/phones/add`: one phone."""

    right = "phones.write"
    tab = "one"

    async def show(self, **_: str) -> None:
        names = ("mac", "model", "user", "site_id", "template_id", "minutes")
        await self.form({name: [self.wanted(name)] for name in names if self.wanted(name)})

    async def form(
        self, values: Mapping[str, Sequence[str]], errors: dict[str, str] | None = None, status: int = 200, **more: Any
    ) -> None:
        """The form with what was typed."""
        shown = {name: some[-1] for name, some in values.items()}
        self.page(
            f"pages/hardware/add_{self.tab}.html", status=status, values=shown, errors=errors or {}, tab=self.tab,
            minutes=MINUTES, whole=whole(self), **await self.model(shown.get("model", ""), shown.get("mac", "")),
            **await places(self), **more,
        )  # fmt: skip

    async def model(self, said: str, mac: str) -> dict[str, Any]:
        """What is told of the model while it is chosen: its picture, and whether the MAC is another vendor's."""
        models = self.services.catalogue.models
        found = models.get(hardware.model_id(said, models))
        maker = ""
        try:
            maker = self.services.recogniser.vendor_of(parse_mac(mac)) or ""
        except ValueError:
            maker = ""
        drawing = draw(found, (), {}, base_href="") if found is not None else None
        return {"model": found, "drawing": drawing, "maker": maker}

    def body(self, lines: list[str], users: list[str]) -> dict[str, Any]:
        """What the API is asked for."""
        found: dict[str, Any] = {
            "lines": lines, "users": users, "model": hardware.model_id(self.field("model"), self.models),
        }  # fmt: skip
        for name in ("site_id", "template_id", "minutes"):
            if self.field(name).isdecimal():
                found[name] = int(self.field(name))
        return found

    @property
    def models(self) -> Any:
        """The catalogue's models."""
        return self.services.catalogue.models

    async def act(self, **_: str) -> None:
        mac = self.field("mac").strip()
        try:
            if not mac:
                raise Invalid([Problem("mac", "Give the MAC; it stands on the back of the phone and on its box.")])
            if hardware.model_id(self.field("model"), self.models) not in self.models:
                raise Invalid([Problem("model", "Choose one of the models that are listed.")])
            (item,) = (
                await self.ask("POST", MANY, body=self.body([mac], [self.field("user").strip().split(" ")[0]]))
            ).body["items"]
        except ProvdError as error:
            await self.form(self.sent, forms.errors(error), error.status)
            return
        if item["outcome"] != "created":
            await self.form(self.sent, {PLACES.get(item["outcome"], ""): item["text"]}, 422)
            return
        await self._described(item["mac"])

    async def _described(self, mac: str) -> None:
        told = f"{with_colons(mac)} is set up. Connect it, and it is seen here when it first asks."
        if self.field("description").strip():
            try:
                body = {"description": self.field("description").strip()}
                await self.ask("PATCH", "/phones/{mac}", mac=mac, body=body)
            except ProvdError as error:
                told = f"{with_colons(mac)} is set up; its label was not saved: {error}"
        if self.field("next") == "again":
            kept = {name: self.field(name) for name in ("model", "site_id", "template_id", "minutes")}
            self.go(self.url("phones", "add", **kept), told)
        else:
            self.go(self.url("phones", mac), told)


class ModelPreview(Add):
    """`/c/<company>/phones/add/model?model=…&mac=…`: the picture beside the form, and the model's templates."""

    async def show(self, **_: str) -> None:
        told = await self.model(self.wanted("model"), self.wanted("mac"))
        templates: list[dict[str, Any]] = []
        if told["model"] is not None and self.may("templates.read"):
            query = {"limit": 1000, "model": told["model"].id}
            templates = (await self.ask("GET", "/domains/{domain}/phonetemplates", query=query)).body["items"]
        self.page("pages/hardware/model_part.html", templates=templates, values={}, **told)

    async def act(self, **_: str) -> None:
        await Page.act(self)


class AddMany(Add):
    """`/c/<company>/phones/add/many`: a MAC a line, an extension behind it or not."""

    tab = "many"

    async def show(self, **_: str) -> None:
        await self.form({"model": [hardware.AUTO_WORDS]})

    async def act(self, **_: str) -> None:
        lines = [line.strip() for line in self.field("lines").splitlines() if line.strip()]
        try:
            if not lines:
                raise Invalid([Problem("lines", "Paste or scan at least one MAC.")])
            body = self.body(lines, [])
            if body["model"] not in (*self.models, hardware.AUTO):
                raise Invalid([Problem("model", "Choose one of the models that are listed.")])
            done = (await self.ask("POST", MANY, body=body)).body
        except ProvdError as error:
            await self.form(self.sent, forms.errors(error), error.status)
            return
        failed = [item["said"] for item in done["items"] if item["outcome"] not in ("created", "here", "twice")]
        await self.form(self.sent | {"lines": ["\n".join(failed)]}, done=done)


class AddSheet(Add):
    """`/c/<company>/phones/add/sheet`: a spreadsheet is tried, then brought in."""

    tab = "sheet"
    largest = LARGEST_UPLOAD

    async def guard(self, **path: str) -> None:
        await super().guard(**path)
        if not whole(self):
            raise Forbidden("A spreadsheet changes phones of the whole company; ask your office manager.")

    async def show(self, **_: str) -> None:
        await self.form({})

    async def act(self, **_: str) -> None:
        sheet, trial = self.field("csv"), self.field("do") != "import"
        try:
            sheet = self._sent_file() or sheet
            if not sheet.strip():
                raise Invalid([Problem("file", "Choose a file that was saved as CSV, or paste its lines.")])
            if len(sheet) > LONGEST:
                most = f"{LONGEST // 1000} kB"
                raise Invalid([Problem("file", f"A page takes {most}; split the sheet, or use provd import-phones.")])
            report = (
                await self.ask("POST", "/domains/{domain}/phones/import", body={"csv": sheet, "dry_run": trial})
            ).body
        except ProvdError as error:
            told = forms.errors(error)
            await self.form({"csv": [sheet]}, {"file": told.pop("", ""), **told}, error.status)
            return
        if report["saved"]:
            told_counts = report["counts"]
            self.go(self.url("phones"), f"{counted(told_counts.get('created', 0), 'phone is', 'phones are')} set up, "
                    f"{counted(told_counts.get('updated', 0), 'is', 'are')} changed.")  # fmt: skip
            return
        await self.form({"csv": [sheet]}, report=report)

    def _sent_file(self) -> str:
        """The text of the file that was chosen; empty without one."""
        files = self.request.files.get("file", [])
        try:
            return hardware.read_sheet(files[0].body) if files else ""
        except ValueError as error:
            raise Invalid([Problem("file", str(error))]) from None


class Export(Page):
    """`/c/<company>/phones/export`: all phones as a spreadsheet that can be brought in again."""

    right = "phones.write"

    async def show(self, **_: str) -> None:
        content = (await self.ask("GET", "/domains/{domain}/phones/export")).body
        self.set_header("Content-Type", "text/csv; charset=utf-8")
        self.set_header("Content-Disposition", 'attachment; filename="phones.csv"')
        self.finish(content)
