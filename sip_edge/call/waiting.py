"""What somebody hears who is parked: the media engine plays ringback, until the phone is taken out of the orbit.

Rules of this file: without an engine, or when it cannot, the phone is put on hold and hears what it plays itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sip_edge.call.audio import peer_of
from sip_edge.call.conversation import Conversation
from sip_edge.call.invites import Invitation
from sip_edge.media.engine import MediaEngine, Tone
from sip_edge.message import Response

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller

LEG = "caller"


class Waiting:
    """One a controller."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._hearing: set[str] = set()

    def begin(self, one: Conversation, quiet: Callable[[Conversation], None]) -> None:
        """Let the caller of a parked conversation hear something; `quiet` where that cannot be."""
        controller, engine = self._controller, self._controller.audio.engine
        if engine is None:
            quiet(one)
            return
        self._hearing.add(one.id)

        def offered(body: bytes | None) -> None:
            if one.id not in self._hearing or one.over:
                return
            if body is None:
                quiet(one)
            else:
                controller.transfers.offer(one.caller, body, [], heard)

        def heard(invitation: Invitation | None, response: Response | None) -> None:
            if invitation is None or response is None or response.status >= 300:
                return
            invitation.acknowledge()
            if one.id in self._hearing and response.body:
                controller.audio.later(self._play(engine, one, response.body), one, lambda _body: None)

        controller.audio.later(engine.invite(_name(one), LEG, peer=peer_of(one.caller)), one, offered)

    async def _play(self, engine: MediaEngine, one: Conversation, body: bytes) -> bytes:
        await engine.answer(_name(one), LEG, body, peer=peer_of(one.caller))
        await engine.play(_name(one), LEG, [Tone("ringback")])
        return b""

    def end(self, one: Conversation) -> None:
        """The caller is taken out of the orbit, or gone."""
        engine = self._controller.audio.engine
        if one.id in self._hearing and engine is not None:
            self._hearing.discard(one.id)
            self._controller.audio.later(_freed(engine, _name(one)), one, lambda _body: None)


def _name(one: Conversation) -> str:
    return f"waits-{one.id}"


async def _freed(engine: MediaEngine, call: str) -> bytes:
    await engine.delete(call)
    return b""
