"""A phone of an old folder, imported and rendered anew, has the same accounts, keys and labels as before."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from provd.catalogue import Catalogue
from provd.configure import Configurator
from provd.facts import Addresses
from provd.firmware import read_shelf
from provd.importing.folder import FolderChoices, import_folder
from provd.importing.grouping import Library, groups, reading_of
from provd.importing.keys import arranged
from provd.importing.walking import read_folder
from provd.seal import Seal
from provd.simulate.reading import Reading, merge, read
from provd.store import domains, phones
from provd.store.database import Store, open_database
from provd.store.migrations import migrate
from tests.importing.conftest import FOLDERS
from tests.store.conftest import KEY, NOW

# Folder, MAC, the files of ours that the phone reads, key places that only the vendor has words for
CASES = [
    ("yealink", "805ec0a10001", ["805ec0a10001.cfg"], {(0, 5)}),
    ("yealink", "805ec0a10002", ["805ec0a10002.cfg"], set()),
    ("poly", "64167fa10001", ["64167fa10001-settings.cfg", "64167fa10001-directory.xml"], {(0, 7)}),
    ("cisco-spa", "0002fda10001", ["0002fda10001.xml"], {(0, 4)}),
    ("cisco-mpp", "00562ba10001", ["00562ba10001.xml"], {(0, 4)}),
    ("grandstream", "c074ada10001", ["cfgc074ada10001.xml"], {(0, 5)}),
    ("grandstream", "000b82a10002", ["cfg000b82a10002.xml"], set()),
    ("grandstream-old", "000b82a10003", ["cfg000b82a10003.xml"], set()),
    ("snom", "000413a10001", ["snomD785-000413A10001.htm"], set()),
    ("fanvil", "0c383ea10001", ["0c383ea10001.cfg"], {(0, 8)}),
]


@dataclass
class Both:
    """What the phone read from the old files, and what it reads from ours."""

    old: Reading
    new: Reading


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = open_database(f"sqlite:///{tmp_path}/new.sqlite", Seal([KEY]))
    migrate(store)
    domains.create(store, "acme.example", NOW, time_zone="America/Denver", sip_host="pbx.acme.example")
    return store


def both(store: Store, catalogue: Catalogue, folder: str, mac: str, names: list[str], tmp_path: Path) -> Both:
    domain = domains.by_name(store, "acme.example")
    report, _ = import_folder(store, catalogue, domain.id, FOLDERS / folder, "ada", FolderChoices())
    assert report.saved
    phone = phones.by_mac(store, domain.id, mac)
    model = catalogue.models[phone.model]
    (group,) = [group for group in groups(read_folder(FOLDERS / folder, _common(catalogue))[0])[0] if group.mac == mac]
    files = Library(read_folder(FOLDERS / folder, _common(catalogue))[0])
    old, _, _ = reading_of(group, files, model)

    configurator = Configurator(
        store, catalogue, read_shelf(tmp_path), Addresses("pv.acme.example", 80, 443, 69), http_digest=False
    )

    async def rendered() -> dict[str, bytes]:
        return await configurator.files(await configurator.snapshot(phone.id), secrets=True)

    made = asyncio.run(rendered())
    new = merge([read(model.family, name, made[name], mac=mac, model=model.user_agents[0]) for name in names])
    return Both(arranged(old, model), arranged(new, model))


def _common(catalogue: Catalogue) -> set[str]:
    return {name.lower() for model in catalogue.models.values() for name in model.files.values()}


def accounts(reading: Reading) -> list[tuple[int, str, str]]:
    return [(one.index, one.user, one.password) for one in reading.accounts if one.enabled and one.user]


def keys(reading: Reading, without: set[tuple[int, int]]) -> dict[tuple[int, int], tuple[str, str, str, int]]:
    """Every key that does something: what it is, where it leads, what it is called, over which line.

    A park key of the vendor's own becomes a watched orbit; a host that only repeats the account's goes without saying.
    """
    labels = {account.index: account.label for account in reading.accounts}
    hosts = {account.server for account in reading.accounts}
    found = {}
    for key in reading.keys:
        if key.kind in ("none", "other") or (key.module, key.number) in without:
            continue
        kind = "blf" if key.kind == "park" else key.kind
        user, _, host = key.target.partition("@")
        label = key.label or (labels.get(key.line or 1, "") if kind == "line" else "")
        found[key.module, key.number] = (kind, user if host in hosts else key.target, label, key.line or 1)
    return found


@pytest.mark.parametrize(("folder", "mac", "names", "vendor_keys"), CASES, ids=[f"{c[0]}-{c[1]}" for c in CASES])
def test_the_phone_is_the_same_as_before(
    store: Store,
    shipped: Catalogue,
    tmp_path: Path,
    folder: str,
    mac: str,
    names: list[str],
    vendor_keys: set[tuple[int, int]],
) -> None:
    seen = both(store, shipped, folder, mac, names, tmp_path)
    assert accounts(seen.old) and accounts(seen.new) == accounts(seen.old)
    model = shipped.models[phones.by_mac(store, 1, mac).model]
    fitting = {place: key for place, key in keys(seen.old, vendor_keys).items() if place[0] or place[1] <= model.keys}
    assert keys(seen.new, vendor_keys) == fitting
    # What only the vendor has words for is there word for word.
    for place in vendor_keys:
        (before,) = [key.raw for key in seen.old.keys if (key.module, key.number) == place]
        (after,) = [key.raw for key in seen.new.keys if (key.module, key.number) == place]
        assert after.split()[-1] == before.split()[-1]


@pytest.mark.parametrize(
    ("folder", "mac", "names", "kept"),
    [
        ("yealink", "805ec0a10001", ["805ec0a10001.cfg"], {"phone_setting.ring_type": "Ring7.wav", "ldap.enable": "1"}),
        ("poly", "64167fa10001", ["64167fa10001-settings.cfg"], {"up.backlight.idleIntensity": "3"}),
        ("cisco-spa", "0002fda10001", ["0002fda10001.xml"], {"Back_Light_Timer": "30 s", "Default_Ring_1_": "2"}),
        ("grandstream", "c074ada10001", ["cfgc074ada10001.xml"], {"account.1.ringtone": "Ring3"}),
        ("grandstream", "000b82a10002", ["cfg000b82a10002.xml"], {"P228": "1"}),
    ],
)
def test_what_we_do_not_write_ourselves_stays_in_the_file(
    store: Store, shipped: Catalogue, tmp_path: Path, folder: str, mac: str, names: list[str], kept: dict[str, str]
) -> None:
    seen = both(store, shipped, folder, mac, names, tmp_path)
    assert {name: seen.new.parameters.get(name) for name in kept} == kept
    everything = " ".join(seen.new.parameters.values())
    for gone in ("prov.oldtelco.example", "pbx.oldtelco.example", "backup.oldtelco.example", "0ld", "Old-4dmin"):
        assert gone not in everything
