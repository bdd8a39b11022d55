"""SIP over TLS: the contexts. The server's is the one HTTPS uses, so that one certificate is renewed for both."""

from __future__ import annotations

import ssl

from sip_edge.message import Limits
from sip_edge.message.limits import DEFAULT
from sip_edge.timers import Timers
from sip_edge.transport.connections import Connections
from sip_edge.transport.flow import Receiver
from sip_edge.transport.tcp import StreamTransport


def tls_transport(
    receiver: Receiver,
    connections: Connections,
    timers: Timers,
    context: ssl.SSLContext,
    *,
    client_context: ssl.SSLContext | None = None,
    limits: Limits = DEFAULT,
) -> StreamTransport:
    """SIP over TLS with the certificate in `context`; peers we connect to are verified with `client_context`."""
    client = client_context or verifying_context()
    return StreamTransport(receiver, connections, timers, context=context, client_context=client, limits=limits)


def verifying_context() -> ssl.SSLContext:
    """For connections of ours: the peer's certificate must be signed by a CA of the system and name the peer."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
