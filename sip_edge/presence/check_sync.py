"""NOTIFY to a phone that asked for none: check-sync and its relatives, over the way the phone registered.

Out of dialog first, as every vendor documents it. A phone that challenges gets the credentials of its own line; one
that says it knows no such dialog (481) is told inside one of its subscriptions, when it has any.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from provd.resync.reach import Line
from sip_edge.message import Address, Request, Response, Uri
from sip_edge.message.digest import answer, strongest
from sip_edge.presence import notice
from sip_edge.presence.service import Presence
from sip_edge.presence.subscription import Subscription
from sip_edge.registrar.binding import Binding
from sip_edge.registrar.service import Registrar
from sip_edge.stack import Stack
from sip_edge.stack_listeners import Listeners, Unreachable
from sip_edge.stack_request import ClientRequest
from sip_edge.transport.flow import Flow

STATE = "terminated"
"""Subscription-State, which a NOTIFY must have (RFC 6665 section 8.2.1): there is nothing to keep."""
_CHALLENGES = {401: ("www-authenticate", "Authorization"), 407: ("proxy-authenticate", "Proxy-Authorization")}


class CheckSync:
    """How provd.resync reaches phones."""

    def __init__(self, stack: Stack, listeners: Listeners, registrar: Registrar, presence: Presence) -> None:
        self._stack = stack
        self._listeners = listeners
        self._registrar = registrar
        self._presence = presence

    def registered(self, lines: Sequence[Line], mac: str, address: str) -> bool:
        """Is the phone registered with one of its lines?"""
        return self._found(lines, mac, address) is not None

    def busy(self, lines: Sequence[Line]) -> bool:
        """Is there a call on one of them? A call of the user counts: which of their devices it is on is not known."""
        look = self._presence.state.look
        return any(look(line.domain, name).busy for line in lines for name in (line.device, line.user))

    async def notify(self, lines: Sequence[Line], mac: str, address: str, event: str) -> int:
        """Tell the phone; → the final status, 0 when it is not registered."""
        found = self._found(lines, mac, address)
        if found is None:
            return 0
        line, binding = found
        try:
            flow = self._registrar.flow(binding) or await self._listeners.flow_to(_first_hop(binding))
        except Unreachable:
            return 503
        response = await self._tell(line, binding, flow, event)
        if response.status == 481:
            inside = await self._tell_inside(line, event)
            response = inside if inside is not None else response
        return response.status

    def _found(self, lines: Sequence[Line], mac: str, address: str) -> tuple[Line, Binding] | None:
        for line in lines:
            binding = choose(self._registrar.bindings(line.domain, line.device), mac, address)
            if binding is not None:
                return line, binding
        return None

    async def _tell(self, line: Line, binding: Binding, flow: Flow, event: str) -> Response:
        aor = f"sip:{line.device}@{line.domain}"
        headers = [
            *(("Route", hop) for hop in binding.path),
            ("Max-Forwards", "70"),
            ("From", f"<{aor}>;tag={secrets.token_hex(6)}"),
            ("To", f"<{aor}>"),
            ("Call-ID", f"{secrets.token_hex(12)}@{self._stack.host}"),
            ("CSeq", "1 NOTIFY"),
            ("Contact", f"<{self._stack.uri(flow)}>"),
            ("Event", event),
            ("Subscription-State", STATE),
        ]
        request = Request.build("NOTIFY", binding.contact, headers)
        return await self._sent(request, line, flow)

    async def _tell_inside(self, line: Line, event: str) -> Response | None:
        one = self._subscription(line)
        if one is None or not isinstance(one.flow, Flow):
            return None
        request = notice.write(one.peer, [f"Event: {event}", f"Subscription-State: {STATE}"])
        response = await self._sent(request, line, one.flow)
        one.peer.local_cseq = max(one.peer.local_cseq, response.cseq.number)
        return response

    def _subscription(self, line: Line) -> Subscription | None:
        found = self._presence.book.of_device(line.domain, line.device)
        return next((one for one in found if isinstance(one.flow, Flow) and one.flow.open), None)

    async def _sent(self, request: Request, line: Line, flow: Flow) -> Response:
        """Send; answer one challenge, and a second when it says that our nonce was stale (RFC 7616 section 3.3)."""
        response: Response = await self._request(request, flow)
        for _ in range(2):
            proven = authorized(request, response, line)
            if proven is None:
                break
            request, before = proven, response
            response = await self._request(request, flow)
            if response.status == before.status and not _stale(response):
                break
        return response

    def _request(self, request: Request, flow: Flow) -> ClientRequest:
        return self._stack.request(request, flow)


def choose(bindings: Sequence[Binding], mac: str, address: str) -> Binding | None:
    """The binding of this phone among those of its device: the one that names its MAC, else the one that comes from
    where the phone fetched its files, else the best contact. None when there is none."""
    for binding in bindings:
        named = f"{binding.user_agent} {binding.instance}".lower().replace(":", "").replace("-", "")
        if mac in named:
            return binding
    for binding in bindings:
        if address and binding.address == address:
            return binding
    return bindings[0] if bindings else None


def authorized(request: Request, response: Response, line: Line) -> Request | None:
    """`request` again with the line's credentials, its CSeq one higher; None when `response` is no challenge that we
    can answer."""
    names = _CHALLENGES.get(response.status)
    challenge = strongest(response.headers.all(names[0])) if names else None
    if names is None or challenge is None:
        return None
    proof = answer(challenge, "NOTIFY", request.target, line.device, line.password, secrets.token_hex(8))
    headers = request.headers.without("authorization", "proxy-authorization").with_added(names[1], str(proof))
    return request.with_headers(headers.with_set("CSeq", f"{request.cseq.number + 1} NOTIFY"))


def _stale(response: Response) -> bool:
    names = _CHALLENGES.get(response.status)
    challenge = strongest(response.headers.all(names[0])) if names else None
    return challenge is not None and challenge.stale


def _first_hop(binding: Binding) -> Uri:
    """Where a request to a binding without a connection goes: to the first proxy of its Path (RFC 3327 section 5.4)."""
    return Address.parse(binding.path[0]).uri if binding.path else binding.uri
