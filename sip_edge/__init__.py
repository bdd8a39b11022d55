"""SIP, calls, routing, queues and media: the edge that phones register with."""
