"""The server calls a baresip, which records a greeting by what it is told: the greeting holds what it said."""

from __future__ import annotations

import io
import json
import time
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provd.store import api_keys, domains
from tests.clients.scenes import DOMAIN, PATIENCE, SipOffice
from tests.clients.served import within
from tests.clients.sip_programs import needs
from tests.clients.talking import RATE, Talker, power
from tests.live import YEALINK

pytestmark = [pytest.mark.client, needs("baresip")]
ADA = 500
USER, HISTORY = "/users/101", "/cdrs"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[SipOffice]:
    with SipOffice(tmp_path / "var") as running:
        yield running


class Manager:
    """Somebody at the API."""

    def __init__(self, office: SipOffice) -> None:
        company = office.store(domains.by_name, DOMAIN)
        _, self._key = office.store(api_keys.create, "m", "office_manager", int(time.time()), domain_id=company.id)
        self._office = office

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        content = json.dumps(body).encode() if body is not None else None
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        got = self._office.get(f"/api/v2/domains/{DOMAIN}{path}", method=method, headers=headers, body=content)
        assert got.status in (200, 202), (path, got.status, got.text)
        return got.body if path.endswith("/audio") else json.loads(got.body)


def history(asks: Manager, since: float) -> list[Any]:
    """The records of calls since then."""
    return list(asks("GET", f"{HISTORY}?from={int(since)}&to={int(since) + 60}")["items"])


def test_a_greeting_is_recorded_by_a_call_of_the_server(office: SipOffice, tmp_path: Path) -> None:
    asks, folder = Manager(office), tmp_path / "var" / "voicemail"
    began = time.time()
    with Talker(tmp_path / "ada", office.account(YEALINK), ADA) as ada:
        office.registered("101")
        made = asks("POST", f"{USER}/greetings/call", {"to": "101", "name": "Holiday", "active": True})
        assert made["state"] == "ringing"
        ada.told("CALL_INCOMING")
        ada.ask("accept")
        ada.told("CALL_ESTABLISHED")
        ada.ask("sndcode", "1")
        office.until(lambda: any(one.stat().st_size > 2 * RATE for one in folder.rglob("*.wav")))
        ada.ask("sndcode", "#")
        state = ""
        while state != "kept":
            ada.ask("sndcode", "1")
            state = asks("GET", f"{USER}/greetings/call/{made['id']}")["state"]
            assert state in ("talking", "kept")
        ada.told("CALL_CLOSED")
    (greeting,) = asks("GET", f"{USER}/greetings")["items"]
    assert (greeting["name"], greeting["source"], greeting["active"]) == ("Holiday", "phone", True)
    with wave.open(io.BytesIO(asks("GET", f"{USER}/greetings/{greeting['id']}/audio"))) as wav:
        assert wav.getframerate() == RATE
        samples = memoryview(wav.readframes(wav.getnframes())).cast("h")
    said = [value / 32768 for value in samples[RATE // 4 : 3 * RATE // 4]]
    assert power(said, ADA) > 20 * power(said, 1000) + 1e-6, "it is what she said, and not the tone before it"
    (record,) = within(PATIENCE, lambda: history(asks, began))
    assert (record["from_extension"], record["dialed"], record["disposition"]) == ("101", "101", "answered")
