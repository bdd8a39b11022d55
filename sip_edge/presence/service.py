"""Subscriptions (RFC 6665): who may watch what, for how long; the notifier tells them.

Rules of this file: a SUBSCRIBE either is answered here or raises the SipError it is answered with; nobody watches
another company; what a phone was granted ends by itself.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from sip_edge.message import Request, SipError
from sip_edge.presence import feature_event, notice, ua_profile
from sip_edge.presence.book import Book
from sip_edge.presence.notifier import Notifier
from sip_edge.presence.packages import ALLOW_EVENTS, PACKAGES, Package, acceptable
from sip_edge.presence.rlmi import Member
from sip_edge.presence.situation import Subject
from sip_edge.presence.state import State
from sip_edge.presence.subscription import (
    SHORTEST,
    Peer,
    Subscription,
    Watcher,
    event_of,
    granted,
)
from sip_edge.stack import Stack
from sip_edge.stack_request import ServerRequest
from sip_edge.transport.flow import Flow

BODIES = (feature_event.CONTENT_TYPE,)
"""Bodies a SUBSCRIBE may have: for the `Abilities` of the stack."""
EXTENSIONS = frozenset(("eventlist",))
"""What a SUBSCRIBE may Require, likewise."""
PROOF_LASTS = 3600
"""Seconds for which a refresh over the same flow is taken without asking for the password again."""
LONGEST_NAME = 64
BUSY = "10"
"""Retry-After, seconds."""

Authenticate = Callable[[ServerRequest], Watcher | None]
"""Who sent this request; None when it has been answered, with a challenge or a refusal."""


class Lists(Protocol):
    """Where resource lists (RFC 4662) come from."""

    def has(self, watcher: Watcher, name: str) -> bool:
        """Does this watcher have a list of that name?"""

    async def members(self, watcher: Watcher, name: str) -> tuple[Member, ...]:
        """Who is on it now."""


@dataclass(slots=True)
class Hooks:
    """What others do for this service, and hear from it."""

    authenticate: Authenticate
    lists: Lists | None = None
    profile_url: Callable[[str], str | None] | None = None
    """The provisioning URL for a MAC that asks by multicast; None for a phone that gets none. None at all: plug and
    play is switched off."""
    on_feature: Callable[[Watcher, feature_event.Change], None] | None = None
    """A phone has switched do-not-disturb or a forward; the state is changed already."""
    kept: list[Callable[[Subscription], None]] = field(default_factory=list)
    """Hear of every subscription that began or was refreshed."""
    gone: list[Callable[[Subscription], None]] = field(default_factory=list)
    """Hear of every subscription that is over."""


class Presence:
    """The subscriptions of one process; `state` is what they tell."""

    def __init__(self, stack: Stack, state: State, hooks: Hooks, book: Book | None = None) -> None:
        self.state = state
        self.book = Book() if book is None else book
        self.hooks = hooks
        self.started = 0
        """Subscriptions that began since the start, fetches included."""
        self._stack = stack
        self._epoch = time.time() - stack.timers.now()
        self.notifier = Notifier(stack, state, self.book, self.clock, self.drop)
        stack.handle("SUBSCRIBE", self.subscribe)

    def clock(self) -> float:
        """Epoch seconds that never jump."""
        return self._epoch + self._stack.timers.now()

    def subscribe(self, asked: ServerRequest) -> Awaitable[None] | None:
        """Answer a SUBSCRIBE; at once, unless it is for a list, whose members have to be read."""
        name, event = event_of(asked.request)
        if name == ua_profile.EVENT and self.hooks.profile_url is not None:
            self._plug_and_play(asked, self.hooks.profile_url)
            return None
        package = PACKAGES.get(name)
        if package is None:
            raise SipError(489, f"There is no event package {name[:40]} here.", (("Allow-Events", ALLOW_EVENTS),))
        if asked.request.to.tag is None:
            return self._begin(asked, package, event)
        return self._again(asked, package, event)

    def _begin(self, asked: ServerRequest, package: Package, event: str) -> Awaitable[None] | None:
        request = asked.request
        seconds = self._granted(request, package)
        watched = request.uri.username
        if not 0 < len(watched) <= LONGEST_NAME or not watched.isprintable() or " " in watched:
            raise SipError(404, "There is no such name.")
        watcher = self.hooks.authenticate(asked)
        if watcher is None:
            return None
        as_list = self._is_list(watcher, request, package, watched)
        acceptable(package, request.headers.values("accept"), as_list=as_list)
        self._room(watcher)
        peer = Peer.of(request, asked.tag, str(self._stack.uri(asked.flow, watched)))
        now = self.clock()
        one = Subscription(asked.tag, watcher, package, watched, event, peer, asked.flow, now + seconds, now)
        self._feature(one, request)
        if as_list:
            return self._with_members(asked, one, seconds)
        self._accept(asked, one, seconds)
        return None

    async def _with_members(self, asked: ServerRequest, one: Subscription, seconds: int) -> None:
        assert self.hooks.lists is not None
        one.watch(await self.hooks.lists.members(one.watcher, one.name))
        self._accept(asked, one, seconds)

    def _accept(self, asked: ServerRequest, one: Subscription, seconds: int) -> None:
        self.started += 1
        self._reply(asked, one, seconds)
        if seconds == 0:  # a fetch (RFC 6665 section 4.4.3)
            self.notifier.end(one, "timeout")
            return
        self.adopt(one)
        for hear in self.hooks.kept:
            hear(one)

    def adopt(self, one: Subscription) -> None:
        """Take a subscription in, new or from before a restart, and tell its phone how things are."""
        self.book.add(one)
        self._watch_end(one)
        self.notifier.queue(one)

    def _again(self, asked: ServerRequest, package: Package, event: str) -> Awaitable[None] | None:
        """A refresh or an end, in the dialog (RFC 6665 section 4.2.1.2)."""
        request = asked.request
        one = self.book.find(request.call_id, request.to.tag, request.from_.tag)
        if one is None or one.event != event:
            raise SipError(481, "This subscription does not exist any more.")
        if request.cseq.number <= one.peer.remote_cseq:
            raise SipError(500, "The CSeq of this SUBSCRIBE is not higher than the one before.")
        seconds = self._granted(request, package)
        if one.flow != asked.flow or self.clock() - one.proved > PROOF_LASTS:
            watcher = self.hooks.authenticate(asked)
            if watcher is None:
                return None
            if (watcher.domain, watcher.device) != (one.watcher.domain, one.watcher.device):
                raise SipError(403, "This subscription belongs to another device.")
            one.proved = self.clock()
        one.peer.refresh(request, str(self._stack.uri(asked.flow, one.name)))
        one.flow = asked.flow
        one.until = self.clock() + seconds
        self._feature(one, request)
        self._reply(asked, one, seconds)
        if seconds == 0:
            self.finish(one, "timeout")
            return None
        for hear in self.hooks.kept:
            hear(one)
        one.told.clear()  # a refresh is told everything anew (section 4.4.1)
        if one.members is not None:
            return self.reread(one)
        self.notifier.queue(one)
        return None

    async def reread(self, one: Subscription) -> None:
        """Read the members of a list anew; its phone is told when they are others, or when it asked."""
        assert self.hooks.lists is not None and one.members is not None
        members = await self.hooks.lists.members(one.watcher, one.name)
        if one.ended:
            return
        if members != one.members:
            self._forget(self.book.watch_others(one, members))
            one.told.clear()
        self.notifier.queue(one)

    def finish(self, one: Subscription, reason: str) -> None:
        """End a subscription and say so: `timeout`, `deactivated` (subscribe again at once), `noresource` …"""
        self.drop(one)
        self.notifier.end(one, reason)

    def drop(self, one: Subscription) -> None:
        """Forget a subscription its phone knows nothing of any more."""
        self._forget(self.book.remove(one))
        one.ended = one.ended or "giveup"
        for hear in self.hooks.gone:
            hear(one)

    def stop(self) -> None:
        """End what cannot outlive this process: subscriptions over connections. The others go on after a restart."""
        for one in self.book:
            if isinstance(one.flow, Flow) and one.flow.reliable:
                self.finish(one, "deactivated")
        self.notifier.stop()

    def _granted(self, request: Request, package: Package) -> int:
        try:
            return granted(request, package, request.call_id)
        except SipError as error:
            raise SipError(error.code, error.sentence, (("Min-Expires", str(SHORTEST)),)) from None

    def _room(self, watcher: Watcher) -> None:
        try:
            self.book.room(watcher.domain, watcher.device)
        except SipError as error:
            raise SipError(error.code, error.sentence, (("Retry-After", BUSY),)) from None

    def _is_list(self, watcher: Watcher, request: Request, package: Package, name: str) -> bool:
        # Phones without a domain of their own ask for names at our address.
        if request.uri.host.strip("[]").lower() not in (watcher.domain, self._stack.host.lower()):
            raise SipError(404, "There is no such name.")
        if self.hooks.lists is None or not package.listable or not self.hooks.lists.has(watcher, name):
            return False
        if "eventlist" not in request.supported:
            raise SipError(421, "This is a list: it needs Supported: eventlist.", (("Require", "eventlist"),))
        return True

    def _reply(self, asked: ServerRequest, one: Subscription, seconds: int) -> None:
        headers = [("Expires", str(seconds)), ("Contact", f"<{one.peer.contact}>"), ("Allow-Events", ALLOW_EVENTS)]
        if one.members is not None:
            headers.append(("Require", "eventlist"))
        asked.reply(200, None, headers)

    def _feature(self, one: Subscription, request: Request) -> None:
        """Carry out what a phone asks in the body of an as-feature-event SUBSCRIBE."""
        if one.package.name != "as-feature-event":
            return
        change = feature_event.read(request.body)
        if change is None:
            return
        domain, user = one.watcher.domain, one.watcher.user
        if one.name not in (user, one.watcher.device):
            raise SipError(403, "A phone may switch the features of its own user only.")
        if isinstance(change, feature_event.SetDnd):
            self.state.set_dnd(domain, user, change.on)
        else:
            before = self.state.look(domain, user).forwards
            self.state.set_forwards(domain, user, feature_event.changed(before, change))
        if self.hooks.on_feature is not None:
            self.hooks.on_feature(one.watcher, change)

    def _forget(self, subjects: list[Subject]) -> None:
        for subject in subjects:
            self.notifier.renderings.forget(subject)

    def _watch_end(self, one: Subscription) -> None:
        """One timer a subscription, set again for as long as it is refreshed."""
        left = one.until - self.clock()
        if one.ended:
            return
        if left <= 0:
            self.finish(one, "timeout")
        else:
            self._stack.timers.after(left, self._watch_end, one)

    def _plug_and_play(self, asked: ServerRequest, url_for: Callable[[str], str | None]) -> None:
        """Answer a phone fresh from its box with the address of its files, once (RFC 6080); others get silence."""
        mac = ua_profile.mac_of(asked.request)
        url = url_for(mac) if mac else None
        if url is None:
            raise SipError(404, "There is no profile for this phone.")
        peer = Peer.of(asked.request, asked.tag, str(self._stack.uri(asked.flow)))
        document = ua_profile.document(url)
        asked.reply(200, None, [("Expires", "0"), ("Contact", f"<{peer.contact}>")])
        lines = [f"Event: {ua_profile.EVENT}", "Subscription-State: terminated;reason=timeout"]
        lines.append(f"Content-Type: {document.content_type}")
        self._stack.request(notice.write(peer, lines, document.body(0)), asked.flow)
