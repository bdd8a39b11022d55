"""Calls as lamps and presence show them: who rings, talks or holds, and on which appearance of a shared line."""

from __future__ import annotations

from sip_edge.call.conversation import Conversation
from sip_edge.call.leg import Leg, Stage
from sip_edge.presence.book import Book
from sip_edge.presence.situation import Call, Lamp, Party, Subject
from sip_edge.presence.state import MOST_APPEARANCES, State

CALL_INFO = "call-info"


class Lamps:
    """`state` is the one place that phones are told from."""

    def __init__(self, state: State, watched: Book) -> None:
        self._state = state
        self._watched = watched
        self._shown: dict[int, tuple[str, ...]] = {}
        self._appearances: dict[int, int] = {}

    def show(self, one: Conversation, leg: Leg) -> None:
        """A leg of the company is as it is now: its person's lamp, and its device's where that has another name."""
        end = leg.end
        if not end.extension:
            return
        if leg.over or leg.cancelled:
            self.clear(leg)
            return
        names = (end.extension,) if end.device in ("", end.extension) else (end.extension, end.device)
        self._shown[leg.number] = names
        call = self._call(one, leg)
        for name in names:
            self._state.set_call(end.domain, name, call)

    def clear(self, leg: Leg) -> None:
        """A leg is over."""
        for name in self._shown.pop(leg.number, ()):
            self._state.end_call(leg.end.domain, name, str(leg.number))
        self._appearances.pop(leg.number, None)

    def appearance(self, leg: Leg, wanted: int = 0) -> int:
        """The appearance of the shared line that a leg is on; 0 where nobody watches appearances of its device."""
        end = leg.end
        subject = Subject(end.domain, end.device)
        if not end.device or CALL_INFO not in self._watched.watchers(subject):
            return 0
        if leg.number not in self._appearances:
            taken = {call.appearance for call in self._state.of(subject).calls}
            free = (number for number in range(1, MOST_APPEARANCES + 1) if number not in taken)
            self._appearances[leg.number] = wanted if wanted and wanted not in taken else next(free, 0)
        return self._appearances[leg.number]

    def call_info(self, leg: Leg) -> list[tuple[str, str]]:
        """The header that tells a phone of a shared line on which appearance it is called (BroadSoft SIP access side
        extensions); none for lines that are not shared."""
        index = self.appearance(leg)
        return [("Call-Info", f"<sip:{leg.end.domain}>;appearance-index={index}")] if index else []

    def orbit(self, domain: str, orbit: str, parked: Leg | None) -> None:
        """Somebody is parked in an orbit, or nobody any more."""
        party = Party() if parked is None else _party(parked)
        self._state.set_state(domain, orbit, Lamp.IDLE if parked is None else Lamp.PARKED, caller=party)

    def _call(self, one: Conversation, leg: Leg) -> Call:
        peer = one.peer(leg)
        others = [other for other in (peer, one.caller if leg is not one.caller else None) if other is not None]
        dialog = leg.dialog
        local = Party(f"sip:{leg.end.shown}@{leg.end.domain}", leg.end.name)
        remote = _party(others[0]) if others else Party(f"sip:{one.facts.called}@{leg.end.domain}")
        # As the phone sees its own dialog: our remote tag is its local one.
        theirs, ours = ("", "") if dialog is None else (dialog.remote.tag or "", dialog.local.tag or "")
        call_id = dialog.call_id if dialog is not None else ""
        if dialog is None and leg.number in one.invitations:
            request = one.invitations[leg.number].request
            call_id, ours = request.call_id, request.from_.tag or ""
        return Call(
            str(leg.number), _lamp(leg, peer), not leg.incoming, local, remote, call_id, theirs, ours,
            self.appearance(leg),
        )  # fmt: skip


def _lamp(leg: Leg, peer: Leg | None) -> Lamp:
    if leg.stage is Stage.TALKING:
        return Lamp.HELD if leg.held and peer is not None else Lamp.BUSY
    if leg.incoming:
        return Lamp.TRYING if leg.stage is Stage.CALLING else Lamp.BUSY
    return Lamp.RINGING


def _party(leg: Leg) -> Party:
    return Party(f"sip:{leg.end.shown or 'anonymous'}@{leg.end.domain}", leg.end.name)
