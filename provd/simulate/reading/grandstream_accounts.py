"""Grandstream accounts: P-value blocks, aliases and the ports of HT8xx adapters.  (pure)

Account 1 has P-values of its own; the others repeat one block: 2 at P400, 3 at P500, 4 at P600, 5 at P1700 (GRP260x
P700), 6 at P1800 (GRP260x P800), 7 and on at P50600, P50700 …. Sources: configuration templates GXP21xx, GRP26xx,
HT801/802, HT814.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from provd.simulate.reading.reading import ReadAccount
from provd.simulate.reading.values import codecs, host_port, joined, switch, whole

# field: (P-value of account 1, offset in the block of the others, alias after `account.N.`); aliases in lower case.
_FIELDS: dict[str, tuple[int, int, str]] = {
    "enable": (271, 1, "enable"),
    "label": (270, 17, "name"),
    "server": (47, 2, "sip.server.1.address"),
    "proxy": (48, 3, "sip.outboundproxy.1.address"),
    "user": (35, 4, "sip.userid"),
    "auth": (36, 5, "sip.subscriber.userid"),
    "password": (34, 6, "sip.subscriber.password"),
    "display": (3, 7, "sip.subscriber.name"),
    "expires": (32, 12, "sip.registerexpiration"),
    "voicemail": (33, 26, "sip.voicemail.number"),
    "srtp": (183, 43, "audio.srtpmode"),
    "transport": (130, 48, "sip.transport"),
    "in_audio": (2301, 2001, "dtmf.sendinaudio"),
    "in_rtp": (2302, 2002, "dtmf.sendinrtp"),
    "in_sip": (2303, 2003, "dtmf.sendinsip"),
}
# Vocoder choices 1..8: account 1 has these, the others offsets 51..58 (GXP21xx template).
for _choice, _value in enumerate((57, 58, 59, 60, 61, 62, 46, 98), 1):
    _FIELDS[f"codec{_choice}"] = (_value, 50 + _choice, f"codec.choice.{_choice}")

_BLOCKS: dict[int, tuple[int, ...]] = {2: (400,), 3: (500,), 4: (600,), 5: (1700, 700), 6: (1800, 800)}
_BLOCKS |= {index: (50600 + 100 * (index - 7),) for index in range(7, 17)}
_VOCODERS = {"0": "pcmu", "8": "pcma", "2": "g726", "9": "g722", "18": "g729", "97": "ilbc", "98": "ilbc"}
_VOCODERS |= {"123": "opus", "125": "opus"}
_TRANSPORTS = {"0": "udp", "1": "tcp", "2": "tls", "udp": "udp", "tcp": "tcp", "tls": "tls", "tlsortcp": "tls"}
_SRTP = {"0": "off", "1": "optional", "2": "required", "3": "optional"}
_SRTP |= {"disabled": "off", "enabledbutnotforced": "optional", "enabledandforced": "required", "optional": "optional"}
_IDENTITY = ("enable", "label", "server", "user", "auth", "password", "display")
# HT801/802/813, second port, and second profile of the others; the first one is account 1 of a phone.
_SECOND_PORT = {"enable": 401, "server": 747, "proxy": 748, "user": 735, "auth": 736, "password": 734, "display": 703}
_SECOND_PORT |= {"expires": 732, "transport": 830, "srtp": 443}
_SECOND_PORT |= {f"codec{n}": p for n, p in enumerate((757, 758, 759, 760, 761, 762, 814, 815), 1)}
# An adapter ranks its ways of sending digits; these hold the first choice of port or profile 1 and 2.
_DTMF_CHOICES = ("p850", "p860")
_DTMF_WAYS = {"100": "inband", "101": "rfc2833", "102": "info"}

Get = Callable[[str], str]


def phone_accounts(values: Mapping[str, str]) -> tuple[ReadAccount, ...]:
    """The accounts of a phone. `values` are P-values and aliases with lower-case names."""
    accounts = (_account(index, _getter(values, index)) for index in range(1, 17))
    return tuple(account for account in accounts if account is not None)


def _getter(values: Mapping[str, str], index: int) -> Get:
    def get(field: str) -> str:
        own, offset, alias = _FIELDS[field]
        numbers = [own] if index == 1 else [block + offset for block in _BLOCKS[index]]
        # Where DTMF of account 7 and on is among the P-values is not documented.
        numbers = [] if index > 6 and offset > 2000 else numbers
        names = [f"account.{index}.{alias}", *(f"p{number}" for number in numbers)]
        return next((values[name] for name in names if values.get(name)), "")

    return get


def _account(index: int, get: Get) -> ReadAccount | None:
    if not any(get(field) for field in _IDENTITY):
        return None
    host, port = host_port(get("server"))
    minutes = whole(get("expires"), 1, 64800)
    user = get("user")
    return ReadAccount(
        index=index,
        enabled=switch(get("enable")) is True,
        label=get("label"),
        display_name=get("display"),
        user=user,
        auth_user=get("auth") or user,
        password=get("password"),
        server=host,
        port=port,
        transport=_TRANSPORTS.get(get("transport").lower()),
        expires=None if minutes is None else minutes * 60,
        outbound_proxy=joined(*host_port(get("proxy"))),
        voicemail=get("voicemail"),
        srtp=_SRTP.get(get("srtp").lower()),
        codecs=_codecs(get),
        dtmf=_dtmf(get),
    )


def _codecs(get: Get) -> tuple[str, ...]:
    chosen = (get(f"codec{choice}") for choice in range(1, 9))
    return codecs(_VOCODERS.get(word, word) for word in chosen if word)


def _dtmf(get: Get) -> str | None:
    states = {name: switch(get(field)) for field, name in (("in_audio", "inband"), ("in_rtp", "rfc2833"))}
    states["info"] = switch(get("in_sip"))
    used = [name for name, state in states.items() if state]
    if not used:
        return None
    return used[0] if len(used) == 1 else "auto"


def adapter_accounts(values: Mapping[str, str]) -> tuple[ReadAccount, ...]:
    """The ports of an HT8xx as accounts, one a port.

    HT812, 814 and 818 number their ports from P4060 and point each to one of two profiles; HT801, 802 and 813 have
    one profile a port.
    """
    if any(f"p{number}" in values for number in range(4060, 4068)):
        return tuple(_numbered_port(values, port) for port in range(1, 9) if values.get(f"p{4059 + port}"))

    def second(field: str) -> str:
        number = _SECOND_PORT.get(field)
        return values.get(f"p{number}", "") if number else ""

    ports = (_account(1, _getter(values, 1)), _account(2, second))
    return tuple(replace(port, dtmf=_adapter_dtmf(values, port.index - 1)) for port in ports if port is not None)


def _adapter_dtmf(values: Mapping[str, str], profile: int) -> str | None:
    return _DTMF_WAYS.get(values.get(_DTMF_CHOICES[profile], ""))


def _numbered_port(values: Mapping[str, str], port: int) -> ReadAccount:
    own = {"user": 4059, "auth": 4089, "password": 4119, "display": 4179, "enable": 4594}
    second = values.get(f"p{4149 + port}") == "1"
    profile = _getter(values, 1)

    def get(field: str) -> str:
        if field in own:
            return values.get(f"p{own[field] + port}", "1" if field == "enable" else "")
        if field == "label":
            return ""
        if second:
            return values.get(f"p{_SECOND_PORT[field]}", "") if field in _SECOND_PORT else ""
        return profile(field)

    active = values.get("p401" if second else "p271", "1")
    account = _account(port, get) or ReadAccount(port, False)
    enabled = account.enabled and switch(active) is not False
    return replace(account, enabled=enabled, dtmf=_adapter_dtmf(values, 1 if second else 0))
