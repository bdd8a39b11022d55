"""NOTIFY requests: what one subscription is told next, and how it is written.  (pure)"""

from __future__ import annotations

from dataclasses import dataclass

from sip_edge.message import Headers, Request
from sip_edge.message.header import line
from sip_edge.presence import call_info, rlmi
from sip_edge.presence.document import Document
from sip_edge.presence.packages import Renderings
from sip_edge.presence.situation import Situation, Subject
from sip_edge.presence.state import State
from sip_edge.presence.subscription import Peer, Subscription

LARGEST_DATAGRAM = 16_000
"""Octets of a list in one NOTIFY over UDP: some routers drop datagrams of very many fragments."""
LARGEST = 60_000


@dataclass(frozen=True, slots=True)
class Notice:
    """A document for one subscription, and what its phone will know when it has it."""

    document: Document
    tells: dict[Subject, Situation]
    rest: bool = False
    """Is there more to tell than fitted?"""


def compose(one: Subscription, state: State, renderings: Renderings, at: float, *, datagram: bool) -> Notice | None:
    """What to tell a subscription now (`at`, epoch seconds); None when its phone knows everything already."""
    if one.members is not None:
        return _list(one, state, renderings, at, LARGEST_DATAGRAM if datagram else LARGEST)
    only = one.subjects[0]
    now, told = state.of(only), one.told.get(only)
    if told is not None and one.package.concerns(told) == one.package.concerns(now):
        return None
    if one.appearance:
        return Notice(call_info.of_one(only.domain, now, one.appearance), {only: now})
    return Notice(renderings.news(one.package, only, told, now, at), {only: now})


def _list(one: Subscription, state: State, renderings: Renderings, at: float, most: int) -> Notice | None:
    assert one.members is not None
    concerns, whole = one.package.concerns, not one.told
    news: list[rlmi.Told] = []
    found: dict[str, tuple[Subject, Situation]] = {}
    for member, subject in zip(one.members, one.subjects, strict=True):
        now, told = state.of(subject), one.told.get(subject)
        if told is not None and concerns(told) == concerns(now):
            continue
        uri = f"sip:{member.name}@{subject.domain}"
        found[uri] = (subject, now)
        news.append(rlmi.Told(uri, member.label, renderings.whole(one.package, subject, now, at)))
    if not news and (one.told or one.members):
        return None
    taken = rlmi.fit(news, most, whole=whole)
    tells = dict(found[told.uri] for told in taken if told.document is not None)
    document = rlmi.document(f"sip:{one.name}@{one.watcher.domain}", taken, whole=whole)
    return Notice(document, tells, rest=len(tells) < len(found))


def request(one: Subscription, document: Document | None, now: float) -> Request:
    """The next NOTIFY of a subscription (RFC 6665 section 4.2.2); counts its CSeq and, with a document, its version.

    `now` in epoch seconds. Raises ValueError when a value cannot be written.
    """
    lines = [f"Event: {one.event}", f"Subscription-State: {one.state(now)}"]
    if one.members is not None:
        lines.append("Require: eventlist")
    if document is None:
        return write(one.peer, lines)
    lines += [line(name, value) for name, value in document.headers]
    body = document.body(one.version)
    one.version += 1
    if body:
        lines.append(f"Content-Type: {document.content_type}")
    return write(one.peer, lines, body)


def write(peer: Peer, lines: list[str], body: bytes = b"") -> Request:
    """A NOTIFY inside a dialog with these header lines besides those every request has."""
    # Written without Request.build: its checks were made when the dialog began, and 500 lamps wait.
    headers = Headers([*peer.within(), *lines, f"Content-Length: {len(body)}"])
    target = peer.target
    return Request(f"NOTIFY {target} SIP/2.0", headers, body, None, "NOTIFY", target)
