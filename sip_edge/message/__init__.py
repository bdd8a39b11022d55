"""SIP messages: read lazily, written back byte for byte, no I/O and no clock.  (pure)

`parse` makes a Request or a Response of bytes; `check` says what a server answers to a bad one; the other modules
hold one noun of RFC 3261 each.
"""

from sip_edge.message.address import Address
from sip_edge.message.cseq import CSeq, RAck
from sip_edge.message.errors import SipError
from sip_edge.message.field import Field
from sip_edge.message.headers import Headers
from sip_edge.message.limits import Limits
from sip_edge.message.media_type import MediaType
from sip_edge.message.message import Message, Request, Response
from sip_edge.message.parser import parse
from sip_edge.message.uri import Uri
from sip_edge.message.via import Via

__all__ = [
    "Address",
    "CSeq",
    "Field",
    "Headers",
    "Limits",
    "MediaType",
    "Message",
    "RAck",
    "Request",
    "Response",
    "SipError",
    "Uri",
    "Via",
    "parse",
]
