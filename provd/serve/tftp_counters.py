"""What the TFTP server counts for /metrics.  (pure)"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Counters:
    """Totals since the start; `transfers_active` is of this moment.

    `requests` are well-formed ones, repetitions included; `refused` those answered with an ERROR; `abandoned` the
    transfers that did not reach their end; `malformed` datagrams that are no TFTP; `wrong_tid` those that belong to no
    transfer of the port they came to.
    """

    requests: int = 0
    refused: int = 0
    delivered: int = 0
    abandoned: int = 0
    transfers_active: int = 0
    bytes_sent: int = 0
    retransmissions: int = 0
    malformed: int = 0
    wrong_tid: int = 0
