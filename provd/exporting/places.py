"""Where exports may be sent: which addresses, and how destinations are written.  (pure)

Rules of this file: a company names the destination, and it must not lead to what only this server can reach. Only
addresses of the public internet are allowed (IANA's registries of special-purpose addresses, RFC 6890), and those that
the provider's setting `export_networks` names.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PROTOCOLS = ("ftps", "ftp", "sftp")
PORTS = {"ftps": 21, "ftp": 21, "sftp": 22}
FOLDER = r"^[A-Za-z0-9._~ /-]*$"
"""No quotes, no globs, no backslash: the folder becomes part of a command to a client."""
HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45}")
USER = r"^[^\x00-\x1f\x7f]*$"
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the last four octets are an IPv4 address


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a file goes. `address` is what `host` was resolved to, `identity` the host key or certificate that was
    accepted (empty: none), `private_key` that of SFTP in OpenSSH's form."""

    protocol: str
    host: str
    address: str
    port: int
    user: str
    folder: str
    identity: str = ""
    password: str = ""
    private_key: str = ""


def networks(said: Iterable[str]) -> list[Network]:
    """The networks of the setting; raises ValueError with a sentence."""
    found: list[Network] = []
    for one in said:
        try:
            found.append(ipaddress.ip_network(one.strip(), strict=False))
        except ValueError:
            raise ValueError(
                f"The setting export_networks names “{one[:60]}”, which is no network; write it as 10.20.0.0/16."
            ) from None
    return found


def allowed(text: str, also: Sequence[Network]) -> bool:
    """Whether files may be sent to an address; what is no address is not allowed."""
    try:
        address: Address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        address = _inner(address)
    if any(address in one for one in also):
        return True
    return address.is_global and not address.is_multicast and not address.is_reserved


def _inner(address: ipaddress.IPv6Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, if it does."""
    if address in _NAT64:
        return ipaddress.IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address


def file_name(name: str, stamp: str) -> str:
    """What an export's file is called outside: its name without blanks, and its moment (`20260504-0600`)."""
    return f"{re.sub(r'[^A-Za-z0-9_-]+', '-', name).strip('-') or 'calls'}-{stamp}.csv"
