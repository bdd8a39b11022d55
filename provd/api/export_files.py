"""The files of exports of the call history, and the archives of records older than six months (SF-302)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

from provd.api.call import Call, plain
from provd.api.endpoint import PAGING, Streamed
from provd.api.exports import group as group
from provd.api.schema import choice, define, listing, moment, nullable, number, obj, page, text
from provd.errors import Conflict
from provd.exporting.service import export_folder
from provd.store import archives, export_files
from provd.store.database import Store
from provd.store.export_files import FAILED, READY, SENT, WAITING, ExportFile

FILE = define(
    "CdrExportFile",
    obj(
        {
            "id": number(low=1), "schedule_id": nullable(number("Null when it was deleted")),
            "name": text("What the file is called", 200), "at": moment("The moment it is for"),
            "since": moment("Calls that ended from here"), "until": moment("until before here"),
            "calls": number("How many"), "octets": number("How large", high=2**53),
            "state": choice((READY, WAITING, SENT, FAILED), "waiting: to be sent"),
            "text": text("What became of it, a sentence", 500), "tries": number("Attempts to send it"),
            "try_at": nullable(moment("When it is tried again")),
        }
    ),
)  # fmt: skip
ARCHIVE = define(
    "CdrArchive",
    obj(
        {
            "id": number(low=1), "month": text("As 2025-11, of the company's clock", 7), "calls": number("How many"),
            "octets": number("How large", high=2**53), "changed": moment(),
        }
    ),
)  # fmt: skip
PATH, ONE = "/domains/{domain}/cdrexports", "/domains/{domain}/cdrexports/{export}"
ARCHIVES = "/domains/{domain}/cdrarchives"


@group.get(PATH, "exports.read", page(FILE), query=PAGING)
def list_files(store: Store, call: Call) -> Any:
    """List the files that exports have made

    The latest first; they are kept for the days of the setting `exports_keep_days`."""
    query = call.query
    found = export_files.find(store, call.domain_id, limit=query["limit"], before=query.get("cursor", ""))
    return {"items": [_shown(one) for one in found.items], "next": found.next}


@group.get(ONE, "exports.read", FILE)
def get_file(store: Store, call: Call) -> Any:
    """Get what became of an export's file"""
    return _shown(_one(store, call))


@group.get(f"{ONE}/file", "exports.read", None, produces="text/csv; charset=utf-8")
async def download_file(call: Call) -> Streamed:
    """Download an export's file"""
    one = await call.services.store.run(_one, call)
    return await streamed(export_folder(call.services).pieces(call.domain_id, one.file, one.octets))


@group.post(f"{ONE}/send", "exports.write", FILE, status=202)
def send_file(store: Store, call: Call) -> Any:
    """Send an export's file again"""
    one = _one(store, call)
    if one.schedule_id is None:
        raise Conflict("The export of this file was deleted, so nobody knows where it goes; download the file.")
    if one.state == WAITING and not one.tries:
        raise Conflict("This file is about to be sent already.")
    call.audit(store, "send", "call export", one.name)
    return _shown(export_files.send_again(store, one, call.now))


@group.delete(ONE, "exports.write")
def delete_file(store: Store, call: Call) -> None:
    """Delete an export's file"""
    one = _one(store, call)
    export_files.delete(store, one)
    call.audit(store, "delete", "call export", one.name)
    folder, domain_id = export_folder(call.services), call.domain_id
    call.after.append(lambda: folder.delete(domain_id, one.file))


@group.get(ARCHIVES, "exports.read", obj({"items": listing(ARCHIVE), "next": {"type": "null"}}))
def list_archives(store: Store, call: Call) -> Any:
    """List the archives of calls older than six months

    One a month, the latest first."""
    found = archives.find(store, call.domain_id)[:1000]
    return {"items": [plain(one, "domain_id", "file") for one in found], "next": None}


@group.get(f"{ARCHIVES}/{{archive}}/file", "exports.read", None, produces="application/gzip")
async def download_archive(call: Call) -> Streamed:
    """Download an archive: CSV, compressed with gzip"""
    one = await call.services.store.run(lambda store: archives.get(store, call.domain_id, call.id("archive")))
    return await streamed(export_folder(call.services).pieces(call.domain_id, one.file, one.octets))


async def streamed(pieces: Iterator[bytes]) -> Streamed:
    """An answer of pieces that are read in a thread; what is wrong with the first is raised here."""
    first = await asyncio.to_thread(next, pieces, b"")

    async def told() -> AsyncIterator[bytes]:
        piece = first
        while piece:
            yield piece
            piece = await asyncio.to_thread(next, pieces, b"")

    return Streamed(told(), lambda: None)


def _one(store: Store, call: Call) -> ExportFile:
    return export_files.get(store, call.domain_id, call.id("export"))


def _shown(one: ExportFile) -> dict[str, Any]:
    again = one.try_at if one.state == WAITING and one.tries else None
    return {**plain(one, "domain_id", "file", "claimed"), "try_at": again}
