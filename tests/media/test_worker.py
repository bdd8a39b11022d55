"""The worker process by itself: it goes when the server goes, and leaves whole files."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

from sip_edge.media import wav
from sip_edge.media.control import Lines, pack
from sip_edge.media.engine import RecordLimits
from tests.media.phone import local, mu, studio, until

SERVER = """
import asyncio
from sip_edge.media.local import LocalMedia
async def main():
    engine = LocalMedia("127.0.0.1", (44000, 44099), bind="127.0.0.1")
    await engine.start()
    print(engine.links[0].pid, flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


def test_a_worker_goes_when_its_server_is_killed() -> None:
    async def play() -> None:
        with subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            worker = int(await asyncio.to_thread(server.stdout.readline))
            status = Path(f"/proc/{worker}/status")
            assert status.exists()
            os.kill(server.pid, signal.SIGKILL)
            await until(lambda: not status.exists() or "zombie" in status.read_text())

    asyncio.run(play())


def test_a_recording_is_whole_when_the_server_stops(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"

    async def play() -> None:
        async with studio() as scene:
            phone = await scene.alone()
            await scene.engine.record("c", ["a"], str(path), RecordLimits())
            await phone.say(mu(500, 0.3))

    asyncio.run(play())
    content = path.read_bytes()
    assert int.from_bytes(content[40:44], "little") == len(content) - wav.HEAD > 3_000


def test_a_request_that_makes_no_sense_is_answered_and_harms_nobody() -> None:
    async def play() -> None:
        async with studio() as scene:
            a, b = await scene.call()
            link = local(scene).links[0]
            for do, asked in (("nonsense", {}), ("open", {}), ("bridge", {"call": "c", "leg": "a", "other": "a"})):
                try:
                    await link.ask(do, **asked)
                except ValueError as error:
                    assert str(error)[:3] in ("400", "501")
                else:
                    raise AssertionError(do)
            a.send(b"\xff" * 160)
            await until(lambda: b.packets)

    asyncio.run(play())


def test_control_lines_come_in_any_pieces() -> None:
    lines, data = Lines(), pack({"a": 1}) + pack({"b": "ü"})
    found = [message for place in range(len(data)) for message in lines.feed(data[place : place + 1])]
    assert found == [{"a": 1}, {"b": "ü"}]
