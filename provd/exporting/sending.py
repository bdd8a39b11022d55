"""A file to where a company wants it: the destination looked at first, then FTP, FTPS or SFTP."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
from collections.abc import Sequence
from pathlib import Path

from provd.exporting import ftp, sftp
from provd.exporting.failing import NotSent
from provd.exporting.places import Destination, Network, allowed

RESOLVE_SECONDS = 10.0


async def resolved(destination: Destination, also: Sequence[Network]) -> Destination:
    """The destination with the one address that will be connected to: asked once, so that a name cannot lead
    elsewhere after it was looked at. Raises NotSent when any of its addresses is not allowed."""
    host = destination.host
    try:
        async with asyncio.timeout(RESOLVE_SECONDS):
            found = await asyncio.get_running_loop().getaddrinfo(host, destination.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TimeoutError):
        raise NotSent(f"The name {host} is not known; check it.") from None
    addresses = [str(one[4][0]) for one in found]
    if not addresses or not all(allowed(one, also) and (_named(one, also) or not _own(one)) for one in addresses):
        raise NotSent(
            f"{host} is not on the public internet. Whoever runs this server can allow its network with the setting "
            "export_networks.",
            for_good=True,
        )
    return dataclasses.replace(destination, address=addresses[0])


def _named(address: str, also: Sequence[Network]) -> bool:
    """Whether the provider's setting names it."""
    return allowed(address, also) and not allowed(address, ())


def _own(address: str) -> bool:
    """Whether it is one of this machine, where services may listen for its own people only."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


async def send(destination: Destination, path: Path, name: str, also: Sequence[Network]) -> None:
    """Raises NotSent with the sentence why not."""
    known = await resolved(destination, also)
    if known.protocol == "sftp":
        await sftp.send(known, path, name)
    else:
        await asyncio.to_thread(ftp.send, known, path, name)


async def identity(destination: Destination, also: Sequence[Network]) -> tuple[str, str, bool]:
    """How a server shows who it is: (what is kept, its fingerprint for people, whether it needs no acceptance).

    Plain FTP shows nothing. Raises NotSent.
    """
    known = await resolved(destination, also)
    if known.protocol == "sftp":
        key = await sftp.identity(known)
        return key, sftp.fingerprint(key), False
    if known.protocol == "ftps":
        found, vouched = await asyncio.to_thread(ftp.identity, known)
        return found, found.upper(), vouched
    return "", "", True
