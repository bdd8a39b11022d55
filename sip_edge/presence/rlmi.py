"""Resource lists (RFC 4662): one subscription for all BLF keys of a phone.  (pure)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sip_edge.presence.document import Document, markup

CONTENT_TYPE = "multipart/related"
LIST_TYPE = "application/rlmi+xml"
BOUNDARY = "provd-list"
_SPACE = "urn:ietf:params:xml:ns:rlmi"


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of a list: what is watched, and the label its key shows."""

    name: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A member and what is told of it: None names the member without its state, which then follows by itself."""

    uri: str
    label: str
    document: Document | None


def fit(told: Sequence[Told], most: int, *, whole: bool) -> list[Told]:
    """As much of a list as goes into a notification of about `most` octets, at least one state.

    The rest follows in further notifications; a `whole` one names every member even so, without its state (RFC 4662
    section 5.2).
    """
    room = most - sum(len(one.uri) + len(one.label) + 60 for one in told if whole)
    taken: list[Told] = []
    some = False
    for one in told:
        size = _size(one)
        if some and size > room:
            if whole:
                taken.append(Told(one.uri, one.label, None))
            continue
        room -= size
        some = True
        taken.append(one)
    return taken


def _size(one: Told) -> int:
    return len(one.document.before) + len(one.document.after) + 260 + len(one.uri) if one.document else 0


def document(list_uri: str, told: Sequence[Told], *, whole: bool) -> Document:
    """A notification about a list. `whole`: it names every member (RFC 4662 section 5.1 fullState).

    The list's own version is a hole as in every document, and the members' documents have the same one: both count the
    notifications of this subscription.
    """
    host = list_uri.rpartition("@")[2] or "list"
    start = f"list@{host}"
    resources, parts = [], []
    for number, one in enumerate(told, 1):
        cid = f"{number}@{host}"
        instance = f'<instance id="1" state="active" cid="{markup(cid)}"/>' if one.document else ""
        name = f"<name>{markup(one.label)}</name>" if one.label else ""
        resources.append(f'<resource uri="{markup(one.uri)}">{name}{instance}</resource>\n')
        if one.document is not None:
            parts.append((cid, one.document))
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<list xmlns="{_SPACE}" uri="{markup(list_uri)}" version="'
    tail = f'" fullState="{str(whole).lower()}">\n{"".join(resources)}</list>\n'
    kind = f'{CONTENT_TYPE};type="{LIST_TYPE}";start="<{start}>";boundary="{BOUNDARY}"'
    return ListDocument(kind, _part(start, LIST_TYPE) + head.encode(), tail.encode(), True, (), tuple(parts))


@dataclass(frozen=True, slots=True)
class ListDocument(Document):
    """A list notification: the list itself, then a body part for each member that has news."""

    parts: tuple[tuple[str, Document], ...] = ()

    def body(self, version: int) -> bytes:
        """The multipart body with every version in place."""
        pieces = [self.before, str(version).encode(), self.after]
        for cid, part in self.parts:
            pieces += (b"\r\n", _part(cid, part.content_type), part.body(version))
        pieces.append(f"\r\n--{BOUNDARY}--\r\n".encode())
        return b"".join(pieces)


def _part(cid: str, content_type: str) -> bytes:
    charset = ';charset="UTF-8"' if content_type.endswith("+xml") else ""
    head = f"--{BOUNDARY}\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <{cid}>\r\n"
    return f"{head}Content-Type: {content_type}{charset}\r\n\r\n".encode()
