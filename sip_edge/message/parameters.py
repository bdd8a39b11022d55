"""Header parameters, `;name=value;flag` (RFC 3261 generic-param), kept as the text they came in.  (pure)

The values that carry parameters (name-addr, Via, media type …) hold this text unparsed: it is checked once against
the grammar, written back byte for byte, and looked into only when somebody asks for a parameter.
"""

from __future__ import annotations

import re

from sip_edge.message.grammar import HOST, LWS, QUOTED, TOKEN, VALUE, is_token, quote, unquote

_PARAMETER = re.compile(rf";{LWS}({TOKEN})(?:{LWS}={LWS}({QUOTED}|{VALUE}))?{LWS}", re.S)
PARAMETERS = rf"(?:;{LWS}{TOKEN}(?:{LWS}={LWS}(?:{VALUE}|{QUOTED}))?{LWS})*"
"""Any number of parameters, for the patterns of values that end with them (compile with re.S)."""
_ALL = re.compile(rf"{LWS}{PARAMETERS}\Z", re.S)
# A bare IPv6 address is what Via's received takes (RFC 3261 section 25.1, via-received).
_PLAIN = re.compile(rf"(?:{TOKEN}|{HOST}|[0-9A-Fa-f:.]++)\Z")


def valid(text: str) -> bool:
    """Is `text` nothing but well-formed parameters (or empty)?"""
    return _ALL.match(text) is not None


def pairs(text: str) -> list[tuple[str, str | None]]:
    """The (name in lower case, value as written or None) pairs of a valid parameter text, in order."""
    return [(match[1].lower(), match[2]) for match in _PARAMETER.finditer(text)]


def find(text: str, name: str) -> str | None:
    """The value of parameter `name` (lower case), unquoted; "" for a flag without value, None when absent.

    The first one counts: RFC 3261 section 7.3.1 forbids a second.
    """
    if not text:
        return None
    if '"' not in text and f";{name}=" in text and text.count(name) == 1:
        # The way it is nearly always written; a quote could hide a parameter inside a value.
        return text.partition(f";{name}=")[2].partition(";")[0].strip(" \t")
    for match in _PARAMETER.finditer(text):
        found, value = match.groups()
        if found == name or found.lower() == name:
            return "" if value is None else unquote(value)
    return None


def removed(text: str, name: str) -> str:
    """`text` without parameter `name` (lower case); everything else keeps its bytes."""
    return _PARAMETER.sub(lambda match: "" if match[1].lower() == name else match[0], text)


def added(text: str, name: str, value: str | None) -> str:
    """`text` with parameter `name` set: in its old place when it was there, else at the end.

    `value` None writes a flag; a value that is not a plain token or host is written as a quoted string.
    Raises ValueError for a name that is no token or a value with a line break.
    """
    written = format_one(name, value)
    lowered = name.lower()
    if lowered not in text.lower():
        return text.rstrip(" \t") + written
    done = False

    def put(match: re.Match[str]) -> str:
        nonlocal done
        if match[1].lower() != lowered:
            return match[0]
        first, done = not done, True
        return written if first else ""

    replaced = _PARAMETER.sub(put, text)
    return replaced if done else text.rstrip(" \t") + written


def format_one(name: str, value: str | None) -> str:
    """`;name`, `;name=token` or `;name="text"`. Raises ValueError as `added` does."""
    if not is_token(name):
        raise ValueError("A parameter name must be a token of RFC 3261.")
    if value is None:
        return f";{name}"
    return f";{name}={value}" if _PLAIN.match(value) else f";{name}={quote(value)}"
