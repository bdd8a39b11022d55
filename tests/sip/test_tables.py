"""Every cell of every transaction machine, against the figures of RFC 3261 section 17 and RFC 6026 spelled out."""

from __future__ import annotations

import pytest

from sip_edge.message import Request, Response, parse
from sip_edge.transaction.drawing import document
from sip_edge.transaction.effect import Armed, Send
from sip_edge.transaction.machine import Machine
from sip_edge.transaction.table import Arm, Event, Input, State, Table, Timer
from sip_edge.transaction.tables import ALL, CLIENT, INVITE_CLIENT, INVITE_SERVER, REPETITION, SERVER
from sip_edge.transaction.timing import Timing
from tests.sip import wire

# What the figures say: per state, "input > next state: what goes out" with the timers that start marked +.
FIGURES = {
    INVITE_CLIENT.name: """
        start       begin > calling: request +A +B
        calling     A > calling: request +A         | B > terminated: timeout   | 1xx > proceeding: up
                    2xx > accepted: up +M           | 300-699 > completed: ack up +D
                    error > terminated: broken
        proceeding  1xx > proceeding: up            | 2xx > accepted: up +M     | 300-699 > completed: ack up +D
                    CANCEL > terminated: timeout    | error > terminated: broken
        completed   300-699 > completed: ack        | D > terminated:           | error > terminated: broken
        accepted    2xx > accepted: up              | M > terminated:
    """,
    CLIENT.name: """
        start       begin > trying: request +E +F
        trying      E > trying: request +E          | F > terminated: timeout   | error > terminated: broken
                    1xx > proceeding: up            | 200-699 > completed: up +K
        proceeding  E > proceeding: request +E      | F > terminated: timeout   | error > terminated: broken
                    1xx > proceeding: up            | 200-699 > completed: up +K
        completed   K > terminated:
    """,
    INVITE_SERVER.name: """
        start       begin > proceeding: up +100
        proceeding  again > proceeding: last        | 100 > proceeding: 100     | 1xx > proceeding: response
                    2xx > accepted: response +L     | 300-699 > completed: response +G +H
                    error > proceeding: broken
        completed   again > completed: last         | G > completed: last +G    | H > terminated: timeout
                    ack > confirmed: +I             | error > completed: broken
        confirmed   I > terminated:
        accepted    2xx > accepted: response        | ack > accepted: up        | error > accepted: broken
                    L > terminated:
    """,
    SERVER.name: """
        start       begin > trying: up
        trying      1xx > proceeding: response      | 200-699 > completed: response +J
        proceeding  again > proceeding: last        | 1xx > proceeding: response
                    200-699 > completed: response +J | error > terminated: broken
        completed   again > completed: last         | error > terminated: broken | J > terminated:
    """,
    REPETITION.name: """
        start          begin > unacknowledged: +repeat +unheard
        unacknowledged repeat > unacknowledged: last +repeat | unheard > terminated: timeout | ack > terminated:
    """,
}
WORDS = {"begin": Event.BEGIN, "again": Event.REQUEST, "ack": Event.ACK, "error": Event.TRANSPORT_ERROR}
SAID = {
    "send request": "request",
    "send ACK": "ack",
    "send 100": "100",
    "send response": "response",
    "resend last response": "last",
    "tell user": "up",
    "tell user: timeout": "timeout",
    "tell user: transport": "broken",
}


def given(word: str) -> Input:
    if word in WORDS:
        return WORDS[word]
    every: list[Input] = [*Timer, *Event]
    return next(one for one in every if one.value in (f"timer {word}", word))


def figure(table: Table) -> dict[tuple[State, Input], str]:
    """The spelled-out figure as (state, input) → "next: acts"."""
    cells, state = {}, State.START
    for row in FIGURES[table.name].strip().splitlines():
        first, *rest = row.split(None, 1)
        if first in State.__members__.values() or first in [one.value for one in State]:
            state, row = State(first), rest[0]
        for cell in row.split("|"):
            word, _, follows = cell.strip().partition(" > ")
            cells[state, given(word)] = " ".join(follows.split())
    return cells


def said(table: Table, state: State, one: Input) -> str | None:
    step = table.cells.get((state, one))
    if step is None:
        return None
    acts = [SAID[act] for act in step.acts if isinstance(act, str)]
    timers = [f"+{act.timer.removeprefix('timer ')}" for act in step.acts if isinstance(act, Arm)]
    return " ".join([f"{step.state}:", *acts, *timers])


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_every_cell_is_what_the_figure_says(table: Table) -> None:
    expected = figure(table)
    for state in State:
        for one in (*Event, *Timer):
            assert said(table, state, one) == expected.get((state, one)), f"{state}, {one}"


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_every_timer_that_is_armed_is_heard_or_stopped(table: Table) -> None:
    for step in table.cells.values():
        for act in step.acts:
            if isinstance(act, Arm):
                assert (step.state, act.timer) in table.cells, f"{table.name}: {act.timer} in {step.state}"


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_nothing_follows_the_end(table: Table) -> None:
    assert all(state is not State.TERMINATED for state, _ in table.cells)
    assert State.TERMINATED in table.states


@pytest.mark.parametrize("reliable", [False, True])
@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_a_machine_can_stand_every_input_in_every_state(table: Table, reliable: bool) -> None:
    request = parse(wire.request("INVITE"))
    assert isinstance(request, Request)
    for state in State:
        for one in (*Event, *Timer):
            machine = Machine(table, ("k",), request, "flow", reliable=reliable, timing=Timing(), last=b"last")
            machine.state = state
            message: Request | Response = request
            if one in (Event.PROVISIONAL, Event.SUCCESS, Event.FAILURE, Event.FINAL):
                message = request.reply(200, to_tag="t")
            told = machine.feed(one, message)
            step = table.cells.get((state, one))
            if step is None:
                assert (machine.state, told) == (state, [])
            elif not reliable:
                assert machine.state is step.state
                assert len(told) == len(step.acts)
            for effect in told:
                if isinstance(effect, Armed) and effect.delay is not None:
                    assert effect.delay > 0
                if isinstance(effect, Send):
                    assert effect.data


def test_the_document_is_what_the_tables_say() -> None:
    path = wire.FOLDER.parent.parent.parent / "docs" / "sip-transactions.md"
    assert path.read_text(encoding="utf-8") == document(), "run script/diagrams"


def test_the_drawing_names_every_state_and_input() -> None:
    text = document()
    for table in ALL:
        assert table.source in text
        for name in (*table.states, *table.inputs):
            assert name.value in text
