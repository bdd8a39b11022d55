"""Who tries PINs, and whom that shuts out."""

from __future__ import annotations

from sip_edge.apps.guessing import LOOSE, TIGHT, Guesses


def test_a_caller_is_shut_out_of_one_mailbox_and_comes_back_with_time() -> None:
    guesses = Guesses()
    for _ in range(TIGHT):
        assert not guesses.closed(1, "101", "", "+1214", 0.0)
        guesses.wrong(1, "101", "", "+1214", 0.0)
    assert guesses.closed(1, "101", "", "+1214", 599.0) and not guesses.closed(1, "101", "", "+1214", 601.0)
    assert not guesses.closed(1, "102", "", "+1214", 0.0), "the next mailbox"
    assert not guesses.closed(2, "101", "", "+1214", 0.0), "another company"


def test_one_who_tries_a_pin_at_every_mailbox_is_shut_out_of_all() -> None:
    guesses = Guesses()
    for count in range(LOOSE):
        guesses.wrong(1, f"{count:03}", "", "+1214", 0.0)
    assert guesses.closed(1, "999", "", "+1214", 0.0) and not guesses.closed(1, "999", "", "+1215", 0.0)


def test_strangers_colleagues_and_the_owner_shut_out_only_their_own_kind() -> None:
    guesses = Guesses()
    for count in range(LOOSE):
        guesses.wrong(1, "101", "", f"+1214{count}", 0.0)
    assert guesses.closed(1, "101", "", "+1999", 0.0)
    assert not guesses.closed(1, "101", "102", "", 0.0) and not guesses.closed(1, "101", "101", "", 0.0)
    for count in range(LOOSE):
        guesses.wrong(1, "101", f"2{count:02}", "", 0.0)
    assert guesses.closed(1, "101", "102", "", 0.0) and not guesses.closed(1, "101", "101", "", 0.0)
    for _ in range(TIGHT):
        guesses.wrong(1, "101", "101", "", 0.0)
    assert guesses.closed(1, "101", "101", "", 0.0) and not guesses.closed(1, "102", "101", "", 0.0)
