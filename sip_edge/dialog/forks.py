"""The dialogs that one INVITE of ours makes when it forks on its way (RFC 3261 section 13.2.2).  (pure)"""

from __future__ import annotations

from dataclasses import dataclass

from sip_edge.dialog.dialog import Dialog, State
from sip_edge.message.message import Request, Response


@dataclass(frozen=True)
class Forks:
    """The dialogs of one INVITE by the tag of the peer, in the order they appeared."""

    dialogs: tuple[tuple[str, Dialog], ...] = ()
    limit: int = 32
    """How many forks are followed; responses of further ones are passed over."""

    def get(self, tag: str) -> Dialog | None:
        """The dialog with the peer of this tag."""
        return next((dialog for known, dialog in self.dialogs if known == tag), None)

    @property
    def confirmed(self) -> tuple[Dialog, ...]:
        """The dialogs a 2xx has confirmed: the first is the call, every further one is to be ACKed and ended by BYE
        (section 13.2.2.4)."""
        return tuple(dialog for _, dialog in self.dialogs if dialog.state is State.CONFIRMED)

    @property
    def early(self) -> tuple[Dialog, ...]:
        """The dialogs that are still ringing."""
        return tuple(dialog for _, dialog in self.dialogs if dialog.state is State.EARLY)

    def answered(self, request: Request, response: Response, *, over_tls: bool = False) -> tuple[Forks, Dialog | None]:
        """The dialogs after a response to our INVITE `request`, and the one it belongs to.

        100, and a provisional response without a tag, belong to none. A refusal ends every dialog that is still
        early (section 13.2.2.3). Raises SipError(400) for a 2xx without a usable Contact.
        """
        if response.status >= 300:
            return self.expired(), None
        tag = response.to.tag
        if response.status == 100 or (tag is None and response.status < 200):
            return self, None
        known = self.get(tag or "")
        if known is None:
            if len(self.dialogs) >= self.limit:
                return self, None
            made = Dialog.at_caller(request, response, over_tls=over_tls)
            return Forks((*self.dialogs, (tag or "", made)), self.limit), made
        changed = known.answered(response)
        return self.with_dialog(changed), changed

    def with_dialog(self, changed: Dialog) -> Forks:
        """The same dialogs with the one of that peer replaced: after a PRACK or UPDATE inside it."""
        tag = changed.remote.tag or ""
        return Forks(tuple((known, changed if known == tag else one) for known, one in self.dialogs), self.limit)

    def expired(self) -> Forks:
        """What is still early ends: 32 s after the first 2xx (section 13.2.2.4), and with a refusal."""
        over = tuple((tag, one.ended() if one.state is State.EARLY else one) for tag, one in self.dialogs)
        return Forks(over, self.limit)
