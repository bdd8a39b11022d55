"""A whole server for calls on the wire: its rules are set over the API, and no call may leave anything behind."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from provd import demo
from provd.store import api_keys, call_events, cdrs, domains
from provd.store.call_events import CallEventRow
from sip_edge.call.edge import CallEdge
from sip_edge.media.local import LocalMedia
from sip_edge.timers import Timers
from tests.clients.scenes import DOMAIN, SipOffice
from tests.clients.served import within
from tests.clients.wire_phone import WirePhone


class CallOffice(SipOffice):
    """Nobody has a mailbox until a test says so: who is called in vain is told why."""

    def __enter__(self) -> CallOffice:
        super().__enter__()
        self.trust("127.0.0.0/8")
        company = self.store(domains.by_name, DOMAIN)
        self.company_id = company.id
        _, self._key = self.store(api_keys.create, "calls", "office_manager", int(time.time()), domain_id=company.id)
        for extension, *_ in demo.PEOPLE:
            self.mailbox(extension, enabled=False)
        assert isinstance(self.edge.calls, CallEdge)
        self.calls = self.edge.calls
        self._mark = 0
        self.ports = self.media["free_ports"]
        return self

    def api(self, method: str, path: str, body: object = None) -> Any:
        """Ask the API of the company."""
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        said = json.dumps(body).encode() if body is not None else None
        got = self.get(f"/api/v2/domains/{DOMAIN}/{path}", method=method, headers=headers, body=said)
        assert got.status in (200, 201, 204), (path, got.status, got.text)
        return json.loads(got.body) if got.body else None

    def mailbox(self, extension: str, **fields: Any) -> None:
        """Change somebody's mailbox."""
        self.api("PATCH", f"users/{extension}/voicemail", fields)
        self.call(self.services.companies.of(DOMAIN))

    @contextmanager
    def rule(self, extension: str, **fields: Any) -> Iterator[None]:
        """Somebody's default rule is so for a while."""
        path = f"users/{extension}/answerrules/*"
        before = self.api("GET", path)
        self.api("PATCH", path, fields)
        self.call(self.services.companies.of(DOMAIN))
        try:
            yield
        finally:
            self.api("PATCH", path, {name: before[name] for name in fields})
            self.call(self.services.companies.of(DOMAIN))

    @contextmanager
    def hurried(self) -> Iterator[None]:
        """Calls wait a tenth as long, where they wait for a second or more: for ringing, for whoever shows success."""
        timers = self.calls.controller.stack.timers
        timers.after = lambda seconds, *rest: Timers.after(  # type: ignore[method-assign]
            timers, seconds / 10 if seconds >= 1 else seconds, *rest
        )
        try:
            yield
        finally:
            del timers.after

    @property
    def media(self) -> dict[str, Any]:
        """What the media engine has to do."""
        engine = self.services.media
        assert isinstance(engine, LocalMedia)
        self.call(engine.start())
        (load,) = self.call(engine.load())
        return dict(load)

    @contextmanager
    def phones(self, *devices: str, tones: bool = True) -> Iterator[list[WirePhone]]:
        """Phones of these devices, registered, each with a tone of its own (440 Hz, 700 Hz, 960 Hz, …); nothing may
        be left of their calls."""
        self._mark = self.last()
        self.tell(self._forget)
        with ExitStack() as stack:
            made = [WirePhone(self, name, 440 + 260 * place if tones else 0) for place, name in enumerate(devices)]
            try:
                yield [stack.enter_context(phone).register() for phone in made]
                self.quiet()
            finally:
                self.call(self.calls.controller.stop())
                for phone in made:
                    phone.unregister()

    def _forget(self) -> None:
        """Nobody is registered: programs that were killed still are."""
        location = self.edge.registrar.location
        for name in ("101a", *(extension for extension, *_ in demo.PEOPLE)):
            for binding in location.of(DOMAIN, name):
                location.remove(binding)

    def anchor(self, device: str) -> None:
        """Have a phone look as if it were behind a NAT: by another contact than the address that it comes from."""
        location = self.edge.registrar.location
        binding = location.of(DOMAIN, device)[0]
        known = replace(binding, contact=binding.contact.replace("127.0.0.1", "127.0.0.2"))
        location.remove(binding)
        location.restore(known)

    def quiet(self) -> None:
        """Nothing is left of any call: no leg, no orbit, no lamp, no port."""
        book, orbits = self.calls.controller.book, self.calls.controller.orbits
        quiet = within(5, lambda: not (len(book) or book.conversations or len(orbits)))
        assert quiet, ([(row.kind, row.leg, row.extension, row.status, row.reason) for row in self.events()], len(book))
        assert within(5, lambda: self.media["free_ports"] == self.ports)
        assert {self.lamp(extension) for extension, *_ in demo.PEOPLE} <= {"idle", "offline"}

    def last(self) -> int:
        """The id of the last event that was written."""
        return max((row.id for row in self._rows(0)), default=0)

    def _rows(self, after: int) -> list[CallEventRow]:
        self.call(self.calls.journal.flush())
        return list(self.store(call_events.after, after))

    def events(self, *kinds: str) -> list[CallEventRow]:
        """What happened in calls since the phones of the test are there, of these kinds."""
        return [row for row in self._rows(self._mark) if not kinds or row.kind in kinds]

    def history(self) -> list[dict[str, Any]]:
        """The records of calls, the latest first, once they are made."""
        self.call(self.calls.journal.flush())
        assert within(8, lambda: not self.store(cdrs.behind)), "records are made twice a second"
        return list(self.api("GET", "cdrs")["items"])

    def lamp(self, name: str) -> str:
        """What a lamp shows."""
        return str(self.tell(lambda: self.edge.presence.state.look(DOMAIN, name).lamp))


def call_office(folder: Path) -> Iterator[CallOffice]:
    """The body of a fixture."""
    with CallOffice(folder / "var") as running:
        yield running
