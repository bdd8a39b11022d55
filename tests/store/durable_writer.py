"""Saves one change after another and says so on standard output, until it is killed; see test_durability.py."""

from __future__ import annotations

import sys

from provd.seal import Seal
from provd.store import domains, events, layers, users
from provd.store.database import open_database
from provd.store.migrations import migrate
from provd.store.rows import PhoneEvent
from tests.store.conftest import KEY, NOW


def main() -> None:
    store = open_database(sys.argv[1], Seal([KEY]))
    migrate(store)
    domain = domains.create(store, "durable.example", NOW)
    number = 0
    while True:
        number += 1
        users.create(store, domain.id, str(1000 + number), NOW)
        layers.save(store, domain.id, "company", domain.id, NOW, who="x", values={"count": number})
        events.add(store, [PhoneEvent(f"{number:012x}", float(NOW), "fetched", None, domain.id)])
        print(number, flush=True)


if __name__ == "__main__":
    main()
