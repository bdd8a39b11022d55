"""`python -m sip_edge.media.worker FD BIND FIRST LAST SILENCE`: started by sip_edge.media.local, by nobody else."""

from __future__ import annotations

import gc
import os
import resource
import signal
import socket
import sys
from contextlib import suppress

from sip_edge.media.worker.loop import Loop
from sip_edge.media.worker.ports import Ports

URGENT = -10


def main() -> None:
    """Serve the socket that was handed over."""
    number, bind, first, last, silence = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ^C ends the server, and its end of the socket ends this
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with suppress(OSError):
        os.nice(URGENT)  # where that is allowed: audio cannot wait, everything else can
    loop = Loop(socket.socket(fileno=int(number)), Ports(bind, int(first), int(last)), float(silence))
    gc.collect()
    gc.freeze()
    loop.run()


main()
