"""Config GETs a second: server on one core, load (wrk) on the other; Tornado with the same bytes is the ceiling.

Needs wrk (apt-get install wrk). `--quick` for a look; without it medians of three runs, to be quoted.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from provd import app
from provd.settings import Settings
from provd.store import devices, domains, layers, phones, tokens, users
from provd.store.rows import Line

PHONES = 10_000
ASKING = 500
MODULES = ("EXP43", "EXP43", "EXP43")

CEILING = """
import asyncio, sys
from tornado.web import Application, RequestHandler
body = open(sys.argv[2], "rb").read()
class Handler(RequestHandler):
    def get(self, *_):
        self.set_header("Content-Type", "text/plain")
        self.finish(body)
    def compute_etag(self): return None
async def main():
    Application([(r"/(.*)", Handler)], log_function=lambda _: None).listen(int(sys.argv[1]), "127.0.0.1")
    await asyncio.Event().wait()
asyncio.run(main())
"""

LUA = """
local i = 0
local tags = {}
request = function()
  i = i + 1
  local n = %(first)d + i %% %(count)d
  local headers = {["User-Agent"] = string.format("Yealink SIP-T46U 108.86.0.90 00:15:65:%%02x:%%02x:%%02x",
    math.floor(n / 65536) %% 256, math.floor(n / 256) %% 256, n %% 256)}
  if %(spread)s then
    headers["X-Forwarded-For"] = string.format("10.%%d.%%d.1", math.floor(n / 256) %% 256, n %% 256)
  end
  if %(halves)s and i %% 2 == 0 then headers["If-None-Match"] = "%(etag)s" end
  return wrk.format("GET", string.format("%(prefix)s001565%%06x.cfg", n), headers)
end
"""


def make_fleet(folder: Path, big: bool) -> str:
    """10,000 phones of one company; every file 13 KB, or 50 KB when `big`. Returns the company's token."""
    store = app.open_store(Settings(data_dir=folder))
    now = int(time.time())
    raw = {f"custom.parameter.number_{n:03d}": "x" * 30 for n in range(330)} if big else {}
    with store.transaction():
        domain = domains.create(store, "bench.example", now, admission={})
        keys = {"2": {"kind": "cascade"}}
        layers.save(store, domain.id, "company", domain.id, now, who="bench", values={}, keys=keys, raw=raw)
        for n in range(1, PHONES + 1):
            user = users.create(
                store, domain.id, str(10_000 + n), now, first_name=f"First{n}", list_in_directory=n <= 90
            )
            device = devices.create(store, domain.id, user.id, user.extension, now)
            lines = [Line(1, device.id, False, "")]
            modules = MODULES if big else MODULES[:1]
            phones.create(store, domain.id, f"001565{n:06x}", "yealink-t46u", now, lines=lines, expansions=modules)
    token = tokens.newest(store, domain.id)
    store.close()
    return token


class Server:
    """A server process pinned to `cores`, ended by its own pid."""

    def __init__(self, command: list[str], cores: str, environment: dict[str, str]) -> None:
        pinned = ["taskset", "-c", cores, *command]
        self.process = subprocess.Popen(pinned, env=os.environ | environment, stdout=subprocess.DEVNULL)

    def wait_for(self, url: str) -> None:
        for _ in range(200):
            try:
                urllib.request.urlopen(url, timeout=1).read()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"{url} did not answer")

    def memory(self) -> float:
        """Resident MiB."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) / 1024  # type: ignore[index]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


def wrk(url: str, script: Path | None, seconds: int, runs: int) -> float:
    """Median requests a second."""
    command = [
        "taskset",
        "-c",
        "1",
        "wrk",
        "-t1",
        "-c32",
        f"-d{seconds}s",
        *(["-s", str(script)] if script else []),
        url,
    ]
    found = []
    for _ in range(runs):
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        found.append(float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]))  # type: ignore[index]
    return statistics.median(found)


def provd_environment(folder: Path, port: int, **more: str) -> dict[str, str]:
    return {
        "PROVD_DATA_DIR": str(folder),
        "PROVD_BIND": "127.0.0.1",
        "PROVD_PUBLIC_HOST": "127.0.0.1",
        "PROVD_HTTP_PORT": str(port),
        "PROVD_HTTPS_PORT": str(port + 1),
        "PROVD_TFTP_PORT": str(port + 2),
        "PROVD_TRUSTED_PROXIES": "127.0.0.1",
        **more,
    }


def script(folder: Path, name: str, **given: Any) -> Path:
    values = {"first": 1, "count": ASKING, "spread": "true", "halves": "false", "etag": "", "prefix": "/"} | given
    path = folder / f"{name}.lua"
    path.write_text(LUA % values)
    return path


def measure(folder: Path, big: bool, seconds: int, runs: int) -> None:
    port = 18_500 if big else 18_400
    data = folder / ("big" if big else "small")
    token = make_fleet(data, big)
    prefix = f"/p/{token}/"
    base = f"http://127.0.0.1:{port}"
    server = Server([sys.executable, "-m", "provd.cli", "serve"], "0", provd_environment(data, port))
    server.wait_for(f"{base}/healthz")
    print(f"{PHONES} phones known, nothing asked yet: {server.memory():.0f} MiB resident")
    body = urllib.request.urlopen(f"{base}{prefix}001565000001.cfg").read()
    etag = urllib.request.urlopen(f"{base}{prefix}001565000001.cfg").headers["ETag"].strip('"')
    content = folder / "body"
    content.write_bytes(body)
    (folder / "ceiling.py").write_text(CEILING)
    ceiling_server = Server([sys.executable, str(folder / "ceiling.py"), str(port + 9), str(content)], "0", {})
    ceiling_server.wait_for(f"http://127.0.0.1:{port + 9}/")
    ceiling = wrk(f"http://127.0.0.1:{port + 9}/x", None, seconds, runs)
    ceiling_server.stop()
    print(f"file of {len(body)} bytes; ceiling (bare Tornado, same bytes, no lookup): {ceiling:.0f}/s")
    cases = [
        ("each phone its own address", {"prefix": prefix}),
        ("all phones behind one address", {"prefix": prefix, "spread": "false"}),
        ("half of them unchanged (304)", {"prefix": prefix, "halves": "true", "count": 1, "etag": f'\\"{etag}\\"'}),
    ]
    if not big:
        cases.append(("unknown MACs", {"prefix": "/", "first": 8_000_000, "count": 4_000_000}))
    started = time.perf_counter()
    warm(base, prefix)
    print(
        f"  first fetch of each, rendered:     {ASKING / (time.perf_counter() - started):7.0f}/s, one after the other"
    )
    for title, given in cases:
        rate = wrk(base, script(folder, "case", **given), seconds, runs)
        print(f"  {title:34} {rate:7.0f}/s  {rate / ceiling:.2f} of the ceiling")
    print(f"resident afterwards: {server.memory():.0f} MiB")
    change_of_company(server, base, token, data)
    server.stop()


def warm(base: str, prefix: str) -> None:
    """Ask once for every file that the load will ask for."""
    for n in range(1, ASKING + 1):
        urllib.request.urlopen(f"{base}{prefix}001565{n:06x}.cfg").read()


def change_of_company(server: Server, base: str, token: str, data: Path) -> None:
    """One setting for 10,000 phones, saved beside the running server; the first fetch after it has it."""
    store = app.open_store(Settings(data_dir=data))
    domain = domains.by_name(store, "bench.example")
    started = time.perf_counter()
    saved = layers.get(store, domain.id, "company", domain.id)
    values = {"time.format": "24"}
    layers.save(store, domain.id, "company", domain.id, int(time.time()), who="bench", values=values,
                keys=saved.keys, raw=saved.raw)  # fmt: skip
    took = (time.perf_counter() - started) * 1000
    text = urllib.request.urlopen(f"{base}/p/{token}/001565000777.cfg").read().decode()
    right = "local_time.time_format = 1" in text
    print(f"a company's setting for {PHONES} phones: saved in {took:.1f} ms, in the next fetch: {right}")
    store.close()


def two_processes(folder: Path, seconds: int, runs: int) -> None:
    """The same with two processes; load and servers share both cores, so the gain shown is the least there is."""
    data, port = folder / "small", 18_600
    token = company_token(data)
    found = []
    for processes in ("1", "2"):
        environment = provd_environment(data, port, PROVD_PROCESSES=processes)
        server = Server([sys.executable, "-m", "provd.cli", "serve"], "0,1", environment)
        server.wait_for(f"http://127.0.0.1:{port}/healthz")
        path = script(folder, "two", prefix=f"/p/{token}/")
        for _ in range(int(processes) * 4):
            warm(f"http://127.0.0.1:{port}", f"/p/{token}/")
        found.append(wrk(f"http://127.0.0.1:{port}", path, seconds, runs))
        server.stop()
    print(f"one process {found[0]:.0f}/s, two {found[1]:.0f}/s, both sharing two cores with the load: "
          f"{found[1] / found[0]:.2f} times")  # fmt: skip


def company_token(data: Path) -> str:
    store = app.open_store(Settings(data_dir=data))
    token = tokens.newest(store, domains.by_name(store, "bench.example").id)
    store.close()
    return token


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    if not shutil.which("wrk") or not shutil.which("taskset"):
        raise SystemExit("This bench needs wrk and taskset: apt-get install wrk util-linux.")
    seconds, runs = (2, 1) if given.quick else (5, 3)
    with tempfile.TemporaryDirectory() as folder:
        for big in (False, True):
            measure(Path(folder), big, seconds, runs)
        two_processes(Path(folder), seconds, runs)


if __name__ == "__main__":
    main()
