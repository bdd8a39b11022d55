"""A stack on loopback with presence on it, and whoever the From header names as the watcher."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sip_edge.message.check import Abilities
from sip_edge.presence.book import Book
from sip_edge.presence.service import BODIES, EXTENSIONS, Hooks, Presence
from sip_edge.presence.state import State
from sip_edge.presence.subscription import Watcher
from sip_edge.stack import Stack
from sip_edge.stack_listeners import Listeners
from sip_edge.stack_request import ServerRequest
from sip_edge.timers import Timers
from sip_edge.transaction.layer import Layer
from sip_edge.transaction.timing import Timing

ABILITIES = Abilities(extensions=EXTENSIONS, bodies=("application/sdp", *BODIES))


@dataclass
class Edge:
    """What a test works with."""

    stack: Stack
    listeners: Listeners
    state: State
    presence: Presence
    address: tuple[str, int]


def believe(asked: ServerRequest) -> Watcher | None:
    """Whoever it says it is. A device is its user's extension and perhaps a letter."""
    uri = asked.request.from_.uri
    return Watcher(uri.host.lower(), uri.username, uri.username.rstrip("abcdefghijklmnopqrstuvwxyz"), 1)


@asynccontextmanager
async def edge(*, t1: float = 0.5, book: Book | None = None, **hooks: Any) -> AsyncIterator[Edge]:
    """`t1` is the round trip all timers of transactions are made of; `hooks` go into Hooks."""
    loop = asyncio.get_running_loop()
    timing = Timing(t1=t1, t2=8 * t1, t4=10 * t1)
    stack = Stack(Timers(loop), "127.0.0.1", abilities=ABILITIES, layer=Layer(b"k" * 32, timing))
    listeners = Listeners(stack)
    port = await listeners.listen_udp("127.0.0.1", 0)
    await listeners.listen_tcp("127.0.0.1", 0)
    state = State()
    presence = Presence(stack, state, Hooks(**({"authenticate": believe} | hooks)), book)
    yield Edge(stack, listeners, state, presence, ("127.0.0.1", port))
    presence.stop()
    await stack.stop()
    await listeners.stop()
