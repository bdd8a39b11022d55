"""Whatever a phone with the right password writes: the registrar answers, keeps what it can, and goes on."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

from sip_edge.registrar import reginfo
from tests.fakes import FakeClock
from tests.registrar.scenes import DOMAIN, Edge, Phone, play

PIECES = (
    "<", ">", '"', "\\", ";", ",", "=", "*", "%00", "%", "sip:", "sips:", "tel:", "101@", "@", "[::1]", "[", "host",
    "1", "5060", ":", "expires=", "q=", "0.5", "99999999999999999999", "-1", "reg-id=", '+sip.instance="<urn:uuid:1>"',
    "é", "\x00", "\x1b", "\t", " ", ";lr", ";ob", ";transport=ws", "?x=y", "\udcff", "z" * 300,
)  # fmt: skip
HEADERS = ("Contact", "Expires", "Path", "Supported", "User-Agent", "Call-ID", "m", "k", "Authorization")


def header(dice: random.Random) -> str:
    """A header line of pieces that mean something to a registrar."""
    return f"{dice.choice(HEADERS)}: {''.join(dice.choices(PIECES, k=dice.randint(0, 8)))}"


def test_ten_thousand_odd_registers(tmp_path: Path) -> None:
    async def scene(edge: Edge, clock: FakeClock) -> None:
        dice, seen = random.Random(4475), Counter[bytes]()
        phone = Phone(edge)
        assert phone.register().status == 200
        for turn in range(10_000):
            lines = [header(dice) for _ in range(dice.randint(1, 3))]
            contact = phone.contact if dice.random() < 0.5 else None
            edge.stack.received(phone.flow, phone.message(contact, phone.credentials(), *lines))
            seen.update(data[8:11] for data in phone.flow.take())
            if turn % 500 == 499:
                clock.advance(60)
                await edge.registrar.work()
                await edge.recorder.flush()
                assert phone.register(7200).status == 200, "it is still served"
        await edge.registrar.work()
        assert seen[b"200"] > 500 and seen[b"400"] > 500 and seen[b"500"] == 0, seen
        assert edge.stack.counters.handler_errors == 0
        assert edge.registrar.keeper.failures == 0 and edge.registrar.keeper.waiting == 0
        assert len(edge.registrar.location) <= 4
        reginfo.full("sip:101@acme.example", edge.registrar.bindings(DOMAIN, "101"), edge.registrar.now()).body(0)

    play(tmp_path, scene)
