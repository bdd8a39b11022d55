"""The files of exports, and the archives of old calls."""

from __future__ import annotations

from typing import Any

from tornado.http1connection import HTTP1Connection
from tornado.iostream import StreamClosedError

from phone_manager.base import Page
from phone_manager.views import exporting
from provd.api.endpoint import Streamed
from provd.errors import ProvdError


class Download(Page):
    """A page that is a file."""

    async def download(self, found: Streamed, name: str, kind: str) -> None:
        """Send a file piece by piece. A mistake in its midst breaks the connection, so that nobody takes half for the
        whole."""
        self.set_header("Content-Type", kind)
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        try:
            async for piece in found.pieces:
                self.write(piece)
                await self.flush()
        except StreamClosedError:
            return
        except ProvdError:
            if not self._headers_written:
                raise
            connection = self.request.connection
            if isinstance(connection, HTTP1Connection):
                connection.close()
            return
        finally:
            found.close()
        self.finish()


class ExportFile(Download):
    """`/c/<company>/history/exports/files/<id>`: a GET downloads; a POST sends it again, or deletes it."""

    right = "exports.read"

    async def show(self, export: str, **_: str) -> None:
        one = (await self.ask("GET", "/domains/{domain}/cdrexports/{export}", export=export)).body
        found = (await self.ask("GET", "/domains/{domain}/cdrexports/{export}/file", export=export)).body
        await self.download(found, one["name"], "text/csv; charset=utf-8")

    async def act(self, export: str, **_: str) -> None:
        if self.field("do") == "delete":
            await self.ask("DELETE", "/domains/{domain}/cdrexports/{export}", export=export)
            self.go(self.url("history", "exports"), "The file is deleted.")
        else:
            await self.ask("POST", "/domains/{domain}/cdrexports/{export}/send", export=export)
            self.go(self.url("history", "exports"), "The file is sent again.")


class Archives(Page):
    """`/c/<company>/history/archives`: a file a month of what the history does not show any more."""

    right = "exports.read"

    async def show(self, **_: str) -> None:
        found = (await self.ask("GET", "/domains/{domain}/cdrarchives")).body["items"]
        rows: list[Any] = [exporting.archive(one) for one in found]
        self.page("pages/history/archives.html", rows=rows)


class Archive(Download):
    """`/c/<company>/history/archives/<id>`: one of them."""

    right = "exports.read"

    async def show(self, archive: str, **_: str) -> None:
        found = (await self.ask("GET", "/domains/{domain}/cdrarchives/{archive}/file", archive=archive)).body
        every = (await self.ask("GET", "/domains/{domain}/cdrarchives")).body["items"]
        month = next((one["month"] for one in every if str(one["id"]) == archive), "calls")
        await self.download(found, f"calls-{month}.csv.gz", "application/gzip")
