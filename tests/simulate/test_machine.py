"""What every phone does alike: patience, memory, and an answer to who it is."""

from __future__ import annotations

import re
from typing import Any

import pytest

from provd import digest
from provd.simulate.machine import Machine, Patience
from provd.simulate.start import Memory
from provd.simulate.wire import Reply, Request
from tests.simulate.shelf import ACCOUNT, MAC, URL, asks, names, played, served, unit, yealink

OWN = f"{MAC}.cfg"
FILES = {OWN: yealink(*ACCOUNT)}
KEY = b"k" * 32


def in_turn(*replies: Reply, then: Any = None) -> Any:
    """The first requests get these replies, the others what is on the shelf."""
    waiting = list(replies)
    shelf = then or served(FILES)
    return lambda request: waiting.pop(0) if waiting else shelf(request)


@pytest.mark.parametrize("bad", [Reply(0, error="Connection refused"), Reply(503), Reply(429), Reply(500)])
def test_a_server_that_does_not_answer_is_asked_again_after_growing_pauses(bad: Reply) -> None:
    phone, requests = played(Machine(unit("T46U"), URL), in_turn(bad, bad, bad))

    assert [request.after for request in requests[:5]] == [0, 2, 4, 8, 0]
    assert names(requests)[:5] == [f"{MAC}.boot"] * 4 + ["y000000000000.boot"]
    assert phone.up


def test_in_the_end_it_gives_up_and_says_why() -> None:
    def dead(_: Request) -> Reply:
        return Reply(0, error="Connection refused")

    machine = Machine(unit("T46U"), URL, patience=Patience(attempts=3, first=1))
    phone, requests = played(machine, dead)

    assert [request.after for request in requests] == [0, 1, 2]
    assert phone.failure == (
        f"The server gave no {MAC}.boot (Connection refused); check that it runs and can be reached."
    )
    assert [made.status for made in phone.requests] == [0, 0, 0]


@pytest.mark.parametrize(("said", "pause"), [("5", 5.0), ("1", 2.0), ("99999", 30.0), ("soon", 2.0), ("٣", 2.0)])
def test_it_waits_as_long_as_it_is_told_within_reason(said: str, pause: float) -> None:
    busy = Reply(503, (("retry-after", said),))
    _, requests = played(Machine(unit("T46U"), URL), in_turn(busy))

    assert requests[1].after == pause


def test_a_file_with_an_etag_is_asked_for_conditionally_and_304_brings_it_back() -> None:
    def careful(request: Request) -> Reply:
        if not request.url.endswith(OWN):
            return Reply(404)
        if request.headers.get("If-None-Match") == '"v1"':
            return Reply(304)
        return Reply(200, (("etag", '"v1"'),), FILES[OWN].encode())

    memory = Memory()
    first, _ = played(Machine(unit("T46U"), URL, memory=memory), careful)
    second, requests = played(Machine(unit("T46U"), URL, memory=memory), careful)

    assert first.up and second.up
    assert second.accounts == first.accounts
    assert [made.status for made in second.requests] == [404, 404, 404, 304]
    assert second.requests[-1].same and not first.requests[-1].same
    assert ["If-None-Match" in request.headers for request in requests] == [False, False, False, True]


def test_a_304_that_nobody_asked_for_is_no_answer() -> None:
    phone, _ = played(Machine(unit("T46U"), URL, patience=Patience(attempts=1)), lambda _: Reply(304))

    assert not phone.up and phone.reading is None


def test_the_same_bytes_without_an_etag_count_as_unchanged() -> None:
    memory = Memory()
    asks("T46U", FILES, url="tftp://pbx.example/", memory=memory)
    second, _ = asks("T46U", FILES, url="tftp://pbx.example/", memory=memory)
    third, _ = asks("T46U", {OWN: yealink(*ACCOUNT, "lang.gui = German")}, url="tftp://pbx.example/", memory=memory)

    assert second.requests[-1].same
    assert not third.requests[-1].same


class Guarded:
    """A server that wants Digest for every file, with nonces of our own server's kind."""

    def __init__(self, password: str, now: float = 1000.0) -> None:
        self.password, self.now = password, now
        self.counts: list[str] = []

    def __call__(self, request: Request) -> Reply:
        said = digest.parse(request.headers.get("Authorization", ""))
        target = re.sub(r"https?://[^/]+", "", request.url)
        age = digest.nonce_age(said.nonce, KEY, self.now) if said else None
        stale = age is not None and age > digest.NONCE_SECONDS
        right = said and not stale and digest.matches(said, self.password, "provd", request.method, target)
        if not right:
            asked = digest.challenge("provd", KEY, self.now, stale=stale)
            return Reply(401, tuple(("www-authenticate", value) for value in asked))
        self.counts.append(said.nc if said else "")
        return served(FILES)(request)


def test_it_answers_a_challenge_once_and_goes_on_with_the_same_nonce() -> None:
    server = Guarded("secret")
    phone, requests = played(Machine(unit("T46U", user="u", password="secret"), URL), server)

    assert phone.up
    assert names(requests)[:2] == [f"{MAC}.boot"] * 2
    assert server.counts == ["00000001", "00000002", "00000003", "00000004"]
    assert all("algorithm=SHA-256" in request.headers["Authorization"] for request in requests[1:])


def test_a_stale_nonce_is_replaced_and_a_wrong_password_is_not_tried_again() -> None:
    server = Guarded("secret")

    def later(request: Request) -> Reply:
        server.now += 400
        return server(request)

    phone, requests = played(Machine(unit("T46U", user="u", password="secret"), URL), later)
    # Every nonce is too old by the next request: each file is asked twice, and then the phone gives it up.
    assert len(requests) <= 4 * 3 and not phone.up

    phone, requests = played(Machine(unit("T46U", user="u", password="wrong"), URL), Guarded("secret"))
    assert names(requests)[:3] == [f"{MAC}.boot", f"{MAC}.boot", "y000000000000.boot"]
    assert not phone.up


def test_a_phone_that_knows_md5_only_takes_the_md5_challenge() -> None:
    phone, requests = played(
        Machine(unit("T46U", user="u", password="secret", digests=("MD5",)), URL), Guarded("secret")
    )

    assert phone.up
    assert "algorithm=MD5" in requests[1].headers["Authorization"]


def test_a_list_of_files_without_end_ends() -> None:
    endless = "\n".join(f'include:config "{number}.cfg"' for number in range(1000))
    phone, requests = asks("T46U", {f"{MAC}.boot": yealink(endless)})

    assert len(requests) == 40
    assert "more than 40 files" in phone.failure


def test_secrets_are_not_shown_by_accident() -> None:
    phone, requests = asks(unit("T46U", user="u", password="Typed-In"), FILES)

    assert "Typed-In" not in repr(phone)
    assert "Token-Of-The-Company" not in repr(phone)
    assert "Typed-In" not in repr(requests)
