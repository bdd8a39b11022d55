"""A folder becomes users, devices, phones and contacts in one transaction; what exists is left as it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from provd.catalogue import Catalogue
from provd.errors import NotFound
from provd.importing.folder import FolderChoices, import_folder
from provd.importing.recognise import Choices
from provd.importing.report import FolderReport
from provd.store import changes, devices, directory, layers, phones, users
from provd.store.database import Store
from tests.importing.conftest import FOLDERS
from tests.store.conftest import NOW, Company

MARIA, TOM = "805ec0a10001", "805ec0a10002"


def imported(
    store: Store, catalogue: Catalogue, company: Company, folder: Path = FOLDERS / "yealink", **choices: object
) -> FolderReport:
    report, _ = import_folder(store, catalogue, company.id, folder, "ada", FolderChoices(**choices))  # type: ignore[arg-type]
    return report


def told(report: FolderReport, mac: str) -> str:
    return " ".join(next(phone for phone in report.phones if phone.mac == mac).sentences)


def test_people_devices_phones_and_contacts_are_made(store: Store, shipped: Catalogue, acme: Company) -> None:
    report = imported(store, shipped, acme)
    assert (report.counts, report.users, report.devices, report.contacts) == ({"created": 2}, 3, 3, 2)
    maria = users.by_extension(store, acme.id, "201")
    assert (maria.first_name, maria.last_name, maria.scope) == ("Maria", "Garcia", "basic_user")
    device = devices.by_name(store, acme.id, "201")
    assert devices.password(store, acme.id, device.id) == "kV7#pq&<x>9;T=2"
    phone = phones.by_mac(store, acme.id, MARIA)
    assert (phone.model, phone.expansions) == ("yealink-t46u", ("EXP43",))
    lines = phones.lines(store, acme.id, phone.id)
    assert [(line.line, line.label) for line in lines] == [(1, "Front desk"), (2, "Sales line")]
    names = {(c.first_name, c.last_name): c.numbers for c in directory.find_contacts(store, acme.id)}
    assert names == {("City", "Taxi"): ("+1 303 555 0142",), ("Ingrid", "Larsen"): ("+4722334455", "+4790000000")}


def test_the_layer_says_what_differs_and_seals_what_is_secret(store: Store, shipped: Catalogue, acme: Company) -> None:
    imported(store, shipped, acme)
    layer = layers.get(store, acme.id, "phone", phones.by_mac(store, acme.id, MARIA).id)
    assert layer.values["time.format"] == "24" and layer.values["network.vlan.id"] == 40
    assert layer.values["time.zone"] == "America/Denver"
    assert not {"language", "calls.waiting", "admin.password", "update.window"} & layer.values.keys()
    assert layer.raw["ldap.password"] == "b00k-Worm" and layer.secret_names == {"ldap.password"}
    (saved,) = store.sql("SELECT raw FROM layers WHERE id = ?", (layer.id,)).fetchone()
    assert "b00k-Worm" not in saved and "sealed" in saved
    assert not any("oldtelco" in value or "Old-" in value for value in layer.raw.values())
    assert [version.comment for version in layers.history(store, acme.id, "phone", layer.ref)] == ["Imported"]


def test_a_dry_run_says_the_same_and_saves_nothing(store: Store, shipped: Catalogue, acme: Company) -> None:
    before = changes.latest_id(store)
    report = imported(store, shipped, acme, dry_run=True)
    assert changes.latest_id(store) == before and not report.saved
    assert report.summary.startswith("Dry run, nothing was saved. Phones: 2 created")


def test_twice_is_no_more_than_once(store: Store, shipped: Catalogue, acme: Company) -> None:
    imported(store, shipped, acme)
    before = changes.latest_id(store)
    again = imported(store, shipped, acme)
    assert again.counts == {"unchanged": 2}
    assert (again.users, again.devices, again.contacts) == (0, 0, 0)
    assert changes.latest_id(store) == before


def test_what_exists_stays_until_it_is_to_be_overwritten(store: Store, shipped: Catalogue, acme: Company) -> None:
    tom = users.create(store, acme.id, "202", NOW, first_name="Thomas")
    device = devices.create(store, acme.id, tom.id, "202", NOW, password="a-password-of-ours")
    phones.create(store, acme.id, MARIA, "yealink-t54w", NOW, description="Ours")

    report = imported(store, shipped, acme)
    assert "stays as it is" in told(report, MARIA) and "another password" in told(report, TOM)
    assert devices.password(store, acme.id, device.id) == "a-password-of-ours"
    assert users.by_extension(store, acme.id, "202").first_name == "Thomas"
    with pytest.raises(NotFound):  # nobody is made for a phone that stays as it is
        users.by_extension(store, acme.id, "201")

    phones.delete(store, acme.id, phones.by_mac(store, acme.id, TOM).id, NOW)
    report = imported(store, shipped, acme, overwrite=True)
    assert report.counts == {"updated": 1, "created": 1}
    assert devices.password(store, acme.id, device.id) == "aaaa-BBBB-1111"
    phone = phones.by_mac(store, acme.id, MARIA)
    assert (phone.model, phone.description) == ("yealink-t46u", "Ours")
    assert layers.get(store, acme.id, "phone", phone.id).keys["3"]["target"] == "202"


def test_a_phone_of_another_company_is_left_out(
    store: Store, shipped: Catalogue, acme: Company, other: Company
) -> None:
    phones.create(store, other.id, MARIA, "yealink-t46u", NOW)
    report = imported(store, shipped, acme)
    assert report.counts == {"created": 1, "left_out": 1}
    assert "ask the provider" in told(report, MARIA) and "other" not in told(report, MARIA)


def test_a_sip_user_that_is_no_extension_can_be_given_one(
    store: Store, shipped: Catalogue, acme: Company, tmp_path: Path
) -> None:
    text = (FOLDERS / "yealink" / "805EC0A10002.cfg").read_text().replace("= 202", "= tom.baker")
    (tmp_path / "805ec0a10002.cfg").write_text(text + "firmware.url = http://x.example/108.86.0.1.rom\n")
    report = imported(store, shipped, acme, tmp_path, dry_run=True)
    assert "registers as 'tom.baker', which is no extension" in told(report, TOM)
    imported(store, shipped, acme, tmp_path, renamed={"tom.baker": "202b"})
    assert devices.password(store, acme.id, devices.by_name(store, acme.id, "202b").id) == "aaaa-BBBB-1111"


def test_a_phone_whose_model_nothing_tells_is_asked_for(
    store: Store, shipped: Catalogue, acme: Company, tmp_path: Path
) -> None:
    shutil.copy(FOLDERS / "yealink" / "805EC0A10002.cfg", tmp_path)
    report = imported(store, shipped, acme, tmp_path)
    assert report.counts == {"left_out": 1}
    assert f"say --model {TOM}=" in told(report, TOM) and "--default-model yealink=" in told(report, TOM)
    assert imported(store, shipped, acme, tmp_path, models=Choices({TOM: "yealink-t42u"})).counts == {"created": 1}
    assert phones.by_mac(store, acme.id, TOM).model == "yealink-t42u"


def test_numbers_of_an_old_file_that_have_no_name_are_told(store: Store, shipped: Catalogue, acme: Company) -> None:
    report = imported(store, shipped, acme, FOLDERS / "grandstream-old")
    (phone,) = report.phones
    assert (phone.lines, phone.keys, phone.kept, phone.unknown) == (2, 4, 0, 1)
    assert "Key 5 (22 (conference)) is of a kind that cannot be kept and is left out." in phone.sentences
    assert "Not understood and not kept: P26051." in phone.sentences


def test_folders_without_phones_have_a_sentence(
    store: Store, shipped: Catalogue, acme: Company, tmp_path: Path
) -> None:
    with pytest.raises(NotFound, match="There is no folder"):
        imported(store, shipped, acme, tmp_path / "none")
    (tmp_path / "readme.cfg").write_text("hello")
    with pytest.raises(NotFound, match="carries the MAC"):
        imported(store, shipped, acme, tmp_path)
