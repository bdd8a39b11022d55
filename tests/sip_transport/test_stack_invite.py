"""INVITE through the stack: provisional answers, CANCEL, ACK, answers repeated until they are acknowledged."""

from __future__ import annotations

import asyncio

from sip_edge.message import Request
from sip_edge.stack_request import ServerRequest
from tests.fakes import FakeFlow
from tests.sip import wire
from tests.sip_transport.scenes import answer, edge, over, run, statuses, still


def ack(flow: FakeFlow, branch: str = "z9hG4bKack") -> bytes:
    """The ACK for the last answer on a flow."""
    response = answer(flow.sent[-1])
    return wire.request(
        "ACK",
        f"Via: SIP/2.0/UDP 192.0.2.1:5060;branch={branch};rport",
        f"To: {response.to}",
        f"Call-ID: {response.call_id}",
    )


def test_a_2xx_is_repeated_until_its_ack_and_the_service_hears_of_it() -> None:
    stack, clock = still()
    flow, acknowledged = FakeFlow(), list[Request]()

    def handler(asked: ServerRequest) -> None:
        asked.reply(180)
        asked.on_ack = acknowledged.append
        asked.reply(200, None, [("Contact", str(stack.uri(asked.flow)))])

    stack.handle("INVITE", handler)
    stack.received(flow, over("UDP", 1, "INVITE"))
    clock.advance(1.6)
    heard = [answer(data).status for data in flow.sent]
    assert heard == [180, 200, 200, 200]
    stack.received(flow, ack(flow))
    stack.received(flow, ack(flow))
    flow.take()
    clock.advance(40)
    assert flow.sent == []
    assert [request.method for request in acknowledged] == ["ACK"]
    assert stack.layer.live == 0


def test_a_2xx_nobody_acknowledges_is_told_to_the_service() -> None:
    stack, clock = still()
    failures = list[str]()

    def handler(asked: ServerRequest) -> None:
        asked.on_failed = failures.append
        asked.reply(200)

    stack.handle("INVITE", handler)
    stack.received(FakeFlow(), over("UDP", 1, "INVITE"))
    clock.advance(33)
    assert failures == ["timeout"]
    assert stack.counters.timeouts == 1


def test_cancel_ends_a_ringing_invite_with_487() -> None:
    stack, _ = still()
    flow, told = FakeFlow(), list[str]()

    def handler(asked: ServerRequest) -> None:
        asked.on_cancel = lambda: told.append("cancelled")
        asked.reply(180)

    stack.handle("INVITE", handler)
    stack.received(flow, over("UDP", 1, "INVITE"))
    stack.received(flow, over("UDP", 1, "CANCEL"))
    assert sorted(statuses(flow)) == [180, 200, 487]
    assert told == ["cancelled"]
    assert len(stack.handlers) == 0


def test_cancel_stops_the_coroutine_at_work() -> None:
    async def scene() -> None:
        async with edge() as here:
            flow, ended = FakeFlow(), asyncio.Event()

            async def handler(asked: ServerRequest) -> None:
                asked.reply(180)
                try:
                    await asyncio.Event().wait()
                finally:
                    ended.set()

            here.stack.handle("INVITE", handler)
            here.stack.received(flow, over("UDP", 1, "INVITE"))
            await asyncio.sleep(0)
            here.stack.received(flow, over("UDP", 1, "CANCEL"))
            await ended.wait()
            assert sorted(statuses(flow)) == [180, 200, 487]

    run(scene)


def test_cancel_for_nothing_is_481_and_an_ack_for_nothing_silence() -> None:
    stack, _ = still()
    stack.handle("INVITE", lambda asked: asked.reply(486) and None)
    flow = FakeFlow()
    stack.received(flow, over("UDP", 1, "CANCEL"))
    assert statuses(flow) == [481]
    stack.received(flow, over("UDP", 2, "ACK"))
    assert flow.sent == []
    assert stack.counters.unmatched == 1


def test_a_refusal_is_repeated_until_its_ack() -> None:
    stack, clock = still()
    flow = FakeFlow()
    stack.handle("INVITE", lambda asked: asked.reply(486) and None)
    stack.received(flow, over("UDP", 1, "INVITE"))
    clock.advance(0.6)
    assert statuses(flow) == [486, 486]
    stack.received(flow, over("UDP", 1, "ACK"))
    clock.advance(60)
    assert flow.sent == []
    assert stack.layer.live == 0


def test_100_goes_out_when_the_service_takes_its_time() -> None:
    stack, clock = still()
    flow = FakeFlow()
    stack.handle("INVITE", lambda _: None)
    stack.received(flow, over("UDP", 1, "INVITE"))
    assert flow.sent == []
    clock.advance(0.25)
    assert statuses(flow) == [100]


def test_a_flow_that_is_gone_when_the_answer_comes_costs_nothing() -> None:
    stack, clock = still()
    flow, held = FakeFlow("TCP"), list[ServerRequest]()
    stack.handle("INVITE", held.append)
    stack.handle("REGISTER", held.append)
    stack.received(flow, over("TCP", 1, "INVITE"))
    stack.received(flow, over("TCP", 2, "REGISTER"))
    flow.alive = False
    stack.closed(flow)
    for asked in held:
        asked.reply(200)
    assert stack.counters.transport_errors >= 2
    clock.advance(100)
    assert stack.layer.live + stack.layer.kept + len(stack.handlers) + len(stack.timers) == 0
