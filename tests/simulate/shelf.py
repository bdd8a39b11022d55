"""Phones without a network: a shelf of files answers them at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from provd.simulate.address import label
from provd.simulate.machine import Machine
from provd.simulate.makes import Unit, find_make
from provd.simulate.outcome import VirtualPhone
from provd.simulate.wire import Reply, Request

URL = "http://pbx.example/p/Token-Of-The-Company/"
MAC = "0a1b2c3d4e5f"
Files = Mapping[str, bytes | str | Reply]


def unit(model: str, **how: Any) -> Unit:
    make = find_make(model)
    assert make is not None, model
    return Unit(MAC, make, **how)


def served(files: Files) -> Callable[[Request], Reply]:
    """Answer by the name after the token; what is not there is 404."""

    def answer(request: Request) -> Reply:
        found = files.get(label(request.url), Reply(404))
        if isinstance(found, Reply):
            return found
        return Reply(200, body=found.encode() if isinstance(found, str) else found)

    return answer


def asks(model: str | Unit, files: Files, url: str = URL, **how: Any) -> tuple[VirtualPhone, list[Request]]:
    """Start a phone against the shelf → what it sees, and its requests in order."""
    phone = unit(model) if isinstance(model, str) else model
    return played(Machine(phone, url, **how), served(files))


def played(machine: Machine, answer: Callable[[Request], Reply]) -> tuple[VirtualPhone, list[Request]]:
    made: list[Request] = []
    request = machine.begin()
    while request is not None:
        made.append(request)
        request = machine.receive(answer(request))
    return machine.outcome(), made


def names(requests: list[Request]) -> list[str]:
    """What was asked, in order: names after the token, with HEAD in front where it was one."""
    return [("HEAD " if request.method == "HEAD" else "") + label(request.url) for request in requests]


def yealink(*lines: str) -> str:
    return "\n".join(("#!version:1.0.0.1", *lines, ""))


ACCOUNT = (
    "account.1.enable = 1",
    "account.1.user_name = 101",
    "account.1.password = x",
    "account.1.sip_server.1.address = pbx.example",
)
