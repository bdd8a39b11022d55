"""Trunks that register with their carrier: the challenge, the refresh, refusals, and calls from its address."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from sip_edge.call.trunk import Trunk, from_address
from sip_edge.message import Request, Uri, parse
from sip_edge.signing_on import SigningOn
from sip_edge.stack import Stack
from sip_edge.transport.flow import Flow
from tests.call.scenes import House, play
from tests.fakes import FakeClock, FakeFlow

TRUNK = Trunk("Carrier", "203.0.113.7", user="acme", password="hush", registers=True)
CHALLENGE = ("WWW-Authenticate", 'Digest realm="carrier", nonce="abc", algorithm=MD5, qop="auth"')
Script = list[Callable[[Request], tuple[int, tuple[tuple[str, str], ...]]]]


class Carrier:
    """Answers each REGISTER as the script says, the last line of it for good."""

    def __init__(self, stack: Stack, clock: FakeClock, script: Script) -> None:
        self.flow = FakeFlow("UDP", ("203.0.113.7", 5060))
        self.asked: list[Request] = []
        self._stack, self._script = stack, script
        self.flow.back = self._heard
        self.clock = clock

    async def flow_to(self, _uri: Uri) -> Flow:
        return self.flow

    def _heard(self, data: bytes) -> None:
        request = parse(data)
        assert isinstance(request, Request)
        self.asked.append(request)
        status, rows = self._script[min(len(self.asked), len(self._script)) - 1](request)
        answer = request.reply(status, headers=rows) if rows else request.reply(status)
        asyncio.get_running_loop().call_soon(self._stack.received, self.flow, bytes(answer))


def refused(_: Request) -> tuple[int, tuple[tuple[str, str], ...]]:
    return 403, ()


def challenged(_: Request) -> tuple[int, tuple[tuple[str, str], ...]]:
    return 401, (CHALLENGE,)


def granted(request: Request) -> tuple[int, tuple[tuple[str, str], ...]]:
    return 200, (("Contact", f"{request.headers.first('contact')};expires=100"),)


def scene(folder: Path, script: Script, work: Callable[[Carrier, SigningOn, House], object]) -> None:
    async def played(house: House) -> None:
        carrier = Carrier(house.stack, house.clock, script)
        signing = SigningOn(house.stack, carrier.flow_to)
        signing.follow([TRUNK])
        await house.settle()
        result = work(carrier, signing, house)
        if asyncio.iscoroutine(result):
            await result
        await signing.stop()

    play(folder, played)


def test_a_challenge_is_answered_and_calls_come_from_that_address(tmp_path: Path) -> None:
    def work(carrier: Carrier, signing: SigningOn, _house: House) -> None:
        first, second = carrier.asked
        assert str(first.target) == "sip:203.0.113.7" and first.headers.first("expires") == "600"
        assert 'username="acme"' in (second.headers.first("authorization") or "")
        assert second.call_id == first.call_id and "hush" not in bytes(second).decode()
        state = signing.state("Carrier")
        assert state is not None and (state.on, state.address, state.expires) == (True, "203.0.113.7", 100)

    scene(tmp_path, [challenged, granted], work)


def test_it_is_refreshed_before_it_runs_out_and_asked_less_and_less_when_refused(tmp_path: Path) -> None:
    async def work(carrier: Carrier, signing: SigningOn, house: House) -> None:
        house.clock.advance(79)
        await house.settle()
        assert len(carrier.asked) == 1
        house.clock.advance(2)  # four fifths of 100 seconds
        await house.settle()
        assert len(carrier.asked) == 2
        state = signing.state("Carrier")
        assert state is not None and not state.on and state.why.startswith("403")
        for pause in (30, 60, 120):
            house.clock.advance(pause - 1)
            await house.settle()
            before = len(carrier.asked)
            house.clock.advance(1.1)
            await house.settle()
            assert len(carrier.asked) == before + 1, pause

    scene(tmp_path, [granted, refused], work)


def test_a_trunk_that_is_switched_off_or_changed_begins_anew(tmp_path: Path) -> None:
    async def work(carrier: Carrier, signing: SigningOn, house: House) -> None:
        signing.follow([TRUNK])
        await house.settle()
        assert len(carrier.asked) == 1, "nothing has changed"
        signing.follow([Trunk("Carrier", "203.0.113.7", user="other", password="x", registers=True)])
        await house.settle()
        assert "other" in str(carrier.asked[-1].to) and len(carrier.asked) == 2
        signing.follow([])
        assert signing.state("Carrier") is None
        assert from_address([TRUNK], "203.0.113.7") == ()

    scene(tmp_path, [granted], work)


def test_a_registration_that_is_lost_holds_as_long_as_it_was_granted_and_comes_back(tmp_path: Path) -> None:
    async def work(carrier: Carrier, signing: SigningOn, house: House) -> None:
        clock = [1000.0]
        signing._now = lambda: clock[0]
        heard: list[bool] = []
        signing.changed = lambda: heard.append(bool(signing.state("Carrier")))
        house.clock.advance(81)
        await house.settle()
        state = signing.state("Carrier")
        assert state is not None and not state.on and state.why.startswith("503")
        state.until = 1019.0
        assert signing.address("Carrier") == "203.0.113.7", "it was granted for 100 seconds"
        clock[0] = 1020.0
        assert signing.address("Carrier") == ""
        house.clock.advance(31)
        await house.settle()
        assert state.on and signing.address("Carrier") == "203.0.113.7" and len(heard) == 2
        assert len(signing._tasks) == 1

    def away(_: Request) -> tuple[int, tuple[tuple[str, str], ...]]:
        return 503, ()

    scene(tmp_path, [granted, away, granted], work)
