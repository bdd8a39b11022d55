"""Nonces without memory: whose they are, how long they last, how often they may be used."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sip_edge.message.digest import Challenge, Credentials, answer, ha1
from sip_edge.registrar.challenge import WINDOW, Nonces, Verdict, challenges, judge

KEY, REALM, HERE, NOW = b"k" * 32, "acme.example", "192.0.2.1", 1_760_000_000.0
HA1 = ha1("SHA-256", "101", REALM, "secret")


def credentials(nonce: str, count: int = 1, password: str = "secret", algorithm: str = "SHA-256") -> Credentials:
    """What a phone answers a challenge with."""
    asked = Challenge(REALM, nonce, algorithm)
    return answer(asked, "REGISTER", "sip:acme.example", "101", password, "cnonce", count)


def verdict(nonces: Nonces, said: Credentials, address: str = HERE, now: float = NOW) -> Verdict:
    return judge(said, "REGISTER", HA1, nonces, address, now)


def test_the_right_password_with_a_fresh_nonce_is_good() -> None:
    nonces = Nonces(KEY)
    assert verdict(nonces, credentials(nonces.make(REALM, HERE, NOW))) is Verdict.GOOD


def test_another_process_with_the_same_key_takes_the_nonce() -> None:
    nonce = Nonces(KEY).make(REALM, HERE, NOW)
    assert verdict(Nonces(KEY, serial=7), credentials(nonce)) is Verdict.GOOD


def test_a_session_algorithm_is_computed_too() -> None:
    nonces = Nonces(KEY)
    said = credentials(nonces.make(REALM, HERE, NOW), algorithm="SHA-256-sess")
    assert verdict(nonces, said) is Verdict.GOOD


def test_a_wrong_password_is_wrong_and_leaves_nothing_behind() -> None:
    nonces = Nonces(KEY)
    said = credentials(nonces.make(REALM, HERE, NOW), password="guess")
    assert verdict(nonces, said) is Verdict.WRONG
    assert len(nonces) == 0


@pytest.mark.parametrize("nonce", ["", "x", "0" * 43, "é" * 43, "1a2044186c06b4a79a671b3d831d2f140a1387746b0"])
def test_a_nonce_we_did_not_make_is_stale_and_the_password_not_even_tried(nonce: str) -> None:
    nonces = Nonces(KEY)
    assert verdict(nonces, credentials(nonce)) is Verdict.STALE
    assert verdict(nonces, credentials(nonce, password="guess")) is Verdict.STALE


def test_a_nonce_is_good_for_one_realm_one_address_and_one_key() -> None:
    nonces = Nonces(KEY)
    nonce = nonces.make(REALM, HERE, NOW)
    assert verdict(nonces, credentials(nonce), address="198.51.100.7") is Verdict.STALE
    assert verdict(Nonces(b"x" * 32), credentials(nonce)) is Verdict.STALE
    assert nonces.age(nonce, "other.example", HERE, NOW) is None
    assert nonces.age(nonce[:-1] + ("0" if nonce[-1] != "0" else "1"), REALM, HERE, NOW) is None


def test_a_nonce_ages() -> None:
    nonces = Nonces(KEY, lifetime=300)
    nonce = nonces.make(REALM, HERE, NOW)
    assert nonces.age(nonce, REALM, HERE, NOW + 12.5) == pytest.approx(12.5, abs=0.002)
    assert verdict(nonces, credentials(nonce), now=NOW + 299) is Verdict.GOOD
    assert verdict(nonces, credentials(nonce, 2), now=NOW + 301) is Verdict.STALE


def test_a_nonce_of_before_the_start_is_stale_for_its_uses_are_forgotten() -> None:
    nonce = Nonces(KEY).make(REALM, HERE, NOW)
    after = Nonces(KEY, started=NOW + 1)
    assert verdict(after, credentials(nonce), now=NOW + 2) is Verdict.STALE


def test_a_count_is_good_once() -> None:
    nonces = Nonces(KEY)
    nonce = nonces.make(REALM, HERE, NOW)
    assert [verdict(nonces, credentials(nonce, count)) for count in (1, 2, 2, 1)] == [
        Verdict.GOOD, Verdict.GOOD, Verdict.STALE, Verdict.STALE,
    ]  # fmt: skip


def test_counts_may_overtake_each_other_within_the_window() -> None:
    nonces = Nonces(KEY)
    nonce = nonces.make(REALM, HERE, NOW)
    for count in (10, 8, 9, 10 + WINDOW):
        assert verdict(nonces, credentials(nonce, count)) is Verdict.GOOD, count
    for count in (8, 9, 10):
        assert verdict(nonces, credentials(nonce, count)) is Verdict.STALE, count
    assert verdict(nonces, credentials(nonce, 12)) is Verdict.GOOD
    assert verdict(nonces, credentials(nonce, 0xFFFFFFFF)) is Verdict.GOOD
    assert verdict(nonces, credentials(nonce, 13)) is Verdict.STALE


def test_without_qop_a_nonce_is_good_once() -> None:
    nonces = Nonces(KEY)
    nonce = nonces.make(REALM, HERE, NOW)
    old = answer(Challenge(REALM, nonce, "SHA-256", ()), "REGISTER", "sip:acme.example", "101", "secret", "")
    assert old.nc is None
    assert verdict(nonces, old) is Verdict.GOOD
    assert verdict(nonces, old) is Verdict.STALE
    assert verdict(nonces, credentials(nonce, 5)) is Verdict.STALE


def test_what_has_to_be_forgotten_is_stale_not_replayed() -> None:
    nonces = Nonces(KEY, most=10)
    made = [nonces.make(REALM, HERE, NOW + place) for place in range(20)]
    for nonce in made:
        assert verdict(nonces, credentials(nonce), now=NOW + 20) is Verdict.GOOD
    assert len(nonces) == 10
    for nonce in made:
        assert verdict(nonces, credentials(nonce), now=NOW + 20) is Verdict.STALE


def test_nonces_that_ran_out_are_let_go() -> None:
    nonces = Nonces(KEY, lifetime=300)
    for _ in range(50):
        assert verdict(nonces, credentials(nonces.make(REALM, HERE, NOW))) is Verdict.GOOD
    late = nonces.make(REALM, HERE, NOW + 400)
    assert verdict(nonces, credentials(late), now=NOW + 400) is Verdict.GOOD
    assert len(nonces) == 1


def test_credentials_for_another_method_prove_nothing() -> None:
    nonces = Nonces(KEY)
    said = credentials(nonces.make(REALM, HERE, NOW))
    assert judge(said, "INVITE", HA1, nonces, HERE, NOW) is Verdict.WRONG
    assert judge(replace(said, qop="auth-int"), "REGISTER", HA1, nonces, HERE, NOW) is Verdict.WRONG


def test_both_algorithms_are_offered_the_better_first() -> None:
    first, second = challenges(REALM, "n0nce", stale=True)
    assert Challenge.parse(first) == Challenge(REALM, "n0nce", "SHA-256", stale=True)
    assert Challenge.parse(second) == Challenge(REALM, "n0nce", "MD5", stale=True)
    assert [Challenge.parse(one).stale for one in challenges(REALM, "n")] == [False, False]
