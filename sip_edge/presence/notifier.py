"""Tells phones what changed: NOTIFYs in slices, one under way for each subscription, and what their answers mean."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from sip_edge.message import Response
from sip_edge.presence import notice
from sip_edge.presence.book import Book
from sip_edge.presence.packages import Renderings
from sip_edge.presence.situation import Situation, Subject
from sip_edge.presence.state import State
from sip_edge.presence.subscription import Subscription, ends
from sip_edge.stack import Stack
from sip_edge.transport.flow import Flow

log = logging.getLogger(__name__)

SLICE = 0.010
"""Seconds of the loop a slice of NOTIFYs may take, some 150 of them; then the sockets have their turn."""
LATER, LATEST = 5, 300
"""Seconds until a NOTIFY is tried again that was answered with an error of the moment."""


@dataclass(slots=True)
class Counters:
    """What the notifier has done since it started."""

    sent: int = 0
    acknowledged: int = 0
    refused: int = 0
    """Answers that ended a subscription."""
    unanswered: int = 0
    retried: int = 0


class Notifier:
    """The sending half of presence."""

    def __init__(
        self, stack: Stack, state: State, book: Book, clock: Callable[[], float], ended: Callable[[Subscription], None]
    ) -> None:
        self.counters = Counters()
        self.renderings = Renderings()
        self._stack = stack
        self._state = state
        self._book = book
        self._clock = clock
        self._ended = ended
        self._queue: dict[str, Subscription] = {}
        self._draining = False
        self._stop_listening = state.listen(self._changed)

    def stop(self) -> None:
        """Hear of no more changes, send nothing more that waits."""
        self._stop_listening()
        self._queue.clear()

    @property
    def waiting(self) -> int:
        """Subscriptions that are to be told and have not been yet."""
        return len(self._queue)

    def queue(self, one: Subscription) -> None:
        """Tell this subscription how things are, as soon as its turn comes."""
        one.stale = True
        if one.under_way or one.ended:
            return
        self._queue[one.id] = one
        if not self._draining:
            self._draining = True
            self._stack.timers.after(0, self._drain)

    def end(self, one: Subscription, reason: str) -> None:
        """The last NOTIFY of a subscription, with how things are; it is out of the book already."""
        one.ended = reason
        one.told.clear()
        self._queue.pop(one.id, None)
        self._send(one)
        for subject in one.subjects:
            if not self._book.watchers(subject):
                self.renderings.forget(subject)

    def _changed(self, subject: Subject, before: Situation, now: Situation) -> None:
        for watchers in self._book.watchers(subject).values():
            package = next(iter(watchers.values())).package
            if package.concerns(before) != package.concerns(now):
                for one in watchers.values():
                    self.queue(one)

    def _drain(self) -> None:
        time, queue = self._stack.timers.now, self._queue
        until = time() + SLICE
        while queue and time() < until:
            one = queue.pop(next(iter(queue)))
            if one.stale and not one.under_way and not one.ended:
                self._send(one)
        self._draining = bool(queue)
        if queue:
            self._stack.timers.after(0, self._drain)

    def _send(self, one: Subscription) -> None:
        flow = one.flow
        assert isinstance(flow, Flow)
        if not flow.open:
            return  # it is told when it subscribes anew over another connection, or forgotten when its time is over
        now = self._clock()
        found = notice.compose(one, self._state, self.renderings, now, datagram=not flow.reliable)
        one.stale = found is not None and found.rest
        if found is None and not one.ended:
            return
        try:
            request = notice.request(one, found.document if found else None, now)
        except ValueError as error:
            log.error("A NOTIFY could not be written: %s", error)
            return
        one.under_way = True
        one.sent = found.tells if found else {}
        self.counters.sent += 1
        self._stack.request(request, flow, on_response=lambda response: self._answered(one, response))

    def _answered(self, one: Subscription, response: Response) -> None:
        if response.status < 200:
            return
        one.under_way = False
        if response.status < 300:
            self.counters.acknowledged += 1
            one.told.update(one.sent)
            if one.stale:
                self.queue(one)
            return
        one.told.clear()
        self.counters.unanswered += response.status == 408
        if one.ended:
            return
        if ends(response):
            self.counters.refused += 1
            self._ended(one)
        elif isinstance(one.flow, Flow) and one.flow.open:
            self.counters.retried += 1
            seconds = response.number("retry-after") or LATER
            self._stack.timers.after(min(max(seconds, LATER), LATEST), self.queue, one)
