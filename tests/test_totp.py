"""One-time codes by the tables of RFC 4226 and RFC 6238."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from provd.totp import code, matching_step, spelled, uri

SECRET = b"12345678901234567890"  # of both RFCs


def test_the_values_of_rfc_4226_appendix_d() -> None:
    wanted = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
    assert [code(SECRET, counter) for counter in range(10)] == wanted


@pytest.mark.parametrize(
    ("now", "eight"),
    [
        (59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"),
        (2000000000, "69279037"), (20000000000, "65353130"),
    ],
)  # fmt: skip
def test_the_times_of_rfc_6238_appendix_b(now: int, eight: str) -> None:
    assert code(SECRET, now // 30) == eight[-6:]


def test_a_code_fits_its_step_and_the_ones_beside_it_and_opens_once() -> None:
    now = 1_760_000_010.0
    step = int(now // 30)
    for drift, fits in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        assert (matching_step(SECRET, code(SECRET, step + drift), now, 0) == step + drift) == fits, drift
    assert matching_step(SECRET, code(SECRET, step), now, step) is None
    assert matching_step(SECRET, code(SECRET, step + 1), now, step) == step + 1


@pytest.mark.parametrize(
    "said", ["", "12345", "1234567", "abcdef", "１２３４５６", "-12345", "0x1234", " " * 30, "1\x002345"]
)
def test_what_is_no_code_fits_nothing(said: str) -> None:
    assert matching_step(SECRET, said, 59, 0) is None


def test_spaces_between_the_digits_are_how_apps_show_them() -> None:
    assert matching_step(SECRET, " 287 082 ", 59, 0) == 1


def test_apps_read_the_address() -> None:
    parts = urlsplit(uri(SECRET, "101@acme.example", "Zoë & Co: phones"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parts.path == "/Zo%C3%AB%20%26%20Co%20%20phones:101@acme.example"
    said = parse_qs(parts.query)
    assert said == {"secret": [spelled(SECRET)], "issuer": ["Zoë & Co  phones"]} and "=" not in spelled(b"x" * 3)
