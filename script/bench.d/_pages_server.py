#!/usr/bin/env python3
"""The server of pages.py, in a process of its own: the demo company grown to thousands of people and phones.

Says its address and what the examples need as one line of JSON; then, for every line it reads, the longest pause of
its loop and the processor time it used since the line before, in milliseconds. Ends when there is nothing more to read.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from provd import demo
from provd.app import open_store
from provd.settings import Settings
from provd.store import domains
from provd.store.database import Store
from tests.live import LiveServer
from tests.pages import every, furnished
from tests.pages.visitor import Visitor

MODELS = (
    "yealink-t46u", "yealink-t46u", "yealink-t54w", "snom-d785", "cisco-cp-8851", "poly-vvx450", "grandstream-gxp2170",
    "fanvil-x6u",
)  # fmt: skip
EACH = 5
"""Phones of a person."""


def grow(store: Store, phones: int, people: int) -> None:
    """Add to the demo company, the quick way."""
    company, now = domains.by_name(store, demo.DOMAIN).id, int(time.time())
    sealed = store.seal.seal("x" * 24)
    with store.transaction():
        store.many(
            "INSERT INTO users (domain_id, extension, first_name, last_name, login_name, department_id, site_id, "
            "time_zone, scope, record_calls, announce_in_audio_directory, list_in_directory, area_code, "
            "caller_id_name, caller_id_number, emergency_caller_id, emails, sealed_voicemail_pin, password_hash, "
            "service_code, created) VALUES (?, ?, 'First', ?, ?, ?, ?, '', 'basic_user', 'no', 0, 1, '', '', '', '', "
            "'[]', '', '', '', 1)",
            [
                (company, str(10_000 + n), f"Last{n}", f"{10_000 + n}@{demo.DOMAIN}", 1 + n % 3, 1 + n % 2)
                for n in range(people)
            ],
        )
        for number in range(EACH):
            store.sql(
                "INSERT INTO devices (domain_id, user_id, name, sealed_password, transport, srtp, expires, "
                "emergency_caller_id, ignore_for_presence, allowed_user_agent, description, created) SELECT domain_id, "
                "id, extension || ?, ?, 'udp', 'no', 600, '', 0, '', '', 1 FROM users WHERE length(extension) = 5",
                ("abcde"[number], sealed),
            )
        store.many(
            "INSERT INTO phones (domain_id, mac, model, site_id, template_id, description, time_zone, expansions, "
            "digest_user, sealed_digest_password, revision, created, swapped_from, last_contact, last_address, "
            "last_firmware, last_file) VALUES (?, ?, ?, ?, ?, '', '', '[]', ?, ?, 1, 1, '', ?, '10.0.0.1', "
            "'108.86.0.20', '')",
            [
                (company, f"805ec1{n:06x}", MODELS[n % 8], 1 + n % 2, 1 if n % 8 == 0 else None, f"805ec1{n:06x}",
                 sealed, now - n)
                for n in range(phones)
            ],
        )  # fmt: skip
    _connect(store, company, now)


def _connect(store: Store, company: int, now: int) -> None:
    """A device on every phone, two thirds of them registered; things that happened, and changes."""
    with store.transaction():
        store.sql(
            "INSERT INTO phone_lines (phone_id, line, device_id, shared, label) SELECT p.id, 1, d.id, 0, '' FROM "
            "(SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS place FROM phones WHERE mac LIKE '805ec1%') p JOIN "
            "(SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS place FROM devices WHERE length(name) > 5) d "
            "ON p.place = d.place"
        )
        store.sql(
            "INSERT INTO sip_bindings (id, device_id, contact, parameters, q, instance, reg_id, path, call_id, cseq, "
            "user_agent, protocol, address, port, registered, refreshed, expires) SELECT id, id, 'sip:x', '', 1, '', "
            "0, '[]', 'c', 1, 'Yealink SIP-T46U 108.86.0.20', 'UDP', '10.0.0.1', 5060, ?, ?, ? FROM devices "
            "WHERE id % 3 > 0",
            (now, now, now + 36_000),
        )
        for back in range(5):
            store.sql(
                "INSERT INTO phone_events (mac, phone_id, domain_id, at, kind, address, protocol, file, firmware, "
                "user_agent, duration_us, status, reason) SELECT mac, id, domain_id, ?, 'fetched', '10.0.0.1', 'http', "
                "mac || '.cfg', '108.86.0.20', '', 900, 200, '' FROM phones",
                (now - back * 40_000,),
            )
        store.many(
            "INSERT INTO audits (domain_id, at, who, action, noun, ref, changed) VALUES (?, ?, '101@acme.example', "
            "'changed', 'user', '101', '{\"first_name\": [\"A\", \"Ada\"]}')",
            [(company, now - n) for n in range(20_000)],
        )
        store.many(
            "INSERT INTO phone_numbers (domain_id, number, site_id, treatment, destination, caller_id_prefix, notes, "
            "enabled, created) VALUES (?, ?, 1, 'available', '', '', '', 1, 1)",
            [(company, f"+1214666{n:04d}") for n in range(2_000)],
        )


def serve(folder: Path, phones: int, people: int) -> None:
    """Until nothing more is read."""
    settings = Settings(data_dir=furnished.shelve(folder), demo_password="demo")
    store = open_store(settings)
    demo.load(store, settings)
    grow(store, phones - len(demo.PHONES), people - len(demo.PEOPLE))
    store.close()
    with LiveServer(folder) as server:
        manager = Visitor(server).sign_in("101")
        values = dict(furnished.furnish(server, manager))
        whole = manager.post(f"{every.ACME}/templates/1/apply", {"do": "apply", "phones": "all"})
        values["{job}"] = whole.location.rpartition("/")[2]
        while "You may close this page" in manager.get(whole.location).html:
            time.sleep(0.5)
        cookies = {login: Visitor(server).sign_in(login).cookies for login in ("101", "admin", "107")}
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 250, 100)  # as `provd serve` does
        longest = [0.0]
        watching = asyncio.run_coroutine_threadsafe(_watch(longest), server._loop)
        told = {"port": server.services.addresses.http, "values": values, "cookies": cookies}
        print(json.dumps(told), flush=True)
        used = time.process_time()
        for _ in sys.stdin:
            print(longest[0] * 1000, (time.process_time() - used) * 1000, flush=True)
            longest[0], used = 0.0, time.process_time()
        watching.cancel()


async def _watch(longest: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        longest[0] = max(longest[0], time.perf_counter() - began - 0.001)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        serve(Path(name), int(sys.argv[1]), int(sys.argv[2]))
