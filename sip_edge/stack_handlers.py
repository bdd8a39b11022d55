"""Who answers which method: handlers run, their failures become answers, and nothing stays unanswered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from sip_edge.message import SipError
from sip_edge.message.check import Abilities
from sip_edge.message.grammar import quote
from sip_edge.message.status import phrase
from sip_edge.stack_counters import StackCounters
from sip_edge.stack_request import ServerRequest
from sip_edge.timers import Timer, Timers
from sip_edge.transaction.effect import Key

log = logging.getLogger(__name__)

Handler = Callable[[ServerRequest], Awaitable[None] | None]

UNANSWERED_INVITE = 300.0
"""How long a service may leave an INVITE without a final answer."""
UNANSWERED = 31.0
"""And any other request: its sender gives up after 32 s (RFC 3261 timer F)."""
MAX_TASKS = 5_000
"""Handlers that are coroutines under way; more requests are answered 503."""
RETRY_AFTER = "10"


class Handlers:
    """The handlers of a stack, and the requests they have not answered yet."""

    def __init__(self, abilities: Abilities, timers: Timers, counters: StackCounters, host: str) -> None:
        self.served = replace(abilities, methods=("ACK", "CANCEL"))
        """What `check_request` is to let through."""
        self._host = host
        self._timers = timers
        self._counters = counters
        self._by_method: dict[str, Handler] = {}
        self._open: dict[Key, tuple[ServerRequest, Timer]] = {}
        self._tasks: set[asyncio.Future[None]] = set()

    def __len__(self) -> int:
        """How many requests wait for their answer."""
        return len(self._open)

    def set(self, method: str, handler: Handler) -> None:
        """Let `handler` answer `method`; a later one takes the place of an earlier one."""
        self._by_method[method] = handler
        self.served = replace(self.served, methods=("ACK", "CANCEL", *self._by_method))

    def run(self, key: Key, asked: ServerRequest) -> None:
        """Have a new request answered."""
        if len(self._tasks) >= MAX_TASKS:
            self._counters.overload += 1
            asked.reply(503, None, (("Retry-After", RETRY_AFTER),))
            return
        try:
            rest = self._by_method[asked.method](asked)
            if rest is not None:
                self._start(asked, rest)
        except Exception as error:
            self._fail(asked, error)
        if not asked.answered:
            patience = UNANSWERED_INVITE if asked.method == "INVITE" else UNANSWERED
            self._open[key] = (asked, self._timers.after(patience, self._unanswered, key))

    def answered(self, key: Key) -> None:
        """The final answer to `key` has gone out."""
        found = self._open.pop(key, None)
        if found is not None:
            found[1].cancel()

    def cancelled(self, key: Key) -> None:
        """The caller has cancelled the INVITE `key`: its service hears of it, and 487 goes out at the latest now."""
        found = self._open.get(key)
        if found is None:
            return
        asked = found[0]
        if asked.on_cancel is not None:
            guarded(asked.on_cancel)
        if not asked.answered:
            asked.reply(487)
        if asked.task is not None:
            asked.task.cancel()

    def options(self, asked: ServerRequest) -> None:
        """What we can do (RFC 3261 section 11.2); phones ask it as a keep-alive."""
        headers = [("Allow", ", ".join(self.served.methods)), ("Accept", ", ".join(self.served.answers))]
        if self.served.extensions:
            headers.append(("Supported", ", ".join(sorted(self.served.extensions))))
        asked.reply(200, None, headers)

    async def stop(self) -> None:
        """Cancel the coroutines under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._open.clear()

    def _start(self, asked: ServerRequest, rest: Awaitable[None]) -> None:
        asked.task = task = asyncio.ensure_future(rest)
        self._tasks.add(task)
        task.add_done_callback(partial(self._finished, asked))

    def _finished(self, asked: ServerRequest, task: asyncio.Future[None]) -> None:
        self._tasks.discard(task)
        asked.task = None
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            self._fail(asked, error)

    def _fail(self, asked: ServerRequest, error: Exception) -> None:
        """A SipError is the answer; anything else is our mistake, which the peer learns nothing of."""
        if isinstance(error, SipError):
            reason, headers = complaint(error, self._host)
            asked.reply(error.code, reason, headers)
            return
        self._counters.handler_errors += 1
        log.error("The handler of %s failed.", asked.method, exc_info=error)
        asked.reply(500)

    def _unanswered(self, key: Key) -> None:
        found = self._open.get(key)
        if found is None:
            return
        asked = found[0]
        self._counters.handler_errors += 1
        log.error("A %s was left unanswered; it is refused now.", asked.method)
        asked.reply(480 if asked.method == "INVITE" else 500)
        if asked.task is not None:
            asked.task.cancel()


def complaint(error: SipError, host: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Reason phrase and headers that tell the peer's technician what is wrong.

    For 400 the phrase says it (RFC 3261 section 21.4.1); other codes keep their phrase, which programs know, and a
    Warning (section 20.43) says it.
    """
    # A sentence may repeat what the peer wrote; what cannot be written back is not.
    sentence = "".join(letter if letter.isprintable() else " " for letter in error.sentence)
    if error.code == 400:
        return sentence.rstrip("."), error.headers
    where = f"[{host}]" if ":" in host else host
    return phrase(error.code), (*error.headers, ("Warning", f"399 {where} {quote(sentence)}"))


def guarded(callback: Callable[..., None], *args: object) -> None:
    """Call what a service gave us; its failure is logged and goes no further."""
    try:
        callback(*args)
    except Exception:
        log.exception("A callback of a SIP service failed.")
