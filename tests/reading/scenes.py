"""Short ways to say what a scenario looks at."""

from __future__ import annotations

from provd.simulate.reading import ReadAccount, Reading, ReadKey, read

COMMON = ReadAccount(
    index=1,
    enabled=True,
    user="101",
    auth_user="101a",
    server="pbx.example",
    port=5061,
    transport="tls",
    expires=300,
    outbound_proxy="edge.example:5071",
    voicemail="*97",
    shared=True,
    dtmf="rfc2833",
)
"""The line that every family can say; a scenario adds what its family says besides, or in another way."""


def key(reading: Reading, number: int, module: int = 0) -> ReadKey:
    """The one key at this place; a scenario fails when there is none or more than one."""
    found = [key for key in reading.keys if (key.module, key.number) == (module, number)]
    assert len(found) == 1, found
    return found[0]


def told(reading: Reading, words: str) -> bool:
    """Whether one of the problems holds these words."""
    return any(words in problem for problem in reading.problems)


def yealink(*lines: str, name: str = "805ec0123456.cfg") -> Reading:
    return read("yealink", name, "\n".join(("#!version:1.0.0.1", *lines, "")).encode())


def poly(body: str, family: str = "poly-ucs", name: str = "64167f123456-settings.cfg", model: str = "") -> Reading:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<polycomConfig>{body}</polycomConfig>'
    return read(family, name, text.encode(), mac="64167f123456", model=model)


def cisco(body: str, family: str = "cisco-mpp") -> Reading:
    text = f"<flat-profile>{body}</flat-profile>"
    return read(family, "00562b043615.xml", text.encode(), mac="00562b043615")


def grandstream(body: str, version: int = 2, family: str = "grandstream", model: str = "") -> Reading:
    text = f'<gs_provision version="1"><config version="{version}">{body}</config></gs_provision>'
    return read(family, "cfgc074ad0b63ee.xml", text.encode(), mac="c074ad0b63ee", model=model)


def snom(settings: str = "", keys: str = "", tail: str = "") -> Reading:
    text = f"<settings><phone-settings>{settings}</phone-settings><functionKeys>{keys}</functionKeys>{tail}</settings>"
    return read("snom", "snomD785-000413922D24.htm", text.encode(), mac="000413922d24")


def fanvil(body: str) -> Reading:
    text = f'<?xml version="1.0" encoding="UTF-8"?><sysConf><Version>2.0002</Version>{body}</sysConf>'
    return read("fanvil", "0c383e07e16c.cfg", text.encode(), mac="0c383e07e16c")


def values(**pairs: str) -> str:
    """P-values."""
    return "".join(f"<{name}>{value}</{name}>" for name, value in pairs.items())


def items(pairs: dict[str, str]) -> str:
    """Aliases."""
    return "".join(f'<item name="{name}">{value}</item>' for name, value in pairs.items())
