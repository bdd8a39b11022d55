"""Bindings at rest, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from provd.store import bindings, devices, domains, phones
from provd.store.database import Store
from sip_edge.registrar.binding import Binding, Source
from sip_edge.registrar.keeper import Keeper
from sip_edge.registrar.location import Change
from tests.registrar.scenes import DOMAIN, MAC, Phone, company, edge, make_company
from tests.registrar.test_location import NAME, NOW, asked, location


def bound(store: Store, contact: str = "<sip:101@192.0.2.1>;q=0.5;x=1", **fields: object) -> Binding:
    """A binding of device 101."""
    place = location()
    place.register(NAME, 1, asked(contact, more="Path: <sip:p1;lr>, <sip:p2;lr>\nUser-Agent: Snom"), _source(), NOW)
    device = devices.by_name(store, domains.by_name(store, DOMAIN).id, "101")
    return replace(place.of(*NAME)[0], device_id=device.id, **fields)  # type: ignore[arg-type]


def _source() -> Source:
    return Source("UDP", "192.0.2.1", 5060, object())


def flush(keeper: Keeper) -> None:
    asyncio.run(keeper.flush())


def test_what_is_kept_comes_back_as_it_was_but_for_its_flow(store: Store) -> None:
    make_company(store)
    keeper, one = Keeper(store), bound(store)
    keeper.note(Change("registered", one))
    flush(keeper)
    assert Keeper(store).restore(NOW) == [replace(one, restored=True)]
    assert keeper.waiting == 0


def test_a_refresh_replaces_and_the_end_deletes(store: Store) -> None:
    make_company(store)
    keeper, one = Keeper(store), bound(store)
    keeper.note(Change("registered", one))
    later = replace(one, expires=NOW + 900, cseq=2)
    keeper.note(Change("refreshed", later, one))
    flush(keeper)
    assert keeper.written == 1, "two changes between two batches are one row"
    assert [kept.cseq for kept in keeper.restore(NOW)] == [2]
    keeper.note(Change("refreshed", later, one))
    keeper.note(Change("expired", later, later))
    flush(keeper)
    assert keeper.restore(NOW) == []


def test_what_ran_out_meanwhile_or_has_no_device_any_more_does_not_come_back(store: Store) -> None:
    make_company(store)
    keeper, one = Keeper(store), bound(store)
    for number, kept in enumerate((one, replace(one, expires=NOW - 1), replace(one, device_id=9999)), 1):
        keeper.note(Change("registered", replace(kept, id=number)))
    flush(keeper)
    assert [kept.id for kept in keeper.restore(NOW)] == [1]
    assert bindings.sweep(store, NOW) == 0, "the others are gone from the table too"


def test_what_no_database_takes_is_made_fit(store: Store) -> None:
    make_company(store)
    keeper = Keeper(store)
    keeper.note(Change("registered", bound(store, user_agent="x\x00y\udcff", call_id="\udc80")))
    flush(keeper)
    assert [kept.user_agent for kept in keeper.restore(NOW)] == ["x\ufffdy\ufffd"]


def test_a_thousand_in_batches(store: Store) -> None:
    make_company(store)
    keeper, one = Keeper(store), bound(store)
    for number in range(1_000):
        keeper.note(Change("registered", replace(one, id=number)))
    flush(keeper)
    assert len(keeper.restore(NOW)) == 1_000


def test_a_firmware_that_a_phone_told_is_on_its_page(store: Store) -> None:
    acme = make_company(store)
    phone = phones.by_mac(store, acme.id, MAC)
    keeper = Keeper(store)
    keeper.firmware(phone.id, "108.86.0.90")
    flush(keeper)
    after = phones.by_mac(store, acme.id, MAC)
    assert (after.last_firmware, after.revision, after.last_contact) == ("108.86.0.90", phone.revision, None)


def test_what_cannot_be_written_waits_and_yields_to_what_is_newer(tmp_path: Path) -> None:
    with company(tmp_path) as store:
        _outage(store)


def _outage(store: Store) -> None:
    keeper, one = Keeper(store), bound(store)
    keeper.note(Change("registered", one))
    store.sql("ALTER TABLE sip_bindings RENAME TO elsewhere")
    flush(keeper)
    assert (keeper.waiting, keeper.failures) == (1, 1)
    keeper.note(Change("unregistered", one, one))
    store.sql("ALTER TABLE elsewhere RENAME TO sip_bindings")
    flush(keeper)
    assert keeper.waiting == 0 and keeper.restore(NOW) == []


def test_a_registrar_on_either_database(store: Store) -> None:
    async def scene() -> None:
        async with edge(store) as made:
            phone = Phone(made)
            assert phone.register().status == 200
            device = devices.by_name(store, domains.by_name(store, DOMAIN).id, "101")
            devices.set_password(store, device.domain_id, device.id, int(NOW), "another-One-Entirely")
            assert [event.kind for event in await made.events()] == ["registered"]
            assert Phone(made, secret="another-One-Entirely").register().status == 200
            assert Phone(made).register().status == 401
        assert [row.cseq for _, _, row in bindings.living(store, NOW)] == [2]

    make_company(store)
    asyncio.run(scene())
