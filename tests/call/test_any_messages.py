"""Phones that do anything at any time, on the wire: in the end nobody is in a call, and no timer holds one."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sip_edge.message import Request, Response
from tests.call.scenes import Desk, House, Incoming, Outgoing, offer, play
from tests.registrar.scenes import DOMAIN

WORDS = (
    "ring", "answer", "answer", "busy", "cancel", "ack", "ack", "bye", "hold", "refer", "park", "time", "obey", "obey",
    "obey", "mute",
)  # fmt: skip
STEP = st.tuples(st.sampled_from(WORDS), st.integers(0, 3))


class Crowd:
    """Ann's two phones and Bob and Cid, who all know of every dialog they are in."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.desks = [Desk(house, name).register() for name in ("101", "101a", "102", "103")]
        self.into: list[Incoming] = []
        self.out: list[Outgoing] = []

    def listen(self, *, obey: bool) -> None:
        """Take what has come; with `obey` requests inside calls are answered."""
        for desk in self.desks:
            for message in desk.hear():
                if isinstance(message, Request):
                    self._asked(desk, message, obey=obey)
                elif isinstance(message, Response) and message.status == 200 and message.cseq.method == "INVITE":
                    self._answered(message)

    def _asked(self, desk: Desk, message: Request, *, obey: bool) -> None:
        if message.method == "INVITE" and message.to.tag is None:
            self.into.append(Incoming(desk, message))
        elif obey and message.method != "ACK":
            body = offer(desk.media) if message.method == "INVITE" else b""
            rows = [("Contact", f"<sip:{desk.name}@{desk.flow.remote[0]}:{desk.flow.remote[1]}>")]
            typed = [("Content-Type", "application/sdp")] if body else []
            desk.send(message.reply(200, to_tag="x", headers=[*rows, *typed], body=body))

    def _answered(self, message: Response) -> None:
        for talk in self.out:
            if talk.call_id == message.call_id:
                talk.remote, talk.target = str(message.to), message.contacts[0].target

    def step(self, what: str, which: int) -> None:
        """Somebody does something."""
        into = self.into[which % len(self.into)] if self.into else None
        out = self.out[which % len(self.out)] if self.out else None
        talk = out if which % 2 else into
        if what == "time":
            self.house.clock.advance((0.6, 7.0, 26.0, 61.0)[which])
        elif what in ("obey", "mute"):
            self.listen(obey=what == "obey")
        elif what in ("ring", "answer", "busy") and into is not None:
            status = {"ring": 180, "answer": 200, "busy": 486}[what]
            into.reply(into.invite, status, into.desk.sdp if status == 200 else b"")
        elif what == "cancel" and out is not None:
            out.cancel()
        elif what == "ack" and out is not None:
            out.ack(cseq=out.invite.cseq.number)
        elif talk is not None:
            self._inside(talk, what)

    def _inside(self, talk: Outgoing | Incoming, what: str) -> None:
        if what == "bye":
            talk.send("BYE")
        elif what == "hold":
            talk.send("INVITE", offer(talk.desk.media, direction="sendonly"))
        elif what in ("refer", "park"):
            where = "103" if what == "refer" else "*701"
            talk.send("REFER", b"", ("Refer-To", f"<sip:{where}@{DOMAIN}>"))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEP, max_size=30), st.booleans())
def test_nobody_is_left_in_a_call(steps: list[tuple[str, int]], offers: bool) -> None:
    async def scene(house: House) -> None:
        crowd = Crowd(house)
        for desk, number in ((crowd.desks[2], "101"), (crowd.desks[0], "103")):
            crowd.out.append(desk.call(number, None if offers else b""))
        crowd.listen(obey=False)
        for what, which in steps:
            crowd.step(what, which)
        house.clock.advance(40)  # transactions come to their end
        for talk in [*crowd.out, *crowd.into]:
            talk.send("BYE")
        for _ in range(3):
            house.clock.advance(300)  # what rings, stops; who is silent is found by the session timer
        house.clock.advance(2000)
        assert house.quiet(), (len(house.controller.book), house.kinds())
        assert house.stack.counters.handler_errors == 0
        began, ended = house.kinds().count("began"), house.kinds().count("ended")
        assert began == ended

    with tempfile.TemporaryDirectory() as folder:
        play(Path(folder), scene)
