"""Frames come out as they went in, however the stream is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.frames import HEAD, LARGEST, Frames, frame

FRAMES = st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=300)), max_size=10)


@given(FRAMES, st.lists(st.integers(1, 400), max_size=20))
def test_any_cut_gives_the_same_frames(said: list[tuple[int, bytes]], cuts: list[int]) -> None:
    stream = b"".join(frame(kind, content) for kind, content in said)
    frames, heard = Frames(), []
    for cut in cuts:
        heard += frames.feed(stream[:cut])
        stream = stream[cut:]
    assert heard + frames.feed(stream) == said


def test_who_promises_too_much_is_no_neighbour() -> None:
    with pytest.raises(ValueError, match="larger"):
        Frames().feed(HEAD.pack(LARGEST + 1, 1))
