"""Calls to and from carriers: who may come in, what they see, passwords, the next trunk, emergencies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sip_edge.call.placing import TRUNK_PATIENCE
from sip_edge.call.trunk import Trunk, in_order
from sip_edge.message import Response
from tests.call.scenes import CARRIER, NUMBER, TRUNK, Desk, House, play, port_of
from tests.registrar.scenes import DOMAIN

OURS = replace(TRUNK, domain=DOMAIN)
ELSEWHERE = Trunk("second", "198.51.100.8", order=1)


def test_a_carrier_calls_a_number_of_the_company(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        carrier, bob = Desk(house, "+13035550100", trunk=True, domain="127.0.0.1"), Desk(house, "102").register()
        out = carrier.call(NUMBER)
        into = bob.rung()
        assert "+13035550100" in str(into.invite.from_)
        into.answer()
        out.answered()
        into.bye()
        assert [one.method for one in carrier.requests()] == ["BYE"]
        assert house.quiet()
        carrier.call("+12145559999")
        assert carrier.statuses() == [404]

    play(tmp_path, scene, trunks=(OURS,))


def test_a_carrier_that_writes_the_companys_name_into_from(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        carrier, bob = Desk(house, "+13035550100", trunk=True), Desk(house, "102").register()
        carrier.host = DOMAIN
        carrier.call(NUMBER)
        assert "+13035550100" in str(bob.rung().invite.from_)

    play(tmp_path, scene, trunks=(OURS,))


def test_a_carrier_may_call_as_often_as_many_callers_do(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        carrier = Desk(house, "+13035550100", trunk=True, domain="127.0.0.1")
        for _ in range(210):
            carrier.call("+12145559999")
        assert len([status for status in carrier.statuses() if status == 404]) == 210

    play(tmp_path, scene, trunks=(OURS,))


def test_strangers_do_not_get_in_by_calling_a_number(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        stranger, bob = Desk(house, "+13035550100", trunk=True), Desk(house, "102").register()
        stranger.call(NUMBER)
        assert stranger.statuses() == [403]
        assert bob.requests() == []

    play(tmp_path, scene)


def test_a_call_outside_shows_the_companys_number_and_answers_a_password(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, carrier = Desk(house, "101"), Desk(house, "carrier", trunk=True)
        out = ann.call("3035550100")
        await house.settle()
        first = carrier.rung()
        assert first.invite.target == f"sip:+13035550100@{CARRIER}:5060"
        assert NUMBER in str(first.invite.from_)
        challenge = ("WWW-Authenticate", 'Digest realm="carrier", nonce="abc", algorithm=MD5, qop="auth"')
        first.reply(first.invite, 401, b"", challenge)
        (second,) = [one for one in carrier.requests("INVITE") if "authorization" in one.headers]
        assert 'username="acme"' in (second.headers.first("authorization") or "")
        into = first
        into.invite, into.call_id, into.remote = second, second.call_id, str(second.from_)
        into.local = f"{second.to};tag={carrier.tag}{second.call_id[:6]}"
        into.reply(second, 183, carrier.sdp)
        (early,) = [one for one in ann.hear() if isinstance(one, Response)]
        assert early.status == 183 and port_of(early.body) == carrier.media, "a lone leg is heard before it answers"
        into.reply(second, 200, carrier.sdp)
        out.answered()
        out.bye()
        assert "BYE" in [one.method for one in carrier.requests()]
        assert house.quiet() and not house.controller.book.trunk_calls

    play(tmp_path, scene, trunks=(replace(OURS, user="acme", password="secret"),))


def test_the_next_trunk_is_tried_when_the_first_fails(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, first = Desk(house, "101"), Desk(house, "carrier", trunk=True)
        second = Desk(house, "second", trunk=True)
        second.flow.remote = ("198.51.100.8", 5060)
        house.flows[second.flow.remote] = second.flow
        house.flows[CARRIER, 5060] = first.flow
        out = ann.call("3035550100")
        await house.settle()
        tried = first.rung()
        tried.reply(tried.invite, 503)
        await house.settle()
        second.rung().answer()
        out.answered()
        assert house.controller.book.trunk_calls == {"second": 1}
        out.bye()
        assert house.quiet()

    play(tmp_path, scene, trunks=(OURS, ELSEWHERE))


def test_an_emergency_is_called_whatever_else_holds(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, carrier = Desk(house, "101"), Desk(house, "carrier", trunk=True)
        ann.call("911")
        await house.settle()
        assert carrier.rung().invite.target == f"sip:911@{CARRIER}:5060"

    play(tmp_path, scene, trunks=(OURS,))


def test_without_a_trunk_nobody_is_called_outside(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann = Desk(house, "101")
        ann.call("3035550100")
        assert ann.statuses() == [503]
        assert house.quiet()

    play(tmp_path, scene)


def test_a_trunk_that_says_nothing_is_given_up_after_four_seconds(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, first = Desk(house, "101"), Desk(house, "carrier", trunk=True)
        second = Desk(house, "second", trunk=True)
        second.flow.remote = ("198.51.100.8", 5060)
        house.flows[second.flow.remote] = second.flow
        house.flows[CARRIER, 5060] = first.flow
        out = ann.call("3035550100")
        await house.settle()
        mute = first.rung()
        house.clock.advance(TRUNK_PATIENCE + 0.1)
        await house.settle()
        second.rung().answer()
        out.answered()
        mute.reply(mute.invite, 200, first.sdp)
        assert {one.method for one in first.requests()} >= {"ACK", "BYE"}, "who answers too late is thanked and let go"
        assert house.controller.book.trunk_calls == {"second": 1}
        out.bye()
        assert house.quiet()

    play(tmp_path, scene, trunks=(OURS, ELSEWHERE))


def test_who_does_not_answer_at_the_moment_is_tried_last(tmp_path: Path) -> None:
    silent = replace(OURS, silent=True)
    assert [one.name for one in in_order((silent, ELSEWHERE), DOMAIN, {})] == ["second", OURS.name]
    assert [one.name for one in in_order((silent,), DOMAIN, {})] == [OURS.name]


def test_an_emergency_is_called_over_a_trunk_that_is_full(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, carrier = Desk(house, "101"), Desk(house, "carrier", trunk=True)
        ann.call("3035550100")
        await house.settle()
        carrier.rung()
        ann.call("3035550101")
        assert 503 in ann.statuses()
        ann.call("911")
        await house.settle()
        assert carrier.rung().invite.target == f"sip:911@{CARRIER}:5060"

    play(tmp_path, scene, trunks=(replace(OURS, most_calls=1),))


def test_an_emergency_goes_on_to_the_next_trunk_whatever_the_first_says(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, first = Desk(house, "101"), Desk(house, "carrier", trunk=True)
        second = Desk(house, "second", trunk=True)
        second.flow.remote = ("198.51.100.8", 5060)
        house.flows[second.flow.remote] = second.flow
        house.flows[CARRIER, 5060] = first.flow
        ann.call("911")
        await house.settle()
        tried = first.rung()
        tried.reply(tried.invite, 603)
        await house.settle()
        assert second.rung().invite.target.startswith("sip:911@")

    play(tmp_path, scene, trunks=(OURS, ELSEWHERE))
