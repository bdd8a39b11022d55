#!/usr/bin/env python3
"""SIP transaction layer: requests per second through parse, check, transaction and answer on one core."""

from __future__ import annotations

import statistics
import sys
import time
import tracemalloc
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from sip_edge.message import Request, parse
from sip_edge.message.check import Abilities, check_request
from sip_edge.transaction.effect import Arrived
from sip_edge.transaction.layer import Layer
from tests.sip import wire

EDGE = Abilities(extensions=frozenset(("path",)), methods=(*Abilities().methods, "INFO"))
COUNT, RUNS = 4_000, 5


def register(number: int) -> bytes:
    """A light request."""
    return wire.register(number)


def bye(number: int) -> bytes:
    """A request with a full machine."""
    return wire.request("BYE", f"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{number};rport", f"Call-ID: {number}")


def answered(layer: Layer, messages: list[bytes], now: float) -> None:
    """Each message once, its answer, and its repetition, which the layer absorbs; 2 ms apart."""
    for number, data in enumerate(messages):
        moment = now + number * 0.002
        request = parse(data)
        assert isinstance(request, Request)
        check_request(request, EDGE)
        for effect in layer.receive(request.arrived("192.0.2.1", 5060), "flow", moment, reliable=False):
            assert isinstance(effect, Arrived)
            layer.respond(effect.key, effect.request.reply(200, to_tag=layer.tag(request)), moment)
        due = layer.next_due()
        if due is not None and due <= moment:
            layer.due(moment)


def main() -> int:
    """One line a figure."""
    for name, make in (("REGISTER, light entry", register), ("BYE, full machine", bye)):
        messages = [make(number) for number in range(COUNT)]
        rates = []
        for _ in range(RUNS):
            layer = Layer(b"secret")
            start = time.process_time()
            answered(layer, messages, 0.0)
            rates.append(COUNT / (time.process_time() - start))
        print(f"sip_transaction: {name}: {statistics.median(rates):,.0f}/s (least {min(rates):,.0f}/s)")
    tracemalloc.start()
    layer = Layer(b"secret")
    answered(layer, [register(number) for number in range(COUNT)], 0.0)
    held, entries = tracemalloc.get_traced_memory()[0], layer.kept
    layer.due(1e9)
    left = tracemalloc.get_traced_memory()[0]
    print(f"sip_transaction: {entries} light entries hold {held / entries:,.0f} octets each, {left:,} after 32 s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
