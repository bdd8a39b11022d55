"""A phone's state: one word that says what to do first, and the sentence with it."""

from __future__ import annotations

import pytest

from provd.phone.state import STATES, Seen, ago, length, sentence, state

NOW = 1_760_000_000.0
TODAY, LONG_AGO = int(NOW) - 3600, int(NOW) - 30 * 86_400
WELL = Seen(
    LONG_AGO, last_contact=TODAY, fetched_at=TODAY, present=True, lines=2, registered=2, addresses=("10.1.4.7",)
)  # fmt: skip
REFUSED = {"refused_at": TODAY, "refused_why": "The token is wrong.", "refused_address": "203.0.113.9"}


@pytest.mark.parametrize(
    ("seen", "word", "said"),
    [
        (WELL, "registered", "Up to date. It took its configuration 1 hour ago. It is registered from 10.1.4.7."),
        (WELL._replace(registered=1), "registered", "1 of its 2 lines are registered from 10.1.4.7."),
        (WELL._replace(present=False), "pending", "It changed since it took its configuration 1 hour ago"),
        (WELL._replace(present=False, fetched_at=None), "pending", "It never took a configuration from here."),
        (WELL._replace(registered=0, addresses=()), "unregistered", "It is not registered. It was last heard of"),
        (WELL._replace(lines=0, registered=0), "unregistered", "No device is on its lines"),
        (Seen(TODAY), "waiting", "point it at its provisioning address."),
        (Seen(LONG_AGO, open_until=int(NOW) + 600), "waiting", "for 10 minutes more it gets its configuration without"),
        (Seen(LONG_AGO), "never", "It was set up 30 days ago and never asked for anything"),
        (Seen(LONG_AGO, registered=1, lines=1), "pending", "It is registered. It never took a configuration"),
        (WELL._replace(**REFUSED, present=False), "refused", "The token is wrong. That was 1 hour ago, from 203."),
        (Seen(LONG_AGO, **REFUSED), "refused", "The token is wrong."),
    ],
)  # fmt: skip
def test_one_word_and_why(seen: Seen, word: str, said: str) -> None:
    assert state(seen, NOW) == word in STATES
    assert said in sentence(seen, NOW)


def test_a_stranger_who_guesses_a_mac_does_not_make_a_good_phone_look_refused() -> None:
    assert state(WELL._replace(**REFUSED), NOW) == "registered"
    assert state(WELL._replace(**{**REFUSED, "refused_address": "10.1.4.7"}), NOW) == "refused", "it was the phone"


def test_a_window_that_is_over_does_not_make_it_expected() -> None:
    assert state(Seen(LONG_AGO, open_until=int(NOW) - 1), NOW) == "never"


def test_lengths_are_said_in_their_greatest_unit() -> None:
    said = [length(seconds) for seconds in (-5, 0.4, 1, 59, 60, 7199, 86_400, 3 * 86_400, 800 * 86_400)]
    assert said == [
        "0 seconds", "0 seconds", "1 second", "59 seconds", "1 minute", "1 hour", "1 day", "3 days", "2 years",
    ]  # fmt: skip
    assert ago(2) == "just now" and ago(125) == "2 minutes ago"
