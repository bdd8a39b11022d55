"""What a company's day is made of: the clock, the carrier, the predictions and the history, for a test to tell."""

from __future__ import annotations

import base64
import io
import json
import socket
import struct
import subprocess
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from provd import demo
from provd.store import api_keys, cdrs, domains, phone_numbers, trunks
from sip_edge.call.edge import CallEdge
from sip_edge.media.g711 import SILENCE
from tests.clients.dtmf import pressed
from tests.clients.scenes import DOMAIN, PATIENCE, SipOffice
from tests.clients.served import within
from tests.clients.sip_programs import SCENARIOS
from tests.clients.talking import Talker
from tests.live import YEALINK

CALLED = Path(__file__).resolve().parents[2] / "script/bench.d/calls/called.xml"
MAIN = "+12145550140"
ADAS_OWN, RADIAS_OWN = "+12145550142", "+12145550147"
CARRIER_NUMBER = "+13035550188"
ZONE = ZoneInfo("America/Chicago")


@dataclass(frozen=True)
class Prediction:
    """What Try a call says: the moment, the steps of the first stop, those of the stop when nobody answers."""

    at: float
    first: str
    unanswered: str
    outcome: str


class Day:
    """`office` with Ada's phone at 101 and Radia's at 108; calls to and from outside are SIPp's, over one trunk."""

    domain = DOMAIN

    def __init__(self, office: SipOffice, folder: Path, ada: Talker, radia: Talker) -> None:
        self.office, self.ada, self.radia = office, ada, radia
        self._folder = folder
        self._cell = _free_port()
        now, self._at = int(time.time()), 0.0
        company = office.store(domains.by_name, DOMAIN)
        _, self._key = office.store(api_keys.create, "day", "office_manager", now, domain_id=company.id)
        office.store(phone_numbers.create, company.id, RADIAS_OWN, now, treatment="user", destination="108")
        office.store(trunks.create, company.id, "carrier", "127.0.0.1", now, port=self._cell,
                     networks=["127.0.0.1/32"], asks=False)  # fmt: skip
        assert isinstance(office.edge.calls, CallEdge)
        self._calls = office.edge.calls
        office.call(self._calls.trunks.refresh())
        self._calls.controller.now = lambda: self._at or time.time()
        codes = bytes(SILENCE["PCMU/8000"][0] ^ (0x20 if place % 8 < 4 else 0xA0) for place in range(8000))
        (folder / "tone.ulaw").write_bytes(codes)
        (folder / "press_1.pcap").write_bytes(pressed(1))

    def predicted(self, clock: str, called: str, *, extension: str = "", holiday: bool = False) -> Prediction:
        """Set the clock, and try the call that is to come: by the carrier's customer, or from an extension."""
        for phone in (self.ada, self.radia):
            phone.forget()
        at = f"{_day(holiday=holiday)}T{clock}"
        self._at = datetime.fromisoformat(at).replace(tzinfo=ZONE).timestamp()
        asked = {"called": called, "at": at, "offline": self._offline()}
        asked |= {"extension": extension} if extension else {"number": CARRIER_NUMBER, "caller_name": "Carol Customer"}
        found = self._api("POST", "trycall", asked)
        stages = found["stages"]
        later = next((one for one in stages if one["after"] == 0 and "unanswered" in one["when"].lower()), None)
        told = [_text(one) for one in stages]
        return Prediction(
            self._at, told[0], _text(later) if later else "", "\n".join([*told, *(one["title"] for one in stages)])
        )

    def rule(self, extension: str, **fields: Any) -> None:
        """Change somebody's default rule."""
        self._api("PATCH", f"users/{extension}/answerrules/*", fields)
        self.office.call(self.office.services.companies.of(DOMAIN))

    def mails_voicemail(self, extension: str) -> None:
        """Messages go out by mail; the greeting is half a second, which spares the test that of the system."""
        self._api("PATCH", f"users/{extension}/voicemail", {"mail": "attachment"})
        spoken = io.BytesIO()
        with wave.open(spoken, "wb") as file:
            file.setparams((1, 2, 8000, 4000, "NONE", ""))
            file.writeframes(struct.pack("<h", 8000) * 4000)
        audio = base64.b64encode(spoken.getvalue()).decode()
        self._api("POST", f"users/{extension}/greetings", {"name": "Short", "audio": audio, "active": True})

    def _offline(self) -> list[str]:
        location = self.office.edge.registrar.location
        named = ("101a", *(extension for extension, *_ in demo.PEOPLE))
        return [one for one in named if not self.office.tell(location.of, DOMAIN, one)]

    @contextmanager
    def caller_stays(self, number: str) -> Iterator[subprocess.Popen[bytes]]:
        """A customer calls, and stays until the company hangs up."""
        yield from self._running("carrier_stays", number)

    def caller_speaks(self, number: str, seconds: float) -> int:
        """A customer calls, speaks and hangs up so long after the answer; SIPp's exit status."""
        with contextmanager(self._running)("carrier_calls", number, "-d", str(round(seconds * 1000))) as running:
            return running.wait(seconds + 12)

    def cell(self, *, presses: bool = False) -> Any:
        """A cell of the carrier that answers a call; `presses`: and presses 1."""
        scenario = SCENARIOS / "cell_presses_1.xml" if presses else CALLED
        return contextmanager(self._started)(["sipp", "-sf", str(scenario), "-p", str(self._cell)])

    def _running(self, scenario: str, number: str, *more: str) -> Iterator[subprocess.Popen[bytes]]:
        target = f"127.0.0.1:{self.office.sip[1]}"
        command = ["sipp", target, "-sf", str(SCENARIOS / f"{scenario}.xml"), "-p", str(_free_port()), *more]
        yield from self._started([*command, "-key", "from", CARRIER_NUMBER, "-key", "called", number])

    def _started(self, command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
        ports = ["-i", "127.0.0.1", "-mi", "127.0.0.1", "-m", "1", "-nostdin", "-timeout", "19", "-timeout_error"]
        off = subprocess.DEVNULL
        running = subprocess.Popen([*command, *ports], cwd=self._folder, stdin=off, stdout=off, stderr=off)
        try:
            yield running
        finally:
            running.kill()
            running.wait()

    def until_asked(self) -> None:
        """Wait until who has answered is asked to press 1."""
        calls = self._calls.controller.book.conversations
        self.office.until(lambda: any(one.call.asking for one in calls.values()))

    def parked_by_key(self) -> str:
        """Wait until the first park key of Ada's phone, as it was provisioned, is lit; what it dials."""
        key = next(one for one in self.office.boot(YEALINK).keys if one.label.startswith("Park"))
        self.office.until(lambda: str(self.office.edge.presence.state.look(DOMAIN, key.target).lamp) == "parked")
        return key.target

    def history(self, since: float) -> list[dict[str, Any]]:
        """The records of the calls at this moment, once all calls are over."""
        self.office.until(lambda: not len(self._calls.controller.book))
        self.office.call(self._calls.journal.flush())
        assert within(PATIENCE, lambda: not self.office.store(cdrs.behind)), "records are made twice a second"
        return list(self._api("GET", f"cdrs?from={int(since)}&to={int(since) + 30}")["items"])

    def steps(self, record: dict[str, Any]) -> list[str]:
        """What its flow says, a sentence a step."""
        return [one["text"] for one in self._flow(record)]

    def decisions(self, record: dict[str, Any]) -> str:
        """Why it went where it went, the only time that this was decided."""
        (found,) = self.all_decisions(record)
        return found

    def all_decisions(self, record: dict[str, Any]) -> list[str]:
        """The same of a call that was sent on."""
        return [one["text"] for one in self._flow(record) if one["kind"] == "decided"]

    def _flow(self, record: dict[str, Any]) -> list[dict[str, Any]]:
        return list(self._api("GET", f"cdrs/{record['id']}/flow")["steps"])

    def mails(self) -> list[str]:
        """The mails in the outbox, when there are any."""
        box = self._folder / "var" / "outbox"
        return [one.read_text() for one in within(PATIENCE, lambda: sorted(box.glob("*.eml")))]

    def _api(self, method: str, path: str, body: object = None) -> Any:
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        said = json.dumps(body).encode() if body is not None else None
        got = self.office.get(f"/api/v2/domains/{DOMAIN}/{path}", method=method, headers=headers, body=said)
        assert got.status in (200, 201), (path, got.status, got.text)
        return json.loads(got.body)


def _text(stage: dict[str, Any]) -> str:
    return "\n".join(stage["steps"])


def _day(*, holiday: bool) -> date:
    """Thanksgiving of next year, the fourth Thursday of November; or the Tuesday nine days before it."""
    first = date(datetime.now(ZONE).year + 1, 11, 1)
    thanksgiving = first + timedelta((3 - first.weekday()) % 7 + 21)
    return thanksgiving if holiday else thanksgiving - timedelta(9)


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
