"""Who is asked before a call is theirs, and a caller who is asked for a name: what the machine of a call decides."""

from __future__ import annotations

from sip_edge.call.call import CONFIRM, NAME, NAMING, RING, SCREEN, WHOLE, Call
from sip_edge.call.command import (
    Ask,
    Cancel,
    Connect,
    Forget,
    GoOn,
    HangUp,
    Invite,
    Join,
    Name,
    Proceed,
    Release,
    Wait,
)
from sip_edge.call.stage import Phase


def test_who_is_asked_has_the_call_only_when_it_confirms() -> None:
    call = Call()
    call.ring([(1, 0.0), (2, 0.0)], 25)
    assert call.asked(1) == [Ask(1), Wait("confirm 1", CONFIRM)]
    assert call.phase is Phase.RINGING and call.asking == {1}, "the other goes on ringing"
    assert call.answered(2)[:2] == [Connect(2), Forget("confirm 1")]
    assert call.accepts(1) == [] and call.confirmed(1) == [], "too late"


def test_the_first_to_press_1_wins_whatever_the_others_do_while_its_audio_is_connected() -> None:
    call = Call()
    call.ring([(1, 0.0), (2, 0.0), (3, 0.0), (4, 0.0)], 25)
    call.asked(1)
    call.asked(2)
    assert call.accepts(2) == [Forget("confirm 2"), Join(2)]
    assert call.accepts(2) == [], "the key once more"
    assert call.answers(3) == [HangUp(3)], "a few milliseconds too late"
    assert call.accepts(1) == [Forget("confirm 1"), Release(1, "elsewhere")]
    assert call.confirmed(2) == [Connect(2), Cancel(4, True), Forget(RING), Forget(WHOLE)]
    assert call.winner == 2


def test_a_phone_whose_audio_is_being_connected_is_not_overtaken_by_who_presses_1() -> None:
    call = Call()
    call.ring([(1, 0.0), (2, 0.0)], 25)
    call.asked(1)
    assert call.answers(2) == [] and call.joins(2)
    assert call.accepts(1) == [Forget("confirm 1"), Release(1, "elsewhere")]
    assert call.answered(2)[0] == Connect(2)


def test_who_takes_the_call_and_cannot_be_connected_leaves_it_to_those_who_ring() -> None:
    call = Call()
    call.ring([(1, 0.0), (2, 0.0)], 25)
    call.asked(1)
    call.accepts(1)
    assert call.declined(1, "failed") == [Release(1, "failed")]
    assert call.answers(2) == [] and call.answered(2)[0] == Connect(2)


def test_who_declines_has_not_answered() -> None:
    call = Call()
    call.ring([(1, 0.0), (2, 0.0)], 25)
    call.asked(1)
    assert call.declined(1) == [Forget("confirm 1"), Release(1, "declined")], "the other rings still"
    assert GoOn("no_answer", 480) in call.failed(2, 486)


def test_who_hears_a_name_and_declines_is_busy_for_that_caller() -> None:
    call = Call()
    call.ring([(1, 0.0)], 25)
    assert Wait("confirm 1", SCREEN) in call.asked(1, SCREEN)
    assert GoOn("busy", 486) in call.declined(1, status=603)


def test_who_is_asked_may_finish_when_the_time_for_ringing_is_over() -> None:
    call = Call()
    call.ring([(1, 0.0), (2, 0.0)], 25)
    call.asked(1)
    assert call.due(RING) == [Cancel(2, False)]
    assert call.failed(2, 487) == []
    found = call.due("confirm 1")
    assert GoOn("no_answer", 480) in found and Release(1, "no_key") in found


def test_one_who_is_asked_may_send_the_caller_to_the_mailbox_and_nobody_rings_any_more() -> None:
    call = Call()
    call.ring([(1, 0.0), (2, 0.0), (3, 9.0)], 25)
    call.asked(1)
    assert call.refers(1) == [
        Forget("confirm 1"), Release(1, "voicemail"), Cancel(2, False), Forget("leg 3"), Forget(RING),
        GoOn("voicemail", 480),
    ]  # fmt: skip


def test_a_caller_is_asked_for_a_name_before_anybody_rings() -> None:
    call = Call()
    assert call.ask_name() == [Name(), Wait(NAME, NAMING)]
    assert call.ring([(1, 0.0)], 25) == [], "not yet"
    assert call.due(NAME) == [Forget(NAME), Proceed()], "whatever was heard by then"
    assert Invite(1) in call.ring([(1, 0.0)], 25)
    assert call.named() == []


def test_a_caller_who_hangs_up_instead_of_saying_a_name() -> None:
    call = Call()
    call.ask_name()
    assert call.given_up() == [Forget(NAME)]
    assert call.named() == [] and call.phase is Phase.ENDED
