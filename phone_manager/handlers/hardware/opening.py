"""The launcher of the Phone Manager (SF-256): a phone by MAC or extension, or a template, straight to its keys."""

from __future__ import annotations

from typing import Any

from phone_manager.base import Page
from provd.errors import Invalid, Problem, ProvdError

MOST = 20


class Open(Page):
    """`/c/<company>/phones/open`. What is found by `phone` or `template` is opened at once."""

    right = "phones.keys"

    async def show(self, **_: str) -> None:
        said, template = self.wanted("phone"), self.wanted("template")
        if template.isdecimal():
            self.go(self.url("templates", int(template), "keys"))
            return
        found: list[dict[str, Any]] = []
        try:
            found = await self._phones(said) if said else []
        except ProvdError as error:
            await self._question(said, [], str(error))
            return
        if len(found) == 1:
            self.go(self.url("phones", found[0]["mac"], "keys"))
            return
        await self._question(said, found, "")

    async def _phones(self, said: str) -> list[dict[str, Any]]:
        """The phones that are meant: those of an extension, else those that the words fit."""
        for query in ({"user": said}, {"search": said}):
            if "user" in query and not (said.isdecimal() and len(said) < 11):
                continue
            found = (await self.ask("GET", "/domains/{domain}/phones", query=query | {"limit": MOST})).body["items"]
            if found:
                return found  # type: ignore[no-any-return]
        raise Invalid([Problem("phone", f"No phone fits “{said[:60]}”; give a MAC, its end, or an extension.")])

    async def _question(self, said: str, found: list[dict[str, Any]], wrong: str) -> None:
        templates: list[dict[str, Any]] = []
        if self.may("templates.read"):
            query = {"limit": 1000}
            templates = (await self.ask("GET", "/domains/{domain}/phonetemplates", query=query)).body["items"]
        by_model: dict[str, list[dict[str, Any]]] = {}
        for one in sorted(templates, key=lambda one: (self.model_name(one["model"]), one["name"])):
            by_model.setdefault(self.model_name(one["model"]), []).append(one)
        what = "template" if self.wanted("what") == "template" and by_model else "phone"
        template = "pages/hardware/dialog.html" if self.partial else "pages/hardware/question.html"
        title = "Edit Configuration Template" if what == "template" else "Edit Phone Configuration"
        self.page(
            template, status=422 if wrong else 200, ask="open", title=title, what=what, said=said, found=found,
            by_model=by_model, errors={"phone": wrong} if wrong else {},
        )  # fmt: skip
