"""A phone, or a carrier, that answers whoever calls it and calls others; several of them in one thread."""

from __future__ import annotations

import itertools
import select
import time

from sip_edge.message import Request, Response, parse
from tests.sip_hostile.phone import PATIENCE, DeskPhone

_calls = itertools.count(1)


class Talker(DeskPhone):
    """Answers whoever calls, and calls; who is called in `with_(…)` answers while this one waits."""

    _others: tuple[Talker, ...] = ()

    def with_(self, *others: Talker) -> Talker:
        """These answer too while this one waits."""
        self._others = others
        return self

    def hear(self, seconds: float = PATIENCE) -> bool:
        until = time.monotonic() + seconds
        sockets = {one._socket: one for one in (self, *self._others)}
        while (left := until - time.monotonic()) > 0:
            for ready in select.select(list(sockets), [], [], left)[0]:
                if sockets[ready] is self:
                    return super().hear(0.1)
                DeskPhone.hear(sockets[ready], 0.1)
        return False

    def _take(self, data: bytes) -> None:
        message = parse(data)
        if not isinstance(message, Request):
            super()._take(data)
            return
        self.requests.append(message)
        if message.method == "INVITE":
            contact = ("Contact", f"<sip:{self.account.user}@{self.here}{self._transport}>")
            rows = [contact, ("Content-Type", "application/sdp")]
            self.send(bytes(message.reply(200, to_tag="talker", headers=rows, body=self._sdp)))
        elif message.method != "ACK":
            rows = [("Contact", f"{message.headers.first('contact')};expires=600")]
            self.send(bytes(message.reply(200, to_tag="talker", headers=rows if message.method == "REGISTER" else [])))

    @property
    def _transport(self) -> str:
        return "" if self.protocol == "UDP" else ";transport=tcp"

    @property
    def port(self) -> int:
        """Its own port."""
        return int(self.here.rpartition(":")[2])

    @property
    def _sdp(self) -> bytes:
        lines = ("v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", "m=audio 40000 RTP/AVP 0", "")
        return "\r\n".join(lines).encode()

    def call(self, uri: str) -> tuple[str, Response]:
        """Call somebody; the name of the call, and its final answer, which is acknowledged."""
        name = f"c{next(_calls)}"
        heard = self.ask("INVITE", uri, name, "Content-Type: application/sdp", body=self._sdp)
        cseq = self._calls[name][1]
        self._calls[name] = (f";tag={heard.to.tag}", cseq)
        if heard.status == 200:
            self.send(self.message("ACK", str(heard.contacts[0].uri), name, cseq=cseq))
        return name, heard

    def hang_up(self, name: str, heard: Response) -> int:
        """End a call of ours."""
        return self.ask("BYE", str(heard.contacts[0].uri), name).status
