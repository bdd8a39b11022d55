"""A phone's audio: a UDP port that sends and hears RTP, on a loopback address."""

from __future__ import annotations

import asyncio
import shutil
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from pylibsrtp import Policy, Session

from sip_edge.media import g711, negotiation, rtp, tones
from sip_edge.media.engine import ANYONE, MediaEngine
from sip_edge.media.event import MediaEvent
from sip_edge.media.local import LocalMedia
from sip_edge.media.negotiation import Audio
from sip_edge.media.rtpengine.engine import of_url
from sip_edge.media.sdes import Crypto

ALL = "0 8 101"
EVENTS = "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n"


def sdp(
    port: int, payloads: str = ALL, *, address: str = "127.0.0.1", extra: str = "", protocol: str = "RTP/AVP"
) -> bytes:
    """A phone's description; `extra` holds whole lines."""
    events = EVENTS if "101" in payloads.split() else ""
    return (
        f"v=0\r\no=phone 1 1 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n"
        f"m=audio {port} {protocol} {payloads}\r\n{events}{extra}"
    ).encode()


class Phone(asyncio.DatagramProtocol):
    """Sends from and hears at `address`; `packets` are those that came."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.packets: list[rtp.Packet] = []
        self.times: list[float] = []
        self.others: list[bytes] = []
        """What came that is no RTP."""
        self.reports: Phone | None = None
        """Its port for RTCP."""
        self.srtp: tuple[Session, Session] | None = None
        self.port = 0
        self.sequence = self.timestamp = 1_000
        self.to: tuple[str, int] = ("127.0.0.1", 9)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.DatagramTransport = transport  # type: ignore[assignment]
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        packet = rtp.parse(self.srtp[0].unprotect(data) if self.srtp else data)
        if packet is None:
            self.others.append(data)
            return
        self.packets.append(packet)
        self.times.append(time.monotonic())

    def sdp(self, payloads: str = ALL, **rest: str) -> bytes:
        """Its description."""
        return sdp(self.port, payloads, address=self.address, **rest)

    def heed(self, body: bytes) -> Audio:
        """Send to where a description says."""
        audio = negotiation.read(body)
        self.to = (audio.address, audio.port)
        return audio

    def secure(self, own: Crypto, theirs: Crypto) -> None:
        """Speak SRTP from now on."""
        profile = Policy.SRTP_PROFILE_AES128_CM_SHA1_80
        incoming = Policy(key=theirs.key, ssrc_type=Policy.SSRC_ANY_INBOUND, srtp_profile=profile)
        outgoing = Policy(key=own.key, ssrc_type=Policy.SSRC_ANY_OUTBOUND, srtp_profile=profile)
        self.srtp = Session(incoming), Session(outgoing)

    def send(self, payload: bytes, payload_type: int = 0, *, timestamp: int | None = None) -> None:
        """One packet."""
        stamp = self.timestamp if timestamp is None else timestamp
        data = rtp.build(payload_type, self.sequence, stamp, 7, payload)
        self.transport.sendto(self.srtp[1].protect(data) if self.srtp else data, self.to)
        self.sequence += 1

    async def say(self, codes: bytes, payload_type: int = 0) -> None:
        """Codes of G.711, in packets of 20 ms at the pace of a phone."""
        start = asyncio.get_running_loop().time()
        for number, place in enumerate(range(0, len(codes), rtp.FRAME)):
            self.send(codes[place : place + rtp.FRAME], payload_type)
            self.timestamp += rtp.FRAME
            await asyncio.sleep(max(0.0, start + (number + 1) * 0.02 - asyncio.get_running_loop().time()))

    async def press(self, key: str, payload_type: int = 101) -> None:
        """A key, as telephone-event, 100 ms long."""
        for payload, _ in rtp.event_packets(key):
            self.send(payload, payload_type, timestamp=self.timestamp)
            await asyncio.sleep(0.005)
        self.timestamp += 1_600

    def audio(self, payload_type: int = 0) -> g711.Samples:
        """What it heard so far, as samples."""
        law = {0: "PCMU/8000", 8: "PCMA/8000"}[payload_type]
        return g711.decode(law, b"".join(one.payload for one in self.packets if one.payload_type == payload_type))

    @property
    def keys(self) -> str:
        """The keys it heard as events."""
        ends = {one.timestamp: one.payload[0] for one in self.packets if one.payload_type == 101}
        return "".join(rtp.KEYS[code] for code in ends.values())


def strength(samples: g711.Samples, frequency: int) -> float:
    """The share of the samples' energy at a frequency (Goertzel), 0 to 1."""
    wave = samples.astype(np.float64)
    found = np.abs(np.exp(-2j * np.pi * frequency * np.arange(len(wave)) / 8_000) @ wave) ** 2
    return float(2 * found / len(wave) / max(wave @ wave, 1.0))


def mu(frequency: int, seconds: float) -> bytes:
    """A sine in μ-law."""
    return g711.encode("PCMU/8000", tones.sine((frequency,), seconds))


async def until(true: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait for something, but not for ever."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.005)


class Studio:
    """An engine with what it told, and phones."""

    def __init__(self, engine: MediaEngine) -> None:
        self.engine = engine
        self.events: list[MediaEvent] = []
        self.phones: list[Phone] = []
        engine.subscribe(self.events.append)

    async def phone(self, address: str = "127.0.0.1") -> Phone:
        """Another phone."""
        loop = asyncio.get_running_loop()
        _, phone = await loop.create_datagram_endpoint(lambda: Phone(address), local_addr=(address, 0))
        self.phones.append(phone)
        return phone

    async def phone_with_reports(self) -> Phone:
        """A phone with a port for RTCP above that for RTP."""
        loop = asyncio.get_running_loop()
        for _ in range(50):
            phone = await self.phone()
            try:
                _, phone.reports = await loop.create_datagram_endpoint(
                    lambda: Phone("127.0.0.1"), local_addr=("127.0.0.1", phone.port + 1)
                )
            except (OSError, OverflowError):
                continue
            self.phones.append(phone.reports)
            return phone
        raise AssertionError("No two ports are free.")

    def told(self, kind: type[MediaEvent]) -> list[MediaEvent]:
        """The events of one kind."""
        return [one for one in self.events if isinstance(one, kind)]

    async def call(self, first: str = ALL, second: str = ALL, *, plain: bool = False) -> tuple[Phone, Phone]:
        """Two phones in call "c", as legs "a" and "b"."""
        a, b = await self.phone(), await self.phone()
        b.heed(await self.engine.offer("c", "a", a.sdp(first), to="b", plain=plain))
        a.heed(await self.engine.answer("c", "b", b.sdp(second), to="a"))
        return a, b

    async def alone(self, payloads: str = ALL) -> Phone:
        """A phone in call "c", as leg "a", that nobody but us speaks to."""
        a = await self.phone()
        a.heed(await self.engine.accept("c", "a", a.sdp(payloads), peer=ANYONE))
        return a


PORTS = (41_000, 41_999)


@asynccontextmanager
async def studio(silence: float = 30.0, ports: tuple[int, int] = PORTS) -> AsyncIterator[Studio]:
    """A local engine with one worker."""
    engine = LocalMedia("127.0.0.1", ports, bind="127.0.0.1", silence=silence)
    await engine.start()
    made = Studio(engine)
    try:
        yield made
    finally:
        for phone in made.phones:
            phone.transport.close()
        await engine.close()


@asynccontextmanager
async def rtpengine_studio() -> AsyncIterator[Studio]:
    """The real rtpengine as engine, on the loopback without its kernel module."""
    if not shutil.which("rtpengine"):
        pytest.skip("rtpengine is not installed: apt install rtpengine-daemon")
    control, keys = _free_port(), _free_port()
    ours = f"--listen-ng=127.0.0.1:{control} --dtmf-log-dest=127.0.0.1:{keys} --port-min=43000 --port-max=43999"
    plain = (
        "--interface=127.0.0.1 --table=-1 --foreground --log-stderr --num-threads=1 --config-file=none --delete-delay=0"
    )
    daemon = await asyncio.create_subprocess_exec(
        "rtpengine", *ours.split(), *plain.split(), stderr=asyncio.subprocess.DEVNULL
    )
    engine = of_url(
        f"udp://127.0.0.1:{control}?keys=127.0.0.1:{keys}", LocalMedia("127.0.0.1", PORTS, bind="127.0.0.1")
    )
    made = Studio(engine)
    try:
        await engine.start()
        yield made
    finally:
        for phone in made.phones:
            phone.transport.close()
        await engine.close()
        daemon.terminate()
        await daemon.wait()


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


Scene = Callable[[], AbstractAsyncContextManager[Studio]]
BOTH = pytest.mark.parametrize("made", [studio, pytest.param(rtpengine_studio, marks=pytest.mark.client)])
"""For scenarios that both engines have to play."""


def local(made: Studio) -> LocalMedia:
    """The local engine of a studio."""
    assert isinstance(made.engine, LocalMedia)
    return made.engine


def wav_file(path: Path, samples: g711.Samples) -> str:
    """A file to play."""
    from sip_edge.media import wav

    path.write_bytes(wav.head(len(samples) * 2) + samples.astype("<i2").tobytes())
    return str(path)
