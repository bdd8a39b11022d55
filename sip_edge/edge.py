"""The SIP edge as a role of the server: stack, transports, registrar, presence and resync, put together."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tornado.httputil import HTTPServerRequest

from provd.configure import Configurator
from provd.errors import ProvdError
from provd.events import Recorder
from provd.fleet import Fleet
from provd.identify import Recogniser
from provd.neighbours import Neighbours
from provd.resync.service import Resyncs
from provd.store.database import Store
from provd.store.rows import PhoneEvent
from sip_edge import sorting
from sip_edge.call.edge import BODIES as CALL_BODIES
from sip_edge.call.edge import EXTENSIONS as CALL_EXTENSIONS
from sip_edge.call.edge import CallEdge
from sip_edge.call.known import Source
from sip_edge.defence.policy import Policy
from sip_edge.message.check import Abilities
from sip_edge.message.digest import ALGORITHMS
from sip_edge.presence.edge import PresenceEdge
from sip_edge.presence.service import BODIES
from sip_edge.presence.service import EXTENSIONS as PRESENCE_EXTENSIONS
from sip_edge.presence.ua_profile import GROUP
from sip_edge.registrar.location import Rules
from sip_edge.registrar.service import EXTENSIONS as REGISTRAR_EXTENSIONS
from sip_edge.registrar.service import Registrar
from sip_edge.sharing import Sorter
from sip_edge.stack import Stack
from sip_edge.stack_listeners import Listeners
from sip_edge.timers import Scheduler, Timers
from sip_edge.trace import Traces
from sip_edge.transport import websocket


class SipEdge:
    """Everything that speaks SIP in one process. `resyncs` is for the API, `registrar.location` for who asks."""

    def __init__(
        self,
        scheduler: Scheduler,
        host: str,
        store: Store,
        fleet: Fleet,
        recorder: Recorder,
        recogniser: Recogniser,
        configurator: Configurator,
        *,
        plug_and_play: bool = False,
        proxies: tuple[str, ...] = (),
        rules: Rules | None = None,
        algorithms: tuple[str, ...] = ALGORITHMS,
        unknown_domain: str = "drop",
        neighbours: Neighbours | None = None,
        companies: Source | None = None,
    ) -> None:
        """`plug_and_play`: factory-new phones that ask by multicast are told our address, without a token in it.
        `proxies`: networks of our own proxies in front, behind whose one address many phones are.
        `rules`: bounds of registrations; `algorithms` of digest, the first preferred; `unknown_domain`: drop or refuse.
        `neighbours`: the processes that share the ports; each has the companies that live in it.
        `companies`: what routing knows of them; None: no calls."""
        neighbours = neighbours or Neighbours()
        mark = sorting.mark(neighbours.index, neighbours.count)
        abilities = Abilities(
            extensions=REGISTRAR_EXTENSIONS | PRESENCE_EXTENSIONS | CALL_EXTENSIONS,
            bodies=("application/sdp", *BODIES, *CALL_BODIES),
        )
        self.stack = Stack(Timers(scheduler), host, abilities=abilities, mark=mark)
        self.sorter = self._sorter(neighbours)
        self.listeners = Listeners(self.stack, receiver=self.sorter)
        self._shared = neighbours.count > 1
        # Every socket of a group gets what is sent to it, and one answer is enough.
        self._groups = (GROUP,) if plug_and_play and neighbours.index == 0 else ()
        self.registrar = Registrar(
            self.stack,
            store,
            recorder,
            recogniser,
            rules=rules,
            policy=Policy(trusted=proxies, unknown_domain=unknown_domain),
            algorithms=algorithms,
            udp_flow=self.listeners.udp_flow,
            own_hosts=self._groups,
            mine=neighbours.mine,
        )
        profile_url = (lambda _mac: configurator.addresses.base("http", "")) if plug_and_play else None
        self.presence = PresenceEdge(
            self.stack,
            self.listeners,
            store,
            self.registrar,
            configurator,
            profile_url=profile_url,
            mine=neighbours.mine,
        )
        self.calls = companies and CallEdge(
            self.stack, self.listeners, store, self.registrar, self.presence, companies, mark=mark, mine=neighbours.mine
        )
        if self.sorter is not None and neighbours.bus is not None and self.calls:
            self.sorter.carriers = self.calls.shared(neighbours.bus)
        domain = self.registrar.accounts.domain
        self.resyncs = Resyncs(
            store, configurator, fleet, recorder, self.presence.reach,
            mine=lambda mac: neighbours.mine(domain(fleet.domain_id(mac))),
        )  # fmt: skip
        self.presence.on_registered.append(self.resyncs.registered)
        recorder.watchers.append(self.resyncs.observe)
        self.traces = Traces(self.stack, self.registrar)

    def _sorter(self, neighbours: Neighbours) -> Sorter | None:
        if neighbours.bus is None:
            return None
        sorter = Sorter(self.stack, neighbours.bus, lambda name: self.registrar.accounts.access(name) is not None)
        sorter.udp = lambda: self.listeners.udp[0] if self.listeners.udp else None
        return sorter

    def heard(self, event: PhoneEvent) -> None:
        """Hear of what another process recorded of a phone."""
        self.registrar.journal.heard(event)
        self.resyncs.observe(event)

    def websocket_routes(
        self, http: int, https: int, address: Callable[[HTTPServerRequest], str], path: str = "/sip"
    ) -> list[Any]:
        """The route of SIP over WebSocket on the HTTP ports (RFC 7118)."""
        return list(websocket.routes(path, self.listeners.serve_websockets((http, https), address=address)))

    async def start(self, bind: str, port: int, tls_port: int, context: ssl.SSLContext) -> tuple[int, int]:
        """Listen on UDP and TCP `port` and TLS `tls_port` (0: any free one), then answer. Returns the real ports."""
        shared = self._shared
        await self.registrar.start()
        port = port or _free_for_both(bind)
        udp = await _opened("sip", port, self.listeners.listen_udp(bind, port, reuse_port=shared, groups=self._groups))
        await _opened("sip", port, self.listeners.listen_tcp(bind, port, reuse_port=shared))
        tls = await _opened("sips", tls_port, self.listeners.listen_tls(bind, tls_port, context, reuse_port=shared))
        await self.presence.start()
        if self.calls:
            await self.calls.start()
        await self.resyncs.run()
        return udp, tls

    async def stop(self) -> None:
        """Say goodbye, write what waits, close every socket."""
        await self.resyncs.stop()
        if self.calls:
            await self.calls.stop()
        await self.presence.stop()
        await self.listeners.stop()
        await self.registrar.stop()
        await self.stack.stop()


def _free_for_both(bind: str) -> int:
    """A port that is free for UDP and for TCP: phones expect one number for the two."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    for _ in range(50):
        with socket.socket(family, socket.SOCK_DGRAM) as datagrams, socket.socket(family, socket.SOCK_STREAM) as stream:
            datagrams.bind((bind, 0))
            port = int(datagrams.getsockname()[1])
            with suppress(OSError):
                stream.bind((bind, port))
                return port
    raise ProvdError("No port is free for SIP over both UDP and TCP; set sip_port.")


async def _opened(name: str, port: int, listening: Any) -> int:
    try:
        return int(await listening)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProvdError(
            f"Port {port} for {name} cannot be opened ({reason}); stop what uses it, set {name}_port, or take sip out "
            "of roles."
        ) from error
