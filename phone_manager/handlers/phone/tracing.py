"""The SIP messages of a phone as a ladder, for some minutes, because somebody turned that on."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from typing import Any

from phone_manager import forms
from phone_manager.handlers.phone.subject import ONE, PhonePage
from phone_manager.live import Stream
from phone_manager.views import ladder
from provd.errors import Invalid, NotFound, Problem, ProvdError

MINUTES = (5, 15, 60)


class TracePage(PhonePage):
    """Pages about the trace of a phone."""

    right = "phones.write"

    async def found(self, mac: str) -> dict[str, Any] | None:
        """The trace with its messages; None when there is none."""
        try:
            got: dict[str, Any] = (await self.ask("GET", f"{ONE}/trace", query={"full": 1}, mac=mac)).body
        except NotFound:
            return None
        return got

    def told(self, phone: Mapping[str, Any], trace: Mapping[str, Any] | None) -> dict[str, Any]:
        """What the page and its live piece show."""
        rows = ladder.rows(trace["messages"], self.zone()) if trace else []
        text = ladder.text(trace) if trace else ""
        return {**self.common(phone), "trace": trace, "rows": rows, "text": text, "minutes": MINUTES}


class Trace(TracePage):
    """`…/trace`."""

    async def show(self, mac: str, **_: str) -> None:
        await self._page(await self.phone(mac))

    async def _page(self, phone: Mapping[str, Any], error: ProvdError | None = None) -> None:
        trace = await self.found(phone["mac"]) if error is None or error.status != 409 else None
        self.page(
            "pages/phone/trace.html", status=error.status if error else 200, **self.told(phone, trace),
            errors=forms.errors(error) if error else {},
        )  # fmt: skip

    async def act(self, mac: str, **_: str) -> None:
        phone = await self.phone(mac)
        here = self.url("phones", phone["mac"], "trace")
        try:
            if self.field("do") == "off":
                await self.ask("DELETE", f"{ONE}/trace", mac=phone["mac"])
                self.go(here, "The trace is off, and what it kept is gone.")
                return
            said = self.field("minutes", "5")
            if not said.isdecimal() or len(said) > 3:
                raise Invalid([Problem("minutes", "Say for how many minutes, 1 to 60.")])
            await self.ask("POST", f"{ONE}/trace", body={"minutes": int(said)}, mac=phone["mac"])
        except ProvdError as error:
            await self._page(phone, error)
            return
        self.go(here, f"The phone's SIP messages are kept for {said} minutes.")


class LiveTrace(Stream, TracePage):
    """`…/trace/live`: the ladder as it grows; looked at twice a second, as most messages are no event of the phone."""

    beat = 0.5

    async def watched(self, **path: str) -> Collection[str]:
        return [(await self.phone(path["mac"]))["mac"]]

    async def pieces(self, **path: str) -> Mapping[str, str]:
        phone = await self.phone(path["mac"])
        self.now = time.time()
        return {"ladder": self.part("pages/phone/ladder.html", self.told(phone, await self.found(phone["mac"])))}
