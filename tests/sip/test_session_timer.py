from __future__ import annotations

import pytest

from sip_edge.dialog.session_timer import Policy, Refresher, SessionTimer, asking, at_caller, at_server, headers_of
from sip_edge.message import Request, SipError
from tests.sip.clockwork import request

OURS = Policy(interval=1800, least=120)
UAC, UAS = Refresher.CALLER, Refresher.SERVER


def invite(*rows: str) -> Request:
    return request("INVITE", *rows)


@pytest.mark.parametrize(
    ("rows", "agreed"),
    [  # RFC 4028 section 9, table 2
        ([], SessionTimer(1800, UAS, ours=True)),
        (["Session-Expires: 600"], SessionTimer(600, UAS, ours=True)),
        (["Session-Expires: 600;refresher=uac"], SessionTimer(600, UAS, ours=True)),
        (["Session-Expires: 60"], SessionTimer(120, UAS, ours=True)),
        (["Supported: timer"], SessionTimer(1800, UAC, ours=False)),
        (["Supported: timer", "x: 600"], SessionTimer(600, UAC, ours=False)),
        (["Supported: timer", "x: 600;refresher=uac"], SessionTimer(600, UAC, ours=False)),
        (["Supported: timer", "x: 600;Refresher=UAS"], SessionTimer(600, UAS, ours=True)),
        (["Supported: timer", "x: 600;refresher=nobody"], SessionTimer(600, UAC, ours=False)),
        (["Supported: timer", "x: 86400"], SessionTimer(1800, UAC, ours=False)),
        (["Supported: timer", "Min-SE: 3600"], SessionTimer(3600, UAC, ours=False)),
        (["Supported: timer", "x: 300", "Min-SE: 600"], SessionTimer(300, UAC, ours=False)),
    ],
)
def test_what_a_server_agrees_to(rows: list[str], agreed: SessionTimer) -> None:
    assert at_server(invite(*rows), OURS) == agreed


def test_an_interval_that_is_too_short_is_422() -> None:
    with pytest.raises(SipError) as error:
        at_server(invite("Supported: timer", "Session-Expires: 100"), OURS)
    assert (error.value.code, error.value.headers) == (422, (("Min-SE", "120"),))


@pytest.mark.parametrize("row", ["Session-Expires: soon", "Session-Expires: 600;;", "Min-SE: x"])
def test_nonsense_is_400(row: str) -> None:
    with pytest.raises(SipError) as error:
        at_server(invite("Supported: timer", row), OURS)
    assert error.value.code == 400


def test_the_2xx_says_what_was_agreed() -> None:
    able = invite("Supported: timer")
    required = [("Require", "timer"), ("Session-Expires", "600;refresher=uac")]
    assert headers_of(SessionTimer(600, UAC, ours=False), able) == required
    assert headers_of(SessionTimer(600, UAS, ours=True), able) == [("Session-Expires", "600;refresher=uas")]
    assert headers_of(SessionTimer(600, UAS, ours=True), invite()) == []


def test_what_a_caller_asks_for() -> None:
    assert asking(Policy()) == [("Supported", "timer"), ("Session-Expires", "1800")]
    assert asking(OURS)[-1] == ("Min-SE", "120")
    refused = invite().reply(422, headers=[("Min-SE", "3600")])
    assert asking(Policy(), refused) == [("Supported", "timer"), ("Session-Expires", "3600"), ("Min-SE", "3600")]
    assert asking(Policy(), invite().reply(422)) == asking(Policy())


@pytest.mark.parametrize(("ours", "named"), [(True, "uac"), (False, "uas")])
def test_a_refresh_keeps_the_refresher(ours: bool, named: str) -> None:
    current = SessionTimer(600, UAS, ours=ours)
    assert ("Session-Expires", f"600;refresher={named}") in asking(Policy(), current=current)


@pytest.mark.parametrize(
    ("value", "agreed"),
    [
        ("600;refresher=uac", SessionTimer(600, UAC, ours=True)),
        ("600;refresher=uas", SessionTimer(600, UAS, ours=False)),
        ("600", SessionTimer(600, UAC, ours=True)),
    ],
)
def test_what_a_caller_hears(value: str, agreed: SessionTimer) -> None:
    assert at_caller(invite().reply(200, headers=[("Session-Expires", value)]), 1800) == agreed


def test_a_peer_that_knows_no_timer() -> None:
    assert at_caller(invite().reply(200), 1800) == SessionTimer(1800, UAC, ours=True)
    assert at_caller(invite().reply(200), 0) is None
    with pytest.raises(SipError):
        at_caller(invite().reply(200, headers=[("Session-Expires", "10")]), 1800)


def test_when_to_refresh_and_when_to_give_up() -> None:
    assert (SessionTimer(1800, UAC, ours=True).refresh_after, SessionTimer(1800, UAC, ours=True).end_after) == (
        900,
        1768,
    )
    assert SessionTimer(90, UAC, ours=False).refresh_after is None
    assert SessionTimer(90, UAC, ours=False).end_after == 60
