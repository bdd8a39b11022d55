"""Digest authentication (RFC 7616), checked against the RFC's own example and against curl's way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd import digest

KEY = b"k" * 32
NOW = 1_800_000_000.0

# RFC 7616 §3.9.1
EXAMPLE = (
    'Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm={algorithm}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, '
    'cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, response="{response}", '
    'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)
RESPONSES = {
    "MD5": "8ca523f5e9506fed4657c9700eebdbec",
    "SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
}


@pytest.mark.parametrize("algorithm", sorted(RESPONSES))
def test_the_example_of_the_rfc(algorithm: str) -> None:
    said = digest.parse(EXAMPLE.format(algorithm=algorithm, response=RESPONSES[algorithm]))
    assert said is not None
    realm = "http-auth@example.org"
    assert digest.matches(said, "Circle of Life", realm, "GET", "/dir/index.html")
    assert not digest.matches(said, "circle of life", realm, "GET", "/dir/index.html")
    assert not digest.matches(said, "Circle of Life", realm, "PUT", "/dir/index.html")
    assert not digest.matches(said, "Circle of Life", realm, "GET", "/other")
    assert not digest.matches(replace(said, algorithm="MD5-sess"), "Circle of Life", realm, "GET", "/dir/index.html")


def test_a_nonce_knows_its_age_and_who_made_it() -> None:
    nonce = digest.make_nonce(KEY, NOW)
    assert digest.nonce_age(nonce, KEY, NOW + 7) == 7
    assert digest.nonce_age(nonce, b"x" * 32, NOW) is None
    assert digest.nonce_age(nonce[:-1] + "z", KEY, NOW) is None
    assert digest.nonce_age("", KEY, NOW) is None


def test_the_strongest_algorithm_is_offered_first() -> None:
    strong, weak = digest.challenge("provd", KEY, NOW, stale=True)
    assert "algorithm=SHA-256" in strong
    assert "algorithm=MD5" in weak
    assert strong.endswith("stale=true")


@given(st.text(max_size=200) | st.text(max_size=80).map(lambda rest: f"Digest {rest}"))
def test_any_header_is_credentials_or_nothing(header: str) -> None:
    said = digest.parse(header)
    assert said is None or said.username
    assert digest.nonce_age(header, KEY, NOW) is None
