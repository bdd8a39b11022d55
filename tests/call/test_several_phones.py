"""A person with two phones: both ring, one wins, the other is told; and the races between them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from provd.answering.rule import Destination, Rule, SimRing
from sip_edge.message import Response
from tests.call.scenes import ACME, Desk, House, play
from tests.registrar.scenes import DOMAIN


def test_both_ring_and_the_second_is_told_that_it_was_answered_elsewhere(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, mobile = Desk(house, "101").register(), Desk(house, "101a").register()
        bob = Desk(house, "102")
        out = bob.call("101")
        one, other = ann.rung(), mobile.rung()
        one.ring()
        other.ring()
        assert bob.statuses() == [180], "the caller hears it once"
        other.answer()
        out.answered()
        (cancel,) = ann.requests("CANCEL")
        assert "Call completed elsewhere" in (cancel.headers.first("reason") or "")
        one.reply(cancel, 200)
        one.reply(one.invite, 487)
        assert [event.reason for event in house.events if event.kind == "not_answered"] == ["elsewhere"]
        out.bye()
        assert house.quiet()

    play(tmp_path, scene)


def test_two_answer_at_once_and_one_is_hung_up(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, mobile = Desk(house, "101").register(), Desk(house, "101a").register()
        bob = Desk(house, "102")
        out = bob.call("101")
        one, other = ann.rung(), mobile.rung()
        one.ring()
        other.ring()
        one.answer()
        other.reply(other.invite, 200, mobile.sdp)
        assert [request.method for request in mobile.requests()] == ["CANCEL", "ACK", "BYE"]
        assert out.answered().status == 200
        out.bye()
        assert house.quiet()

    play(tmp_path, scene)


def test_a_200_that_crosses_the_callers_cancel_is_hung_up(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101").register(), Desk(house, "102")
        out = bob.call("101")
        into = ann.rung()
        into.ring()
        bob.hear()
        out.cancel()
        assert sorted(bob.statuses()) == [200, 487]
        into.reply(into.invite, 200, ann.sdp)
        assert [request.method for request in ann.requests()] == ["CANCEL", "ACK", "BYE"]
        assert house.quiet()
        house.clock.advance(40)
        assert 200 not in bob.statuses(), "the caller has its 487 and nothing else"

    play(tmp_path, scene)


def test_a_second_200_of_another_fork_is_hung_up(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101").register(), Desk(house, "102")
        out = bob.call("101")
        into = ann.rung()
        into.answer()
        out.answered()
        contact = ("Contact", f"<sip:101@{ann.flow.remote[0]}:{ann.flow.remote[1]}>")
        second = into.invite.reply(200, to_tag="another", headers=[contact], body=b"")
        ann.send(second)
        ack, bye = ann.requests()
        assert (ack.method, bye.method) == ("ACK", "BYE")
        assert bye.to.tag == "another"
        into.reply(into.invite, 200, ann.sdp)
        assert [one.method for one in ann.requests()] == ["ACK"], "the first once more: its ACK was lost"
        out.bye()
        (last,) = ann.requests("BYE")
        assert last.to.tag == ann.tag + into.call_id[:6], "who has the call is hung up like everybody"
        assert house.quiet()

    play(tmp_path, scene)


def test_busy_only_when_all_are(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, mobile = Desk(house, "101").register(), Desk(house, "101a").register()
        bob = Desk(house, "102")
        bob.call("101")
        one, other = ann.rung(), mobile.rung()
        one.reply(one.invite, 486)
        assert bob.statuses() == []
        other.reply(other.invite, 603)
        assert bob.statuses() == [486]
        assert house.quiet()

    play(tmp_path, scene)


def test_a_rule_rings_others_later_and_sends_on_when_busy(tmp_path: Path) -> None:
    rule = Rule(
        ring="several", own=True, others=(SimRing(Destination("device", "103"), 10),), seconds=30,
        busy=Destination("device", "102"), no_answer=Destination("device", "102"),
    )  # fmt: skip
    people = {**ACME.people, "101": replace(ACME.people["101"], rules=(rule,))}

    async def scene(house: House) -> None:
        ann, bob, cid = (Desk(house, name).register() for name in ("101", "102", "103"))
        caller = Desk(house, "103")
        out = caller.call("101")
        into = ann.rung()
        assert cid.requests() == []
        house.clock.advance(10.1)
        late = cid.rung()
        into.ring()
        late.ring()
        house.clock.advance(20)
        assert "CANCEL" in [one.method for one in ann.requests()]
        assert "CANCEL" in [one.method for one in cid.requests()]
        last = bob.rung()
        assert last.invite.headers.first("diversion") == f"<sip:101@{DOMAIN}>;reason=no-answer"
        last.answer()
        out.answered()
        out.bye()
        assert [event.reason for event in house.events if event.kind == "forwarded"] == ["no_answer"]
        assert house.quiet()

    play(tmp_path, scene, replace(ACME, people=people))


def test_who_hangs_up_before_it_is_answered(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101").register(), Desk(house, "102")
        out = bob.call("101")
        ann.rung().ring()
        (ringing,) = [one for one in bob.hear() if isinstance(one, Response)]
        out.remote, out.target = str(ringing.to), ringing.contacts[0].target
        out.send("BYE")
        assert sorted(bob.statuses()) == [200, 487]
        assert [one.method for one in ann.requests()] == ["CANCEL"]
        assert house.quiet()

    play(tmp_path, scene)
