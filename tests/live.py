"""A whole server on loopback, in a thread of its own, with the demo company; and a phone's way to ask it."""

from __future__ import annotations

import asyncio
import http.client
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provd import demo
from provd.app import Running, Services, open_store
from provd.settings import Settings
from provd.store import domains, tokens

YEALINK = "805ec0000101"
YEALINK_AGENT = "Yealink SIP-T46U 108.86.0.90 80:5e:c0:00:01:01"


@dataclass
class Got:
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class LiveServer:
    """Started by `with`; `services` are its parts, to be used through call()."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        ports = {"http_port": 0, "https_port": 0, "tftp_port": 0, "sip_port": 0, "sips_port": 0}
        given = ports | {"bind": "127.0.0.1", "public_host": "127.0.0.1", "demo_password": "demo"} | settings
        self.settings = Settings(data_dir=folder, **given)
        self.services: Services
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> LiveServer:
        store = open_store(self.settings)
        if not domains.find(store):
            demo.load(store, self.settings)
        self.token = tokens.newest(store, domains.by_name(store, demo.DOMAIN).id)
        store.close()
        self._thread.start()
        self._running = Running(self.settings)
        self.services = self.call(self._running.start())
        return self

    def __exit__(self, *_: object) -> None:
        self.call(self._running.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def call(self, coroutine: Any) -> Any:
        """Run a coroutine on the server's loop and wait for its result."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    def store(self, function: Any, *arguments: Any, **named: Any) -> Any:
        """Call a function of the store on the server's loop."""

        async def run() -> Any:
            return await self.services.store.run(function, *arguments, **named)

        return self.call(run())

    def get(
        self,
        path: str,
        *,
        agent: str = YEALINK_AGENT,
        headers: Mapping[str, str] | None = None,
        method: str = "GET",
        body: bytes | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> Got:
        """Ask for a path as a phone does: one connection, one request."""
        addresses = self.services.addresses
        connection: http.client.HTTPConnection
        if tls is not None:
            connection = http.client.HTTPSConnection("127.0.0.1", addresses.https, context=tls, timeout=10)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", addresses.http, timeout=10)
        try:
            connection.request(method, path, body, {"User-Agent": agent, **(headers or {})})
            answer = connection.getresponse()
            return Got(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def events(self, mac: str = YEALINK) -> list[Any]:
        """What is recorded of a phone, the latest first."""
        from provd.store import events

        self.call(self.services.recorder.flush())
        return list(self.store(events.of_phone, self.services.fleet.phone_id(mac)).items)
