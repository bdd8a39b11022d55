"""rtpengine as media engine: it relays what needs nothing else; applications' calls stay with our own workers.

A call whose first offer is not `plain` is rtpengine's for its whole life: two legs that hear each other, sounds, keys
and blocking included; keys are sent as tones. rtpengine cannot record a WAV file without its kernel module, and gives a
leg another port when it is joined with another: calls that are recorded, answered by an application, joined or parted
are offered `plain`.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sip_edge.media import negotiation, sides
from sip_edge.media.engine import ANYONE, Clip, Listener, Peer, RecordLimits
from sip_edge.media.event import CallLost, Dtmf, MediaEvent, PlayEnded
from sip_edge.media.local import LocalMedia
from sip_edge.media.rtp import KEYS
from sip_edge.media.rtpengine import playing
from sip_edge.media.rtpengine.client import Client, Keypresses
from sip_edge.media.rtpengine.described import SHAPE, Endpoint, cleaned, endpoint, new_side, place
from sip_edge.media.rtpengine.watch import LOOK_SECONDS, Seen, look
from sip_edge.media.sides import Side
from sip_edge.message.errors import SipError

NOT_HERE = "This call's audio passes through rtpengine, which cannot do that; its offer has to be plain."
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Call:
    """A call of rtpengine's."""

    sides: dict[str, Side] = field(default_factory=dict)
    partner: dict[str, str] = field(default_factory=dict)
    listening: set[str] = field(default_factory=set)
    plays: dict[str, tuple[str, asyncio.Task[None]]] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    seen: dict[str, Seen] = field(default_factory=dict)


class RtpengineMedia:
    """See sip_edge.media.engine. `control` is where rtpengine listens (--listen-ng), `keys` where it tells of keys
    (--dtmf-log-dest), `silence` as in LocalMedia."""

    def __init__(self, control: Endpoint, local: LocalMedia, *, keys: Endpoint | None, silence: float = 30.0) -> None:
        self._control, self._keys, self._local, self._silence = control, keys, local, silence
        self._client = Client()
        self._calls: dict[str, Call] = {}
        self._listeners: list[Listener] = []
        self._names = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._heard: asyncio.DatagramTransport | None = None
        self._started = False

    async def start(self) -> None:
        """Connect; an rtpengine that is away is no reason not to start, calls are told when they need it."""
        await self._local.start()
        await self._connect()
        try:
            await self._client.ask("ping")
        except SipError as error:
            log.error("%s Is rtpengine_url right?", error.sentence)

    async def _connect(self) -> None:
        if self._started:
            return
        self._started = True
        await self._client.connect(*self._control)
        if self._keys is not None:
            loop = asyncio.get_running_loop()
            self._heard, _ = await loop.create_datagram_endpoint(
                lambda: Keypresses(self._pressed), local_addr=self._keys
            )
        self._later(self._watch())

    def _later(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """End, with all audio."""
        for call in list(self._calls):
            await self.delete(call)
        for task in list(self._tasks):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._client.close()
        if self._heard is not None:
            self._heard.close()
        self._started = False
        await self._local.close()

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)
        self._local.subscribe(listener)

    def _tell(self, told: MediaEvent) -> None:
        for listener in self._listeners:
            listener(told)

    def _pressed(self, data: bytes) -> None:
        try:
            said = json.loads(data)
            name, leg, digit = str(said["callid"]), str(said["source_tag"]), KEYS[int(said["event"])]
        except (ValueError, KeyError, IndexError, TypeError):
            return
        call = self._calls.get(name)
        if call is not None and leg in call.listening:
            self._tell(Dtmf(name, leg, digit, int(said.get("duration", 0))))

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            for name, call in list(self._calls.items()):
                try:
                    found = look(name, call.seen, await self._client.ask("query", call_id=name), self._silence)
                except SipError as error:
                    if error.code == 481 and self._calls.pop(name, None) is not None:
                        self._tell(CallLost(name))
                    continue
                for told in found:
                    self._tell(told)

    def _remote(self, call: str, *legs: str) -> Call | None:
        """The call when it is rtpengine's. Raises SipError(481) for legs that it does not have."""
        known = self._calls.get(call)
        if known is not None and not all(leg in known.sides for leg in legs):
            raise SipError(481, "The call has no such audio leg.")
        return known

    async def offer(
        self,
        call: str,
        leg: str,
        sdp: bytes,
        *,
        to: str,
        peer: Peer = ANYONE,
        to_peer: Peer = ANYONE,
        plain: bool = False,
    ) -> bytes:
        if call not in self._calls and (plain or self._local.knows(call)):
            return await self._local.offer(call, leg, sdp, to=to, peer=peer, to_peer=to_peer, plain=plain)
        audio = negotiation.read(sdp, peer)
        await self._connect()
        known = self._calls.setdefault(call, Call())
        one, other = (known.sides.setdefault(name, new_side()) for name in (leg, to))
        one.take_offer(audio, peer)
        other.peer = to_peer
        both = {"from_tag": leg, "to_tag": to} if known.partner.get(leg) == to else {"from_tag": leg}
        protocol = "RTP/SAVP" if to_peer.srtp else "RTP/AVP"
        answer = await self._client.ask(
            "offer", call_id=call, **both, sdp=cleaned(audio, peer), transport_protocol=protocol, **SHAPE
        )
        place(other, answer)
        return sides.pass_offer(one, other, only_plain=False)

    async def answer(self, call: str, leg: str, sdp: bytes, *, to: str = "", peer: Peer = ANYONE) -> bytes:
        known = self._remote(call, leg, *([to] if to else []))
        if known is None:
            return await self._local.answer(call, leg, sdp, to=to, peer=peer)
        one, other = known.sides[leg], known.sides[to]
        peer = peer if peer.address else one.peer
        audio = negotiation.read(sdp, peer)
        one.take_answer(audio)
        answer = await self._client.ask(
            "answer", call_id=call, from_tag=to, to_tag=leg, sdp=cleaned(audio, peer, one.tag), **SHAPE
        )
        place(other, answer)
        known.partner |= {leg: to, to: leg}
        return sides.pass_answer(one, other)

    def _own(self, call: str) -> LocalMedia:
        """Our own workers, for what only they can do. Raises SipError(488) for a call of rtpengine's."""
        if call in self._calls:
            raise SipError(488, NOT_HERE)
        return self._local

    async def accept(self, call: str, leg: str, sdp: bytes, *, peer: Peer = ANYONE) -> bytes:
        return await self._own(call).accept(call, leg, sdp, peer=peer)

    async def invite(self, call: str, leg: str, *, like: str = "", peer: Peer = ANYONE) -> bytes:
        return await self._own(call).invite(call, leg, like=like, peer=peer)

    async def bridge(self, call: str, one: str, other: str) -> None:
        known = self._remote(call, one, other)
        if known is None or known.partner.get(one) != other:
            await self._own(call).bridge(call, one, other)

    async def part(self, call: str, leg: str) -> None:
        await self._own(call).part(call, leg)

    async def record(self, call: str, legs: Sequence[str], path: str, limits: RecordLimits) -> str:
        return await self._own(call).record(call, legs, path, limits)

    async def stop_record(self, call: str, record: str) -> None:
        await self._local.stop_record(call, record)

    async def delete(self, call: str, leg: str = "") -> None:
        known = self._calls.get(call)
        if known is None:
            await self._local.delete(call, leg)
            return
        for name in [leg] if leg else list(known.sides):
            self._ended(call, name, "gone")
            known.sides.pop(name, None)
            known.partner.pop(known.partner.pop(name, ""), None)
        names = {"call_id": call, "from_tag": leg} if leg and known.sides else {"call_id": call}
        if not known.sides:
            del self._calls[call]
        with contextlib.suppress(SipError):
            await self._client.ask("delete", **names)

    async def play(self, call: str, leg: str, clips: Sequence[Clip], *, repeat: int = 1, shuffle: bool = False) -> str:
        known = self._remote(call, leg)
        if known is None:
            return await self._local.play(call, leg, clips, repeat=repeat, shuffle=shuffle)
        asked = await asyncio.to_thread(playing.read, clips)
        if not asked:
            raise SipError(404, "There is nothing to play.")
        self._ended(call, leg, "replaced", restore=False)
        name = f"remote-{next(self._names)}"
        known.plays[leg] = name, self._later(self._play(call, leg, name, asked, repeat, shuffle))
        await self._hush(call, known.partner.get(leg, ""))
        return name

    async def _hush(self, call: str, leg: str) -> None:
        """A leg is not heard while it is blocked or its partner is played something."""
        known = self._calls.get(call)
        if known is not None and leg in known.sides:
            quiet = leg in known.blocked or known.partner.get(leg) in known.plays
            with contextlib.suppress(SipError):
                await self._client.ask("block media" if quiet else "unblock media", call_id=call, from_tag=leg)

    async def _play(self, call: str, leg: str, name: str, asked: Any, repeat: int, shuffle: bool) -> None:
        reason = "done"
        try:
            await playing.play(self._client, {"call_id": call, "from_tag": leg}, asked, repeat, shuffle)
        except SipError as error:
            reason = "failed"
            log.warning("rtpengine plays nothing: %s", error.sentence)
        known = self._calls.get(call)
        if known is not None and known.plays.get(leg, ("",))[0] == name:
            self._ended(call, leg, reason)

    def _ended(self, call: str, leg: str, reason: str, *, restore: bool = True) -> None:
        known = self._calls[call]
        name, task = known.plays.pop(leg, ("", None))
        if task is not None:
            if task is not asyncio.current_task():
                task.cancel()
            if restore:
                self._later(self._hush(call, known.partner.get(leg, "")))
            self._tell(PlayEnded(call, leg, name, reason))

    async def stop(self, call: str, leg: str) -> None:
        known = self._calls.get(call)
        if known is None:
            await self._local.stop(call, leg)
        elif leg in known.plays:
            self._ended(call, leg, "stopped")
            await self._client.ask("stop media", call_id=call, from_tag=leg)

    async def listen(self, call: str, leg: str, on: bool = True) -> None:
        known = self._remote(call, leg)
        if known is None:
            await self._local.listen(call, leg, on)
        elif on:
            known.listening.add(leg)
        else:
            known.listening.discard(leg)

    async def digits(self, call: str, leg: str, digits: str) -> None:
        known = self._remote(call, leg)
        if known is None:
            await self._local.digits(call, leg, digits)
        elif digits := "".join(key for key in digits if key in KEYS):
            await self._client.ask("play media", call_id=call, from_tag=leg, blob=playing.keys(digits))

    async def block(self, call: str, leg: str, *, audio: bool = False, dtmf: bool = False) -> None:
        known = self._remote(call, leg)
        if known is None:
            await self._local.block(call, leg, audio=audio, dtmf=dtmf)
            return
        known.blocked = known.blocked | {leg} if audio else known.blocked - {leg}
        await self._hush(call, leg)
        await self._client.ask("block DTMF" if dtmf else "unblock DTMF", call_id=call, from_tag=leg)


def of_url(url: str, local: LocalMedia, index: int = 0) -> RtpengineMedia:
    """`udp://127.0.0.1:2223?keys=127.0.0.1:2299` → the engine. Raises ValueError for what is no such URL.

    rtpengine tells keys to one address, so that only the first process (`index` 0) hears them.
    """
    where, _, query = url.removeprefix("udp://").partition("?")
    keys = query.removeprefix("keys=") if query else ""
    return RtpengineMedia(endpoint(where), local, keys=endpoint(keys) if keys and not index else None)
