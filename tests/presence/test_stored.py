"""Subscriptions and waiting resyncs at rest, on both databases."""

from __future__ import annotations

from provd.store import devices, domains, phones, resyncs, subscriptions
from provd.store.database import Store
from tests.registrar.scenes import DOMAIN, MAC, NOW, make_company


def test_what_has_run_out_or_belongs_to_nobody_is_swept(store: Store) -> None:
    make_company(store)
    device = devices.by_name(store, domains.by_name(store, DOMAIN).id, "101")
    row = subscriptions.SubscriptionRow(
        "tag", device.id, "102", "dialog", False, "call", "<a>;tag=1", "<b>;tag=2", "sip:1@h", "sip:2@h",
        ("<sip:p;lr>",), 1, 2, 3, "192.0.2.1", 5060, 2000.0,
    )  # fmt: skip
    others = [row._replace(tag="nobody", device_id=999_999), row._replace(tag="old", until=5.0)]
    subscriptions.write(store, [row, *others], [])
    assert subscriptions.sweep(store, 1000.0) == 2
    ((_, domain, name, kept),) = subscriptions.living(store, 1000.0)
    assert (domain, name, kept) == (DOMAIN, "101", row)
    subscriptions.write(store, [row._replace(version=9, list=True, call_id="nul\x00")], [])
    changed = subscriptions.living(store, 1000.0)[0][3]
    assert (changed.version, changed.list, "\x00" in changed.call_id) == (9, True, False)
    subscriptions.write(store, [], ["tag"])
    assert subscriptions.living(store, 0.0) == []


def test_devices_that_do_not_count(store: Store) -> None:
    company = make_company(store)
    device = devices.by_name(store, company.id, "101a")
    assert subscriptions.unnoticed_devices(store) == frozenset()
    devices.update(store, company.id, device.id, NOW, ignore_for_presence=True)
    assert subscriptions.unnoticed_devices(store) == {device.id}


def test_resyncs_that_are_not_over(store: Store) -> None:
    make_company(store)
    phone = phones.anywhere(store, MAC)
    assert phone is not None
    row = resyncs.ResyncRow(phone.id, "a", "tonight", True, 5.5, 9.5, True, "fetched", 2, 6.5, 7.5, "It did.")
    resyncs.write(store, [row, row._replace(phone_id=999_999)], [])
    assert resyncs.unfinished(store) == [(MAC, row)]
    later = row._replace(id="b", time="idle", reboot=False, due=20.0)
    resyncs.write(store, [later], [999_999])
    assert resyncs.unfinished(store) == [(MAC, later)]
    resyncs.write(store, [], [phone.id])
    assert resyncs.unfinished(store) == []


def test_what_phones_took_of_the_settings_they_restart_for(store: Store) -> None:
    make_company(store)
    phone = phones.anywhere(store, MAC)
    assert phone is not None and resyncs.taken(store, phone.id) == ""
    resyncs.took(store, [(phone.id, "{}"), (phone.id, '{"web.enabled":true}'), (999_999, "{}")])
    resyncs.took(store, [])
    assert resyncs.taken(store, phone.id) == '{"web.enabled":true}'
    assert resyncs.unfinished(store) == []
    assert (resyncs.taken(store, phone.id) != "", resyncs.taken(store, 999_999)) == (True, ""), "orphans are swept"
