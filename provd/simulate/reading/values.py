"""How single values are read: numbers, switches, host:port, zones, codecs, languages.  (pure)

Every function takes the text of one value and answers None or "" when it says nothing usable; none raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_WHOLE = re.compile(r"[ \t]*([+-]?[0-9]{1,9})[ \t]*\Z")
_OFFSET = re.compile(r"([+-]?)([0-9]{1,2})(?::([0-5][0-9])|\.([0-9]{1,2}))?\Z")
_CLOCK = re.compile(r"([0-9]{1,2}):?([0-9]{2})(?::[0-9]{2})?\Z")
_YES = frozenset({"1", "yes", "on", "true", "enabled", "enable"})
_NO = frozenset({"0", "no", "off", "false", "disabled", "disable"})

_CODECS = (
    ("pcmu", ("pcmu", "g711u", "g711mu", "g711ulaw", "ulaw")),
    ("pcma", ("pcma", "g711a", "g711alaw", "alaw")),
    ("g722", ("g722",)),
    ("g729", ("g729", "g729a", "g729ab", "g729b")),
    ("opus", ("opus",)),
    ("ilbc", ("ilbc", "ilbc152kbps", "ilbc1333kbps", "ilbc20ms", "ilbc30ms")),
    ("g726", ("g726", "g72616", "g72624", "g72632", "g72640", "aal2g72632")),
)
_CODEC_NAMES = {alias: ours for ours, aliases in _CODECS for alias in aliases}

_LANGUAGES = {
    "english": "en",
    "german": "de",
    "deutsch": "de",
    "french": "fr",
    "francais": "fr",
    "français": "fr",
    "spanish": "es",
    "espanol": "es",
    "español": "es",
    "italian": "it",
    "italiano": "it",
    "dutch": "nl",
    "nederlands": "nl",
    "polish": "pl",
    "polski": "pl",
    "portuguese": "pt",
    "portugues": "pt",
    "português": "pt",
    "russian": "ru",
    "turkish": "tr",
    "swedish": "sv",
    "danish": "da",
    "norwegian": "no",
    "finnish": "fi",
    "czech": "cs",
    "hungarian": "hu",
    "greek": "el",
    "hebrew": "he",
    "japanese": "ja",
    "korean": "ko",
    "chinese": "zh",
}


def whole(text: str | None, low: int = -(10**9), high: int = 10**9) -> int | None:
    """The whole number a value holds, or None when it holds none or one outside low..high."""
    found = _WHOLE.match(text or "")
    if found is None:
        return None
    number = int(found[1])
    return number if low <= number <= high else None


def port(text: str | None) -> int | None:
    """A port 1..65535; 0 and everything else mean that the phone finds the port by itself."""
    return whole(text, 1, 65535)


def switch(text: str | None) -> bool | None:
    """Yes/No, 1/0, on/off … as a boolean; None for anything else."""
    word = (text or "").strip().lower()
    if word in _YES:
        return True
    return False if word in _NO else None


def yes_no(state: bool | None) -> str | None:
    """`yes`, `no` or None, the way settings spell a switch."""
    return None if state is None else ("yes" if state else "no")


def host_port(text: str) -> tuple[str, int | None]:
    """`host[:port]`, `[v6]:port`, with or without `sip:` and `;parameters`, as (host, port or None)."""
    rest = re.sub(r"\A\s*sips?:", "", text, flags=re.IGNORECASE).split(";")[0].strip()
    if rest.startswith("["):
        host, _, tail = rest[1:].partition("]")
        return host, port(tail.lstrip(":"))
    if rest.count(":") > 1:
        return rest, None
    host, _, tail = rest.partition(":")
    return host, port(tail)


def joined(host: str, number: int | None) -> str:
    """`host:port`, or the host alone when the port is not given; an IPv6 address stands in brackets (RFC 3986)."""
    if not host or number is None:
        return host
    return f"[{host}]:{number}" if ":" in host and not host.startswith("[") else f"{host}:{number}"


def bare_target(text: str, hosts: Iterable[str] = ()) -> str:
    """What a key dials, without what goes without saying: `sip:`, angle brackets and one of the phone's own hosts.

    `sip:2001@pbx.example;user=phone` is `2001` when `pbx.example` is among `hosts`, else `2001@pbx.example`.
    `$PROXY` is Cisco's word for the own host.
    """
    inner = text.strip()
    if inner.startswith("<") and inner.endswith(">"):
        inner = inner[1:-1].strip()
    had_scheme = re.match(r"sips?:", inner, flags=re.IGNORECASE)
    if had_scheme:
        inner = inner[had_scheme.end() :].split(";")[0]
    user, at, host = inner.rpartition("@")
    own = {name.lower() for name in hosts if name} | {"$proxy"}
    if at and (host.lower() in own or host_port(host)[0].lower() in own):
        return user
    return inner


def codec(name: str) -> str | None:
    """Our name of a codec, or None for one we do not name."""
    return _CODEC_NAMES.get(re.sub(r"[^a-z0-9]", "", name.lower()))


def codecs(names: Iterable[str]) -> tuple[str, ...]:
    """Our names of the codecs in order, each once, unknown ones left out."""
    found = (codec(name) for name in names)
    return tuple(dict.fromkeys(name for name in found if name))


def offset_minutes(text: str) -> int | None:
    """Minutes east of UTC from `+1`, `-3:30`, `+05:30` or `5.5` (hours); None when the text is no such thing."""
    found = _OFFSET.match(text.strip())
    if found is None:
        return None
    sign, hours, minutes, fraction = found.groups()
    total = int(hours) * 60 + int(minutes or 0)
    if fraction:
        total += round(int(fraction) * 60 / 10 ** len(fraction))
    if total > 14 * 60:
        return None
    return -total if sign == "-" else total


def clock(text: str | None) -> str | None:
    """`HH:MM` from `0300`, `3:00` or `03:00:00`; None for no time of day."""
    found = _CLOCK.match((text or "").strip())
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        return None
    return f"{int(found[1]):02}:{found[2]}"


def window(start: str | None, end: str | None) -> str | None:
    """`HH:MM-HH:MM` from two times of day; a missing end means a fixed moment, written as a window of no length."""
    begins, ends = clock(start), clock(end)
    return None if begins is None else f"{begins}-{ends or begins}"


def later(start: str, seconds: int) -> str:
    """The `HH:MM` that is `seconds` after the `HH:MM` given, around midnight."""
    minutes = (int(start[:2]) * 60 + int(start[3:]) + seconds // 60) % 1440
    return f"{minutes // 60:02}:{minutes % 60:02}"


def language(text: str | None) -> str | None:
    """`en` from `English`, `English_United_States`, `en-US`; the vendor's text when it is none we know."""
    word = (text or "").strip()
    if not word:
        return None
    first = re.split(r"[_\-( ]", word.lower())[0]
    if len(first) == 2:
        return first
    return _LANGUAGES.get(first, word)


def vlan(text: str | None) -> str | None:
    """A VLAN id 1..4094 as text; None for 0 and for anything else, which mean untagged."""
    number = whole(text, 1, 4094)
    return None if number is None else str(number)


def given(pairs: Mapping[str, str | None]) -> dict[str, str]:
    """The pairs that say something: None and "" are left out."""
    return {name: value for name, value in pairs.items() if value}


def grouped(parameters: Mapping[str, str], pattern: str) -> dict[int, dict[str, str]]:
    """Parameters of a numbered family, by number and member name, in order of number.

    `pattern` has two groups, the number and the member: `account\\.([0-9]{1,3})\\.(.+)` turns
    `account.2.label` into `{2: {"label": …}}`.
    """
    found: dict[int, dict[str, str]] = {}
    compiled = re.compile(pattern + r"\Z", re.DOTALL)
    for name, value in parameters.items():
        match = compiled.match(name)
        if match is not None:
            found.setdefault(int(match[1]), {})[match[2]] = value
    return dict(sorted(found.items()))
