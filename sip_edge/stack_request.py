"""What upper services hold: a request that came in and is to be answered, and a request of ours on its way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING

from sip_edge import stack_route
from sip_edge.message import Address, Request, Response
from sip_edge.transport.flow import Flow

if TYPE_CHECKING:
    from sip_edge.stack import Stack
    from sip_edge.transaction.effect import Key

Pairs = Iterable[tuple[str, str]]


class ServerRequest:
    """A request for us. `reply` may be called at once or later, provisional answers any number of times."""

    __slots__ = (
        "_key", "_stack", "_tag", "flow", "now", "on_ack", "on_cancel", "on_failed", "request", "status", "task",
    )  # fmt: skip

    def __init__(self, stack: Stack, key: Key, request: Request, flow: Flow, now: float) -> None:
        self._stack = stack
        self._key = key
        self._tag: str | None = None
        self.request = request
        """With the source address in its topmost Via."""
        self.flow = flow
        """How it came in: reach the peer again with `stack.request(…, flow)`."""
        self.now = now
        """When it came in, seconds of the stack's clock."""
        self.status = 0
        """The last status replied, 0 before."""
        self.task: asyncio.Future[None] | None = None
        """The handler, when it is a coroutine that has not finished yet."""
        self.on_cancel: Callable[[], None] | None = None
        """Called when the caller cancels the INVITE; the stack answers 487 when this has not answered."""
        self.on_ack: Callable[[Request], None] | None = None
        """Called with the ACK for our 2xx."""
        self.on_failed: Callable[[str], None] | None = None
        """Called with `timeout` when our 2xx to the INVITE was never acknowledged."""

    @property
    def method(self) -> str:
        """The method."""
        return self.request.method

    @property
    def answered(self) -> bool:
        """Has a final response been sent?"""
        return self.status >= 200

    @property
    def tag(self) -> str:
        """Our To tag in every answer to this request: the dialog's, when one comes of it."""
        if self._tag is None:
            self._tag = self.request.to.tag or self._stack.layer.tag(self.request)
        return self._tag

    @property
    def routes(self) -> tuple[Address, ...]:
        """The Route set without the entries that name this server."""
        if "route" not in self.request.headers.index:
            return ()
        return stack_route.own_routes_removed(self.request.addresses("route"), self._stack.own)

    @property
    def path(self) -> tuple[Address, ...]:
        """The Path values (RFC 3327), the one to be visited first on the way to the phone on top."""
        return self.request.addresses("path") if "path" in self.request.headers.index else ()

    def reply(
        self,
        status: int,
        reason: str | None = None,
        headers: Pairs = (),
        body: bytes = b"",
        content_type: str | None = None,
        *,
        reliable: bool = False,
    ) -> Response | None:
        """Answer; → what went out, None when a final answer went out before. `reliable` is for 1xx (RFC 3262).

        Raises ValueError when a header, the reason or the body cannot be written.
        """
        if self.answered:
            return None
        if body and content_type is None:
            raise ValueError("A body needs a content_type.")
        own = self._stack.own_headers
        given = [*headers, *own, ("Content-Type", content_type)] if content_type is not None else [*headers, *own]
        tag = None if status == 100 else self.tag
        response = self.request.reply(status, reason, to_tag=tag, headers=given, body=body)
        self.status = status
        self._stack.respond(self, self._key, response, reliable=reliable and 100 < status < 200)
        return response


class ClientRequest:
    """A request of ours: await it for the final response, or give `on_response` to hear each.

    When nobody answers, the final response is one we made: 408, or 503 when the flow failed; `failed` says so.
    """

    __slots__ = ("_future", "_stack", "failed", "flow", "key", "on_response", "request", "response")

    def __init__(
        self, stack: Stack, request: Request, flow: Flow, on_response: Callable[[Response], None] | None
    ) -> None:
        self._stack = stack
        self._future: asyncio.Future[Response] | None = None
        self.key: Key = ()
        self.request = request
        """As it was sent, our Via on top."""
        self.flow = flow
        self.on_response = on_response
        self.response: Response | None = None
        """The first final response."""
        self.failed = ""
        """`timeout` or `transport` when the final response is ours."""

    def cancel(self, reason: str = "") -> None:
        """Cancel our INVITE (RFC 3261 section 9.1); its 487, or a 2xx that was faster, comes as its response.
        `reason` is the value of a Reason header (RFC 3326)."""
        self._stack.cancel(self.key, reason)

    def __await__(self) -> Generator[object, None, Response]:
        if self.response is None:
            if self._future is None:
                self._future = asyncio.get_running_loop().create_future()
            return (yield from asyncio.shield(self._future).__await__())
        return self.response

    def answered(self, response: Response, failed: str = "") -> None:
        """The stack hands each response in, in order."""
        if response.status >= 200 and self.response is None:
            self.response = response
            self.failed = failed
            if self._future is not None and not self._future.done():
                self._future.set_result(response)
        if self.on_response is not None:
            self.on_response(response)
