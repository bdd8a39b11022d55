"""Show a phone's SIP messages as a ladder.

Asks the running server through its API, with a key of a scope that may change the phone, from the environment
(PROVD_API_KEY) or --api-key. With --minutes the trace is turned on and followed until it is over or Ctrl-C is pressed;
without, what has been traced is shown.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import sys
import time
from typing import Any
from urllib.parse import urlsplit

from provd.errors import ProvdError
from provd.phone.mac import parse_mac
from provd.settings import Settings

POLL_SECONDS = 0.5
TIMEOUT = 10
TRIES = 5  # with several processes, the one that has the SIP edge may be another than the one that answers
_ANYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("mac", metavar="MAC", help="the phone, in any notation")
    parser.add_argument(
        "--minutes", type=int, metavar="N", help="turn the trace on for so long (1 to 60), and follow it"
    )
    parser.add_argument("--full", action="store_true", help="print whole messages, secrets cut")
    parser.add_argument("--stop", action="store_true", help="end the trace and forget it")
    parser.add_argument(
        "--api-key", default="", metavar="KEY", help="other programs can see it: PROVD_API_KEY is safer"
    )
    parser.add_argument("--url", default="", help="where the server is (default: this machine)")


def run(settings: Settings, given: argparse.Namespace) -> int:
    try:
        path = f"/api/v2/phones/{parse_mac(given.mac)}/trace"
    except ValueError as error:
        raise ProvdError(str(error)) from None
    if given.minutes is not None and not 1 <= given.minutes <= 60:
        raise ProvdError("Give --minutes a number from 1 to 60.")
    key = given.api_key or os.environ.get("PROVD_API_KEY", "")
    if not key:
        raise ProvdError("Give an API key in PROVD_API_KEY; `provd api-key create` makes one.")
    server = Server(given.url or _running_at(settings), key)
    if given.stop:
        server.ask("DELETE", path)
        return 0
    if given.minutes is not None:
        server.ask("POST", path, {"minutes": given.minutes})
    _show(server, path, full=given.full, follow=given.minutes is not None)
    return 0


def _show(server: Server, path: str, *, full: bool, follow: bool) -> None:
    last, missed = 0, 0
    while True:
        found = server.ask("GET", f"{path}?after={last}&full={int(full)}")
        if last == 0 and (found["messages"] or not follow):
            print(found["head"])
        for message in found["messages"]:
            print(message["line"])
            if full:
                print("\n".join(f"    {line}" for line in message["text"].splitlines()) + "\n")
            last = message["number"]
        sys.stdout.flush()
        missed = found["missed"]
        if not follow or not found["on"]:
            break
        time.sleep(POLL_SECONDS)
    if missed:
        print(f"{missed} more messages were not kept.")


class Server:
    """A running server, asked through its API."""

    def __init__(self, url: str, key: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ProvdError(f"--url must be an address like https://pbx.example:8443, not “{url[:80]}”.")
        self._kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._host, self._port, self._url = parts.hostname, parts.port, f"{parts.scheme}://{parts.netloc}"
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of an answer; raises ProvdError with the server's own sentence."""
        for left in reversed(range(TRIES)):
            status, answer = self._once(method, path, body)
            if status != 409 or not left:
                break
        if status >= 400:
            raise ProvdError(str(answer.get("detail", f"The server at {self._url} answered {status}.")))
        return answer

    def _once(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        connection = self._kind(self._host, self._port, timeout=TIMEOUT)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, self._headers)
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, json.loads(content) if content else {}
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ProvdError(
                f"No provd answers at {self._url} ({reason}); start `provd serve` or give --url."
            ) from None
        finally:
            connection.close()


def _running_at(settings: Settings) -> str:
    """The address of the server of these settings, from its ports.json."""
    path = settings.data_dir / "ports.json"
    try:
        port = int(json.loads(path.read_text(encoding="utf-8"))["http"])
    except (OSError, ValueError, KeyError, TypeError):
        raise ProvdError(f"{path} does not tell where provd listens; start `provd serve` or give --url.") from None
    host = _ANYWHERE.get(settings.bind, settings.bind)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
