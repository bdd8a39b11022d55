"""Backup and restore: one gzip file of JSON lines, the same from SQLite and from PostgreSQL and for both.

First line: what it is. Then `{"table": …, "columns": […]}` before the rows of each table, parents first, each row a
list; then how many rows there were, so that a file cut short is noticed; then the recordings (backup_files). Secrets
are in it as they are in the database, sealed; the keys that open them are in it only when a passphrase is given, sealed
with that (scrypt, RFC 7914).
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import secrets
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from provd.errors import Conflict, ProvdError
from provd.seal import KEY_BYTES, NONCE_BYTES, Seal, write_keys
from provd.store import backup_files, migrations
from provd.store.backup_files import StagedFiles
from provd.store.database import Store

FORMAT = "provd-backup"
VERSION = 1
SLICE = 2000
LINE_LIMIT = 64 * 1024 * 1024
# Parents first. The change feed is left out: whoever restores starts with nothing remembered.
TABLES = {
    "facts": "name", "domains": "id", "sites": "id", "departments": "id", "users": "id", "devices": "id",
    "templates": "id", "phones": "id", "phone_lines": "id", "layers": "id", "layer_versions": "id", "drafts": "id",
    "contacts": "id",
    "timeframes": "id", "timeframe_switches": "id", "phone_numbers": "id",
    "call_events": "id",
    "mailboxes": "user_id", "voicemails": "id", "greetings": "id",
    "music_tracks": "id", "music_settings": "id",
    "cdrs": "id", "cdr_people": "id",
    "export_schedules": "id", "exports": "id", "cdr_archives": "id",
    "answer_rules": "id", "answering": "user_id", "number_filters": "id", "dialling": "domain_id", "trunks": "id",
    "tried_calls": "id", "statuses": "user_id",
    "tokens": "id", "api_keys": "id", "account_links": "id", "second_factors": "user_id", "recovery_codes": "id",
    "reseller_domains": "id", "audits": "id", "jobs": "id", "job_items": "id", "knocks": "mac", "phone_events": "id",
}  # fmt: skip
_SCRYPT = {"n": 2**15, "r": 8, "p": 1}


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of a backup: when it was made, from which version of the tables, which keys open its secrets."""

    created: int
    migrations: tuple[str, ...]
    key_ids: tuple[str, ...]
    keys: dict[str, str] | None
    recordings: bool = False


def backup(
    store: Store, path: Path, now: int, *, passphrase: str = "", events: bool = True, recordings: Path | None = None
) -> int:
    """Writes a backup as it is at one moment, while the server runs; returns the number of rows.

    The file appears whole or not at all, readable by its owner only. `passphrase`: put the keys in as well.
    `events` False leaves out phone events and knocks. `recordings`: the data directory whose recordings go with it.
    """
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as raw:
            with gzip.open(raw, "wt", encoding="utf-8", newline="\n", compresslevel=6) as file:
                count = _write(store, file, now, passphrase, events, recordings=recordings is not None)
                if recordings is not None:
                    backup_files.write(file, recordings)
            raw.flush()
            os.fsync(raw.fileno())
        new.replace(path)
    except OSError as error:
        raise ProvdError(f"The backup {path} cannot be written ({error.strerror}).") from None
    finally:
        new.unlink(missing_ok=True)
    return count


def _write(store: Store, file: IO[str], now: int, passphrase: str, events: bool, *, recordings: bool) -> int:
    count = 0
    with store.reading():
        header = {
            "format": FORMAT,
            "version": VERSION,
            "created": now,
            "migrations": migrations.applied(store),
            "key_ids": list(store.seal.key_ids),
            "recordings": recordings,
            "keys": _sealed_keys(store.seal.keys, passphrase) if passphrase else None,
        }
        _line(file, header)
        for table, order in TABLES.items():
            if not events and table in ("phone_events", "knocks"):
                continue
            columns = [column.name for column in store.database.get_columns(table)]
            _line(file, {"table": table, "columns": columns})
            for row in _rows(store, table, columns, order):
                _line(file, row)
                count += 1
        _line(file, {"end": count})
    return count


def _line(file: IO[str], value: Any) -> None:
    file.write(json.dumps(value, separators=(",", ":")) + "\n")


def _rows(store: Store, table: str, columns: list[str], order: str) -> Iterator[list[Any]]:
    """All rows of a table, some at a time, by its key: names come from TABLES and the database, never from outside."""
    place, names = columns.index(order), ", ".join(columns)
    query, last = f"SELECT {names} FROM {table}", None  # noqa: S608
    while True:
        where = "" if last is None else f" WHERE {order} > ?"
        params = (SLICE,) if last is None else (last, SLICE)
        rows = store.sql(f"{query}{where} ORDER BY {order} LIMIT ?", params).fetchall()
        yield from (list(row) for row in rows)
        if len(rows) < SLICE:
            return
        last = rows[-1][place]


def read_header(path: Path) -> Header:
    """What a backup says of itself; raises ProvdError when it is none."""
    lines = _lines(path)
    try:
        first = next(lines)
        if first["format"] != FORMAT or first["version"] != VERSION:
            raise ProvdError(f"The backup {path} was made by another version of the program; restore it with that one.")
        return Header(
                first["created"], tuple(first["migrations"]), tuple(first["key_ids"]), first["keys"],
                bool(first.get("recordings")),
            )  # fmt: skip
    except (StopIteration, KeyError, TypeError):
        raise ProvdError(f"The file {path} is not a backup of provd.") from None
    finally:
        lines.close()


def _lines(path: Path) -> Any:
    """The lines of a backup, decoded; a generator."""
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
            while line := file.readline(LINE_LIMIT):
                yield json.loads(line)
    except FileNotFoundError:
        raise ProvdError(f"There is no file {path}.") from None
    except (OSError, EOFError, ValueError, zlib.error):
        raise ProvdError(f"The file {path} is damaged or is not a backup of provd; take another one.") from None


def restore(store: Store, path: Path, files: StagedFiles | None = None) -> int:
    """Fills an empty database from a backup, of either kind of database, all or nothing; returns the number of rows.
    Recordings go into `files`, whose `with` block the caller ends once all is saved.

    Tables are made as they were when the backup was, filled, and then brought to this version. Raises Conflict when
    the database has rows, ProvdError when the key file does not open the backup or the backup is damaged or newer.
    """
    header = read_header(path)
    missing = [name for name in header.key_ids if name not in store.seal.key_ids]
    if missing:
        raise ProvdError(
            f"The secrets of this backup are sealed with key {missing[0]}, which the key file lacks; "
            "copy the old key file here, or restore the keys with the passphrase of the backup."
        )
    unknown = [name for name in header.migrations if name not in migrations.available()]
    if unknown:
        raise ProvdError(f"The backup is newer than this program (it has {unknown[-1]}); install the newer version.")
    with store.transaction():
        _require_empty(store)
        migrations.apply(store, header.migrations)
        lines = _lines(path)
        next(lines)
        count = _fill(store, path, lines)
        if files is not None:
            files.take(lines, expected=header.recordings)
        lines.close()
        _count_on(store)
        migrations.migrate(store)
        if files is not None:
            files.swap()
    store.cache.clear()
    return count


def _require_empty(store: Store) -> None:
    present = set(store.database.get_tables())
    for table in TABLES:
        # A freshly migrated database has one row, the check of its key, which the backup brings too.
        if table in present and table != "facts" and store.sql(f"SELECT 1 FROM {table} LIMIT 1").fetchone():  # noqa: S608
            raise Conflict("The database is not empty; restore into a new one, or move the old one out of the way.")
    if "facts" in present:
        store.sql("DELETE FROM facts")


@dataclass(frozen=True, slots=True)
class _Table:
    """Where the rows that follow go: the statement, how many values it takes and which of them are true or false."""

    insert: str
    width: int
    truths: tuple[int, ...]


def _fill(store: Store, path: Path, lines: Iterator[Any]) -> int:
    table, waiting, count = _Table("", -1, ()), [], 0
    for line in lines:
        if isinstance(line, list) and len(line) == table.width:
            for place in table.truths:
                line[place] = bool(line[place])
            waiting.append(line)
            count += 1
            if len(waiting) < SLICE:
                continue
        if waiting:
            store.many(table.insert, waiting)
            waiting = []
        if isinstance(line, dict) and line.get("end") == count:
            return count
        if not isinstance(line, list) or len(line) != table.width:
            table = _table(store, line)
    raise ProvdError(f"The backup {path} is cut short; take another one.")


def _table(store: Store, line: Any) -> _Table:
    """Table and columns of a backup are compared with those of the database before they become part of a statement."""
    name = line.get("table") if isinstance(line, dict) else None
    columns = line.get("columns") if isinstance(line, dict) else None
    kinds = {one.name: one.data_type for one in store.database.get_columns(name)} if name in TABLES else {}
    if not isinstance(columns, list) or not columns or not all(one in kinds for one in columns):
        raise ProvdError("The backup is damaged: it has rows that belong nowhere; take another one.")
    insert = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
    truths = tuple(place for place, one in enumerate(columns) if kinds[one].lower() == "boolean")
    return _Table(insert, len(columns), truths)


def _count_on(store: Store) -> None:
    """PostgreSQL counts ids apart from the rows: go on after the highest."""
    if store.sqlite:
        return
    for table, order in TABLES.items():
        if order == "id":
            store.sql(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), COALESCE(MAX(id), 1), MAX(id) IS NOT NULL) "  # noqa: S608
                f"FROM {table}"
            )


def restore_keys(path: Path, passphrase: str, key_file: Path) -> Seal:
    """Adds the keys of a backup to the key file, behind those that are there; raises ProvdError for a wrong
    passphrase or a backup without keys."""
    sealed = read_header(path).keys
    if sealed is None:
        raise ProvdError(f"The backup {path} was made without a passphrase and has no keys in it; copy the key file.")
    keys = _opened_keys(sealed, passphrase)
    own = list(Seal.from_file(key_file).keys) if key_file.exists() else []
    write_keys(key_file, [*own, *(key for key in keys if key not in own)])
    return Seal.from_file(key_file)


def _sealed_keys(keys: tuple[bytes, ...], passphrase: str) -> dict[str, str]:
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(NONCE_BYTES)
    box = AESGCM(_stretched(passphrase, salt)).encrypt(nonce, b"".join(keys), FORMAT.encode())
    return {"salt": base64.b64encode(salt).decode(), "box": base64.b64encode(nonce + box).decode()}


def _opened_keys(sealed: dict[str, str], passphrase: str) -> list[bytes]:
    try:
        salt, box = base64.b64decode(sealed["salt"]), base64.b64decode(sealed["box"])
        plain = AESGCM(_stretched(passphrase, salt)).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], FORMAT.encode())
    except (KeyError, TypeError, ValueError, InvalidTag):
        raise ProvdError("The passphrase does not open the keys of this backup.") from None
    return [plain[start : start + KEY_BYTES] for start in range(0, len(plain), KEY_BYTES)]


def _stretched(passphrase: str, salt: bytes) -> bytes:
    return hashlib.scrypt(passphrase.encode(), salt=salt, dklen=KEY_BYTES, maxmem=64 * 1024 * 1024, **_SCRYPT)
