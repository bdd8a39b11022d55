"""What a page is made of, from its aria snapshot: landmarks, headings, tables' columns, fields and buttons.  (pure)

What people typed, dates and numbers are left open, so that an outline says what a page offers, and not what the demo
company happens to have in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

KEPT = frozenset(
    {
        "heading", "region", "form", "search", "navigation", "columnheader", "button", "textbox", "searchbox",
        "combobox", "checkbox", "radio", "switch", "spinbutton", "figure", "progressbar", "alert", "status", "img",
    }
)  # fmt: skip
NAMED = KEPT - {"alert", "status"}
OPEN = frozenset({"cell", "rowheader", "listitem", "option"})
"""What differs with what is in a list: nothing below is told."""
MOST = 50
_LINE = re.compile(r"""^(\s*)- '?([a-z]+)(?: "((?:[^"\\]|\\.)*)")?(.*)$""")
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"


@dataclass
class Node:
    """A line of a snapshot, with those below it."""

    depth: int
    role: str
    name: str = ""
    level: str = ""
    below: list[Node] = field(default_factory=list)


def outline(snapshot: str) -> str:
    """The short form of a snapshot, itself one: it matches the page that the snapshot is of."""
    lines = [f"{'  ' * depth}- {text}" for depth, text in _told(_tree(snapshot), 0)]
    lines = lines[:MOST]
    while lines and lines[-1].endswith(":"):  # what was below it is cut off
        lines.pop()
    return "\n".join(lines) + "\n"


def _tree(snapshot: str) -> Node:
    root = Node(-1, "root")
    above = [root]
    for line in snapshot.splitlines():
        found = _LINE.match(line)
        if not found:
            continue
        level = re.search(r"\[level=\d\]", found[4])
        node = Node(len(found[1]), found[2], found[3] or "", level[0] if level else "")
        while above[-1].depth >= node.depth:
            above.pop()
        above[-1].below.append(node)
        above.append(node)
    return root


def _told(node: Node, depth: int) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for one in node.below:
        below = [] if one.role in OPEN else _told(one, depth + 1)
        own = one.role in KEPT and bool(one.name)
        if own or below:
            found += [(depth, _line(one, named=own, ends=bool(below))), *below]
    return found


def _line(node: Node, *, named: bool, ends: bool) -> str:
    key = node.role + (f" {_name(node.name)}" if named and node.role in NAMED else "")
    key += f" {node.level}" if node.level else ""
    if re.search(r": | #|^[&*!|>%@`]|\\", key) or "'" in key:
        key = "'" + key.replace("'", "''") + "'"
    return key + (":" if ends else "")


def _name(name: str) -> str:
    if not re.search(rf"\d|{_MONTH}", name):
        return f'"{name}"'
    bare = re.escape(name.replace('\\"', '"')).replace("/", r"\/").replace(r"\ ", " ").replace(r"\-", "-")
    return "/^" + re.sub(rf"{_MONTH}|\d+", lambda one: r"\d+" if one[0].isdecimal() else r"\w+", bare) + "$/"
