"""A company with thousands of phones, written the quick way: what is slow is measured by script/bench, not here."""

from __future__ import annotations

from provd.app import Services
from provd.store import domains
from tests.api.conftest import NOW

BIG = "big.example"


def company_of(services: Services, count: int) -> int:
    """A company with so many phones, written the quick way."""
    store = services.store
    domain = domains.create(store, BIG, NOW)
    row = "805ec1{:06x}"
    with store.transaction():
        store.many(
            "INSERT INTO phones (domain_id, mac, model, description, time_zone, expansions, digest_user, "
            "sealed_digest_password, revision, created, swapped_from, last_address, last_firmware, last_file) "
            "VALUES (?, ?, 'yealink-t46u', '', '', '[]', ?, ?, 1, 1, '', '', '', '')",
            [(domain.id, row.format(n), row.format(n), store.seal.seal("x" * 24)) for n in range(count)],
        )
    services.fleet.load()
    return domain.id
