"""A change is in the next fetch of the phones it is for, and nowhere else."""

from __future__ import annotations

import time
from collections.abc import Callable

from provd.store import devices, domains, layers, users
from tests.simulate.office import PHONES, Office, key_at, seen_accounts, seen_directory, seen_keys

VVX, SNOM, FANVIL = "64167f000102", "000413000108", "0c383e000109"


def _change_key(office: Office, mac: str, number: str, key: dict[str, str]) -> None:
    phone_id = office.services.fleet.phone_id(mac)
    domain_id = office.store(domains.by_name, "acme.example").id
    before = office.store(layers.get, domain_id, "phone", phone_id)
    keys = {**before.keys, number: key}
    office.store(
        layers.save, domain_id, "phone", phone_id, int(time.time()), who="test", values=before.values, keys=keys
    )


def test_a_changed_key_is_on_its_phone_and_on_no_other(open_office: Callable[..., Office]) -> None:
    office = open_office()
    before = {mac: seen_keys(office.boot(mac)) for mac in PHONES}
    _change_key(office, VVX, "3", {"kind": "speed_dial", "target": "+12145550111", "label": "Courier"})
    after = {mac: seen_keys(office.boot(mac)) for mac in PHONES}

    assert {mac for mac in PHONES if before[mac] != after[mac]} == {VVX}
    assert (0, 3, "speed_dial", "+12145550111", "Courier") in after[VVX]
    # The cascade behind it goes on one place later.
    assert len(after[VVX]) == len(before[VVX]) + 1


def test_a_fanvil_takes_a_changed_file_it_has_a_version_of(open_office: Callable[..., Office]) -> None:
    office = open_office()
    first = office.boot(FANVIL)
    _change_key(office, FANVIL, "1", {"kind": "dtmf", "target": "*9#", "label": "Door"})
    second = office.boot(FANVIL)

    assert key_at(second, 1).target == "*9#"
    assert first.reading and second.reading
    assert second.reading.parameters["Version"] > first.reading.parameters["Version"]


def test_a_new_sip_password_and_a_new_name_arrive(open_office: Callable[..., Office]) -> None:
    office, now = open_office(), int(time.time())
    domain_id = office.store(domains.by_name, "acme.example").id
    radia = office.store(users.by_extension, domain_id, "108")
    (device,) = office.store(devices.of_user, domain_id, radia.id)
    office.store(devices.set_password, domain_id, device.id, now, "N3w-Passw0rd-of-108")
    office.store(users.update, domain_id, radia.id, now, last_name="Spanning-Tree")
    phone = office.boot(SNOM)

    assert [account[3] for account in seen_accounts(phone)] == ["N3w-Passw0rd-of-108"]
    assert ("Radia Spanning-Tree", ("108",)) in seen_directory(phone)
    assert ("Radia Spanning-Tree", ("108",)) in seen_directory(office.boot(FANVIL))
    assert "Radia Spanning-Tree" in {key.label for key in office.boot(VVX).keys}
