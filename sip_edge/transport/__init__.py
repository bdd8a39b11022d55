"""How SIP messages come and go: UDP, TCP, TLS, WebSocket. Octets in, octets out; nothing here reads a message."""

from sip_edge.transport.connections import ConnectionLimits, Connections
from sip_edge.transport.flow import Counters, Endpoint, Flow, Receiver

__all__ = ["ConnectionLimits", "Connections", "Counters", "Endpoint", "Flow", "Receiver"]
