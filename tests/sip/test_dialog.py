"""Dialogs as both ends see them: made, used, moved, ended."""

from __future__ import annotations

import pytest

from sip_edge.dialog import Dialog, State, key_at_caller, key_at_server
from sip_edge.message import Request, Response, SipError, Uri, parse
from tests.sip.clockwork import request

VIA = "SIP/2.0/UDP 198.51.100.1;branch=z9hG4bKnew"
ROUTES = ("Record-Route: <sip:p2.example.com;lr>, <sip:p1.example.com;lr>",)


def invite(*rows: str) -> Request:
    return request("INVITE", "Contact: <sip:101@192.0.2.1:5060>", *rows)


def answer(asked: Request, code: int, *, tag: str = "314159", contact: str = "<sip:102@203.0.113.7>") -> Response:
    return asked.reply(code, to_tag=tag, headers=[("Contact", contact)] if contact else [])


def both(asked: Request, code: int = 200) -> tuple[Dialog, Dialog]:
    response = answer(asked, code)
    return Dialog.at_caller(asked, response), Dialog.at_server(asked, response)


def heard(made: Request) -> Request:
    again = parse(bytes(made))
    assert isinstance(again, Request)
    return again


def test_both_ends_agree_on_the_dialog() -> None:
    caller, server = both(invite(*ROUTES))
    assert (caller.call_id, caller.local, caller.remote) == (server.call_id, server.remote, server.local)
    assert (str(caller.target), str(server.target)) == ("sip:102@203.0.113.7", "sip:101@192.0.2.1:5060")
    assert caller.routes == ("<sip:p1.example.com;lr>", "<sip:p2.example.com;lr>")
    assert server.routes == caller.routes[::-1]
    assert (caller.local_cseq, caller.remote_cseq, server.local_cseq, server.remote_cseq) == (1, None, None, 1)
    assert (caller.next_hop.host, server.next_hop.host) == ("p1.example.com", "p2.example.com")
    assert caller.state is server.state is State.CONFIRMED


def test_a_message_of_one_end_has_the_key_of_the_other() -> None:
    caller, server = both(invite())
    _, bye = caller.request("BYE", VIA)
    assert key_at_server(heard(bye)) == server.key
    assert key_at_caller(bye.reply(200)) == caller.key


def test_requests_follow_the_loose_route_and_count_up() -> None:
    caller, _ = both(invite(*ROUTES))
    caller, first = caller.request("INFO", VIA, [("Content-Type", "application/dtmf-relay")], b"Signal=1")
    caller, second = caller.request("BYE", VIA)
    assert (first.target, first.body) == ("sip:102@203.0.113.7", b"Signal=1")
    assert first.headers.values("route") == ["<sip:p1.example.com;lr>", "<sip:p2.example.com;lr>"]
    assert (first.cseq.number, second.cseq.number, second.cseq.method) == (2, 3, "BYE")
    assert (second.from_.tag, second.to.tag, second.max_forwards) == ("9fxced76sl", "314159", 70)
    assert str(second.via) == VIA


def test_a_strict_router_gets_the_request_uri() -> None:
    caller, _ = both(invite("Record-Route: <sip:p2;lr>, <sip:p1.example.com;method=INVITE?X=y>"))
    _, bye = caller.request("BYE", VIA)
    assert bye.target == "sip:p1.example.com"
    assert bye.headers.values("route") == ["<sip:p2;lr>", "<sip:102@203.0.113.7>"]


def test_without_routes_requests_go_to_the_contact() -> None:
    caller, server = both(request("INVITE", "Contact: <sip:101@192.0.2.1?X=y>"))
    assert caller.next_hop == Uri.parse("sip:102@203.0.113.7")
    _, bye = server.request("BYE", VIA)
    assert (bye.target, bye.cseq.number, "route" in bye.headers) == ("sip:101@192.0.2.1", 1, False)


def test_ack_carries_the_number_of_its_invite() -> None:
    caller, _ = both(invite())
    caller, _ = caller.request("INFO", VIA)
    ack = caller.ack(1, VIA)
    assert (ack.method, ack.cseq.number, caller.local_cseq) == ("ACK", 1, 2)
    for method in ("ACK", "CANCEL"):
        with pytest.raises(ValueError, match=method):
            caller.request(method, VIA)


def test_requests_must_come_in_order() -> None:
    _, server = both(invite())
    server = server.received(request("INFO", "CSeq: 5 INFO"))
    assert server.remote_cseq == 5
    for late in ("CSeq: 4 INFO", "CSeq: 5 INFO"):
        with pytest.raises(SipError) as error:
            server.received(request("INFO", late))
        assert error.value.code == 500
    assert server.received(request("ACK", "CSeq: 1 ACK")) is server
    caller, _ = both(invite())
    assert caller.received(request("BYE", "CSeq: 0 BYE")).remote_cseq == 0


def test_an_early_dialog_is_confirmed_and_its_routes_come_anew() -> None:
    asked = invite()
    caller = Dialog.at_caller(asked, answer(asked, 180, contact=""))
    assert (caller.state, str(caller.target)) == (State.EARLY, "sip:pbx.example.com")
    caller = caller.answered(answer(asked, 183, contact="<sip:early@h>"))
    assert (caller.state, str(caller.target), caller.routes) == (State.EARLY, "sip:early@h", ())
    routed = invite(*ROUTES)
    caller = caller.answered(answer(routed, 183))
    assert caller.routes == ("<sip:p1.example.com;lr>", "<sip:p2.example.com;lr>")
    caller = caller.answered(answer(asked, 200))
    assert (caller.state, caller.routes) == (State.CONFIRMED, ())


def test_a_re_invite_moves_the_target_and_leaves_the_routes() -> None:
    caller, server = both(invite())
    caller, again = caller.request("INVITE", VIA, [("Contact", "<sip:101@192.0.2.99>")])
    asked = heard(again)
    assert caller.answered(answer(invite(*ROUTES), 180)) == caller
    assert caller.answered(answer(invite(*ROUTES), 200)).routes == ()
    assert str(caller.answered(answer(asked, 200, contact="<sip:moved@h>")).target) == "sip:moved@h"
    server = server.received(asked)
    assert server.accepted(asked, answer(asked, 488)).target == server.target
    assert str(server.accepted(asked, answer(asked, 200)).target) == "sip:101@192.0.2.99"


@pytest.mark.parametrize(
    ("method", "moves"), [("UPDATE", True), ("SUBSCRIBE", True), ("INFO", False), ("PRACK", False)]
)
def test_only_target_refresh_requests_move_the_target(method: str, moves: bool) -> None:
    caller, server = both(invite())
    asked = request(method, "Contact: <sip:new@h>", "CSeq: 2 " + method)
    assert (str(server.accepted(asked, answer(asked, 200)).target) == "sip:new@h") is moves
    assert (str(caller.answered(answer(asked, 200, contact="<sip:new@h>")).target) == "sip:new@h") is moves
    assert server.accepted(asked, answer(asked, 200)).state is State.CONFIRMED


def test_bye_ends_it() -> None:
    _, server = both(invite())
    bye = request("BYE", "CSeq: 2 BYE")
    assert server.accepted(bye, answer(bye, 401)).state is State.CONFIRMED
    over = server.accepted(bye, answer(bye, 200))
    assert over.state is State.ENDED
    assert over.accepted(invite(), answer(invite(), 200)) == over
    assert over.answered(answer(invite(), 200)) == over


@pytest.mark.parametrize(
    ("code", "state"),
    [(481, State.ENDED), (408, State.ENDED), (404, State.ENDED), (491, State.CONFIRMED), (500, State.CONFIRMED)],
)
def test_which_refusals_end_a_confirmed_dialog(code: int, state: State) -> None:
    caller, _ = both(invite())
    assert caller.answered(answer(request("INVITE", "CSeq: 2 INVITE"), code)).state is state


def test_a_refused_call_ends_its_early_dialogs() -> None:
    asked = invite()
    caller, server = both(asked, 180)
    assert caller.answered(answer(asked, 486)).state is State.ENDED
    assert server.accepted(asked, answer(asked, 486)).state is State.ENDED
    assert server.accepted(asked, answer(asked, 200)).state is State.CONFIRMED
    assert server.accepted(asked, answer(asked, 183)).state is State.EARLY


def test_what_makes_no_dialog() -> None:
    for rows in ((), ("Contact: *",), ("Contact: <sip:a>, <sip:b>",)):
        asked = request("INVITE", *rows)
        with pytest.raises(SipError) as error:
            Dialog.at_server(asked, answer(asked, 200))
        assert error.value.code == 400
    with pytest.raises(SipError):
        Dialog.at_caller(invite(), answer(invite(), 200, contact=""))


def test_only_sips_over_tls_is_secure() -> None:
    asked = invite().with_target("sips:102@example.com")
    response = answer(asked, 200)
    assert Dialog.at_server(asked, response, over_tls=True).secure
    assert not Dialog.at_server(asked, response).secure
    assert Dialog.at_caller(asked, response, over_tls=True).secure
    assert not Dialog.at_caller(invite(), response, over_tls=True).secure


def test_an_element_without_tags_still_has_a_dialog() -> None:
    asked = invite("From: <sip:101@example.com>;odd=1")
    server = Dialog.at_server(asked, answer(asked, 200))
    assert server.key == (asked.call_id, "314159", "")
    _, bye = server.request("BYE", VIA)
    assert bye.headers.first("to") == "<sip:101@example.com>"
