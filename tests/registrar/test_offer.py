"""Phones that stumble over an algorithm they do not know are asked for MD5 alone."""

from __future__ import annotations

from pathlib import Path

from sip_edge.message import Response
from sip_edge.message.digest import Challenge
from sip_edge.registrar.offer import Offers
from tests.fakes import FakeClock
from tests.registrar.scenes import Edge, Phone, play

BOTH, ALONE = ("SHA-256", "MD5"), ("MD5",)


def test_who_answers_is_always_offered_the_best() -> None:
    offers = Offers(BOTH)
    for _turn in range(5):
        assert offers.choose("phone", "Snom") == BOTH
        offers.answered("phone", "Snom", "MD5", good=True)
    assert len(offers) == 0


def test_who_asks_again_without_an_answer_gets_md5_alone_and_so_do_its_sisters() -> None:
    offers = Offers(BOTH)
    assert offers.choose("first", "Old 1.0") == BOTH
    assert offers.choose("first", "Old 1.0") == ALONE
    offers.answered("first", "Old 1.0", "MD5", good=True)
    assert offers.choose("second", "Old 1.0") == ALONE
    assert offers.choose("third", "New 2.0") == BOTH


def test_a_guess_teaches_nothing() -> None:
    offers = Offers(BOTH)
    for _turn in range(2):
        offers.choose("stranger", "Yealink")
    offers.answered("stranger", "Yealink", "MD5", good=False)
    assert offers.choose("phone", "Yealink") == BOTH


def test_known_ones_never_stumble_and_without_md5_nobody_is_helped() -> None:
    assert Offers(BOTH).choose("phone", "baresip v1.0.0 (x86_64/linux)") == ALONE
    strict = Offers(("SHA-256",))
    assert [strict.choose("phone", "SIPp") for _ in range(3)] == [("SHA-256",)] * 3
    assert len(strict) == 0


def test_memory_is_bounded() -> None:
    offers = Offers(BOTH, most=100)
    for number in range(1_000):
        for _turn in range(2):
            offers.choose(number, str(number))
        offers.answered(number, str(number), "MD5", good=True)
        offers.choose(-number, "x")
    assert len(offers) <= 200


def algorithms(heard: Response | None) -> list[str]:
    assert heard is not None and heard.status == 401
    return [Challenge.parse(value).algorithm for value in heard.headers.all("www-authenticate")]


def test_an_old_phone_registers_at_its_second_try_and_the_next_at_its_first(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        old = Phone(edge, agent="Old 1.0")
        assert algorithms(old.send(old.message(old.contact))) == ["SHA-256", "MD5"]
        assert old.register().status == 200
        assert old.challenge and old.challenge.algorithm == "MD5"
        sister = Phone(edge, "102", agent="Old 1.0")
        assert algorithms(sister.send(sister.message(sister.contact))) == ["MD5"]

    play(tmp_path, scene)
