from __future__ import annotations

import pytest

from sip_edge.dialog.reliable import Receiving, Sending, wanted
from sip_edge.message import RAck, Request, Response, SipError
from tests.sip.clockwork import request

INVITE = request("INVITE", "CSeq: 314 INVITE")


def prack(rack: str) -> Request:
    return request("PRACK", f"RAck: {rack}")


def ringing(rseq: str | None, *, code: int = 183, required: bool = True) -> Response:
    rows = [("Require", "100rel")] if required else []
    return INVITE.reply(code, to_tag="t", headers=[*rows, *([("RSeq", rseq)] if rseq else [])])


def test_one_reliable_response_at_a_time() -> None:
    sending, rows = Sending(776).sending()
    assert rows == (("Require", "100rel"), ("RSeq", "776"))
    assert not sending.may_send
    with pytest.raises(ValueError, match="wait"):
        sending.sending()
    sending = sending.acknowledged(prack("776 314 INVITE"), INVITE)
    assert (sending.may_send, sending.next_rseq) == (True, 777)


@pytest.mark.parametrize("rack", ["775 314 INVITE", "776 315 INVITE", "776 314 UPDATE"])
def test_a_prack_for_something_else_is_481(rack: str) -> None:
    sending, _ = Sending(776).sending()
    with pytest.raises(SipError) as error:
        sending.acknowledged(prack(rack), INVITE)
    assert error.value.code == 481


def test_a_prack_for_nothing_is_481() -> None:
    for one in (prack("1 314 INVITE"), request("PRACK")):
        with pytest.raises(SipError, match="481"):
            Sending(1).acknowledged(one, INVITE)


def test_numbers_start_again_after_the_last() -> None:
    assert Sending(2**31 - 1).sending()[0].next_rseq == 1


def test_who_wants_it() -> None:
    required, able = request("INVITE", "Require: 100rel"), request("INVITE", "Supported: 100Rel")
    assert wanted(required) and wanted(able, we_need=True)
    assert not wanted(able) and not wanted(INVITE)
    with pytest.raises(SipError) as error:
        wanted(INVITE, we_need=True)
    assert (error.value.code, error.value.headers) == (421, (("Require", "100rel"),))


def test_responses_are_acknowledged_in_order_and_once() -> None:
    state, rack = Receiving().received(ringing("10"))
    assert rack == RAck(10, 314, "INVITE")
    for passed_over in ("10", "9", "12"):
        assert state.received(ringing(passed_over)) == (state, None)
    state, rack = state.received(ringing("11"))
    assert rack is not None and rack.rseq == 11


def test_what_is_not_reliable_is_not_acknowledged() -> None:
    for response in (ringing(None), ringing("1", required=False), ringing("1", code=100), ringing("1", code=200)):
        assert Receiving().received(response) == (Receiving(), None)


@pytest.mark.parametrize("rseq", ["0", "2147483648", "x"])
def test_an_rseq_that_is_none(rseq: str) -> None:
    with pytest.raises(SipError):
        Receiving().received(ringing(rseq))
