"""A template is applied: phones are chosen, a dry run says what would come of it, a job does it (SF-287, SF-288)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.views import templates as views
from provd.api.apply import MOST
from provd.api.call import mac_in
from provd.errors import Invalid, NotFound, Problem, ProvdError
from provd.phone.state import STATES

LIST = "/domains/{domain}/phonetemplates"
ONE = f"{LIST}/{{template}}"
PHONES = "/domains/{domain}/phones"
FILTERS = ("search", "state", "site_id", "cursor")
SHOWN = 100
FEW = 25


class Applying(Page):
    """The dry run and the job; both pages that choose phones go on here."""

    right = "templates.apply"

    async def dry_run(self, template: str, phones: Sequence[str] | str, error: ProvdError | None = None) -> None:
        """The page that says of every phone what would come of it."""
        row = (await self.ask("GET", ONE, template=template)).body
        outcome = self.field("outcome") or self.wanted("outcome")
        asked = {"outcome": outcome if outcome in views.OUTCOMES else "", "limit": SHOWN, "cursor": self._cursor()}
        found = (
            await self.ask("POST", f"{ONE}/apply/preview", query=asked, body={"phones": phones}, template=template)
        ).body
        self.page(
            "pages/templates/dry_run.html", status=error.status if error else 200, row=row, found=found,
            macs="" if phones == "all" else "\n".join(phones), every=phones == "all", outcome=asked["outcome"],
            outcomes=views.OUTCOMES, sentence=views.sentence(found, found["total"]), times=views.TIMES,
            when=self.field("when", "idle"), canary=self._careful, first=asked["cursor"] in ("", "0"),
            many=found["changes"] > views.CANARY_ABOVE, errors=forms.errors(error) if error else {},
        )  # fmt: skip

    @property
    def _careful(self) -> bool:
        """Whether a few phones go first; a form that does not ask leaves that to the job."""
        return self.field("canary") == "1" or not self.field("canary_asked")

    def _cursor(self) -> str:
        return (self.field("cursor") or self.wanted("cursor"))[:20]

    def chosen(self) -> Sequence[str] | str:
        """The phones that the form names: `all`, or MACs."""
        if self.field("phones") == "all":
            return "all"
        said = [one for name in ("macs", "pasted") for one in self.sent.get(name, [])]
        found = views.macs(said)
        if not found:
            raise Invalid([Problem("macs", "No phone is chosen; tick some, paste their MACs, or take all of them.")])
        if len(found) > MOST:
            raise Invalid([Problem("macs", f"At most {MOST:,} phones at once; {len(found):,} are chosen.")])
        return [mac_in(one) for one in found]

    async def begin(self, template: str, phones: Sequence[str] | str) -> None:
        """The job begins, and its page opens."""
        body: dict[str, Any] = {"phones": phones}
        if self.field("when"):
            body |= {"resync": self.field("when")} | ({} if self._careful else {"canary": 0})
        try:
            job = (await self.ask("POST", f"{ONE}/apply", body=body, template=template)).body
        except ProvdError as error:
            await self.dry_run(template, phones, error)
            return
        self.go(self.url("jobs", job["id"]), "It has begun. You may close this page; the work goes on.")


class Apply(Applying):
    """`/c/<company>/templates/<id>/apply`: choose phones, look, begin."""

    async def show(self, template: str, **_: str) -> None:
        if self.wanted("phones") == "all":
            await self.dry_run(template, "all")
        else:
            await self._choice(template)

    async def _choice(self, template: str, error: ProvdError | None = None) -> None:
        row = (await self.ask("GET", ONE, template=template)).body
        wanted = {name: self.wanted(name) for name in FILTERS}
        if wanted["state"] not in ("", *STATES):
            raise NotFound("Phones have no such state.")
        site = int(wanted["site_id"]) if wanted["site_id"].isdecimal() else ""
        query = {**wanted, "site_id": site, "model": row["model"], "limit": SHOWN}
        found = (await self.ask("GET", PHONES, query=query)).body
        told = {} if self.partial else await self._around(row)
        kept = {name: value for name, value in wanted.items() if name != "cursor"}
        self.page(
            "pages/templates/choose_part.html" if self.partial else "pages/templates/choose.html",
            status=error.status if error else 200, row=row, phones=found["items"], wanted=wanted, **told,
            states=views.STATE_WORDS, pasted=self.field("pasted"), ticked=self.sent.get("macs", []),
            more=found["next"] and self.url("templates", row["id"], "apply", **kept, cursor=found["next"]),
            errors=forms.errors(error) if error else {},
        )  # fmt: skip

    async def _around(self, row: dict[str, Any]) -> dict[str, Any]:
        """What stands around the list: how many phones of the model there are, and the sites."""
        counts = (await self.ask("GET", f"{PHONES}/states", query={"model": row["model"]})).body
        sites = (await self.ask("GET", "/domains/{domain}/sites", query={"limit": 1000})).body["items"]
        return {"total": counts["total"], "sites": sites}

    async def act(self, template: str, **_: str) -> None:
        try:
            phones = self.chosen()
            if self.field("do") != "apply":
                await self.dry_run(template, phones)
                return
        except ProvdError as error:
            await self._choice(template, error)
            return
        await self.begin(template, phones)


class ApplyChosen(Applying):
    """`/c/<company>/apply`: phones that were chosen in a list (`macs`), for which a template is to be found."""

    async def show(self, **_: str) -> None:
        await self._which(views.macs(self.get_query_arguments("macs")))

    async def act(self, **_: str) -> None:
        chosen = [one for name in ("macs", "phones") for one in self.sent.get(name, [])]
        template = self.field("template")
        if template.isdecimal():
            await self.dry_run(template, [mac_in(one) for one in views.macs(chosen)])
            return
        await self._which(views.macs(chosen))

    async def _which(self, said: Sequence[str]) -> None:
        macs = [mac_in(one) for one in said][:MOST]
        if not macs:
            raise Invalid([Problem("macs", "No phone is chosen; tick some in Phone Hardware first.")])
        models = views.by_model(await self._phones(macs))
        if not models:
            raise NotFound("None of these phones is in this company.")
        templates = {
            model: (await self.ask("GET", LIST, query={"model": model, "limit": 100})).body["items"] for model in models
        }
        if len(models) == 1 and len(templates[next(iter(models))]) == 1:
            await self.dry_run(str(templates[next(iter(models))][0]["id"]), macs)
            return
        self.page("pages/templates/which.html", macs=macs, models=models, templates=templates)

    async def _phones(self, macs: Sequence[str]) -> list[dict[str, Any]]:
        if len(macs) <= FEW:
            return [one for mac in macs if (one := await self._phone(mac)) is not None]
        wanted, found, cursor = set(macs), [], ""
        while True:
            page = (await self.ask("GET", PHONES, query={"limit": 1000, "cursor": cursor})).body
            found += [one for one in page["items"] if one["mac"] in wanted]
            cursor = page["next"]
            if not cursor or len(found) == len(wanted):
                return found

    async def _phone(self, mac: str) -> dict[str, Any] | None:
        assert self.domain is not None, "the address names a company"
        try:
            found: dict[str, Any] = (await self.ask("GET", "/phones/{mac}", mac=mac)).body
        except NotFound:
            return None
        return found if found["domain"] == self.domain.name else None
