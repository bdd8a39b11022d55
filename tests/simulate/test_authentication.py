"""Digest answers as the RFC's own examples have them."""

from __future__ import annotations

import re

import pytest

from provd.simulate.authentication import Challenge, authorization, choose

NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
RFC = [
    f'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={name}, nonce="{NONCE}", opaque="FQhe"'
    for name in ("SHA-256", "MD5")
]


def fields(header: str) -> dict[str, str]:
    return {name: quoted or plain for name, quoted, plain in re.findall(r'(\w+)=(?:"([^"]*)"|([^",\s]+))', header)}


@pytest.mark.parametrize("algorithm", ["SHA-256", "MD5"])
def test_the_answer_fits_the_formula_of_rfc_7616(algorithm: str) -> None:
    import hashlib

    known = {"SHA-256": hashlib.sha256, "MD5": hashlib.md5}[algorithm]
    challenge = choose(RFC, (algorithm,))
    assert challenge is not None and challenge.algorithm == algorithm and challenge.qop

    said = fields(authorization(challenge, "Mufasa", "Circle of Life", "GET", "/dir/index.html?a=b", 2, "seed"))
    ha1 = known(b"Mufasa:http-auth@example.org:Circle of Life").hexdigest()
    ha2 = known(b"GET:/dir/index.html?a=b").hexdigest()
    text = f"{ha1}:{NONCE}:00000002:{said['cnonce']}:auth:{ha2}"
    assert said["response"] == known(text.encode()).hexdigest()
    assert (said["nc"], said["qop"], said["opaque"], said["uri"]) == ("00000002", "auth", "FQhe", "/dir/index.html?a=b")


def test_an_old_server_without_qop_gets_the_answer_of_rfc_2069() -> None:
    challenge = Challenge("testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093", "MD5")
    said = fields(authorization(challenge, "Mufasa", "CircleOfLife", "GET", "/dir/index.html", 1, ""))

    assert said["response"] == "1949323746fe6a43ef61f9606e7febea"  # the example of RFC 2069 §2.4, as corrected
    assert "nc" not in said


def test_the_servers_order_counts_and_unknown_algorithms_are_passed_over() -> None:
    assert choose(RFC, ("MD5", "SHA-256")) == choose(RFC[:1], ("SHA-256",))
    assert choose(['Digest realm="r", nonce="n", algorithm=SHA-512-256'], ("MD5", "SHA-256")) is None
    assert choose(['Digest realm="r", algorithm=MD5'], ("MD5",)) is None
    assert choose(["Negotiate"], ("MD5",)) is None


def test_basic_is_answered_where_there_is_nothing_better() -> None:
    basic = choose(['Basic realm="old"'], ("MD5",))
    assert basic == Challenge("old")
    assert basic is not None and authorization(basic, "u", "p", "GET", "/", 1, "") == "Basic dTpw"
    better = choose(['Basic realm="old"', *RFC], ("MD5",))
    assert better is not None and better.algorithm == "MD5"


def test_a_quote_in_a_name_does_not_end_it() -> None:
    challenge = Challenge("r", "n", "MD5", True)
    assert 'username="a\\"b\\\\"' in authorization(challenge, 'a"b\\', "p", "GET", "/", 1, "")
