from __future__ import annotations

import pytest

from sip_edge.dialog import Forks, State
from sip_edge.message import Request, Response, SipError
from tests.sip.clockwork import request

INVITE = request("INVITE", "Contact: <sip:101@192.0.2.1>")


def answer(code: int, tag: str, asked: Request = INVITE) -> Response:
    return asked.reply(code, to_tag=tag, headers=[("Contact", f"<sip:{tag}@h>")])


def after(*responses: Response) -> Forks:
    forks = Forks()
    for response in responses:
        forks, _ = forks.answered(INVITE, response)
    return forks


def test_every_ringing_phone_is_a_dialog_of_its_own() -> None:
    forks = after(answer(180, "one"), answer(183, "two"), answer(180, "one"))
    assert [dialog.remote.tag for dialog in forks.early] == ["one", "two"]
    found = forks.get("two")
    assert found is not None and str(found.target) == "sip:two@h"
    assert forks.get("three") is None


def test_the_first_2xx_is_the_call_and_further_ones_are_to_be_ended() -> None:
    forks = after(answer(180, "one"), answer(200, "two"), answer(200, "one"), answer(200, "two"))
    assert [dialog.remote.tag for dialog in forks.confirmed] == ["one", "two"]
    assert forks.early == ()


def test_what_never_answered_is_over_after_32_s() -> None:
    forks = after(answer(180, "one"), answer(200, "two")).expired()
    assert [dialog.remote.tag for dialog in forks.confirmed] == ["two"]
    assert forks.early == ()


def test_a_refusal_ends_what_rings_and_leaves_what_talks() -> None:
    forks, found = after(answer(180, "one"), answer(200, "two")).answered(INVITE, answer(486, "x"))
    assert found is None
    assert [dialog.state for _, dialog in forks.dialogs] == [State.ENDED, State.CONFIRMED]


def test_trying_and_tagless_ringing_make_no_dialog() -> None:
    assert after(INVITE.reply(100), INVITE.reply(180)).dialogs == ()


def test_a_dialog_that_went_on_is_put_back() -> None:
    forks = after(answer(180, "one"), answer(180, "two"))
    first = forks.early[0]
    moved, _ = first.request("PRACK", "SIP/2.0/UDP h;branch=z9hG4bKp")
    assert forks.with_dialog(moved).early[0].local_cseq == 2
    assert forks.with_dialog(moved).early[1].local_cseq == 1


def test_forks_are_bounded() -> None:
    forks = Forks(limit=3)
    for number in range(10):
        forks, found = forks.answered(INVITE, answer(180, f"t{number}"))
        assert (found is not None) is (number < 3)
    assert len(forks.dialogs) == 3


def test_a_2xx_must_say_where_the_phone_is() -> None:
    with pytest.raises(SipError):
        Forks().answered(INVITE, INVITE.reply(200, to_tag="x"))
