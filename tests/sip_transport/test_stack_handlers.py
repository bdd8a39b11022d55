"""Handlers of services: at once, later, as coroutines, failing, forgetting."""

from __future__ import annotations

import asyncio

import pytest

from sip_edge.message import SipError
from sip_edge.stack_request import ServerRequest
from tests.fakes import FakeFlow
from tests.sip_transport.scenes import answer, edge, over, run, statuses, still


def test_a_handler_answers_at_once_or_later() -> None:
    stack, clock = still()
    flow, held = FakeFlow(), list[ServerRequest]()
    stack.handle("NOTIFY", held.append)
    stack.received(flow, over("UDP", 1, "NOTIFY"))
    clock.advance(2)
    assert flow.sent == []
    held[0].reply(200, None, [("Expires", "60")], b"hello", "text/plain")
    response = answer(flow.take()[0])
    assert (response.status, response.expires, response.body) == (200, 60, b"hello")
    assert response.headers.first("server") == "provd"
    assert held[0].answered
    assert held[0].reply(486) is None
    assert flow.sent == []


def test_a_handlers_sip_error_is_the_answer() -> None:
    stack, _ = still()
    flow = FakeFlow()

    def handler(_: ServerRequest) -> None:
        raise SipError(423, "Ask for at least 60 seconds.", (("Min-Expires", "60"),))

    stack.handle("REGISTER", handler)
    stack.received(flow, over("UDP", 1, "REGISTER"))
    response = answer(flow.take()[0])
    assert (response.status, response.reason) == (423, "Interval Too Brief")
    assert response.headers.first("min-expires") == "60"
    assert response.headers.first("warning") == '399 192.0.2.9 "Ask for at least 60 seconds."'


def test_our_own_mistake_is_a_plain_500_and_stays_in_our_log(caplog: pytest.LogCaptureFixture) -> None:
    stack, _ = still()
    flow = FakeFlow()

    def handler(_: ServerRequest) -> None:
        raise KeyError("hunter2")

    stack.handle("REGISTER", handler)
    stack.received(flow, over("UDP", 1, "REGISTER"))
    data = flow.take()[0]
    assert answer(data).status == 500
    assert b"hunter2" not in data
    assert b"KeyError" not in data
    assert "The handler of REGISTER failed" in caplog.text
    assert stack.counters.handler_errors == 1


def test_a_header_that_would_smuggle_another_in_is_a_500() -> None:
    stack, _ = still()
    flow = FakeFlow()
    stack.handle("REGISTER", lambda asked: asked.reply(200, None, [("Date", "x\r\nEvil: yes")]) and None)
    stack.received(flow, over("UDP", 1, "REGISTER"))
    data = flow.take()[0]
    assert answer(data).status == 500
    assert b"Evil" not in data


@pytest.mark.parametrize(
    ("method", "seconds", "status"), [("REGISTER", 31, 500), ("NOTIFY", 31, 500), ("INVITE", 300, 480)]
)
def test_what_a_service_leaves_unanswered_is_ended(method: str, seconds: float, status: int) -> None:
    stack, clock = still()
    flow = FakeFlow()
    stack.handle(method, lambda _: None)
    stack.received(flow, over("UDP", 1, method))
    clock.advance(seconds - 0.5)
    assert status not in statuses(flow)
    clock.advance(1)
    assert status in statuses(flow)
    assert len(stack.handlers) == 0
    clock.advance(70)
    assert stack.layer.live + stack.layer.kept == 0


def test_coroutines_answer_in_their_time_and_their_errors_are_answers() -> None:
    async def scene() -> None:
        async with edge() as here:
            flow, gate = FakeFlow(), asyncio.Event()

            async def handler(asked: ServerRequest) -> None:
                await gate.wait()
                if asked.request.call_id.startswith("2"):
                    raise SipError(403, "No.")
                asked.reply(200)

            here.stack.handle("REGISTER", handler)
            here.stack.received(flow, over("UDP", 1, "REGISTER"))
            here.stack.received(flow, over("UDP", 2, "REGISTER"))
            await asyncio.sleep(0)
            assert flow.sent == []
            gate.set()
            while len(here.stack.handlers):
                await asyncio.sleep(0)
            assert statuses(flow) == [200, 403]

    run(scene)


def test_too_many_coroutines_at_once_are_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sip_edge.stack_handlers.MAX_TASKS", 3)

    async def scene() -> None:
        async with edge() as here:
            flow = FakeFlow()

            async def handler(_: ServerRequest) -> None:
                await asyncio.Event().wait()

            here.stack.handle("REGISTER", handler)
            for number in range(5):
                here.stack.received(flow, over("UDP", number, "REGISTER"))
            assert statuses(flow) == [503, 503]
            assert here.stack.counters.overload == 2

    run(scene)
