"""The event packages there are: what each tells, what makes it tell, and in which form.  (pure)"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from sip_edge.message.errors import SipError
from sip_edge.message.media_type import MediaType
from sip_edge.presence import call_info, dialog_info, feature_event, message_summary, pidf, rlmi
from sip_edge.presence.document import Document
from sip_edge.presence.situation import Situation, Subject
from sip_edge.registrar import reginfo

LINE_SEIZE = "line-seize"
MANY_CALLS = 3
"""With more calls than this, subscribers get what changed rather than everything."""


@dataclass(frozen=True, slots=True)
class Package:
    """One event package (RFC 6665). `concerns` is what of a situation it tells: while that stays, nobody is told."""

    name: str
    content_types: tuple[str, ...]
    """What it can send, best first; empty for a package without a body."""
    concerns: Callable[[Situation], Hashable]
    render: Callable[[Subject, Situation, float], Document]
    """Everything; the last argument is the moment, epoch seconds."""
    changes: Callable[[Subject, Situation, Situation, float], Document] | None = None
    """What is different from what was told before; None for a package that always tells everything."""
    listable: bool = False
    """Can it be subscribed to for a whole list (RFC 4662)?"""
    guarded: bool = False
    """May it be watched of the own devices only, and of those that are on keys of the phone?"""
    lasting: bool = True
    """Is a subscription worth keeping over a restart?"""
    expires: int = 3600
    """Seconds, when the phone names none."""
    shortest: int = 60
    """Seconds that may be asked for; fewer are refused (RFC 6665 section 4.2.1.1)."""
    longest: int = 7200


def _uri(one: Subject) -> str:
    return f"sip:{one.name}@{one.domain}"


def _calls(now: Situation) -> Hashable:
    return now.calls


def _registrations(one: Subject, told: Situation, now: Situation, at: float) -> Document:
    changed = reginfo.changes(told.contacts, now.contacts, now.parted)
    return reginfo.partial(_uri(one), changed, now.contacts, at)


def _presence(now: Situation) -> Hashable:
    return bool(now.registered), now.dnd, tuple(call.phase for call in now.calls)


_ALL = (
    Package(
        "dialog",
        (dialog_info.CONTENT_TYPE,),
        _calls,
        lambda one, now, _: dialog_info.full(_uri(one), one.name, now),
        listable=True,
    ),
    Package(
        "presence",
        (pidf.CONTENT_TYPE,),
        _presence,
        lambda one, now, _: pidf.document(_uri(one), one.name, now),
        listable=True,
    ),
    Package(
        "message-summary",
        (message_summary.CONTENT_TYPE,),
        lambda now: now.messages,
        lambda one, now, _: message_summary.document(_uri(one), now.messages),
    ),
    Package(
        "call-info", (), lambda now: (now.calls, now.seized), lambda one, now, _: call_info.document(one.domain, now)
    ),
    Package(
        LINE_SEIZE,
        (),
        lambda _: None,  # its phone is told that it has the appearance, and when it has it no more
        lambda one, now, _: call_info.document(one.domain, now),
        lasting=False,
        expires=15,
        shortest=5,
        longest=60,
    ),
    Package(
        reginfo.EVENT,
        (reginfo.CONTENT_TYPE,),
        lambda now: now.contacts,
        lambda one, now, at: reginfo.full(_uri(one), now.contacts, at),
        _registrations,
        guarded=True,
    ),
    Package(
        "as-feature-event",
        (feature_event.CONTENT_TYPE,),
        lambda now: (now.dnd, now.forwards),
        lambda one, now, _: feature_event.document(one.name, now),
    ),
)
PACKAGES: Mapping[str, Package] = MappingProxyType({package.name: package for package in _ALL})
ALLOW_EVENTS = ", ".join(PACKAGES)


def acceptable(package: Package, accept: Iterable[str], *, as_list: bool) -> str:
    """The media type to send to somebody whose Accept has these values; "" for a package without bodies.

    No Accept at all means the package's own type (RFC 6665 section 3.1.3). Raises SipError(406) when nothing fits,
    SipError(400) for an Accept that is not well formed.
    """
    return _acceptable(package, tuple(accept), as_list)


@lru_cache(256)
def _acceptable(package: Package, accept: tuple[str, ...], as_list: bool) -> str:
    ranges = [MediaType.parse(value) for value in accept]
    if not package.content_types:
        return ""
    if as_list and ranges:
        for needed in (rlmi.CONTENT_TYPE, rlmi.LIST_TYPE):
            if not any(one.accepts(needed) for one in ranges):
                raise SipError(406, "A list needs multipart/related and application/rlmi+xml in Accept.")
    for offered in package.content_types:
        if not ranges or any(one.accepts(offered) for one in ranges):
            return offered
    raise SipError(406, f"This event is told as {' or '.join(package.content_types)} only.")


class Renderings:
    """Documents as they were rendered last, so that a change is rendered once however many watch it."""

    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self._whole: dict[tuple[str, Subject], tuple[Situation, Document]] = {}
        self._changes: dict[Subject, tuple[Situation, Situation, Document]] = {}
        self.rendered = 0
        """How many documents were rendered rather than found."""

    def whole(self, package: Package, one: Subject, now: Situation, at: float) -> Document:
        """Everything `package` tells of a subject; `at` is the moment, epoch seconds."""
        if package.changes is not None:  # it tells how long things last: what was rendered before is out of date
            return package.render(one, now, at)
        key = (package.name, one)
        found = self._whole.get(key)
        if found is not None and found[0] is now:
            return found[1]
        if len(self._whole) >= self._most:
            self._whole.pop(next(iter(self._whole)))
        self.rendered += 1
        made = package.render(one, now, at)
        self._whole[key] = (now, made)
        return made

    def news(self, package: Package, one: Subject, told: Situation | None, now: Situation, at: float) -> Document:
        """What to send to somebody who has been told `told` (None: nothing yet, or we cannot be sure).

        Partial state only where it saves something: many phones know full state best.
        """
        if told is not None and package.changes is not None:
            return package.changes(one, told, now, at)
        if told is None or package.name != "dialog":
            return self.whole(package, one, now, at)
        many = max(len(told.calls), len(now.calls)) > MANY_CALLS
        if not many and not dialog_info.ended(told, now):
            return self.whole(package, one, now, at)
        found = self._changes.get(one)
        if found is not None and found[0] is told and found[1] is now:
            return found[2]
        if len(self._changes) >= self._most:
            self._changes.pop(next(iter(self._changes)))
        self.rendered += 1
        made = dialog_info.partial(_uri(one), told, now) if many else dialog_info.full(_uri(one), one.name, now, told)
        self._changes[one] = (told, now, made)
        return made

    def forget(self, one: Subject) -> None:
        """Nobody watches this subject any more."""
        self._changes.pop(one, None)
        for name in PACKAGES:
            self._whole.pop((name, one), None)
