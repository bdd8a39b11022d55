"""Call screening: the caller says a name, and who hears it decides (SF-099, AM-54 to AM-56)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sip_edge.call.active import active_calls
from sip_edge.call.call import SCREEN
from sip_edge.call.confirming import GOODBYE
from sip_edge.call.conversation import Conversation
from sip_edge.call.screening import REGRET
from sip_edge.routing.decision import Decision
from tests.call.scenes import House, play
from tests.call.screened import CELL, OURS, Screened, screening, with_cell
from tests.registrar.scenes import DOMAIN


def test_who_hears_the_name_and_presses_1_talks_to_the_caller(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        one = await Screened(house).call()
        one.out.answered()
        assert one.heard() == ["screen-name", "beep"]
        assert one.bob.requests() == [], "nobody rings before the caller has said something"
        ((now,), _) = active_calls(house.controller.book.conversations.values(), DOMAIN)
        assert (now.state, now.place) == ("application", "screening")
        name = await one.says()
        assert one.heard() == ["ringback"]
        await one.answers()
        assert one.heard() == ["screen-call-from", name.stem, "confirm-menu"]
        assert not one.media.bridged, "the caller is not heard yet"
        await one.press("1")
        assert len(one.media.bridged) == 1
        assert one.ann.requests() == [] and one.bob.requests("INVITE") == [], "both are where they are"
        kinds = [kind for kind in house.kinds() if kind in ("screened", "asked", "accepted", "answered")]
        assert kinds == ["screened", "screened", "asked", "accepted", "answered", "answered"]
        one.out.bye()
        assert [request.method for request in one.bob.requests()] == ["BYE"]
        await house.settle()
        assert one.nothing_left()
        assert [event.status for event in house.events if event.kind == "ended"] == [200]

    play(tmp_path, scene, screening())


@pytest.mark.parametrize(
    ("key", "why", "status"), [("2", "declined", 486), ("3", "declined", 486), ("", "no_key", 480)]
)  # fmt: skip
def test_who_does_not_want_the_caller(tmp_path: Path, key: str, why: str, status: int) -> None:
    async def scene(house: House) -> None:
        one = await Screened(house).call()
        one.out.answered()
        await one.says(0.1)
        assert one.why("screened") == ["asked", "unnamed"]
        await one.answers()
        assert one.heard()[1] == "screen-unannounced"
        if key:
            await one.press(key)
        else:
            house.clock.advance(SCREEN)
            await house.settle()
        assert one.why() == [why]
        assert one.heard() == ["screen-refused"], "the caller is told"
        house.clock.advance(REGRET)
        await house.settle()
        assert [request.method for request in one.ann.requests()] == ["BYE"]
        assert [event.status for event in house.events if event.kind == "ended"] == [status]
        assert one.nothing_left()

    play(tmp_path, scene, screening())


def test_who_hangs_up_does_not_want_the_caller_either(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        one = await Screened(house).call()
        one.out.answered()
        await one.says()
        (await one.answers()).bye()
        await house.settle()
        assert one.why() == ["declined"] and one.why("forwarded") == []
        one.out.bye()
        await house.settle()
        assert one.nothing_left()

    play(tmp_path, scene, screening())


def test_2_sends_the_caller_to_the_mailbox(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        taken: list[str] = []

        def takes(_one: Conversation, decision: Decision) -> bool:
            taken.append(str(decision.destination))
            return True

        house.controller.applications = takes
        one = await Screened(house).call()
        one.out.answered()
        await one.says()
        await one.answers()
        assert one.heard()[-1] == "screen-menu"
        await one.press("2")
        assert taken == ["Voicemail 102"]
        assert one.why() == ["voicemail"] and one.why("forwarded") == ["voicemail"]
        assert "BYE" in [request.method for request in one.bob.requests()]
        one.out.bye()
        await house.settle()
        assert one.nothing_left()

    play(tmp_path, scene, screening(voicemail=True))


def test_the_first_of_several_phones_that_accepts_has_the_call(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        one = await Screened(house).call()
        one.out.answered()
        name = await one.says()
        desk = await one.answers()
        await one.answers(one.mobile)
        assert one.heard() == ["screen-call-from", name.stem, "confirm-menu"], "it was recorded once"
        await one.press("1")
        assert len(one.media.bridged) == 1 and one.heard() == ["confirm-gone"]
        assert desk.desk.requests("BYE") == [], "who was asked meanwhile hears that it is too late"
        house.clock.advance(GOODBYE)
        assert [request.method for request in desk.desk.requests()] == ["BYE"]
        assert one.why() == ["elsewhere"]
        one.out.bye()
        assert "BYE" in [request.method for request in one.mobile.requests()]
        await house.settle()
        assert one.nothing_left()

    play(tmp_path, scene, screening(with_cell()), trunks=(OURS,))


def test_callers_on_the_list_are_not_asked(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        one = await Screened(house).call()
        one.bob.rung().answer()
        one.out.answered()
        assert one.media.told == []
        one.out.bye()
        assert house.quiet()

    play(tmp_path, scene, screening(allowed=frozenset({"101"})))


def test_a_spam_call_may_be_screened_where_others_are_not(tmp_path: Path) -> None:
    company = screening()
    bob = company.people["102"]
    spam = replace(bob, rules=(replace(bob.rules[0], screening=False),), spam="screen")

    async def scene(house: House) -> None:
        one = Screened(house)
        out = one.mobile.call(
            "+12145550140", None, ("P-Asserted-Identity", f"<sip:{CELL};verstat=TN-Validation-Failed@x>")
        )
        await house.settle()
        assert one.heard() == ["screen-name", "beep"]
        out.answered()
        out.bye()
        await house.settle()
        assert one.nothing_left()

    play(tmp_path, scene, replace(company, people={**company.people, "102": spam}), trunks=(OURS,))
