"""HTTP and HTTPS for virtual phones: a connection for each request, as phones make it."""

from __future__ import annotations

import ssl
import time

from tornado.httpclient import HTTPError, HTTPRequest
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from provd.errors import ProvdError
from provd.simulate.reading.reading import SIZE_LIMIT
from provd.simulate.wire import Reply, Request


def trust(ca: str = "") -> ssl.SSLContext:
    """How a phone checks the server: against the CA certificates in the file `ca`, or not at all without one.

    Raises ProvdError when the file holds none.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if not ca:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    try:
        context.load_verify_locations(ca)
    except (OSError, ssl.SSLError) as error:
        raise ProvdError(f"{ca} holds no CA certificate in PEM form ({error}); name another file with --ca.") from None
    return context


class Web:
    """The HTTP client of many phones; keep-alive is off, and a redirection is not followed."""

    def __init__(self, tls: ssl.SSLContext, *, connections: int = 100, timeout: float = 20.0) -> None:
        self._tls = tls
        self._timeout = timeout
        self._client = SimpleAsyncHTTPClient(
            force_instance=True, max_clients=connections, max_body_size=SIZE_LIMIT, max_buffer_size=SIZE_LIMIT + 65536
        )

    async def fetch(self, request: Request) -> Reply:
        """Carry one request out; what goes wrong on the way is a Reply without status."""
        started = time.perf_counter()
        try:
            asked = HTTPRequest(
                request.url,
                method=request.method,
                headers=dict(request.headers),
                connect_timeout=self._timeout / 2,
                request_timeout=self._timeout,
                follow_redirects=False,
                decompress_response="gzip" in request.headers.get("Accept-Encoding", ""),
                ssl_options=self._tls,
            )
            response = await self._client.fetch(asked, raise_error=False)
        except (HTTPError, OSError, ValueError) as error:
            return Reply(0, error=_reason(error), ms=(time.perf_counter() - started) * 1000)
        if response.code == 599:
            return Reply(0, error=_reason(response.error), ms=(time.perf_counter() - started) * 1000)
        headers = tuple((name.lower(), value) for name, value in response.headers.get_all())
        return Reply(response.code, headers, response.body or b"", ms=(time.perf_counter() - started) * 1000)

    def close(self) -> None:
        """Let go of everything."""
        self._client.close()


def _reason(error: BaseException | None) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the phone does not trust its certificate: {error.verify_message}"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    text = str(error).removeprefix("HTTP 599: ")
    return text or type(error).__name__
