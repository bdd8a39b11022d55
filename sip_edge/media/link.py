"""A media worker as the SIP process has it: started, asked, heard, and started again when it dies."""

from __future__ import annotations

import asyncio
import itertools
import logging
import socket
import sys
from collections.abc import Callable
from contextlib import suppress

from sip_edge.media.control import MAX_LINE, Lines, Message, pack
from sip_edge.message.errors import SipError

ANSWER_SECONDS = 5.0
RESTART_SECONDS = 0.5
CHUNK = 262_144
AWAY = "The audio of calls is not available at the moment; its process is being started again."

log = logging.getLogger(__name__)


class Link:
    """One worker. `heard` is called with what it tells by itself, `lost` when it died with all that it had."""

    def __init__(self, arguments: list[str], heard: Callable[[Message], None], lost: Callable[[Link], None]) -> None:
        self._arguments, self._heard, self._lost = arguments, heard, lost
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Message]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._keeping: asyncio.Task[None] | None = None

    @property
    def alive(self) -> bool:
        """Can it be asked?"""
        return self._writer is not None

    @property
    def pid(self) -> int:
        """Its process number, 0 while there is none."""
        return self._process.pid if self._process is not None and self.alive else 0

    async def start(self) -> None:
        """Start the worker, and from then on again whenever it ends."""
        reader = await self._spawn()
        self._keeping = asyncio.create_task(self._keep(reader))

    async def _spawn(self) -> asyncio.StreamReader:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "sip_edge.media.worker", str(theirs.fileno()), *self._arguments]
        try:
            self._process = await asyncio.create_subprocess_exec(*command, pass_fds=[theirs.fileno()])
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        reader, self._writer = await asyncio.open_connection(sock=ours, limit=MAX_LINE)
        return reader

    async def _keep(self, reader: asyncio.StreamReader) -> None:
        while True:
            await self._listen(reader)
            self._gone()
            process = self._process
            assert process is not None
            with suppress(ProcessLookupError):
                process.kill()  # it has closed its end, or wrote what is no line: it is of no use any more
            status = await process.wait()
            log.error("A media process ended with status %s and is started again; its calls have no audio.", status)
            self._lost(self)
            reader = await self._again()

    async def _again(self) -> asyncio.StreamReader:
        while True:
            await asyncio.sleep(RESTART_SECONDS)
            try:
                return await self._spawn()
            except OSError as error:
                log.error("A media process cannot be started: %s.", error.strerror)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        lines = Lines()
        with suppress(OSError, ValueError):
            while data := await reader.read(CHUNK):
                for message in lines.feed(data):
                    self._take(message)

    def _take(self, message: Message) -> None:
        number = message.pop("id", None)
        if number is None:
            self._heard(message)
        elif (future := self._waiting.pop(number, None)) is not None and not future.done():
            if "error" in message:
                future.set_exception(SipError(*message["error"]))
            else:
                future.set_result(message["ok"])

    def _gone(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(SipError(503, AWAY))
        self._waiting.clear()

    async def ask(self, do: str, **asked: object) -> Message:
        """Have something done. Raises SipError."""
        if self._writer is None:
            raise SipError(503, AWAY)
        number = next(self._numbers)
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        self._writer.write(pack({"id": number, "do": do, **asked}))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await future
        except TimeoutError:
            raise SipError(503, AWAY) from None
        finally:
            self._waiting.pop(number, None)

    async def stop(self) -> None:
        """End the worker: it goes when its socket is closed."""
        if self._keeping is not None:
            self._keeping.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeping
        self._gone()
        if self._process is not None:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
