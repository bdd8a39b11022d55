"""The composition root: the only file that knows everyone."""

from __future__ import annotations

import asyncio
import datetime
import json
import logging
import signal
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.netutil import bind_sockets
from tornado.web import Application

from phone_manager import routes as page_routes
from provd import catalogue, firmware
from provd.account import Accounts
from provd.answer import Provisioning
from provd.api import at_home
from provd.api import routes as api_routes
from provd.catalogue import Catalogue
from provd.configure import Configurator
from provd.errors import ProvdError
from provd.events import Recorder
from provd.facts import Addresses
from provd.firmware import FirmwareShelf
from provd.fleet import Fleet
from provd.housekeeping import keep_house
from provd.identify import Recogniser
from provd.jobs.service import Jobs
from provd.live import Live
from provd.mail import Outbox
from provd.neighbours import Neighbours
from provd.passing import Passing
from provd.processes import Workers, hear_workers, until_orphaned
from provd.proof import Doorkeeper
from provd.seal import Seal
from provd.serve import pages, tls
from provd.serve.firmware import FirmwareHandler
from provd.serve.http import IDLE_SECONDS, MAX_HEADER, PhoneFileHandler, PhoneServer, client_address
from provd.serve.tftp import TftpServer
from provd.serve.uploads import UploadHandler
from provd.settings import Settings
from provd.store import migrations
from provd.store.database import Store, open_database
from sip_edge.apps import composition as applications
from sip_edge.apps.hosting import Hosting
from sip_edge.companies import Companies
from sip_edge.edge import SipEdge
from sip_edge.media import composition as media
from sip_edge.registrar.location import Rules

log = logging.getLogger(__name__)

MAX_BODY = 20 * 1024 * 1024  # more than any page or endpoint takes, so that their own sentence is what is seen


@dataclass(slots=True)
class Services:
    """What handlers and commands work with; one of each a process."""

    settings: Settings
    store: Store
    catalogue: Catalogue
    fleet: Fleet
    recorder: Recorder
    firmware: FirmwareShelf
    configurator: Configurator
    recogniser: Recogniser
    provisioning: Provisioning
    addresses: Addresses
    live: Live
    outbox: Outbox
    accounts: Accounts
    certificates: tls.CertificateFiles | None = None
    tftp: TftpServer | None = None
    http: PhoneServer | None = None
    sip: SipEdge | None = None
    neighbours: Neighbours = field(default_factory=Neighbours)
    ready: bool = False
    problems: list[str] = field(default_factory=list)  # what does not work although it should, a sentence each
    media: media.RunningMedia | None = None
    applications: Hosting | None = None
    jobs: Jobs = field(init=False)
    companies: Companies = field(init=False)
    """What decides on calls, for the API too: Try a call is decided by the code of real calls."""

    def __post_init__(self) -> None:
        self.companies = Companies(self.store)
        # A company's jobs run in the process that it lives in: there its phones are told.
        self.jobs = Jobs(
            self.store,
            self.recorder,
            lambda: self.sip.resyncs if self.sip is not None else None,
            mine=lambda domain: self.neighbours.mine(domain),
        )


def open_store(settings: Settings, *, migrate: bool = True) -> Store:
    """The database of the settings, its tables brought up to date."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    store = open_database(settings.database, Seal.from_file(settings.data_dir / "secret.key"))
    if migrate:
        migrations.migrate(store)
    return store


def compose(settings: Settings, store: Store, addresses: Addresses, shelf: FirmwareShelf) -> Services:
    """Put the parts together; nothing listens yet."""
    known = catalogue.shipped()
    fleet = Fleet(store)
    fleet.load()
    recorder = Recorder(store)
    recogniser = Recogniser(known.families, known.models)
    configurator = Configurator(store, known, shelf, addresses, http_digest=settings.http_digest)
    provisioning = Provisioning(
        fleet,
        Doorkeeper(store, fleet, settings.failures_per_minute, time.time),
        configurator,
        recorder,
        recogniser,
        cache_bytes=settings.render_cache_mb * 1024 * 1024,
        http_digest=settings.http_digest,
    )
    live = Live(store, recorder)
    outbox = Outbox.of(store, settings.smtp_url, settings.mail_from, settings.data_dir / "outbox", settings.host)
    accounts = Accounts(store, outbox, lambda: settings.public_url or addresses.root("https"))
    return Services(
        settings, store, known, fleet, recorder, shelf, configurator, recogniser, provisioning, addresses, live,
        outbox, accounts,
    )  # fmt: skip


def web_application(services: Services) -> Application:
    """Every HTTP route: firmware, API, pages, and then whatever a phone may ask."""
    settings = services.settings
    phone = {"answer": services.provisioning.answer, "trusted_proxies": settings.trusted_proxies}
    routes: list[Any] = [
        (r"/firmware/([^/]{1,200})", FirmwareHandler, {"shelf": services.firmware}),
        *pages.routes(services),
        *(_websocket_routes(services, services.sip) if services.sip else ()),
        # In a room of its own, so that a phone's request is not held against a hundred patterns first.
        (r"/api/.*", Application(api_routes.routes(services), log_function=_log_request)),
        *page_routes.routes(services),
    ]
    if settings.accept_uploads:
        upload = services.provisioning.upload
        given = {"upload": upload, "folder": settings.data_dir / "uploads", "limit": settings.upload_limit}
        routes.append((r"/(.*)", UploadHandler, given | phone))
    else:
        routes.append((r"/(.*)", PhoneFileHandler, phone))
    return Application(routes, log_function=_log_request, default_handler_class=None)


def _websocket_routes(services: Services, edge: SipEdge) -> list[Any]:
    """SIP over WebSocket: the client's address is read as it is for phones that fetch files."""
    proxies = services.settings.trusted_proxies

    def address(request: HTTPServerRequest) -> str:
        return client_address(request.remote_ip or "", request.headers, proxies)

    return edge.websocket_routes(services.addresses.http, services.addresses.https, address)


def _log_request(handler: Any) -> None:
    """Phones' requests are events, not log lines; only our own failures are logged, without the query."""
    if handler.get_status() >= 500 and not isinstance(handler, pages.HealthHandler):
        log.error("%s %s was answered %s.", handler.request.method, handler.__class__.__name__, handler.get_status())


class Running:
    """A server that listens: start() it, wait, stop() it."""

    def __init__(self, settings: Settings, *, number: int = 0) -> None:
        """`number`: which of the processes of the setting `processes` this is; the first is 0."""
        self.settings = settings
        self._reuse_port = settings.processes > 1
        self._number = number
        self._servers: list[PhoneServer] = []
        self._tasks: list[asyncio.Task[None]] = []
        self.services: Services

    async def start(self) -> Services:
        """Open the store, bind every port, write ports.json, and answer /healthz with 200."""
        settings = self.settings
        store = open_store(settings)
        shelf = await asyncio.to_thread(firmware.read_shelf, settings.firmware)
        for problem in shelf.problems:
            log.warning("%s", problem)
        http, https, tftp_port = self._bind("http"), self._bind("https"), settings.tftp_port
        addresses = Addresses(settings.host, _port(http), _port(https), tftp_port)
        self.services = services = compose(settings, store, addresses, shelf)
        services.neighbours = Neighbours.of(settings.data_dir / "run", self._number, settings.processes)
        at_home.answer(services)
        context = self._tls_context(services)
        services.addresses.sip, services.addresses.sips = settings.sip_port, settings.sips_port
        if "sip" in settings.roles:
            await self._start_sip(services, context)
        if "tftp" in settings.roles:
            await self._start_tftp(services)
        if "http" in settings.roles:
            self._start_http(services, http, https, context)
        await services.neighbours.start()
        self._tasks.append(asyncio.create_task(Passing(services.neighbours, services.recorder, services.live).run()))
        if not self._number:
            self._write_ports(services)
        self._stopping = asyncio.Event()
        self._house = asyncio.create_task(keep_house(services, self._stopping))
        if "jobs" in settings.roles:
            services.outbox.start()
        if "jobs" in settings.roles or self._number:
            services.jobs.start()
        if services.sip is not None and settings.processes > 1:
            hearing = hear_workers(store, services.sip.heard)
            self._tasks.append(asyncio.create_task(hearing))
        services.companies.start()
        services.ready = True
        return services

    def _bind(self, name: str) -> list[socket.socket]:
        if "http" not in self.settings.roles:
            return []
        port = getattr(self.settings, f"{name}_port")
        try:
            return bind_sockets(port, self.settings.bind, backlog=1024, reuse_port=self._reuse_port)
        except OSError as error:
            raise ProvdError(
                f"Port {port} for {name} cannot be opened ({error.strerror}); stop what uses it or set {name}_port."
            ) from error

    async def _start_sip(self, services: Services, context: ssl.SSLContext) -> None:
        """Before HTTP: only an edge that listens has a route there, and files name its real ports."""
        settings = self.settings
        services.media = media.of_settings(settings, index=self._number, count=settings.processes)
        edge = _sip_edge(services)
        services.applications = applications.host(edge, services)
        try:
            ports = await edge.start(settings.bind, settings.sip_port, settings.sips_port, context)
        except ProvdError as error:
            await edge.stop()
            if not settings.sip_optional:
                raise
            services.problems.append(f"SIP is off, so phones cannot register here: {error}")
            log.error("%s", services.problems[-1])
            return
        services.sip = edge
        services.addresses.sip, services.addresses.sips = ports

    async def _start_tftp(self, services: Services) -> None:
        server = TftpServer(services.provisioning.answer)
        try:
            port = await server.start(self.settings.bind, self.settings.tftp_port)
        except OSError as error:
            raise ProvdError(
                f"Port {self.settings.tftp_port} for tftp cannot be opened ({error.strerror}); set tftp_port."
            ) from error
        services.tftp = server
        services.addresses.tftp = port

    def _tls_context(self, services: Services) -> ssl.SSLContext:
        """HTTPS and SIPS show the same certificate."""
        settings, now = self.settings, datetime.datetime.now(datetime.UTC)
        services.certificates = tls.certificate_files(
            settings.data_dir / "tls", settings.host, settings.tls_certificate, settings.tls_key, now
        )
        return tls.server_context(services.certificates, settings.vendor_cas, old_phones=settings.tls_old_phones)

    def _start_http(
        self, services: Services, http: list[socket.socket], https: list[socket.socket], context: ssl.SSLContext
    ) -> None:
        application = web_application(services)
        for sockets, options in ((http, None), (https, context)):
            server = PhoneServer(
                application,
                ssl_options=options,
                max_header_size=MAX_HEADER,
                max_body_size=MAX_BODY,
                idle_connection_timeout=IDLE_SECONDS,
                body_timeout=IDLE_SECONDS,
            )
            server.add_sockets(sockets)
            self._servers.append(server)
        services.http = self._servers[0]

    def _write_ports(self, services: Services) -> None:
        settings, addresses = self.settings, services.addresses
        off = "sip" in settings.roles and services.sip is None
        ports = {
            "http": addresses.http,
            "https": addresses.https,
            "tftp": addresses.tftp,
            "sip": 0 if off else addresses.sip,
            "sips": 0 if off else addresses.sips,
        }
        _replace(settings.data_dir / "ports.json", json.dumps(ports))

    async def stop(self) -> None:
        """Stop listening, finish what is under way, write the events that wait, close the database."""
        for server in self._servers:
            server.stop()
        services = self.services
        services.ready = False
        await services.live.stop()
        await services.jobs.stop()
        await services.outbox.stop()
        if services.tftp:
            await services.tftp.stop()
        if services.sip:
            await services.sip.stop()
        if services.applications:
            await services.applications.stop()
        if services.media:
            await services.media.close()
        await services.companies.stop()
        await services.neighbours.stop()
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        for server in self._servers:
            await server.close_all_connections()
        self._stopping.set()
        await self._house
        await services.recorder.flush()
        services.store.close()


def _port(sockets: list[socket.socket]) -> int:
    return int(sockets[0].getsockname()[1]) if sockets else 0


def _replace(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _sip_edge(services: Services) -> SipEdge:
    settings = services.settings
    least, longest = settings.sip_expires_min, settings.sip_expires_max
    return SipEdge(
        asyncio.get_running_loop(),
        services.addresses.host,
        services.store,
        services.fleet,
        services.recorder,
        services.recogniser,
        services.configurator,
        plug_and_play=settings.sip_pnp,
        proxies=settings.trusted_proxies,
        rules=Rules(settings.sip_bindings_per_device, least, longest, default=max(least, min(3600, longest))),
        algorithms=settings.sip_digest_algorithms,
        unknown_domain=settings.sip_unknown_domain,
        neighbours=services.neighbours,
        companies=services.companies,
    )


@contextmanager
def offline(settings: Settings) -> Iterator[Services]:
    """The services without anything listening, for commands."""
    store = open_store(settings)
    ports = (settings.http_port, settings.https_port, settings.tftp_port, settings.sip_port, settings.sips_port)
    addresses = Addresses(settings.host, *ports)
    try:
        yield compose(settings, store, addresses, firmware.read_shelf(settings.firmware))
    finally:
        store.close()


async def serve(settings: Settings, announce: Callable[[Services], None], *, number: int = 0) -> None:
    """Run until SIGINT or SIGTERM. `announce(services)` is called once everything listens; a `number` above 0 is one
    of the further processes, which share the ports of the first."""
    running = Running(settings, number=number)
    services = await running.start()
    workers = Workers(settings, services.addresses)
    if not number:
        workers.start()
    warming = asyncio.create_task(media.warm(services.media)) if services.media else None
    announce(services)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    ends: list[asyncio.Future[Any]] = [asyncio.ensure_future(stop.wait())]
    if number:
        ends.append(asyncio.ensure_future(until_orphaned()))
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    await workers.stop()
    if warming is not None:
        await warming
    await running.stop()
