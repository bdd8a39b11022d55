"""An edge in a process of its own, for tests that kill it: `restarting_edge.py FOLDER` prints its UDP, TCP and TLS
ports, then a line whenever something has been saved, and serves until its standard input ends. The database is there
already, and so is a certificate, for TLS."""

from __future__ import annotations

import asyncio
import ssl
import sys
from pathlib import Path

from sip_edge.defence.policy import Policy
from tests.registrar.scenes import SHORT, Edge, edge, make_store

LOOPBACK = Policy(trusted=("127.0.0.0/8",))


async def serve(folder: Path) -> None:
    """Listen on the loopback."""
    loop, store = asyncio.get_running_loop(), make_store(folder)
    async with edge(store, rules=SHORT, policy=LOOPBACK) as made:
        listeners = made.listeners
        udp = await listeners.listen_udp("127.0.0.1", 0)
        tcp = await listeners.listen_tcp("127.0.0.1", 0)
        tls = 0
        if (folder / "server.pem").exists():
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(folder / "server.pem")
            tls = await listeners.listen_tls("127.0.0.1", 0, context)
        print(udp, tcp, tls, flush=True)
        telling = asyncio.create_task(tell(made))
        await loop.run_in_executor(None, sys.stdin.read)
        telling.cancel()
    store.close()


async def tell(made: Edge) -> None:
    """Say what has been saved; events are written as the server writes them."""
    said = (0, 0)
    while True:
        await asyncio.sleep(0.05)
        await made.recorder.flush()
        now = made.registrar.keeper.written, sum(made.recorder.counts.values())
        if now != said and not made.recorder.waiting and not made.registrar.keeper.waiting:
            print("saved", flush=True)
            said = now


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
