"""The files that a phone gets: passwords as marks, or written out for those who may see them; the look is noted."""

from __future__ import annotations

from phone_manager.handlers.phone.subject import ONE, PhonePage
from provd.errors import NotFound

LONGEST = 400_000


class Files(PhonePage):
    """`…/files?name=805ec0000101.cfg`, with `&secrets=1` after the button was pressed."""

    async def show(self, mac: str, **_: str) -> None:
        await self._file(mac, self.wanted("name"), secrets=False)

    async def act(self, mac: str, **_: str) -> None:
        await self._file(mac, self.field("name")[:200], secrets=True)

    async def _file(self, mac: str, wanted: str, *, secrets: bool) -> None:
        phone = await self.phone(mac)
        files = (await self.ask("GET", f"{ONE}/files", mac=phone["mac"])).body["items"]
        if not files:
            raise NotFound("This phone's family has no files of its own.")
        name = wanted or files[0]["name"]
        query = {"secrets": 1} if secrets else {}
        body: bytes = (await self.ask("GET", f"{ONE}/files/{{name}}", query=query, mac=phone["mac"], name=name)).body
        text = body.decode("utf-8", "replace")
        self.page(
            "pages/phone/files.html", **self.common(phone), files=files, file=name, text=text[:LONGEST],
            size=len(body), cut=len(text) > LONGEST, secrets=secrets, lines=text.count("\n") + 1,
        )  # fmt: skip
