"""Via: where a request came from and the answer must go.  (pure)"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sip_edge.message import parameters
from sip_edge.message.errors import SipError
from sip_edge.message.grammar import HOST, LWS, TOKEN, is_host
from sip_edge.message.lazy import lazy
from sip_edge.message.parameters import PARAMETERS

_VIA = re.compile(
    rf"({TOKEN}){LWS}/{LWS}({TOKEN}){LWS}/{LWS}({TOKEN})[ \t]++({HOST})(?:{LWS}:{LWS}([0-9]{{1,5}}))?"
    rf"{LWS}({PARAMETERS})\Z",
    re.S,
)
_PLAIN_RPORT = re.compile(r";rport(?=;|\Z)")
_new = object.__new__

MAGIC = "z9hG4bK"
"""What the branch of an RFC 3261 element starts with (section 8.1.1.7)."""
DEFAULT_PORT = {"TLS": 5061, "WSS": 443, "WS": 80}
"""Ports for the transports whose default is not 5060 (RFC 3261 section 18.2.2, RFC 7118 section 5.1)."""


@dataclass(frozen=True)
class Via:
    """One Via value (RFC 3261 section 20.42)."""

    transport: str
    """In upper case: UDP, TCP, TLS, WS, WSS, SCTP or whatever was sent."""
    host: str
    """sent-by host as written."""
    port: int | None = None
    parameters: str = ""
    """`;branch=…;rport` as written."""
    protocol: str = "SIP/2.0"

    @classmethod
    def parse(cls, text: str) -> Via:
        """The Via that one value (no commas) is. Raises SipError(400)."""
        match = _VIA.match(text)
        if match is None:
            raise SipError(400, "A Via value does not follow the grammar of RFC 3261 section 20.42.")
        name, version, transport, host, port, trailing = match.groups()
        if host[0] == "[" and not is_host(host):
            raise SipError(400, "The IPv6 address of a Via value is not valid.")
        self = _new(cls)
        into = self.__dict__
        into["protocol"] = "SIP/2.0" if name == "SIP" and version == "2.0" else f"{name.upper()}/{version}"
        into["transport"] = transport.upper()
        into["host"] = host
        into["port"] = number = int(port) if port else None
        into["parameters"] = trailing
        if number is not None and not 0 < number < 65536:
            raise SipError(400, "The port of a Via value must be 1 to 65535.")
        return self

    def __str__(self) -> str:
        port = "" if self.port is None else f":{self.port}"
        return f"{self.protocol}/{self.transport} {self.host}{port}{self.parameters}"

    @lazy
    def branch(self) -> str | None:
        """The branch parameter, None when absent (RFC 2543 elements)."""
        return parameters.find(self.parameters, "branch")

    @property
    def received(self) -> str | None:
        """The received parameter, no brackets: where the request really came from (RFC 3261 section 18.2.1)."""
        text = parameters.find(self.parameters, "received")
        return None if text is None else text.strip("[]")

    @property
    def rport(self) -> int | None:
        """The port in the rport parameter (RFC 3581); None when it is absent, empty or no port."""
        text = parameters.find(self.parameters, "rport")
        if not text or not text.isascii() or not text.isdigit() or len(text) > 5:
            return None
        return int(text) if 0 < int(text) < 65536 else None

    @property
    def sent_by(self) -> tuple[str, int]:
        """(host in lower case, port or the transport's default): what transaction matching compares."""
        return self.host.lower(), self.port or DEFAULT_PORT.get(self.transport, 5060)

    def parameter(self, name: str) -> str | None:
        """The value of parameter `name` (lower case), unquoted; "" for a flag, None when absent."""
        return parameters.find(self.parameters, name)

    def with_parameter(self, name: str, value: str | None = None) -> Via:
        """This Via with a parameter set (None: a flag)."""
        return self._with(parameters.added(self.parameters, name, value))

    def arrived(self, host: str, port: int) -> Via:
        """This Via after its request came in from `host` (an address without brackets) and `port`.

        `received` is set when the address is not what sent-by says or rport was asked for (RFC 3261 section 18.2.1,
        RFC 3581 section 4); a received or filled rport the sender wrote itself is never believed.
        """
        text = self.parameters
        if _PLAIN_RPORT.search(text) and '"' not in text and "received" not in text.lower():
            # The way nearly every phone asks, without the look through every parameter.
            changed = self._with(_PLAIN_RPORT.sub(f";rport={port}", text, count=1) + f";received={host}")
            if "branch" in self.__dict__:
                changed.__dict__["branch"] = self.branch
            return changed
        asked = parameters.find(text, "rport")
        if asked is not None:
            text = parameters.added(text, "rport", str(port))
        if asked is not None or self.host.strip("[]").lower() != host.lower():
            text = parameters.added(text, "received", host)
        else:
            text = parameters.removed(text, "received")
        return self._with(text)

    def _with(self, text: str) -> Via:
        changed = _new(Via)
        changed.__dict__.update(self.__dict__)
        changed.__dict__["parameters"] = text
        changed.__dict__.pop("branch", None)
        return changed

    def reply_to(self) -> tuple[str, int]:
        """(host, port) a response over an unreliable transport goes to, once `arrived` has been applied.

        RFC 3261 section 18.2.2 and RFC 3581 section 4; maddr is not followed (a spoofed one would aim our answers
        at somebody else), brackets are dropped.
        """
        host, port = self.sent_by
        return self.received or host.strip("[]"), self.rport or port
