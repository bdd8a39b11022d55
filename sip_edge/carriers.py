"""What comes from the addresses of carriers, in a server of several processes: to whom each message is for.

Rules of this file:
- A carrier writes its own name and ours into its messages, not a company's; the number that it calls says whose the
  call is. Whoever has the dialog has its mark in the tag.
- A phone may stand behind a carrier's address too. Whose phones those are, is known where their company lives.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from provd.share import home
from sip_edge.sorting import Carried, carried, place
from sip_edge.transport.flow import Endpoint

HERE = -1
"""Whoever has the message keeps it."""
OwnerOf = Callable[[tuple[str, ...], str], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Carriers:
    """What sorting has to know. `at`: may this address be a carrier's? `phone`: is there a device of that company and
    name in this process? `owner`: the company that has one of these numbers when they are called from an address;
    empty for nobody's. `mine`: does a company live in this process?"""

    at: Callable[[str], bool]
    phone: Callable[[str, str], bool]
    owner: OwnerOf
    mine: Callable[[str], bool]


def sort(
    data: bytes, remote: Endpoint, count: int, known: Callable[[str], bool], carriers: Carriers | None, *, handed: bool
) -> int | Carried:
    """The process that a message is for, HERE for the one that asks; or what must be looked up to know it.

    `handed`: another process has handed it over, which is final unless the sender turns out to be a carrier that
    writes the name of a company of this process.
    """
    said = carried(data, count) if carriers is not None and carriers.at(remote[0]) else None
    if said is None or carriers is None:
        return HERE if handed else _or_here(place(data, count, known))
    if known(said.domain):
        if not carriers.mine(said.domain):
            return HERE if handed else home(said.domain, count)
        if carriers.phone(said.domain, said.caller):
            return HERE
    elif handed:
        return HERE
    if said.process is not None:
        return said.process
    return said if said.numbers else _or_here(None if handed else place(data, count, known))


def _or_here(process: int | None) -> int:
    return HERE if process is None else process
