"""The media engine of our own worker processes: descriptions are decided here, packets pass there."""

from __future__ import annotations

import asyncio
import ipaddress
import itertools
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field

from sip_edge.media import negotiation, sides
from sip_edge.media.control import Message, event
from sip_edge.media.engine import ANYONE, Clip, File, Listener, Peer, RecordLimits, Tone
from sip_edge.media.event import CallLost, MediaEvent
from sip_edge.media.link import AWAY, Link
from sip_edge.media.rtp import KEYS
from sip_edge.media.sdes import KEY_OCTETS
from sip_edge.media.sides import Side
from sip_edge.message.errors import SipError

SILENCE_SECONDS = 30.0


@dataclass(slots=True)
class Call:
    """A call's worker and legs."""

    link: Link
    sides: dict[str, Side] = field(default_factory=dict)


class LocalMedia:
    """See sip_edge.media.engine. `address` (or a name that has one) stands in the descriptions; `ports` (first, last)
    are shared out among the worker processes; a leg that says nothing for `silence` seconds is told of."""

    def __init__(
        self,
        address: str,
        ports: tuple[int, int],
        *,
        bind: str = "0.0.0.0",  # noqa: S104 - phones are elsewhere
        processes: int = 1,
        silence: float = SILENCE_SECONDS,
    ) -> None:
        self._host = self._address = address
        self._listeners: list[Listener] = []
        self._calls: dict[str, Call] = {}
        self.links = [
            Link([bind, str(first), str(last), str(silence)], self._heard, self._lost)
            for first, last in shares(ports, processes)
        ]
        self._turns = itertools.count()
        self._starting = asyncio.Lock()
        self._started = False

    async def start(self) -> None:
        """Start the workers; who does not call this has them started by the first call."""
        async with self._starting:
            if not self._started:
                self._address = await resolved(self._host)
                for link in self.links:
                    await link.start()
                self._started = True

    async def close(self) -> None:
        """End the workers, and with them all audio."""
        async with self._starting:
            for link in self.links:
                await link.stop()
            self._calls.clear()
            self._started = False

    def knows(self, call: str) -> bool:
        """Is there such a call here?"""
        return call in self._calls

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def _tell(self, told: MediaEvent) -> None:
        for listener in self._listeners:
            listener(told)

    def _heard(self, message: Message) -> None:
        self._tell(event(message))

    def _lost(self, link: Link) -> None:
        for name in [name for name, call in self._calls.items() if call.link is link]:
            del self._calls[name]
            self._tell(CallLost(name))

    async def load(self) -> list[Message]:
        """What each worker has to do: calls, legs, free_ports, packets, refused (from strangers), cpu_seconds."""
        return [await link.ask("load") for link in self.links if link.alive]

    async def _open(self, call: str, leg: str, key: bytes = b"") -> Side:
        """The leg, opened when it is new."""
        if not self._started:
            await self.start()
        known = self._calls.get(call)
        if known is None:
            alive = [link for link in self.links if link.alive]
            if not alive:
                raise SipError(503, AWAY)
            known = self._calls[call] = Call(alive[next(self._turns) % len(alive)])
        if leg not in known.sides:
            try:
                port = int((await known.link.ask("open", call=call, leg=leg))["port"])
            except SipError:
                if not known.sides and self._calls.get(call) is known:
                    del self._calls[call]
                raise
            key = key or secrets.token_bytes(KEY_OCTETS)
            known.sides.setdefault(leg, Side(port, self._address, secrets.randbits(62), key))
        return known.sides[leg]

    def _side(self, call: str, leg: str) -> Side:
        known = self._calls.get(call)
        if known is None or leg not in known.sides:
            raise SipError(481, f"The call has no audio leg {leg}.")
        return known.sides[leg]

    async def _ask(self, do: str, call: str, **asked: object) -> Message:
        known = self._calls.get(call)
        if known is None:
            raise SipError(481, "The call has no audio here.")
        return await known.link.ask(do, call=call, **asked)

    async def _describe(self, call: str, leg: str) -> None:
        facts = self._side(call, leg).facts()
        if facts is not None:
            await self._ask("describe", call, leg=leg, **facts)

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
        audio = negotiation.read(sdp, peer)
        if plain:
            negotiation.plain(audio.formats)
        one, other = await self._open(call, leg), await self._open(call, to)
        one.take_offer(audio, peer)
        other.peer = to_peer
        return sides.pass_offer(one, other, only_plain=plain)

    async def answer(self, call: str, leg: str, sdp: bytes, *, to: str = "", peer: Peer = ANYONE) -> bytes:
        one = self._side(call, leg)
        audio = negotiation.read(sdp, peer if peer.address else one.peer)
        other = self._side(call, to) if to else None
        one.take_answer(audio)
        body = sides.pass_answer(one, other) if other is not None else b""
        await self._describe(call, leg)
        if to:
            await self._describe(call, to)
            await self._ask("bridge", call, leg=leg, other=to)
        return body

    async def accept(self, call: str, leg: str, sdp: bytes, *, peer: Peer = ANYONE) -> bytes:
        audio = negotiation.read(sdp, peer)
        negotiation.chosen(audio.formats)
        one = await self._open(call, leg, peer.key)
        one.take_offer(audio, peer)
        body = sides.own_answer(one)
        await self._describe(call, leg)
        return body

    async def invite(self, call: str, leg: str, *, like: str = "", peer: Peer = ANYONE) -> bytes:
        source = self._side(call, like) if like else None
        one = await self._open(call, leg, peer.key)
        one.peer = peer
        return sides.own_offer(one, source)

    async def bridge(self, call: str, one: str, other: str) -> None:
        await self._ask("bridge", call, leg=one, other=other)

    async def part(self, call: str, leg: str) -> None:
        await self._ask("part", call, leg=leg)

    async def delete(self, call: str, leg: str = "") -> None:
        known = self._calls.get(call)
        if known is None:
            return
        gone = known.sides.pop(leg, None) if leg else None
        if leg and gone is None:
            return
        if not leg or not known.sides:
            del self._calls[call]
        if known.link.alive:
            await known.link.ask("delete", call=call, leg=leg)

    async def play(self, call: str, leg: str, clips: Sequence[Clip], *, repeat: int = 1, shuffle: bool = False) -> str:
        listed = [_clip(clip) for clip in clips]
        return str((await self._ask("play", call, leg=leg, clips=listed, repeat=repeat, shuffle=shuffle))["play"])

    async def stop(self, call: str, leg: str) -> None:
        if call in self._calls:
            await self._ask("stop", call, leg=leg)

    async def record(self, call: str, legs: Sequence[str], path: str, limits: RecordLimits) -> str:
        when = [limits.seconds, limits.silence, limits.digits]
        return str((await self._ask("record", call, legs=list(legs), path=path, limits=when))["record"])

    async def stop_record(self, call: str, record: str) -> None:
        if call in self._calls:
            await self._ask("stop_record", call, record=record)

    async def listen(self, call: str, leg: str, on: bool = True) -> None:
        await self._ask("listen", call, leg=leg, on=on)

    async def digits(self, call: str, leg: str, digits: str) -> None:
        await self._ask("digits", call, leg=leg, digits="".join(key for key in digits if key in KEYS))

    async def block(self, call: str, leg: str, *, audio: bool = False, dtmf: bool = False) -> None:
        await self._ask("block", call, leg=leg, audio=audio, dtmf=dtmf)


async def resolved(host: str) -> str:
    """The IPv4 address of a host, as descriptions need it. Raises SipError(503)."""
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError:
        pass
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, family=socket.AF_INET)
    except OSError as error:
        raise SipError(503, f"{host} has no IPv4 address; set media_address, where phones send audio to.") from error
    return str(found[0][4][0])


def _clip(clip: Clip) -> list[object]:
    if isinstance(clip, File):
        return ["file", clip.path, clip.start, clip.seconds]
    if isinstance(clip, Tone):
        return ["tone", clip.name, clip.region, clip.seconds]
    return ["silence", clip.seconds]


def shares(ports: tuple[int, int], count: int) -> list[tuple[int, int]]:
    """A range of ports (first, last) in `count` parts of even length that do not overlap."""
    first, last = ports
    size = (last - first + 1) // count // 2 * 2
    return [(first + number * size, first + number * size + size - 1) for number in range(count)]
