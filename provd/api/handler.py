"""HTTP for the API: reads a request, guards it, has the endpoint do its work, writes the answer."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Mapping
from typing import Any

from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPServerRequest
from tornado.iostream import StreamClosedError
from tornado.web import Application, RequestHandler, stream_request_body

from provd.api import problems
from provd.api.arriving import LARGEST_FILE, Arriving, be_patient, beside, is_audio
from provd.api.call import Call
from provd.api.endpoint import ORDINARY_BODY, Endpoint, Streamed
from provd.api.gate import Gate
from provd.api.json_text import dump, read_json
from provd.api.performing import may, perform
from provd.api.problems import Refused
from provd.api.scope import Who
from provd.errors import Invalid, Problem, ProvdError
from provd.serve.http import client_address

log = logging.getLogger(__name__)

MOST_HEAVY = 8
"""Bodies above the ordinary size that are held at a time, by everybody together."""
STUCK_SECONDS = 60.0
"""A stream whose reader takes nothing for so long is ended."""
RECHECK_SECONDS = 30.0
"""How often the right to read a stream is looked at again."""


@stream_request_body
class ApiHandler(RequestHandler):
    """One path of the API with its methods. The key is checked before a byte of the body is kept."""

    SUPPORTED_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

    def __init__(self, application: Application, request: HTTPServerRequest, **given: Any) -> None:
        self.who: Who | None = None
        self._chunks: list[bytes] = []
        self._size = 0
        self._largest = ORDINARY_BODY
        self._raw = False
        self._arriving: Arriving | None = None
        self._streamed: Streamed | None = None
        super().__init__(application, request, **given)

    def initialize(self, services: Any, gate: Gate, endpoints: Mapping[str, Endpoint]) -> None:
        self.services = services
        self.gate = gate
        self.endpoints = endpoints

    def set_default_headers(self) -> None:
        self.set_header("Server", "provd")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        self.set_header("Cache-Control", "no-store")

    async def prepare(self) -> None:
        request = self.request
        try:
            trusted = self.services.settings.trusted_proxies
            self.address = client_address(request.remote_ip or "", request.headers, trusted)
            self.who = await self.gate.who(request.headers.get("Authorization", ""), self.address)
            if request.method not in self.endpoints:
                allowed = ", ".join(sorted(self.endpoints))
                raise Refused(405, f"{request.method} cannot be used here, only {allowed}.", Allow=allowed)
            self._expect(self.endpoints[request.method])
            length = request.headers.get("Content-Length", "0")
            if length.isdecimal() and (len(length) > 9 or int(length) > self._largest):
                raise _too_large(self._largest)
            if self._raw:
                self._arriving = Arriving(self.services.settings.data_dir, f"key {self.who.name}")
        except ProvdError as error:
            self.refuse(error)

    def _expect(self, endpoint: Endpoint) -> None:
        """How much may come, and whether it is a file."""
        self._largest = endpoint.largest
        self._raw = endpoint.takes_audio and is_audio(self.request.headers.get("Content-Type", ""))
        if self._raw:
            self._largest = LARGEST_FILE
            be_patient(self.request.connection)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        self._size += len(chunk)
        if self._arriving is not None:
            return self._arriving.take(chunk)
        if self._size <= ORDINARY_BODY or (self._size <= self._largest and self._heavy()):
            self._chunks.append(chunk)
        else:
            self._chunks.clear()
        return None

    def _heavy(self) -> bool:
        """May this body be held, although it is a large one?"""
        heavy = self.gate.heavy
        if self not in heavy and len(heavy) < MOST_HEAVY:
            heavy.add(self)
        return self in heavy

    def on_finish(self) -> None:
        """It is answered."""
        self._let_go()

    def _let_go(self) -> None:
        self.gate.heavy.discard(self)
        if self._arriving is not None:
            self._arriving.close_soon()

    async def _answer(self, *values: str) -> None:
        assert self.who is not None, "prepare() has let the request in"
        endpoint = self.endpoints[self.request.method or ""]
        path = dict(zip(endpoint.parameters, values, strict=True))
        call = Call(
            self.services, endpoint, self.who, path, {}, None, time.time(),
            self.request.headers.get("If-Match", "")[:200], self.address,
            self.request.headers.get("Last-Event-ID", "")[:200], upload=self._arriving,
        )  # fmt: skip
        arguments = self.request.query_arguments
        if call.upload is not None:
            arguments = {n: one for n, one in arguments.items() if n not in endpoint.beside_audio["properties"]}
        try:
            call.query = read_query(endpoint, arguments)
            answer = await perform(self.services.store, call, self._body)
        except ProvdError as error:
            self.refuse(error)
            return
        for done in call.after:
            done()
        if isinstance(answer, Streamed):
            await self._stream(call, answer)
        else:
            self.write_answer(call, answer)

    get = post = put = patch = delete = head = options = _answer

    def _body(self) -> Any:
        """The JSON that was sent; raises Refused with 400, 413 or 415."""
        if self._size > self._largest:
            raise _too_large(self._largest)
        if self._arriving is not None:
            endpoint = self.endpoints[self.request.method or ""]
            return beside(endpoint.beside_audio["properties"], self.request.query_arguments)
        if self._size > ORDINARY_BODY and self not in self.gate.heavy:
            raise Refused(503, "Several large files are being sent at this moment; try again.", Retry_After="5")
        kind = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json" and not kind.endswith("+json"):
            raise Refused(415, "Send the body as JSON, with the header Content-Type: application/json.")
        return read_json(b"".join(self._chunks))

    def write_answer(self, call: Call, answer: Any) -> None:
        """Send what the work returned: JSON, or the bytes of a file."""
        self.set_status(call.endpoint.status)
        if call.etag:
            self.set_header("ETag", call.etag)
        if call.location:
            self.set_header("Location", call.location)
        if call.endpoint.status == 204:
            self.finish()
            return
        self.set_header("Content-Type", call.endpoint.produces)
        self.finish(answer if isinstance(answer, bytes) else dump(answer))

    async def _stream(self, call: Call, streamed: Streamed) -> None:
        """Send pieces as they come, for as long as somebody reads them who may. A mistake in the midst of a file breaks
        the connection, so that nobody takes half for the whole."""
        self._streamed = streamed
        self.set_header("Content-Type", call.endpoint.produces)
        self.set_header("X-Accel-Buffering", "no")  # proxies pass it on piece by piece
        checked, whole = time.monotonic(), False
        try:
            async for piece in streamed.pieces:
                self.write(piece)
                async with asyncio.timeout(STUCK_SECONDS):
                    await self.flush()
                if time.monotonic() - checked > RECHECK_SECONDS:
                    checked = time.monotonic()
                    call.who = await self.gate.who(self.request.headers.get("Authorization", ""), self.address)
                    await self.services.store.run(may, call)
            whole = True
        except (StreamClosedError, TimeoutError, ProvdError) as error:
            log.debug("A stream has ended before its end: %s", error)
        finally:
            streamed.close()
            connection = self.request.connection
            if not whole and "event-stream" not in call.endpoint.produces and isinstance(connection, HTTP1Connection):
                connection.close()
        if self.request.connection is not None and not self._finished:
            self.finish()

    def on_connection_close(self) -> None:
        """The reader of a stream is gone, or who was sending a body."""
        super().on_connection_close()
        self._let_go()
        if self._streamed is not None:
            self._streamed.close()

    def compute_etag(self) -> None:
        """Endpoints that have versions set their own."""

    def check_xsrf_cookie(self) -> None:
        """Keys come in a header, never in a cookie."""

    def refuse(self, error: ProvdError) -> None:
        """Send an error as a problem document."""
        for name, value in getattr(error, "headers", {}).items():
            self.set_header(name, value)
        self.set_status(error.status)
        self.set_header("Content-Type", problems.CONTENT_TYPE)
        self.finish(dump(problems.document(error)))

    def write_error(self, status_code: int, **_: Any) -> None:
        sentences = {
            400: "The request cannot be read; check its path and its headers.",
            404: "There is nothing at this path; GET /api/v2/openapi.json lists what there is.",
        }
        detail = sentences.get(status_code, "Something went wrong on the server; its log says what.")
        self.refuse(Refused(status_code, detail))


class NothingHandler(ApiHandler):
    """Every path below /api/v2/ that has no endpoint."""

    async def prepare(self) -> None:
        self.send_error(404)


def read_query(endpoint: Endpoint, arguments: Mapping[str, list[bytes]]) -> dict[str, Any]:
    """The query as its schema types it, defaults filled in; raises Invalid."""
    found: dict[str, Any] = {n: schema["default"] for n, schema in endpoint.query.items() if "default" in schema}
    for name, values in arguments.items():
        text = values[-1].decode("utf-8", "replace")
        whole = endpoint.query.get(name, {}).get("type") == "integer"
        found[name] = int(text) if whole and text.isascii() and text.isdecimal() and len(text) < 12 else text
    wrong = endpoint.query_validator.problems(found)
    if wrong:
        raise Invalid([Problem(problem.field, f"In the address: {problem.text}") for problem in wrong])
    return found


def _too_large(largest: int) -> Refused:
    return Refused(413, f"The body is larger than {largest // 1024} KB; send less at a time.", Connection="close")
