"""Holds, resumes, transfers and goodbyes of both sides in any order, answered or not, with a media engine that is away
now and then: nobody is left in a call, nothing of the engine is left, and who may change a call still may."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sip_edge.dialog.dialog import State
from sip_edge.message import Request, Response, SipError
from tests.call.holds import talking, with_music
from tests.call.scenes import TRUNK, Desk, House, Incoming, Outgoing, offer, play
from tests.registrar.scenes import DOMAIN

WORDS = (
    "sendonly", "inactive", "sendrecv", "sendrecv", "update", "ask", "obey", "obey", "obey", "refuse", "time", "bye",
    "refer", "park", "lose", "cancel",
)  # fmt: skip
STEP = st.tuples(st.sampled_from(WORDS), st.integers(0, 3))


class Couple:
    """Two who talk, and what they were asked."""

    def __init__(self, house: House, talks: list[Outgoing | Incoming], others: list[Desk]) -> None:
        self.house = house
        self.talks = talks
        self.others = others
        self.asked: dict[Desk, list[Request]] = {}
        self.statuses: list[int] = []
        self.sent: dict[Outgoing | Incoming, Request] = {}

    @property
    def desks(self) -> list[Desk]:
        """Everybody."""
        return [*(talk.desk for talk in self.talks), *self.others]

    def listen(self) -> None:
        """Take what has come; answers to INVITEs are acknowledged."""
        for desk in self.desks:
            for message in desk.hear():
                if isinstance(message, Request):
                    if message.method != "ACK":
                        self.asked.setdefault(desk, []).append(message)
                    continue
                assert isinstance(message, Response)
                for talk in self.talks:
                    if (talk.call_id, message.cseq.method) == (message.call_id, "INVITE") and message.status >= 200:
                        self.statuses.append(message.status)
                        if message.status == 200:
                            talk.ack(offer(desk.media) if message.cseq.number in self.empty else b"", talk.cseq)

    empty: frozenset[int] = frozenset()

    def answer(self, desk: Desk, status: int) -> None:
        """Answer everything that a phone was asked."""
        for request in self.asked.pop(desk, []):
            body = offer(desk.media) if request.method in ("INVITE", "UPDATE") and status == 200 else b""
            rows = [("Contact", desk.contact), *([("Content-Type", "application/sdp")] if body else [])]
            code = status if request.method == "INVITE" else 200
            desk.send(request.reply(code, to_tag="x", headers=rows, body=body))

    def step(self, what: str, which: int) -> None:
        """Somebody does something."""
        talk = self.talks[which % 2]
        self.listen()
        if what == "obey":
            for desk in self.desks:
                self.answer(desk, 200)
        elif what == "refuse":
            self.answer(self.desks[which % len(self.desks)], 488)
        elif what == "time":
            self.house.clock.advance((0.6, 3.0, 11.0, 61.0)[which])
        elif what == "bye":
            talk.send("BYE")
        elif what in ("refer", "park"):
            where = "103" if what == "refer" else "*701"
            talk.send("REFER", b"", ("Refer-To", f"<sip:{where}@{DOMAIN}>"))
        elif what == "cancel" and talk in self.sent:
            self._cancel(talk.desk, self.sent[talk])
        elif what == "ask":
            self.sent[talk] = talk.send("INVITE")
            self.empty = self.empty | {talk.cseq}
        elif what == "update":
            talk.send("UPDATE", offer(talk.desk.media, direction=("sendonly", "sendrecv")[which // 2]))
        elif what != "cancel":
            self.sent[talk] = talk.send("INVITE", offer(talk.desk.media, direction=what))

    def _cancel(self, desk: Desk, invite: Request) -> None:
        keep = ("via", "from", "to", "call-id", "max-forwards")
        rows = [(name, value) for name, value in invite.headers.pairs if name.lower() in keep]
        desk.send(Request.build("CANCEL", invite.target, [*rows, ("CSeq", f"{invite.cseq.number} CANCEL")]))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEP, max_size=25), st.booleans())
def test_nothing_is_left(steps: list[tuple[str, int]], behind_a_nat: bool) -> None:
    async def scene(house: House) -> None:
        media = with_music(house)
        ann, bob, cid = (Desk(house, name).register() for name in ("101", "102", "103"))
        ann.inside = "10.0.0.7" if behind_a_nat else ""
        couple = Couple(house, list(await talking(house, ann, bob)), [cid])
        for what, which in steps:
            if what == "lose":
                media.refuse = SipError(503, "No ports are left.")
            else:
                couple.step(what, which)
            await house.settle()
        media.refuse = None
        for _ in range(12):  # everybody does what is asked, and everything comes to its end
            couple.step("obey", 0)
            await house.settle()
            house.clock.advance(4)
            await house.settle()
        if all(talk.call_id in talking_now(house) for talk in couple.talks):
            couple.statuses.clear()
            couple.step("sendrecv", 0)
            await house.settle()
            couple.step("obey", 0)
            await house.settle()
            couple.listen()
            assert couple.statuses[-1:] == [200], (couple.statuses, house.kinds())
        for talk in couple.talks:
            talk.send("BYE")
        for _ in range(8):
            couple.step("obey", 0)
            house.clock.advance(300)
            await house.settle()
        house.clock.advance(2_000)
        await house.settle()
        assert house.quiet(), (len(house.controller.book), house.kinds())
        assert not media.legs and len(house.controller.waiting) == 0, media.legs
        assert house.stack.counters.handler_errors == 0

    with tempfile.TemporaryDirectory() as folder:
        play(Path(folder), scene, trunks=(TRUNK,))


def talking_now(house: House) -> set[str]:
    """The Call-IDs of those who are connected with somebody, and have answered what they were asked meanwhile."""
    book = house.controller.book
    found: set[str] = set()
    for one in book.conversations.values():
        for leg in one.legs.values():
            peer = one.peer(leg)
            dialog = leg.dialog
            if dialog is None or dialog.state is State.ENDED or not leg.talking:
                continue
            if peer is not None and peer.talking and not one.orbit:
                found.add(dialog.call_id)
    return found
