"""Which options a request gets, and which are left out of the OACK."""

import pytest

from provd.serve.tftp_options import Limits, Terms, negotiate

LIMITS = Limits(blksize=1468, windowsize=64)


def answered(**options: str) -> dict[str, int]:
    return dict(negotiate(options, 20480, LIMITS).answered)


def test_no_options_are_the_defaults_of_rfc_1350():
    assert negotiate({}, 20480, LIMITS) == Terms(blksize=512, windowsize=1, timeout=0, answered={})


@pytest.mark.parametrize("size", [8, 512, 1024, 1428, 1432, 1468])
def test_a_block_that_fits_a_frame_is_taken_as_asked(size):
    terms = negotiate({"blksize": str(size)}, 1, LIMITS)
    assert (terms.blksize, terms.answered) == (size, {"blksize": size})


@pytest.mark.parametrize("size", [1469, 8192, 65464])
def test_a_larger_block_is_clipped_to_the_limit(size):
    assert answered(blksize=str(size)) == {"blksize": 1468}


def test_the_limit_of_the_block_is_a_setting():
    assert negotiate({"blksize": "65464"}, 1, Limits(blksize=65464)).blksize == 65464


@pytest.mark.parametrize(
    "value", ["0", "7", "65465", "65535", "-512", "+512", "5e2", "many", "", " 512", "٥١٢", "9" * 400]
)
def test_an_illegal_block_is_left_out_and_the_default_holds(value):
    terms = negotiate({"blksize": value}, 1, LIMITS)
    assert (terms.blksize, terms.answered) == (512, {})


def test_the_size_of_the_file_is_told_whatever_the_client_guessed():
    assert answered(tsize="0") == {"tsize": 20480}
    assert answered(tsize="77") == {"tsize": 20480}


def test_a_negative_size_is_left_out():
    assert answered(tsize="-1") == {}


def test_an_unknown_size_is_left_out():
    assert negotiate({"tsize": "0", "blksize": "512"}, None, LIMITS).answered == {"blksize": 512}


@pytest.mark.parametrize(("value", "expected"), [("1", 1), ("255", 255), ("0", 0), ("256", 0), ("x", 0)])
def test_a_timeout_is_taken_exactly_or_not_at_all(value, expected):
    terms = negotiate({"timeout": value}, 1, LIMITS)
    assert terms.timeout == expected
    assert terms.answered == ({"timeout": expected} if expected else {})


@pytest.mark.parametrize(("value", "expected"), [("1", 1), ("16", 16), ("64", 64), ("65", 64), ("65535", 64)])
def test_a_window_is_bounded(value, expected):
    assert negotiate({"windowsize": value}, 1, LIMITS).windowsize == expected


@pytest.mark.parametrize("value", ["0", "65536", "-1", "w"])
def test_an_illegal_window_is_left_out(value):
    terms = negotiate({"windowsize": value}, 1, LIMITS)
    assert (terms.windowsize, terms.answered) == (1, {})


def test_the_size_of_an_empty_file_is_left_out():
    """libcurl calls an OACK with tsize 0 illegal."""
    assert negotiate({"tsize": "0"}, 0, LIMITS).answered == {}


def test_options_nobody_knows_are_ignored():
    assert answered(rollover="0", multicast="", blksize="1024") == {"blksize": 1024}


def test_the_answer_keeps_the_order_of_the_request():
    assert list(answered(windowsize="4", tsize="0", timeout="3", blksize="1428")) == [
        "windowsize",
        "tsize",
        "timeout",
        "blksize",
    ]
