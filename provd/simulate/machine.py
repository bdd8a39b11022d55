"""A virtual phone without its cables: replies go in, requests come out.  (pure)

Rules of this file: a vendor's script says what is wanted; how it is got is the same for all. A 401 is answered once,
and once more when the nonce was stale; silence and 503 are waited out with growing pauses; an ETag makes the next
request conditional, and a 304 brings back what is remembered. Pauses are returned, never slept.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace

from provd.simulate.address import given, label
from provd.simulate.authentication import Challenge, authorization, choose
from provd.simulate.makes import Unit
from provd.simulate.outcome import VirtualPhone, failure_of
from provd.simulate.reading import Reading, arrange
from provd.simulate.start import Memory, NoAnswer, Script, Start
from provd.simulate.vendors import VENDORS
from provd.simulate.wire import Ask, Made, Reply, Request

LONGEST_PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a phone asks a server that does not answer, and the first pause in seconds; each next is doubled."""

    attempts: int = 4
    first: float = 2.0

    def pause(self, failures: int, hint: str = "") -> float:
        """Seconds to wait after so many failures; `hint` is the server's Retry-After (RFC 9110 §10.2.3)."""
        asked = float(hint) if hint.isascii() and hint.isdecimal() and len(hint) < 6 else 0.0
        return min(LONGEST_PAUSE, max(asked, self.first * float(2 ** (failures - 1))))


class Machine:
    """One start of a phone. `begin()` gives its first request and `receive()` the next for every reply; None means
    that it is through, and `outcome()` says what came of it. `memory` is what it kept from the start before."""

    def __init__(
        self, unit: Unit, url: str, *, memory: Memory | None = None, search: str = "", patience: Patience | None = None
    ) -> None:
        self._vendor = VENDORS[unit.make.family]
        self.memory = memory or Memory()
        url = self.memory.url if self._vendor.stays and self.memory.url else given(url, self._vendor.bare_scheme)
        self._start = Start(unit, url, self.memory, search)
        self._patience = patience or Patience()
        self._script = self._whole()
        self._ask = Ask("")
        self._failures = 0
        self._nonces: dict[str, tuple[Challenge, int]] = {}
        self._answers = 0
        self._made: list[Made] = []
        self._reading: Reading | None = None
        self._failure = ""

    def begin(self) -> Request | None:
        """The first request."""
        return self._advance(None)

    def receive(self, reply: Reply) -> Request | None:
        """What to do after `reply` to the last request."""
        known = self.memory.bodies.get(label(self._ask.url))
        same = reply.status == 304 or (reply.status == 200 and known is not None and known == reply.body)
        self._made.append(Made(label(self._ask.url), self._ask.method, reply.status, len(reply.body), reply.ms, same))
        if reply.status == 401 and self._may_answer(reply):
            return self._request()
        if reply.silent:
            self._failures += 1
            if self._failures < self._patience.attempts:
                return self._request(self._patience.pause(self._failures, reply.header("retry-after")))
        return self._advance(self._remembered(reply))

    def outcome(self, seconds: float = 0.0) -> VirtualPhone:
        """What came of it, after `seconds`."""
        start = self._start
        problems = list(dict.fromkeys((*start.problems, *(self._reading.problems if self._reading else ()))))
        failure = self._failure or failure_of(self._reading, start.lost, tuple(problems))
        return VirtualPhone(
            unit=start.unit,
            reading=self._reading,
            directory=tuple(start.contacts),
            found=None if start.found is None else tuple(start.found),
            requests=tuple(self._made),
            problems=tuple(problems),
            failure=failure,
            seconds=seconds,
        )

    def _whole(self) -> Script:
        start, make = self._start, self._start.unit.make
        yield from self._vendor.configuration(start)
        found = start.reading()
        if found is None:
            return
        modules = max(1, start.unit.modules)
        self._reading = arrange(
            found, make.keys, make.module_keys, make.banks, modules=modules, module_page=make.module_page
        )
        if found.provisioning_url:
            self.memory.url = found.provisioning_url
        self.memory.parameters = dict(found.parameters)
        yield from self._vendor.firmware(start)
        yield from self._vendor.directory(start)

    def _advance(self, reply: Reply | None) -> Request | None:
        self._failures = self._answers = 0
        script: Generator[Ask, Reply, None] = self._script
        try:
            self._ask = next(script) if reply is None else script.send(reply)
        except StopIteration:
            return None
        except NoAnswer as error:
            self._failure = str(error)
            return None
        return self._request()

    def _request(self, after: float = 0.0) -> Request:
        ask, unit = self._ask, self._start.unit
        headers = {"User-Agent": ask.agent or self._vendor.agent(unit)} | dict(self._vendor.headers)
        kept = self.memory.etags.get(ask.url)
        if kept is not None and ask.method == "GET":
            headers["If-None-Match"] = kept[0]
        held = self._nonces.get(_host(ask.url))
        login = self._login()
        if held is not None and login is not None:
            challenge, count = held[0], held[1] + 1
            self._nonces[_host(ask.url)] = (challenge, count)
            target = _target(ask.url)
            headers["Authorization"] = authorization(challenge, *login, ask.method, target, count, unit.mac)
        return Request(ask.url, ask.method, headers, after)

    def _login(self) -> tuple[str, str] | None:
        unit = self._start.unit
        return self._ask.login or ((unit.user, unit.password) if unit.user else None)

    def _may_answer(self, reply: Reply) -> bool:
        """Whether the phone can answer this 401: it has a login, and this is no refusal of what it answered."""
        if self._login() is None:
            return False
        challenge = choose(reply.every("www-authenticate"), self._start.unit.digests)
        if challenge is None or self._answers >= (2 if challenge.stale else 1):
            return False
        self._answers += 1
        self._nonces[_host(self._ask.url)] = (challenge, 0)
        return True

    def _remembered(self, reply: Reply) -> Reply:
        url = self._ask.url
        if reply.status == 304:
            kept = self.memory.etags.get(url)
            return replace(reply, status=200, body=kept[1]) if kept is not None else replace(reply, status=0)
        if reply.status == 200 and self._ask.method == "GET":
            self.memory.bodies[label(url)] = reply.body
            etag = reply.header("etag")
            if etag:
                self.memory.etags[url] = (etag, reply.body)
            else:
                self.memory.etags.pop(url, None)
        return reply


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]


def _target(url: str) -> str:
    return "/" + url.partition("://")[2].partition("/")[2]
