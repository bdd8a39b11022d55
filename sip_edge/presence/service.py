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
from sip_edge.presence.subscription import Peer, Subscription, Watcher, event_of, granted, user_of
from sip_edge.presence.wishes import OnFeature, Wishes, own
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
KEYS = "keys"
"""The list of what a phone has on its keys."""
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
    on_feature: OnFeature | None = None
    """A phone has switched do-not-disturb or a forward; the state is changed already."""
    begins: list[Callable[[Subscription], None]] = field(default_factory=list)
    """Hear of every subscription before its phone is told anything."""
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
        self._wishes = Wishes(state, self.book, self.finish)
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
        seconds = granted(request, package, request.call_id)
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
        if package.guarded and not own(watcher, watched):
            return self._on_a_key(asked, one, seconds)
        if seconds or package.lasting:  # a fetch keeps nothing
            self._wishes.carry_out(one, request, self.hooks.on_feature)
        if as_list:
            return self._with_members(asked, one, seconds)
        self._accept(asked, one, seconds)
        return None

    async def _on_a_key(self, asked: ServerRequest, one: Subscription, seconds: int) -> None:
        """What is not for everybody may be watched of those whom the phone has on its keys."""
        known = await self.hooks.lists.members(one.watcher, KEYS) if self.hooks.lists else ()
        if not {one.name, user_of(one.name)} & {member.name for member in known}:
            raise SipError(403, "This may be watched of own devices, and of those on the phone's keys.")
        self._accept(asked, one, seconds)

    async def _with_members(self, asked: ServerRequest, one: Subscription, seconds: int) -> None:
        assert self.hooks.lists is not None
        one.watch(await self.hooks.lists.members(one.watcher, one.name))
        self._accept(asked, one, seconds)

    def _accept(self, asked: ServerRequest, one: Subscription, seconds: int) -> None:
        self.started += 1
        self._reply(asked, one, seconds)
        self._begins(one)
        if seconds == 0:  # a fetch (RFC 6665 section 4.4.3)
            self.notifier.end(one, "timeout")
            return
        self._take_in(one)
        for hear in self.hooks.kept:
            hear(one)

    def adopt(self, one: Subscription) -> None:
        """Take in a subscription of before a restart, and tell its phone how things are."""
        self._begins(one)
        self._take_in(one)

    def _begins(self, one: Subscription) -> None:
        for hear in self.hooks.begins:
            hear(one)

    def _take_in(self, one: Subscription) -> None:
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
        seconds = granted(request, package, request.call_id)
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
        self._wishes.carry_out(one, request, self.hooks.on_feature)
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
        self._wishes.over(one)
        for hear in self.hooks.gone:
            hear(one)

    def stop(self) -> None:
        """End what cannot outlive this process: subscriptions over connections. The others go on after a restart."""
        for one in self.book:
            if not one.package.lasting or (isinstance(one.flow, Flow) and one.flow.reliable):
                self.finish(one, "deactivated")
        self.notifier.stop()
        self._wishes.stop()

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
