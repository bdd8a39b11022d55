"""What a phone wants of its server, as its files say: where each account registers, and what its keys watch.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from provd.simulate.outcome import VirtualPhone
from provd.simulate.reading import ReadAccount, ReadKey
from sip_edge.message import SipError, Uri
from sip_edge.message.uri import sip

LIT_KEYS = frozenset(("blf", "park"))
EXPIRES = 3600
"""Seconds a phone registers and subscribes for when its file names none."""
_KEPT = ("sip.notify_reboot_enable", "voIpProt.SIP.specialEvent.checkSync.alwaysReboot", "P4428", "Resync_From_SIP")
_KEPT_BEGINNINGS = ("Auth_Resync-Reboot_", "sip/NotifyReboot")


@dataclass(frozen=True, slots=True)
class Watched:
    """A subscription a phone wants: the account that asks (its index), the event package, and whom it is about."""

    line: int
    event: str
    name: str


@dataclass(frozen=True, slots=True)
class Wants:
    """All of it, and the few raw parameters that decide how the phone behaves on SIP."""

    accounts: tuple[ReadAccount, ...] = ()
    watched: tuple[Watched, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)


def wants(phone: VirtualPhone) -> Wants:
    """What a phone that has read its files wants. A name on several keys is watched once; the message light of every
    account that has a voicemail number, and call-info of every shared one."""
    accounts = phone.accounts
    raw = phone.reading.parameters if phone.reading else {}
    kept = {name: value for name, value in raw.items() if name in _KEPT or name.startswith(_KEPT_BEGINNINGS)}
    watched = [Watched(_line(key, accounts), "dialog", key.target) for key in phone.keys if _lamp(key)]
    watched += [Watched(one.index, "message-summary", one.user) for one in accounts if one.voicemail]
    watched += [Watched(one.index, "call-info", one.user) for one in accounts if one.shared]
    lines = {one.index for one in accounts}
    return Wants(accounts, tuple(one for one in dict.fromkeys(watched) if one.line in lines), kept)


def _lamp(key: ReadKey) -> bool:
    return key.kind in LIT_KEYS and bool(key.target)


def _line(key: ReadKey, accounts: Sequence[ReadAccount]) -> int:
    """The account a key belongs to; the first where it names none (0 or `auto` in most vendors' files)."""
    known = [one.index for one in accounts]
    return key.line if key.line in known else (known[0] if known else 0)


def server_of(account: ReadAccount) -> Uri:
    """The next hop of an account as a URI: its outbound proxy, else its server. Raises SipError(400) for neither."""
    transport = {"tcp": "tcp", "tls": "tls"}.get(account.transport or "", "udp")
    if account.outbound_proxy:
        text = account.outbound_proxy
        plain = Uri.parse(text if text.startswith(("sip:", "sips:")) else f"sip:{text}")
    elif account.server:
        plain = sip(None, account.server, account.port)
    else:
        raise SipError(400, "The account names no server.")
    return (
        plain.without_parameter("lr") if plain.parameter("transport") else plain.with_parameter("transport", transport)
    )


def aor(account: ReadAccount, user: str = "") -> Uri:
    """The address of record of an account, or that of a colleague at the same server (`user`, or a whole address)."""
    name, at, host = user.removeprefix("sip:").partition("@")
    return sip(name or account.user, host if at else account.server)
