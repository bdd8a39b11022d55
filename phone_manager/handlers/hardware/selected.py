"""Something done to the phones chosen in the list: a template, a resync, removal (SF-288)."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.handlers.hardware.listing import FILTERS, NUMBERS, PHONES
from phone_manager.views.words import counted
from provd.api.problems import Refused
from provd.errors import Invalid, NotFound, Problem, ProvdError
from provd.phone.mac import with_colons

RIGHTS = {"apply": "templates.apply", "resync": "phones.write", "delete": "phones.write"}
MOST, MOST_GONE, NAMED, SLICE = 10_000, 500, 100, 200
WORDS = {"now": "now", "idle": "as soon as no call is on", "tonight": "in the coming night"}


class Selected(Page):
    """`/c/<company>/phones/selected?do=resync&macs=…&macs=…`; `every=1`: all that the filters find."""

    right = "phones.write"

    async def show(self, **_: str) -> None:
        given = {name: self.get_query_arguments(name)[:MOST] for name in ("do", "macs", "every", *FILTERS)}
        await self._question((given["do"] or [""])[-1], await self._chosen(given))

    async def act(self, **_: str) -> None:
        do, macs = self.field("do"), " ".join(self.sent.get("macs", [])).split()[:MOST]
        self._check(do, macs)
        try:
            told = await getattr(self, f"_{do}")(macs)
        except ProvdError as error:
            await self._question(do, macs, forms.errors(error), error.status)
            return
        self.go(self._list(), told)

    def _list(self) -> str:
        """The list as it was when the question was asked, with its filters."""
        came = urlsplit(self.request.headers.get("Referer", ""))
        here = self.url("phones")
        return f"{here}?{came.query}" if came.path == here and came.query else here

    def _check(self, do: str, macs: list[str]) -> None:
        if do not in RIGHTS:
            raise Refused(404, "There is nothing of this kind to do with phones.")
        if not self.may(RIGHTS[do]):
            raise Refused(403, "Your role does not include this; ask your office manager.")
        if not macs:
            raise Invalid([Problem("macs", "No phone is chosen; tick phones in the list first.")])
        if do == "delete" and len(macs) > MOST_GONE:
            raise Invalid([Problem("macs", f"At most {MOST_GONE} phones are removed at once; filter the list first.")])

    async def _chosen(self, given: dict[str, list[str]]) -> list[str]:
        """The MACs ticked, or of everything that the filters find."""
        if not given["every"]:
            return list(dict.fromkeys(given["macs"]))
        query: dict[str, Any] = {name: given[name][-1] for name in FILTERS if given[name] and name != "cursor"}
        query = {name: int(value) if name in NUMBERS and value.isdecimal() else value for name, value in query.items()}
        # In an order of its own, each page looks at all phones, in a thread; by MAC, at its own, on the loop.
        query["limit"] = 1000 if "state" in query or "sort" in query else SLICE
        macs: list[str] = []
        cursor: str | None = ""
        while cursor is not None and len(macs) < MOST:
            page = (await self.ask("GET", PHONES, query=query | {"cursor": cursor})).body
            macs += [phone["mac"] for phone in page["items"]]
            cursor = page["next"]
            await asyncio.sleep(0)
        return macs[:MOST]

    async def _question(
        self, do: str, macs: list[str], errors: dict[str, str] | None = None, status: int = 200
    ) -> None:
        self._check(do, macs)
        phones = []
        for mac in macs[:NAMED]:
            phones.append(await self._phone(mac))
            await asyncio.sleep(0)
        which = f"“{with_colons(macs[0])}”" if len(macs) == 1 else counted(len(macs), "phone")
        titles = {"apply": "Apply a template to {}", "resync": "Resync {}", "delete": "Remove {}?"}
        more: dict[str, Any] = await self._templates(phones) if do == "apply" else {}
        template = "pages/hardware/dialog.html" if self.partial else "pages/hardware/question.html"
        self.page(
            template, status=status, ask=do, macs=macs, phones=phones, errors=errors or {},
            title=titles[do].format(which), when=self.field("when", "idle"),
            restart=bool(self.field("restart")), **more,
        )  # fmt: skip

    async def _phone(self, mac: str) -> dict[str, Any]:
        """The phone, which is the company's of the address: the provider sees those of others too."""
        assert self.domain is not None, "the address names a company"
        try:
            found: dict[str, Any] = (await self.ask("GET", "/phones/{mac}", mac=mac)).body
        except NotFound:
            found = {"domain": ""}
        if found["domain"] != self.domain.name:
            raise NotFound(f"There is no phone {mac[:40]} any more; choose again.")
        return found

    async def _templates(self, phones: list[dict[str, Any]]) -> dict[str, Any]:
        """Templates that fit some of the phones, with how many; the others, which a different model keeps out."""
        found = (await self.ask("GET", "/domains/{domain}/phonetemplates", query={"limit": 1000})).body["items"]
        models = [phone["model"] for phone in phones]
        fitting = [(one, models.count(one["model"])) for one in found if one["model"] in models]
        return {"fitting": fitting, "others": [one for one in found if one["model"] not in models]}

    async def _resync(self, macs: list[str]) -> str:
        when = self.field("when", "idle")
        body = {"phones": macs, "when": when, "restart": True if self.field("restart") else None}
        await self.ask("POST", "/domains/{domain}/resync", body=body)
        return f"{counted(len(macs), 'phone is told', 'phones are told')} {WORDS.get(when, when)}."

    async def _delete(self, macs: list[str]) -> str:
        gone = 0
        for mac in macs:
            try:
                await self._phone(mac)
                await self.ask("DELETE", "/phones/{mac}", mac=mac)
                gone += 1
                await asyncio.sleep(0)
            except NotFound:  # somebody else was quicker: it is gone, as was wished
                continue
        return f"{counted(gone, 'phone is', 'phones are')} removed."
