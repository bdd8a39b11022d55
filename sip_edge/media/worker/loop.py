"""The worker's loop: sockets, a clock of 20 ms in four phases, and a look at everything every tenth of a second."""

from __future__ import annotations

import os
import select
import socket
import time
import traceback
from collections.abc import Callable

from sip_edge.media.control import Lines, Message, pack
from sip_edge.media.worker.desk import Desk
from sip_edge.media.worker.leg import Leg
from sip_edge.media.worker.ports import Ports
from sip_edge.media.worker.sounds import Sounds
from sip_edge.message.errors import SipError

PHASES = 4
"""Of those who are spoken to, every fourth has its turn every 5 ms, so that nobody waits behind all the others."""
STEP = 0.02 / PHASES
LATE = 0.2
"""Seconds behind the clock after which the missed ticks are left out."""
LOOK_SECONDS = 0.1
CHUNK = 262_144


class Loop:
    """One worker. `control` is its end of a stream socket pair; it runs until the other end is closed."""

    def __init__(self, control: socket.socket, ports: Ports, silence: float) -> None:
        self._control, self._silence = control, silence
        control.setblocking(False)
        self._epoll = select.epoll()
        self._handlers: dict[int, Callable[[], None]] = {}
        self._lines = Lines()
        self._unsent = bytearray()
        self._over = False
        self._complained = 0.0
        sounds = Sounds()
        self._desk = Desk(ports, sounds, self._say, self._opened, self._closed)
        self._watch(control.fileno(), self._commanded)
        self._watch(sounds.fileno, sounds.collect)

    def _watch(self, number: int, handler: Callable[[], None]) -> None:
        self._handlers[number] = handler
        self._epoll.register(number, select.EPOLLIN)

    def _opened(self, leg: Leg) -> None:
        self._watch(leg.socket.fileno(), leg.readable)
        self._watch(leg.control.fileno(), leg.pass_control)

    def _closed(self, leg: Leg) -> None:
        for number in (leg.socket.fileno(), leg.control.fileno()):
            self._epoll.unregister(number)
            del self._handlers[number]

    def _say(self, message: Message) -> None:
        self._unsent += pack(message)

    def _commanded(self) -> None:
        try:
            data = self._control.recv(CHUNK)
        except BlockingIOError:
            return
        self._over = not data
        for message in self._lines.feed(data):
            self._answer(message)

    def _answer(self, message: Message) -> None:
        number = message.pop("id")

        def reply(said: Message) -> None:
            self._say({"id": number, **said} if "error" in said else {"id": number, "ok": said})

        try:
            self._desk.asked(message, reply)
        except SipError as error:
            reply({"error": [error.code, error.sentence]})
        except (TypeError, ValueError) as error:
            reply({"error": [400, f"The worker was asked something that it does not understand: {error}."]})

    def _flush(self) -> None:
        if self._unsent:
            try:
                sent = self._control.send(self._unsent)
            except BlockingIOError:
                return
            except OSError:
                self._over = True
                return
            del self._unsent[:sent]

    def run(self) -> None:
        """Until the other end is closed."""
        now = time.monotonic()
        due, look, phase = now + STEP, now + LOOK_SECONDS, 0
        while not self._over:
            wake = min(due, look) if self._desk.speaking else look
            for number, _ in self._epoll.poll(max(0.0, wake - time.monotonic()), 512):
                self._handle(number)
            now = time.monotonic()
            if now - due > LATE or not self._desk.speaking:
                due = max(due, now)
            while due <= now and self._desk.speaking:
                self._tick(phase)
                phase = (phase + 1) % PHASES
                due += STEP
            if now >= look:
                self._look(now)
                look = now + LOOK_SECONDS
            self._flush()
        for recorder in list(self._desk.recorders.values()):
            recorder.end("gone", time.monotonic())
        os._exit(0)  # the thread that reads files has nothing to lose

    def _handle(self, number: int) -> None:
        """One socket's turn. A mistake of ours in one call must not end the audio of all the others."""
        handler = self._handlers.get(number)
        if handler is None:
            return
        try:
            handler()
        except Exception:
            if time.monotonic() - self._complained > 1.0:
                self._complained = time.monotonic()
                traceback.print_exc()

    def _tick(self, phase: int) -> None:
        over = []
        for name, leg in self._desk.speaking.items():
            if leg.phase == phase:
                leg.out.tick()
                if not leg.out.busy:
                    over.append(name)
        for name in over:
            del self._desk.speaking[name]

    def _look(self, now: float) -> None:
        for legs in self._desk.calls.values():
            for leg in legs.values():
                leg.look(now, self._silence)
        for recorder in list(self._desk.recorders.values()):
            recorder.look(now)
