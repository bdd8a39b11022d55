"""The headers of one message: every line as it came, in order, and an index by name.  (pure)"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sip_edge.message import header
from sip_edge.message.errors import SipError
from sip_edge.message.grammar import is_token, unfold
from sip_edge.message.limits import DEFAULT

_canonical = header.CANONICAL.get


class Headers:
    """An ordered list of header lines that is written back byte for byte.

    Immutable: the `with…` and `without` methods return a new one. Names are taken in any form (`v`, `VIA`, `Via`).
    """

    __slots__ = ("index", "lines", "malformed")

    lines: Sequence[str]
    """The lines as they came, without CRLF; a folded one holds its folds."""
    index: dict[str, list[str]]
    """What follows the colon in each line, untouched (see `text_of`), by canonical name."""
    malformed: bool
    """Is there a line without a colon, or with a name that is no token (RFC 3261 section 7.3.1)?"""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines

    def __getattr__(self, name: str) -> Any:
        """Build the index when it is first asked for: headers we write are mostly never read."""
        if name not in ("index", "malformed"):
            raise AttributeError(name)
        self._read()
        return getattr(self, name)

    def _read(self) -> None:
        self.malformed = False
        index: dict[str, list[str]] = {}
        self.index = index
        for line in self.lines:
            name, colon, value = line.partition(":")
            key = _canonical(name)
            if key is None or not colon:
                key = header.canonical(name)
                if not colon or not is_token(name.rstrip(" \t")):
                    self.malformed = True
            if key in index:
                index[key].append(value)
            else:
                index[key] = [value]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Headers:
        """Headers we write ourselves, from (name, value) pairs; ValueError for a line break in either."""
        return cls([header.line(name, value) for name, value in pairs])

    def __contains__(self, name: str) -> bool:
        return header.canonical(name) in self.index

    def has_any(self, names: frozenset[str]) -> bool:
        """Is there a header called one of `names` (canonical)?"""
        return not names.isdisjoint(self.index)

    def __len__(self) -> int:
        return len(self.lines)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and list(self.lines) == list(other.lines)

    def __hash__(self) -> int:
        return hash(tuple(self.lines))

    def __repr__(self) -> str:
        """Names only: values may be secrets."""
        return f"Headers({', '.join(name for name, _ in self.pairs)})"

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Every header as (name as written, value unfolded and trimmed), in order."""
        return [(name.strip(" \t"), text_of(value)) for name, _, value in (line.partition(":") for line in self.lines)]

    @property
    def keys(self) -> list[str]:
        """Canonical names, in order of first appearance."""
        return list(self.index)

    def first(self, name: str) -> str | None:
        """The value of the first header `name`, unfolded and trimmed; None when there is none."""
        found = self.index.get(name) or self.index.get(header.canonical(name))
        return None if found is None else text_of(found[0])

    def all(self, name: str) -> list[str]:
        """The values of every header `name`, a line each, commas and all."""
        return [text_of(value) for value in self.index.get(header.canonical(name), ())]

    def values(self, name: str, at_most: int = DEFAULT.values) -> list[str]:
        """The values of header `name`, split at commas over all its lines; empty ones are left out.

        Raises SipError(400) for an unclosed quote or more than `at_most` values.
        """
        found = self.index.get(name) or self.index.get(header.canonical(name))
        if found is None:
            return []
        values = [value for text in found for value in header.split_values(text_of(text)) if value]
        if len(values) > at_most:
            raise SipError(400, f"{header.wire(name)} has more values than this server takes.")
        return values

    def repeated(self) -> str | None:
        """The canonical name of a header that stands more than once and must not (RFC 3261 section 7.3.1)."""
        if len(self.index) == len(self.lines):
            return None
        return next((name for name, found in self.index.items() if len(found) > 1 and name in header.SINGLE), None)

    def with_added(self, name: str, value: str) -> Headers:
        """With one more header at the end."""
        return Headers([*self.lines, header.line(name, value)])

    def with_first(self, name: str, value: str) -> Headers:
        """With one more header on top, where Via, Route and Record-Route go."""
        return Headers([header.line(name, value), *self.lines])

    def with_set(self, name: str, value: str) -> Headers:
        """With header `name` standing once, in its old place or at the end."""
        written, key, lines, done = header.line(name, value), header.canonical(name), [], False
        for line in self.lines:
            if header.canonical(line.partition(":")[0]) != key:
                lines.append(line)
            elif not done:
                lines.append(written)
                done = True
        return Headers(lines if done else [*lines, written])

    def with_top(self, name: str, value: str) -> Headers:
        """With the value of the first line of header `name`, which must be there, replaced."""
        written, key = header.line(name, value), header.canonical(name)
        lines = list(self.lines)
        place = next(i for i, line in enumerate(lines) if header.canonical(line.partition(":")[0]) == key)
        lines[place] = written
        changed = Headers(lines)
        changed.malformed = self.malformed
        changed.index = {**self.index, key: [f" {value}", *self.index[key][1:]]}
        return changed

    def without(self, *names: str) -> Headers:
        """Without the headers called `names`."""
        keys = {header.canonical(name) for name in names}
        return Headers([line for line in self.lines if header.canonical(line.partition(":")[0]) not in keys])


def text_of(value: str) -> str:
    """A value of `Headers.index` as text: unfolded, no white space around it."""
    return (unfold(value) if "\r" in value else value).strip(" \t")
