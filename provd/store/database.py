"""One handle for both databases: SQLite on the calling thread, PostgreSQL in a small pool of threads.

Rules of this file: writers of configuration take turns on both databases (SQLite by BEGIN IMMEDIATE, PostgreSQL by
one advisory lock), so that a check and the write after it belong together, and so that the ids of the change feed
appear in the order in which they were committed. Phone events take neither, but turns among themselves (events.py).
"""

from __future__ import annotations

import asyncio
import functools
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

import peewee

from provd.errors import ProvdError
from provd.seal import MASK, Seal
from provd.store.failures import LOST, REFUSED, Unavailable, translated

P = ParamSpec("P")
T = TypeVar("T")

WRITERS_LOCK = 0x70726F7664  # "provd"
IDLE_SECONDS = 30.0  # after this long unused, a PostgreSQL connection is tried before it is trusted

PRAGMAS = {
    "journal_mode": "wal",
    # A crash of the process loses nothing; a power cut may lose the last commits but never damages the file.
    "synchronous": "normal",
    "busy_timeout": 5000,
    "foreign_keys": 1,
    "temp_store": "memory",
    "cache_size": -16000,
    "journal_size_limit": 64 * 1024 * 1024,
}

POSTGRES: dict[str, Any] = {
    "connect_timeout": 5,
    "application_name": "provd",
    # A writer that hangs must not hang the others for good: neither those who wait nor itself in mid-transaction.
    "options": "-c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000",
}


class Store:
    """An open database. The functions of provd/store/<noun>.py take it as their first argument."""

    def __init__(self, database: Any, seal: Seal, *, workers: int = 4) -> None:
        self.database = database  # a peewee.Database, whose stubs leave out half of what it does
        self.seal = seal
        self.sqlite = isinstance(database, peewee.SqliteDatabase)
        self.cache: dict[Any, Any] = {}
        self._local = threading.local()
        self._connections: list[Any] = []
        self._lock = threading.Lock()
        self._writes = 0
        self._apart = 0
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="store")

    @property
    def kind(self) -> str:
        """`sqlite` or `postgresql`."""
        return "sqlite" if self.sqlite else "postgresql"

    @property
    def writes(self) -> int:
        """How many transactions this handle has committed: own writes, which PRAGMA data_version leaves out."""
        return self._writes

    async def run(self, function: Callable[Concatenate[Store, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Calls `function(store, *args)`: here and now with SQLite, in a thread of the pool with PostgreSQL.

        With SQLite too it goes to a thread while another is at work there: an import may hold the one writer's place,
        and the loop must not wait for it.
        """
        if self.sqlite and not self._apart:
            return function(self, *args, **kwargs)
        return await self.run_apart(function, *args, **kwargs)

    async def run_apart(self, function: Callable[Concatenate[Store, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same in a thread of the pool on either database: for long reads such as exports and backups."""
        call = functools.partial(function, self, *args, **kwargs)
        self._apart += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, call)
        finally:
            self._apart -= 1

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All statements inside are saved together or not at all; inside another transaction, a savepoint.

        Only one such transaction runs at a time in the whole database.
        """
        self._ready()
        if self._local.reading:
            raise RuntimeError("transaction() inside reading(): read first, then write.")
        if self.database.in_transaction():
            with self.database.atomic():
                yield
            return
        with self._begun(*(("IMMEDIATE",) if self.sqlite else ())):
            if not self.sqlite:
                self.sql("SELECT pg_advisory_xact_lock(?)", (WRITERS_LOCK,))
            yield
        self._writes += 1

    @contextmanager
    def reading(self) -> Iterator[None]:
        """All statements inside see the database as it was at one moment. No writes inside."""
        self._ready()
        if self.database.in_transaction():
            yield
            return
        self._local.reading = True
        try:
            with self._begun("DEFERRED" if self.sqlite else "REPEATABLE READ"):
                yield
        finally:
            self._local.reading = False

    @contextmanager
    def batch(self) -> Iterator[None]:
        """A transaction for rows that are no configuration (phone events, last contacts): it waits for no writer
        on PostgreSQL, and it is not noticed by data_version() as an own write."""
        self._ready()
        with self._begun(*(("IMMEDIATE",) if self.sqlite and not self.database.in_transaction() else ())):
            yield

    @property
    def uncommitted(self) -> bool:
        """Whether this thread is inside a transaction that writes: what it reads may yet be taken back."""
        return not self.database.is_closed() and self.database.in_transaction() and not self._local.reading

    def execute(self, query: Any) -> Any:
        """Runs a peewee query on this database: the new id of an insert, the count of an update or delete."""
        self._ready()
        try:
            return query.execute(self.database)
        except REFUSED as error:
            raise translated(error) from error

    def tuples(self, query: Any) -> list[tuple[Any, ...]]:
        """All rows of a peewee select."""
        self._ready()
        try:
            return list(query.tuples().execute(self.database))
        except REFUSED as error:
            raise translated(error) from error

    def sql(self, text: str, params: Sequence[Any] = ()) -> Any:
        """Runs SQL text with `?` for every parameter; returns the cursor. For the statements that must be quick."""
        self._ready()
        try:
            return self.database.execute_sql(self.dialect(text), params)
        except REFUSED as error:
            raise translated(error) from error

    def many(self, text: str, rows: Iterable[Sequence[Any]]) -> None:
        """Runs the same statement for every row of parameters; inside a transaction of the caller's."""
        self._ready()
        try:
            with peewee.__exception_wrapper__:  # type: ignore[attr-defined]
                self._many(self.database.cursor(), text, rows)
        except REFUSED as error:
            raise translated(error) from error

    def _many(self, cursor: Any, text: str, rows: Iterable[Sequence[Any]]) -> None:
        if self.sqlite:
            cursor.executemany(text, rows)
        else:
            from psycopg2.extras import execute_batch  # installed only where PostgreSQL is used

            execute_batch(cursor, self.dialect(text), rows, page_size=500)

    def dialect(self, text: str) -> str:
        """SQL text with the parameter mark of this database."""
        return text if self.sqlite else _percent(text)

    def close(self) -> None:
        """Closes every connection; the handle is of no use afterwards."""
        self._pool.shutdown(wait=True)
        with self._lock:
            connections, self._connections = self._connections, []
        if not self.database.is_closed() and not self.database.in_transaction():
            self.database.close()
        for connection in connections:
            with suppress(Exception):  # those of the pool's threads, which have ended
                connection.close()

    @contextmanager
    def _begun(self, *mode: str) -> Iterator[None]:
        try:
            with self.database.atomic(*mode):
                yield
        except LOST as error:
            raise translated(error) from error

    def _ready(self) -> None:
        """Opens this thread's connection when there is none, and replaces one that the server has dropped."""
        database = self.database
        if database.is_closed():
            self._connect()
        elif not self.sqlite and not database.in_transaction():
            now = time.monotonic()
            if database.connection().closed or (now - self._local.used > IDLE_SECONDS and not self._answers()):
                with suppress(peewee.PeeweeException):
                    database.close()
                database.dispose()
                self._connect()
            self._local.used = now

    def _answers(self) -> bool:
        try:
            self.database.execute_sql("SELECT 1")
        except peewee.PeeweeException:
            return False
        return True

    def _connect(self) -> None:
        try:
            self.database.connect()
        except peewee.PeeweeException as error:
            raise Unavailable(
                f"The database cannot be opened ({self._reason(error)}); check database_url and that it runs."
            ) from None
        self._local.used = time.monotonic()
        self._local.reading = False
        with self._lock:
            self._connections.append(self.database.connection())

    def _reason(self, error: Exception) -> str:
        """The first line of what the driver says, without the password of the address."""
        lines = str(error).strip().splitlines() or ["no reason given"]
        secret = "" if self.sqlite else urlsplit(self.database.database).password
        return lines[0].replace(secret, MASK) if secret else lines[0]


@functools.lru_cache(maxsize=512)
def _percent(text: str) -> str:
    return text.replace("%", "%%").replace("?", "%s")


def open_database(url: str, seal: Seal, *, workers: int = 4) -> Store:
    """Opens `sqlite:///relative`, `sqlite:////absolute` or `postgresql://user@host/name`; makes a missing SQLite file.

    Raises ProvdError with a sentence when the address is wrong or the database cannot be reached.
    """
    if url.startswith("sqlite:///"):
        store = Store(_sqlite(Path(url.removeprefix("sqlite:///"))), seal, workers=workers)
    elif url.startswith(("postgresql://", "postgres://")):
        address = "postgresql://" + url.split("://", 1)[1]
        store = Store(peewee.PostgresqlDatabase(address, encoding="UTF8", **POSTGRES), seal, workers=workers)
        if store.sql("SHOW server_encoding").fetchone()[0] != "UTF8":
            raise ProvdError("The database must be made with ENCODING 'UTF8', or names with accents are lost.")
    else:
        raise ProvdError("database_url must start with sqlite:/// or postgresql://; the scheme given is neither.")
    store.sql("SELECT 1")
    return store


def _sqlite(path: Path) -> peewee.SqliteDatabase:
    if not path.name or not path.parent.is_dir():
        raise ProvdError(f"The folder of the database {path} does not exist; make it or change database_url.")
    # The file holds sealed secrets and hashes: nobody but its owner reads it (SQLite gives -wal and -shm the same).
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise ProvdError(f"The database {path} cannot be written ({error.strerror}).") from None
    database = peewee.SqliteDatabase(str(path), pragmas=PRAGMAS, timeout=5, check_same_thread=False)
    # SQLite's own LOWER() knows only A to Z: a search for "émile" would miss "Émile".
    database.register_function(str.lower, "lower", 1)
    return database
