"""Whose offer is open, and what crossing requests are answered (RFC 3261 section 14, RFC 3311 section 5.2)."""

from __future__ import annotations

import pytest

from sip_edge.dialog.exchange import Exchange, pause
from sip_edge.message import SipError

QUIET = Exchange()


def refused(run: object) -> tuple[int, tuple[tuple[str, str], ...]]:
    with pytest.raises(SipError) as error:
        run()  # type: ignore[operator]
    return error.value.code, error.value.headers


def test_an_invite_with_an_offer_and_its_answer() -> None:
    asking = QUIET.inviting(offer=True)
    assert not asking.may_offer and not asking.may_invite
    assert asking.answered().invite_over(ours=True) == QUIET
    assert asking.invite_over(ours=True) == QUIET


def test_crossing_invites_are_491_at_both_ends() -> None:
    assert refused(lambda: QUIET.inviting(offer=True).invited(offer=True, seconds=3))[0] == 491
    assert refused(lambda: QUIET.offering().invited(offer=True, seconds=3))[0] == 491


@pytest.mark.parametrize(("seconds", "told"), [(3, "3"), (-1, "0"), (99, "10")])
def test_a_second_invite_before_the_first_is_answered_is_500(seconds: int, told: str) -> None:
    busy = QUIET.invited(offer=False, seconds=0)
    assert refused(lambda: busy.invited(offer=True, seconds=seconds)) == (500, (("Retry-After", told),))
    assert busy.invite_over(ours=False) == QUIET


def test_update_is_refused_only_for_its_offer() -> None:
    theirs = QUIET.invited(offer=True, seconds=0)
    assert theirs.updated(offer=False, seconds=1) == theirs
    assert refused(lambda: theirs.updated(offer=True, seconds=4)) == (500, (("Retry-After", "4"),))
    assert refused(lambda: QUIET.offering().updated(offer=True, seconds=4))[0] == 491
    assert QUIET.updated(offer=True, seconds=0) == Exchange(their_offer=True)


def test_an_offer_in_a_2xx_waits_for_its_answer_in_the_ack() -> None:
    asked = QUIET.invited(offer=False, seconds=0)
    offered = asked.offering().invite_accepted(ours=False)
    assert offered == Exchange(our_offer=True)
    assert not offered.may_invite
    assert offered.answered() == QUIET
    assert QUIET.inviting(offer=False).invite_accepted(ours=True) == QUIET


def test_early_media_answers_the_offer_before_the_invite_is_over() -> None:
    early = QUIET.invited(offer=True, seconds=0).answered()
    assert early.may_offer and not early.may_invite
    assert early.offering().answered().invite_accepted(ours=False) == QUIET


def test_our_own_impatience_is_our_bug() -> None:
    with pytest.raises(ValueError, match="wait"):
        QUIET.offering().offering()
    with pytest.raises(ValueError, match="wait"):
        QUIET.inviting(offer=False).inviting(offer=True)


@pytest.mark.parametrize(
    ("ours", "chance", "seconds"), [(True, 0, 2.1), (True, 1, 4.0), (False, 0, 0.0), (False, 0.5, 1.0), (False, 9, 2.0)]
)
def test_the_pause_after_491(ours: bool, chance: float, seconds: float) -> None:
    assert pause(ours=ours, chance=chance) == seconds
