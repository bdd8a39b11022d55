"""Feature codes on the wire: pickup, parking, moving a call, intercom, private calls, do not disturb."""

from __future__ import annotations

from pathlib import Path

from provd.answering.rule import Rule
from provd.store import answer_rules, answering, domains, timeframes
from sip_edge.switches import Switches
from tests.call.scenes import Desk, House, connected, play, port_of
from tests.registrar.scenes import DOMAIN


def test_a_colleague_picks_a_call_up(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob, cid = Desk(house, "101"), Desk(house, "102").register(), Desk(house, "103")
        out = cid.call("102")
        into = bob.rung()
        into.ring()
        cid.hear()
        taker = ann.call("*35102")
        assert port_of(taker.answered().body) == cid.media
        assert port_of(out.answered().body) == ann.media
        assert "Call completed elsewhere" in (bob.requests("CANCEL")[0].headers.first("reason") or "")
        out.bye()
        assert "BYE" in [one.method for one in ann.requests()]
        assert house.quiet()
        ann.call("*36")
        assert ann.statuses() == [404], "nothing rings"

    play(tmp_path, scene)


def test_those_of_a_department_pick_up_among_themselves(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob, cid = Desk(house, "101"), Desk(house, "102").register(), Desk(house, "103")
        out = ann.call("102")
        bob.rung().ring()
        cid.call("*37")
        assert cid.statuses() == [404], "Cid is of no department"
        other = Desk(house, "101a")
        other.call("*37").answered()
        out.answered()
        out.bye()
        assert house.quiet()

    play(tmp_path, scene)


def test_a_call_is_parked_by_transfer_and_taken_by_a_colleague(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob, cid = Desk(house, "101"), Desk(house, "102").register(), Desk(house, "103")
        out, into = connected(ann, bob)
        out.send("REFER", b"", ("Refer-To", f"<sip:*701@{DOMAIN}>"))
        assert house.lamp("701") == "parked"
        assert [one.body[:11] for one in ann.requests("NOTIFY")] == [b"SIP/2.0 100", b"SIP/2.0 200"]
        (quiet,) = bob.requests("INVITE")
        assert b"a=inactive" in quiet.body
        into.reply(quiet, 200, bob.sdp)
        out.bye()
        assert house.lamp("701") == "parked"
        bob.hear()
        taker = cid.call("701")
        (again,) = bob.requests("INVITE")
        assert port_of(again.body) == cid.media
        into.reply(again, 200, bob.sdp)
        assert port_of(taker.answered().body) == bob.media
        assert house.lamp("701") == "idle"
        taker.bye()
        assert house.quiet()
        assert [kind for kind in house.kinds() if kind in ("parked", "retrieved")] == ["parked", "retrieved"]

    play(tmp_path, scene)


def test_a_taken_orbit_and_an_empty_one(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob, cid = Desk(house, "101").register(), Desk(house, "102").register(), Desk(house, "103").register()
        first, _ = connected(ann, bob)
        first.send("REFER", b"", ("Refer-To", f"<sip:*701@{DOMAIN}>"))
        ann.hear()
        second, third = connected(cid, ann)
        second.send("REFER", b"", ("Refer-To", f"<sip:*701@{DOMAIN}>"))
        assert b"SIP/2.0 486" in cid.requests("NOTIFY")[-1].body, "somebody is there already"
        second.send("REFER", b"", ("Refer-To", f"<sip:***@{DOMAIN}>"))
        assert b"SIP/2.0 200" in cid.requests("NOTIFY")[-1].body, "any that is free"
        assert house.lamp("702") == "parked"
        Desk(house, "103").call("*55709")
        third.bye()
        assert house.lamp("702") == "idle", "who was parked has hung up"

    play(tmp_path, scene)


def test_a_parked_call_that_nobody_takes_rings_back(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101").register(), Desk(house, "102").register()
        out, into = connected(ann, bob)
        out.send("REFER", b"", ("Refer-To", f"<sip:*701@{DOMAIN}>"))
        into.reply(bob.requests("INVITE")[0], 200, bob.sdp)
        out.bye()
        bob.hear()
        ann.hear()
        house.clock.advance(60.1)
        back = ann.rung()
        assert "701: Bob" in str(back.invite.from_)
        assert house.lamp("701") == "idle"
        back.ring()
        house.clock.advance(26)
        assert house.lamp("701") == "parked", "nobody is there: it waits once more"
        ann.hear()
        house.clock.advance(59.0)
        back = ann.rung()
        back.reply(back.invite, 200, ann.sdp)
        into.reply(bob.requests("INVITE")[-1], 200, bob.sdp)
        assert port_of(ann.requests("ACK")[0].body) == bob.media
        back.bye()
        assert house.quiet()

    play(tmp_path, scene)


def test_the_own_call_moves_to_the_other_phone(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, mobile, bob = Desk(house, "101"), Desk(house, "101a"), Desk(house, "102").register()
        _, into = connected(ann, bob)
        taker = mobile.call("*38")
        (again,) = bob.requests("INVITE")
        into.reply(again, 200, bob.sdp)
        assert port_of(taker.answered().body) == bob.media
        assert "BYE" in [one.method for one in ann.requests()]
        taker.bye()
        assert house.quiet()

    play(tmp_path, scene)


def test_intercom_and_private_calls(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        out = ann.call("*80102")
        into = bob.rung()
        assert "answer-after=0" in (into.invite.headers.first("call-info") or "")
        into.answer()
        out.answered()
        Desk(house, "103").call("*80102")
        out.bye()
        bob.hear()
        ann.call("*67102")
        hidden = bob.rung().invite
        assert "anonymous.invalid" in str(hidden.from_) and hidden.headers.first("privacy") == "id"

    play(tmp_path, scene)


def test_do_not_disturb_by_code_is_saved_and_the_phone_sees_a_good_call(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        store = house.edge.store
        house.controller.features.switch = Switches(store).dial
        ann = Desk(house, "101")
        out = ann.call("*78")
        await house.settle()
        assert b"a=inactive" in out.answered().body
        company = domains.by_name(store, DOMAIN).id
        _, user = answering.user_id(store, DOMAIN, "101")
        assert answering.get(store, company, user).do_not_disturb
        house.clock.advance(1.1)
        assert [one.method for one in ann.requests()] == ["BYE"]
        assert house.quiet()

    play(tmp_path, scene)


def test_a_time_frame_by_code_switches_the_callers_own_rule(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        store = house.edge.store
        house.controller.features.switch = Switches(store).dial
        company, user = answering.user_id(store, DOMAIN, "101")
        number = timeframes.create(store, company, "Night", {"when": "always"}, 1).number
        answer_rules.create(store, company, user, Rule(number), 1)
        ann = Desk(house, "101")
        out = ann.call(f"*54{number}")
        await house.settle()
        assert b"a=inactive" in out.answered().body
        assert timeframes.switched_off(store, company) == [(number, "101")]
        house.clock.advance(1.1)
        assert [one.method for one in ann.requests()] == ["BYE"]
        ann.call("*5499")
        await house.settle()
        assert ann.statuses()[-1] == 484, "there is no such time frame"
        assert house.quiet()

    play(tmp_path, scene)
