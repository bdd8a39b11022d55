"""Phones, callers and an engine that do anything at any time while a caller is screened: everybody is released, the
caller has one final answer, no name is kept, and events make the same records whoever replays them."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provd.answering.rule import Destination, Rule, SimRing
from provd.cdr import cdrs, flow
from provd.store import call_events
from provd.store.database import Store
from sip_edge.call.stage import Phase
from sip_edge.media.event import CallLost, Dtmf, PlayEnded, RecordEnded
from sip_edge.message import Request, Response
from sip_edge.routing.facts import Company
from tests.call.scenes import ACME, Desk, House, Incoming, Outgoing, play
from tests.call.screened import CELL, OURS
from tests.fakes import FakeMedia

WORDS = (
    *("goes on",) * 9, "listen", "mute", "ring", "answer", "busy", "cancel", "bye", "played", "recorded", "1", "2", "3",
    "#", "info", "lost", "time", "settle",
)  # fmt: skip
STEP = st.tuples(st.sampled_from(WORDS), st.integers(0, 3))


def company(*, screening: bool, voicemail: bool, busy: bool) -> Company:
    """Bob's phone and his cell ring together; the cell is to confirm where nobody is screened."""
    others = (SimRing(Destination("external", CELL), 0, True),)
    onward = Destination("user", "103") if busy else None
    rule = Rule(ring="several", own_all=True, others=others, screening=screening, seconds=25, busy=onward)
    people = {**ACME.people, "102": replace(ACME.people["102"], rules=(rule,), voicemail=voicemail)}
    people["103"] = replace(people["103"], rules=(Rule(always=Destination("external", CELL, confirm=True)),))
    return replace(ACME, people=people)


class Anything:
    """Ann calls Bob with and without an offer; what comes is answered when a step says so."""

    def __init__(self, house: House, *, offers: bool) -> None:
        self.house = house
        self.media = house.controller.audio.engine = FakeMedia()
        self.ann, self.bob = Desk(house, "101"), Desk(house, "102").register()
        self.cell = Desk(house, "carrier", trunk=True)
        self.into: list[Incoming] = []
        self.finals: set[int] = set()
        self.recorded: set[str] = set()
        self.out: Outgoing = self.ann.call("102", None if offers else b"")

    def listen(self, *, obey: bool) -> None:
        """Take what has come; with `obey` requests inside calls are answered."""
        for desk in (self.ann, self.bob, self.cell):
            for message in desk.hear():
                if isinstance(message, Response):
                    self._answered(desk, message)
                elif isinstance(message, Request) and message.method == "INVITE" and message.to.tag is None:
                    self.into.append(Incoming(desk, message))
                elif isinstance(message, Request) and obey and message.method != "ACK":
                    self._obey(desk, message)

    def _answered(self, desk: Desk, message: Response) -> None:
        if desk is not self.ann or message.cseq.method != "INVITE" or message.call_id != self.out.call_id:
            return
        if message.status >= 200 and message.status != 401 and message.cseq == self.out.invite.cseq:
            self.finals.add(message.status)
            if message.status == 200:
                self.out.remote, self.out.target = str(message.to), message.contacts[0].target
                self.out.ack(b"" if self.out.offered else self.ann.sdp, cseq=message.cseq.number)
            else:
                self.out.acknowledged(message)

    def _obey(self, desk: Desk, message: Request) -> None:
        body = desk.sdp if message.method == "INVITE" else b""
        rows = [("Contact", desk.contact), *([("Content-Type", "application/sdp")] if body else [])]
        desk.send(message.reply(200, to_tag="x", headers=rows, body=body))

    async def step(self, what: str, which: int) -> None:
        """Something happens."""
        into = self.into[which % len(self.into)] if self.into else None
        talk = self.out if which % 2 else into
        match what:
            case "listen" | "mute":
                self.listen(obey=what == "listen")
            case "ring" | "answer" | "busy" if into is not None:
                status = {"ring": 180, "answer": 200, "busy": 486}[what]
                into.reply(into.invite, status, into.desk.sdp if status == 200 else b"")
            case "cancel":
                self.out.cancel()
            case "bye" if talk is not None:
                talk.send("BYE")
            case "info" if talk is not None:
                talk.send("INFO", b"1", ("Content-Type", "application/dtmf"))
            case "time":
                self.house.clock.advance((0.6, 7.0, 16.0, 31.0)[which])
            case "settle":
                await self.house.settle()
            case "goes on":
                await self._goes_on(which)
            case _:
                self._media(what, which)

    async def _goes_on(self, which: int) -> None:
        """What comes next where nothing goes wrong: the question, the name, an answer, a key."""
        await self.house.settle()
        self.listen(obey=True)
        ones = list(self.house.controller.book.conversations.values())
        if ones and ones[0].call.phase is Phase.NAMING:
            recorded = any(told[0] == "record" for told in self.media.told)
            self._media("recorded" if recorded else "played", which if recorded else 0)
        elif ones and ones[0].call.asking and which:
            self._media("1112"[which], which % 2)
        elif self.into:
            into = self.into[which % len(self.into)]
            into.reply(into.invite, 200, into.desk.sdp)

    def _media(self, what: str, which: int) -> None:
        """The engine tells something."""
        plays, records = ([one for one in self.media.told if one[0] == kind] for kind in ("play", "record"))
        if what == "played" and plays:
            _, call, leg, _, _, name = plays[-1 - which % len(plays)]
            self.media.tell(PlayEnded(call, leg, name, "done"))
        elif what == "recorded" and records:
            _, call, _, path, _, name = records[-1]
            if call in self.media.legs and name not in self.recorded:
                Path(path).write_bytes(b"RIFF")
            self.recorded.add(name)
            self.media.tell(RecordEnded(call, name, "silence", (0.0, 1.2)[which % 2]))
        elif what == "lost" and plays:
            self.media.legs.pop(plays[-1][1], None)
            self.media.tell(CallLost(plays[-1][1]))
        elif what in "123#":
            asked = [one for one in self.media.told if one[0] == "listen" and one[3]]
            if asked:
                _, call, leg, _ = asked[-1 - which % len(asked)]
                self.media.tell(Dtmf(call, leg, what, 100))

    async def end(self) -> None:
        """Everybody hangs up, and time passes."""
        await self.house.settle()
        self.listen(obey=True)
        self.out.cancel()
        for _ in range(8):
            await self.house.settle()
            self.listen(obey=True)
            for talk in [self.out, *self.into]:
                talk.send("BYE")
            self.house.clock.advance(40)
        self.house.clock.advance(300)
        await self.house.settle()
        self.house.clock.advance(2000)
        await self.house.settle()


def replayed(house: House, store: Store) -> None:
    """The events that were kept make the records that those of this moment make."""
    kept = sorted(call_events.after(store, 0), key=lambda one: one.call)
    lived = sorted(house.events, key=lambda one: one.call)
    for (call, stored), (_, seen) in zip(*(groupby(some, lambda one: one.call) for some in (kept, lived)), strict=True):
        one, other = list(stored), list(seen)
        assert cdrs(one) == cdrs(other) and len(cdrs(one)) == 1, call
        assert [step.text for step in flow(one)] == [step.text for step in flow(other)]
        assert cdrs(one)[0].disposition in ("answered", "no_answer", "busy", "cancelled", "failed", "declined")


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEP, min_size=6, max_size=35), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_nobody_is_left(
    steps: list[tuple[str, int]], offers: bool, screening: bool, voicemail: bool, busy: bool
) -> None:
    async def scene(house: House) -> None:
        one = Anything(house, offers=offers)
        for what, which in steps:
            await one.step(what, which)
        await one.end()
        controller = house.controller
        assert house.quiet(), (len(controller.book), house.kinds())
        assert not len(controller.confirming) and not one.media.legs, house.kinds()
        assert controller.screening.naming.folder is None or not list(controller.screening.naming.folder.iterdir())
        assert len(one.finals) == 1, (one.finals, house.kinds())
        assert house.stack.counters.handler_errors == 0
        assert house.kinds().count("began") == house.kinds().count("ended")
        await house.journal.flush()
        replayed(house, house.edge.store)

    with tempfile.TemporaryDirectory() as folder:
        play(Path(folder), scene, company(screening=screening, voicemail=voicemail, busy=busy), trunks=(OURS,))
