"""What somebody who waits hears, piece by piece (SF-320, SF-322, SF-323)."""

from __future__ import annotations

from itertools import islice, pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.music.playlist import GAPS, Playlist, Track, chosen
from provd.music.programme import Segment, programme

HELLO, JAZZ, BLUES, HOURS, SITE = (
    Track("hello", 4.0), Track("jazz", 50.0), Track("blues", 25.0), Track("hours", 6.0), Track("site", 3.5),
)  # fmt: skip


def heard(playlist: Playlist, count: int, seed: int = 1) -> list[Segment]:
    pieces = programme(playlist, Random(seed))
    assert pieces is not None
    return list(islice(pieces, count))


def test_the_introduction_is_first_and_once() -> None:
    assert [one.path for one in heard(Playlist(HELLO, (JAZZ, BLUES)), 5)] == ["hello", "jazz", "blues", "jazz", "blues"]


def test_music_goes_on_where_the_message_interrupted_it() -> None:
    assert heard(Playlist(None, (JAZZ, BLUES), (HOURS, SITE), gap=30), 8) == [
        Segment("jazz", 0.0, 30.0), Segment("hours", 0.0, 6.0),
        Segment("jazz", 30.0, 20.0), Segment("blues", 0.0, 10.0), Segment("site", 0.0, 3.5),
        Segment("blues", 10.0, 15.0), Segment("jazz", 0.0, 15.0), Segment("hours", 0.0, 6.0),
    ]  # fmt: skip


def test_messages_without_music_have_silence_between_them() -> None:
    assert heard(Playlist(None, (), (HOURS,), gap=15), 3) == [
        Segment("hours", 0.0, 6.0), Segment("", 0.0, 15.0), Segment("hours", 0.0, 6.0)
    ]  # fmt: skip


def test_an_introduction_alone_ends() -> None:
    assert heard(Playlist(HELLO), 5) == [Segment("hello", 0.0, 4.0)]


@pytest.mark.parametrize("playlist", [Playlist(), Playlist(Track("x", 0.0), (Track("y", 0.05),), (Track("z", -1.0),))])
def test_nothing_to_play_is_no_programme(playlist: Playlist) -> None:
    assert programme(playlist, Random(1)) is None


def test_shuffled_songs_all_come_every_round_and_none_twice_in_a_row() -> None:
    songs = tuple(Track(str(n), 20.0 + n) for n in range(5))
    order = [one.path for one in heard(Playlist(None, songs, shuffle=True), 500)]
    assert all(set(order[at : at + 5]) == set("01234") for at in range(0, 500, 5))
    assert all(one != other for one, other in pairwise(order))
    assert order[:20] != [str(n % 5) for n in range(20)]


def test_the_more_specific_level_replaces_the_others_wholly() -> None:
    user, company = Playlist(None, (JAZZ,)), Playlist(HELLO, (BLUES,), (HOURS,), shuffle=True)
    assert chosen([user, company]) == user
    assert chosen([None, company]) == company
    assert chosen([Playlist(), company]) == company
    assert chosen([None, Playlist()]) is None


def test_a_level_with_an_introduction_only_has_it_before_the_music_below() -> None:
    company = Playlist(SITE, (BLUES,), (HOURS,), gap=45)
    assert chosen([Playlist(HELLO), company]) == Playlist(HELLO, (BLUES,), (HOURS,), gap=45)
    assert chosen([Playlist(HELLO), None]) == Playlist(HELLO)


def tracks(name: str, least: int) -> st.SearchStrategy[tuple[Track, ...]]:
    lengths = st.lists(st.floats(0.1, 400.0), min_size=least, max_size=4)
    return lengths.map(lambda found: tuple(Track(f"{name}{n}", one) for n, one in enumerate(found)))


@given(tracks("s", 1), tracks("m", 1), st.sampled_from(GAPS), st.booleans(), st.integers(0, 99))
def test_between_two_messages_is_exactly_the_gap_of_music(
    songs: tuple[Track, ...], messages: tuple[Track, ...], gap: int, shuffle: bool, seed: int
) -> None:
    music, place, turn = 0, ("", 0), 0
    for one in heard(Playlist(None, songs, messages, shuffle, gap), 300, seed):
        assert one.seconds > 0
        length = round(one.seconds * 1000)
        if one.path.startswith("m"):
            assert (one.path, one.start) == (messages[turn % len(messages)].path, 0.0)
            assert music == gap * 1000
            music, turn = 0, turn + 1
        else:
            start, whole = round(one.start * 1000), next(int(s.seconds * 1000) for s in songs if s.path == one.path)
            assert start == 0 or place == (one.path, start)
            assert start + length <= whole
            place = (one.path, start + length)
            music += length
    assert turn or music
