"""Forms with a file, in pieces of any size: what comes out is what went in, and what is no form is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_manager.multipart import LARGEST_FIELDS, Multipart, boundary
from provd.errors import ProvdError

MARK = b"--x5f2c9a"
TRICKY = st.lists(
    st.sampled_from([b"\r\n", b"--", MARK, b"\r\n--x5f2c9", b"\r", b"\n", b"a", b"\x00\xff"]), max_size=30
)


def form(fields: list[tuple[str, bytes]], file: bytes, name: str = "audio") -> bytes:
    head = 'Content-Disposition: form-data; name="{}"'
    parts = [b"--%s\r\n%s\r\n\r\n%s\r\n" % (MARK, head.format(n).encode(), value) for n, value in fields]
    with_file = f'{head.format(name)}; filename="a.wav"\r\nContent-Type: audio/wav'.encode()
    return b"".join(parts) + b"--%s\r\n%s\r\n\r\n%s\r\n--%s--\r\n" % (MARK, with_file, file, MARK)


def read(body: bytes, size: int) -> tuple[Multipart, bytes]:
    kept = bytearray()
    made = Multipart(MARK, "audio", kept.extend)
    for at in range(0, len(body), size):
        made.feed(body[at : at + size])
    return made, bytes(kept)


@settings(max_examples=200, deadline=None)
@given(TRICKY, st.integers(1, 90))
def test_a_file_comes_out_as_it_went_in_however_it_is_cut(pieces: list[bytes], size: int) -> None:
    file = b"".join(pieces).replace(b"\r\n--" + MARK, b"")
    if (b"\r\n" + file + b"\r\n").find(b"\r\n--" + MARK) >= 0:
        return
    made, kept = read(form([("do", b"add"), ("name", "Höld".encode()), ("empty", b"")], file), size)
    assert made.done and kept == file
    assert made.fields == {"do": [b"add"], "name": ["Höld".encode()], "empty": [b""]}


def test_a_file_that_nobody_asked_for_is_dropped_and_what_follows_the_end_too() -> None:
    made, kept = read(form([("do", b"add")], b"RIFF" * 1000, "other") + b"more\r\n" * 99, 64)
    assert made.done and not kept and made.fields == {"do": [b"add"]}


@pytest.mark.parametrize(
    "body",
    [
        b"--" + MARK + b"\r\nContent-Type: text/plain\r\n\r\nx\r\n--" + MARK + b"--",
        b"--" + MARK + b"\r\n" + b"X" * 40_000,
        b"--" + MARK + b"nothing of a header\r\n\r\n",
        form([(f"f{count}", b"1") for count in range(200)], b""),
        form([("words", b"a" * (LARGEST_FIELDS + 1))], b""),
    ],
)
def test_what_is_no_form_or_too_much_of_one_is_refused(body: bytes) -> None:
    with pytest.raises(ProvdError):
        read(body, 1000)


def test_half_a_form_is_not_done() -> None:
    assert not read(form([("do", b"add")], b"RIFF")[:-40], 50)[0].done


@pytest.mark.parametrize(
    ("kind", "mark"),
    [
        ("multipart/form-data; boundary=abc", b"abc"), ('Multipart/Form-Data; charset=utf-8; boundary="a b"', b"a b"),
        ('multipart/form-data; boundary="a-b"', b"a-b"), ("application/x-www-form-urlencoded", None), ("", None),
    ],
)  # fmt: skip
def test_the_mark_is_read_from_the_content_type(kind: str, mark: bytes | None) -> None:
    assert boundary(kind) == mark
