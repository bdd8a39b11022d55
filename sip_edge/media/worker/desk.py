"""What the worker is asked to do, request by request."""

from __future__ import annotations

import time
from collections.abc import Callable
from ipaddress import IPv4Network
from typing import Any

from pylibsrtp import Policy
from pylibsrtp import Session as Srtp

from sip_edge.media import g711, tones
from sip_edge.media.control import Message
from sip_edge.media.engine import RecordLimits
from sip_edge.media.worker.leg import LAWS, Leg
from sip_edge.media.worker.outgoing import Sounding, part, sounding
from sip_edge.media.worker.ports import Ports
from sip_edge.media.worker.recorder import Recorder
from sip_edge.media.worker.sounds import Sounds
from sip_edge.message.errors import SipError

MAX_CLIPS = 2_000
MAX_LEGS = 64
MAX_DIGITS = 64
MU = "PCMU/8000"
UNKNOWN = "The call has no such audio leg; it may have ended."
Reply = Callable[[Message], None]
Name = tuple[str, str]


class Desk:
    """The legs of one worker. `opened` and `closed` are told of each, `say` is what sends events."""

    def __init__(
        self, ports: Ports, sounds: Sounds, say: Reply, opened: Callable[[Leg], None], closed: Callable[[Leg], None]
    ) -> None:
        self.calls: dict[str, dict[str, Leg]] = {}
        self.recorders: dict[Name, Recorder] = {}
        self.speaking: dict[Name, Leg] = {}
        """The legs that something is said to: the clock's work."""
        self._ports, self._sounds, self._say = ports, sounds, say
        self._opened, self._closed = opened, closed
        self._plays = 0

    def asked(self, message: Message, reply: Reply) -> None:
        """Do one request. Raises SipError; what takes longer replies by itself, later."""
        match message.pop("do", ""):
            case "play":
                self._play(reply=reply, **message)
            case "open" | "describe" | "bridge" | "part" | "delete" | "stop" | "record" | "stop_record" as name:
                reply(getattr(self, f"_{name}")(**message) or {})
            case "listen" | "digits" | "block" | "load" as name:
                reply(getattr(self, f"_{name}")(**message) or {})
            case _:
                raise SipError(501, "This worker is of another version than the server; restart it.")

    def _leg(self, call: str, name: str) -> Leg:
        leg = self.calls.get(call, {}).get(name)
        if leg is None:
            raise SipError(481, UNKNOWN)
        return leg

    def _open(self, call: str, leg: str) -> Message:
        legs = self.calls.setdefault(call, {})
        if leg not in legs:
            try:
                if len(legs) >= MAX_LEGS:
                    raise SipError(503, f"A call has at most {MAX_LEGS} legs.")
                port, *pair = self._ports.take()
            except SipError:
                if not legs:
                    del self.calls[call]
                raise
            legs[leg] = Leg(call, leg, port, (pair[0], pair[1]), self._tell)
            self._opened(legs[leg])
        return {"port": legs[leg].port}

    def _tell(self, event: str, **said: Any) -> None:
        self._say({"event": event, **said})

    def _describe(
        self,
        call: str,
        leg: str,
        target: list[Any] | None,
        networks: list[str],
        sends: dict[str, str],
        takes: dict[str, int],
        receives: bool,
        expects: bool,
        keys: list[str] | None,
    ) -> None:
        """What the peer's description, and ours to it, come to; SRTP keys are [theirs, ours] in hexadecimal."""
        one = self._leg(call, leg)
        where = (str(target[0]), int(target[1])) if target else None
        one.describe(where, tuple(IPv4Network(network) for network in networks if ":" not in network))
        one.sends = {int(number): name for number, name in sends.items()}
        one.takes, one.receives, one.expects = takes, receives, expects
        before, one.keys = one.keys or ["", ""], keys
        if keys is None:
            one.srtp_in = one.srtp_out = None
            keys = before
        # As long as a key is the same, so is the count of packets under it (RFC 3711 section 3.3.1).
        if keys[0] != before[0]:
            one.srtp_in = _srtp(keys[0], Policy.SSRC_ANY_INBOUND)
        if keys[1] != before[1]:
            one.srtp_out = _srtp(keys[1], Policy.SSRC_ANY_OUTBOUND)
        for each in (one, one.partner):
            if each is not None:
                each.settle()

    def _bridge(self, call: str, leg: str, other: str) -> None:
        one, two = self._leg(call, leg), self._leg(call, other)
        if one is two:
            raise SipError(400, "A leg cannot be bridged with itself.")
        if one.partner is two:
            return
        self._part(call, leg)
        self._part(call, other)
        one.partner, two.partner = two, one
        one.settle()
        two.settle()

    def _part(self, call: str, leg: str) -> None:
        one = self._leg(call, leg)
        other, one.partner = one.partner, None
        if other is not None:
            other.partner = None
            other.settle()
        one.settle()

    def _delete(self, call: str, leg: str = "") -> None:
        legs = self.calls.get(call, {})
        for name in [leg] if leg else list(legs):
            if (one := legs.get(name)) is not None:
                self._close(one)
        if not self.calls.get(call, True):
            del self.calls[call]

    def _close(self, leg: Leg) -> None:
        for one in list(leg.recorders):
            one.end("gone", time.monotonic())
        leg.out.end("gone")
        self._part(leg.call, leg.name)
        self.speaking.pop((leg.call, leg.name), None)
        del self.calls[leg.call][leg.name]
        self._closed(leg)
        leg.close()
        self._ports.give_back(leg.port)

    def _play(self, call: str, leg: str, clips: list[list[Any]], repeat: int, shuffle: bool, reply: Reply) -> None:
        one = self._leg(call, leg)
        if not any(law in one.takes for law in LAWS):
            raise SipError(488, "The leg takes no G.711, so that nothing can be played to it.")
        if not 0 < len(clips) <= MAX_CLIPS:
            raise SipError(404, f"There is nothing to play, or more than {MAX_CLIPS} clips.")
        self._plays += 1
        play = f"play-{self._plays}"

        def begin(codes: dict[str, bytes] | SipError) -> None:
            if isinstance(codes, SipError):
                reply({"error": [codes.code, codes.sentence]})
            elif self.calls.get(call, {}).get(leg) is not one:
                reply({"error": [481, UNKNOWN]})
            else:
                one.out.begin(play, [_sounding(clip, codes) for clip in clips], repeat, shuffle)
                self.speaking[call, leg] = one
                reply({"play": play})

        files = [clip[1] for clip in clips if clip[0] == "file"]
        if files:
            self._sounds.get(files, begin)
        else:
            begin({})

    def _stop(self, call: str, leg: str) -> None:
        one = self.calls.get(call, {}).get(leg)
        if one is not None:
            one.out.end("stopped")

    def _record(self, call: str, legs: list[str], path: str, limits: list[Any]) -> Message:
        found = [self._leg(call, leg) for leg in legs]
        if not found or any(not set(LAWS) & set(leg.sends.values()) for leg in found):
            raise SipError(488, "A leg sends no G.711, so that it cannot be recorded.")
        self._plays += 1
        name = f"record-{self._plays}"

        def ended(recorder: Recorder, reason: str, seconds: float) -> None:
            del self.recorders[call, recorder.name]
            self._tell("record_ended", call=call, record=recorder.name, reason=reason, seconds=round(seconds, 2))

        try:
            made = Recorder(name, found, path, RecordLimits(*limits), time.monotonic(), ended)
        except OSError as error:
            raise SipError(500, f"The recording cannot be written: {error.strerror}.") from error
        self.recorders[call, name] = made
        return {"record": name}

    def _stop_record(self, call: str, record: str) -> None:
        if (call, record) in self.recorders:
            self.recorders[call, record].end("stopped", time.monotonic())

    def _listen(self, call: str, leg: str, on: bool) -> None:
        one = self._leg(call, leg)
        one.listening = on
        one.settle()

    def _digits(self, call: str, leg: str, digits: str) -> None:
        one = self._leg(call, leg)
        one.out.key(digits[:MAX_DIGITS])
        self.speaking[call, leg] = one

    def _block(self, call: str, leg: str, audio: bool, dtmf: bool) -> None:
        one = self._leg(call, leg)
        one.block_audio, one.block_dtmf = audio, dtmf
        one.settle()

    def _load(self) -> Message:
        legs = [leg for call in self.calls.values() for leg in call.values()]
        return {
            "calls": len(self.calls),
            "legs": len(legs),
            "free_ports": self._ports.free,
            "packets": sum(leg.packets for leg in legs),
            "refused": sum(leg.refused for leg in legs),
            "cpu_seconds": round(time.process_time(), 3),
        }


def _srtp(key: str, kind: int) -> Srtp:
    return Srtp(Policy(key=bytes.fromhex(key), ssrc_type=kind, srtp_profile=Policy.SRTP_PROFILE_AES128_CM_SHA1_80))


def _sounding(clip: list[Any], codes: dict[str, bytes]) -> Sounding:
    match clip:
        case ["file", str(path), start, seconds]:
            return part(codes[path], float(start), None if seconds is None else float(seconds))
        case ["tone", str(name), str(region), seconds] if name in tones.NAMES:
            wave = g711.encode(MU, tones.tone(name, region))
            if seconds is None:
                return sounding(wave, -1 if name in tones.ONCE else None)
            return sounding(wave, round(float(seconds) * tones.RATE))
        case ["silence", seconds]:
            return sounding(g711.SILENCE[MU] * 160, round(float(seconds) * tones.RATE))
    raise SipError(404, "There is no such tone.")
