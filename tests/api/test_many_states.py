"""Lists over 10,000 phones with people and registrations, filtered and sorted by what has to be worked out for each."""

from __future__ import annotations

import time

import pytest

from provd.app import Services
from tests.api.big import BIG, company_of
from tests.api.conftest import Api

COUNT = 10_000


def peopled(services: Services) -> None:
    """Everybody in the company has a phone, and two thirds of them are registered."""
    domain_id, store, now = company_of(services, COUNT), services.store, time.time()
    with store.transaction():
        store.many(
            "INSERT INTO users (domain_id, extension, first_name, last_name, login_name, time_zone, scope, "
            "record_calls, announce_in_audio_directory, list_in_directory, area_code, caller_id_name, "
            "caller_id_number, emergency_caller_id, emails, sealed_voicemail_pin, password_hash, service_code, created)"
            " VALUES (?, ?, 'First', ?, ?, '', 'basic_user', 'no', 0, 1, '', '', '', '', '[]', '', '', '', 1)",
            [(domain_id, str(10_000 + n), f"Last{n}", f"{10_000 + n}@{BIG}") for n in range(COUNT)],
        )
        store.sql(
            "INSERT INTO devices (domain_id, user_id, name, sealed_password, transport, srtp, expires, "
            "emergency_caller_id, ignore_for_presence, allowed_user_agent, description, created) "
            "SELECT domain_id, id, extension, ?, 'udp', 'no', 600, '', 0, '', '', 1 FROM users WHERE domain_id = ?",
            (store.seal.seal("x" * 24), domain_id),
        )
        store.sql(
            "INSERT INTO phone_lines (phone_id, line, device_id, shared, label) SELECT p.id, 1, d.id, 0, '' FROM "
            "(SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS place FROM phones WHERE domain_id = ?) p JOIN "
            "(SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS place FROM devices WHERE domain_id = ?) d "
            "ON p.place = d.place",
            (domain_id, domain_id),
        )
        store.sql(
            "INSERT INTO sip_bindings (id, device_id, contact, parameters, q, instance, reg_id, path, call_id, cseq, "
            "user_agent, protocol, address, port, registered, refreshed, expires) SELECT id, id, 'sip:x', '', 1, '', "
            "0, '[]', 'c', 1, 'Yealink SIP-T46U 108.86.0.20', 'UDP', '10.0.0.1', 5060, ?, ?, ? FROM devices "
            "WHERE domain_id = ? AND id % 3 > 0",
            (now, now, now + 3600, domain_id),
        )


@pytest.mark.gen_test(timeout=120)
async def test_ten_thousand_phones_by_state(api: Api) -> None:
    peopled(api.services)
    key = api.key("super_user", None)
    counts = (await api(key, "GET", f"/domains/{BIG}/phones/states")).body
    assert counts["total"] == COUNT and counts["pending"] in (6666, 6667) and counts["never"] in (3333, 3334)
    for query, count in (
        ("phones?limit=100", 100),
        ("phones?state=never&sort=user", 100),
        ("phones?search=Last777", 11),
    ):
        assert len((await api(key, "GET", f"/domains/{BIG}/{query}")).body["items"]) == count
