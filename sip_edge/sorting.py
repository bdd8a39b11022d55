"""Which process of this machine a SIP message is for, read from its octets before anybody parses it.  (pure)

Rules of this file:
- It only guesses: whatever it says, the process that gets the message checks it as if it had come to it directly, and
  knows the devices of its own companies only.
- Every pattern runs in linear time (possessive quantifiers), for it reads what strangers send.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from provd.share import home

_ADDRESS = (
    rb'[ \t]*+:(?:[ \t]|\r?\n[ \t])*+(?:"(?:[^"\\]|\\.)*+"[ \t]*+)?(?:[^<"\r\n:]*+<)?[ \t]*+'
    rb"sips?:(?:[^@>\s,]*+@)?+(\[[0-9A-Fa-f:.]++\]|[^>;:?\s,]++)"
)
_TO = re.compile(rb"\n(?:to|t)" + _ADDRESS, re.I)
_FROM = re.compile(rb"\n(?:from|f)" + _ADDRESS, re.I)
_TARGET = re.compile(rb"[A-Za-z]++ sips?:(?:[^@>\s,]*+@)?+(\[[0-9A-Fa-f:.]++\]|[^>;:?\s,]++)", re.I)
_TAG = re.compile(rb"\n(?:to|t)[ \t]*+:[^\n]*?;[ \t]*tag=p(\d{1,2})-", re.I)
_BRANCH = re.compile(rb"\n(?:via|v)[ \t]*+:[^\n]*?;[ \t]*branch=z9hG4bKp(\d{1,2})-", re.I)
_CALLED = re.compile(rb"(?:INVITE|CANCEL) (?:sips?:([^@>;?\s,]++)[^@>\s,]*+@|tel:([^>;?\s,]++))", re.I)
_CALLER = re.compile(rb"\n(?:from|f)[ \t]*+:(?:[^\n]*?<)??[ \t]*+sips?:([^@>;:\s,]++)[^@>\s,]*+@", re.I)
_CALLED_TO = re.compile(rb"\n(?:to|t)[ \t]*+:(?:[^\n]*?<)??[ \t]*+(?:sips?|tel):([^@>;:\s,]++)", re.I)
_HEAD = 8192
"""Octets that are looked at; what a phone says of itself comes long before."""


def mark(index: int, count: int) -> str:
    """What the branches and tags of process `index` begin with, so that answers find their way back to it; empty when
    it is the only one."""
    return f"p{index}-" if count > 1 else ""


def place(data: bytes, count: int, known: Callable[[str], bool]) -> int | None:
    """The process (0 … `count` - 1) that a message is for; None when whoever has it may keep it.

    A response goes to whoever asked; a request to where the company of its sender lives (of To in a REGISTER, of From
    in others), else where the company in its Request-URI lives, else to whoever has the dialog. `known`: is that name
    one of our companies?
    """
    head = data[:_HEAD].lstrip(b"\r\n")
    if head[:4].upper() == b"SIP/":
        return _number(_BRANCH.search(head), count)
    for pattern in (_TO if head[:9] == b"REGISTER " else _FROM, _TARGET):
        found = pattern.match(head) if pattern is _TARGET else pattern.search(head)
        if found is not None:
            domain = found[1].decode("ascii", "replace").lower()
            if known(domain):
                return home(domain, count)
    return _number(_TAG.search(head), count)


@dataclass(frozen=True, slots=True)
class Carried:
    """What a request of a carrier says of where it belongs. `numbers` are those that a new call asks for (of the
    Request-URI, then of To), none for other requests; `process` is the one that its dialog is in."""

    caller: str = ""
    domain: str = ""
    numbers: tuple[str, ...] = ()
    process: int | None = None


def carried(data: bytes, count: int) -> Carried | None:
    """What a request of a carrier says; None for a response or a REGISTER, which place() sorts."""
    head = data[:_HEAD].lstrip(b"\r\n")
    if head[:4].upper() == b"SIP/" or head[:9] == b"REGISTER ":
        return None
    domain, caller = _FROM.search(head), _CALLER.search(head)
    called, to = _CALLED.match(head), _CALLED_TO.search(head)
    asked = [called[1] or called[2], *([to[1]] if to else [])] if called else []
    return Carried(
        caller[1].decode("ascii", "replace") if caller else "",
        domain[1].decode("ascii", "replace").lower() if domain else "",
        tuple(dict.fromkeys(one.decode("ascii", "replace") for one in asked)),
        _number(_TAG.search(head), count),
    )


def _number(found: re.Match[bytes] | None, count: int) -> int | None:
    number = int(found[1]) if found is not None else count
    return number if number < count else None
