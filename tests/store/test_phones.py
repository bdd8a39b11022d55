"""Phones: one owner for a MAC in the whole system, lines in order, and everything of a phone in one reading."""

from __future__ import annotations

import pytest

from provd.errors import Conflict, Invalid, NotFound
from provd.store import changes, departments, devices, directory, layers, phones, sites, snapshot, tokens, users
from provd.store.database import Store
from provd.store.rows import Line
from tests.store.conftest import NOW, Company


def test_a_mac_belongs_to_one_company_and_its_name_is_not_told(store: Store, acme: Company, other: Company) -> None:
    with pytest.raises(Conflict) as refused:
        phones.create(store, acme.id, other.ada_phone.mac, "yealink-t46u", NOW)
    assert "other.example" not in str(refused.value)
    found = phones.anywhere(store, other.ada_phone.mac)
    assert found is not None and found.domain_id == other.id
    for wrong in ("00:15:65:aa:bb:cc", "001565AABBCC", "001565aabbc", "001565aabbcg", ""):
        with pytest.raises(Invalid, match="12 lower-case"):
            phones.create(store, acme.id, wrong, "yealink-t46u", NOW)


def test_all_macs_are_known_in_one_go(store: Store, acme: Company, other: Company) -> None:
    everyone = {
        (phone.mac, phone.id, company.id)
        for company in (acme, other)
        for phone in (company.ada_phone, company.grace_phone)
    }
    assert set(phones.all_macs(store)) == everyone
    assert (phones.count(store), phones.count(store, acme.id)) == (4, 2)


def test_lines_are_kept_in_order_and_checked(store: Store, acme: Company) -> None:
    lines = [Line(3, acme.grace_device.id, True, "Reception"), Line(1, acme.ada_device.id, False, "")]
    phones.set_lines(store, acme.id, acme.ada_phone.id, lines, NOW)
    assert [line.line for line in phones.lines(store, acme.id, acme.ada_phone.id)] == [1, 3]
    both = phones.phones_of_device(store, acme.id, acme.grace_device.id)
    assert {phone.id for phone in both} == {acme.ada_phone.id, acme.grace_phone.id}
    for wrong in ([Line(1, acme.ada_device.id, False, ""), Line(1, acme.grace_device.id, False, "")],
                  [Line(0, acme.ada_device.id, False, "")], [Line(1, acme.ada_device.id, False, "a\nb")]):  # fmt: skip
        with pytest.raises(Invalid):
            phones.set_lines(store, acme.id, acme.ada_phone.id, wrong, NOW)
    assert len(phones.lines(store, acme.id, acme.ada_phone.id)) == 2


def test_nothing_is_left_of_a_phone_that_could_not_be_made(store: Store, acme: Company) -> None:
    before, seen = phones.count(store), changes.latest_id(store)
    with pytest.raises(NotFound):
        phones.create(store, acme.id, "001565aabbff", "yealink-t46u", NOW, lines=[Line(1, 10**9, False, "")])
    assert (phones.count(store), changes.latest_id(store)) == (before, seen)


def test_phones_are_found_by_what_is_on_them(store: Store, acme: Company) -> None:
    def found(**how: object) -> list[str]:
        return [phone.mac for phone in phones.find(store, acme.id, **how).items]  # type: ignore[arg-type]

    ada, grace = acme.ada_phone.mac, acme.grace_phone.mac
    assert found() == [ada, grace]
    assert found(search="lovel") == [ada]
    assert found(search="102a") == [grace]
    assert found(search="vvx") == [grace]
    assert found(search="vvx ada") == []
    assert found(model="yealink-t46u", site_id=acme.site.id) == [ada]
    assert found(template_id=acme.template.id) == [ada]
    assert found(user_id=acme.grace.id) == [grace]
    page = phones.find(store, acme.id, limit=1)
    assert page.next == ada
    assert [phone.mac for phone in phones.find(store, acme.id, limit=1, after=page.next).items] == [grace]


def test_a_snapshot_has_everything_that_the_files_are_made_of(store: Store, acme: Company) -> None:
    def save(domain_id: int | None, kind: str, ref: int | str) -> None:
        layers.save(store, domain_id, kind, ref, NOW, who="x", values={"from": kind, "pw": "s"}, secret_names={"pw"})

    for kind, ref in (("server", ""), ("brand", "yealink"), ("model", "yealink-t46u"), ("brand", "poly")):
        save(None, kind, ref)
    for kind, row in (("company", acme.id), ("site", acme.site.id), ("template", acme.template.id)):
        save(acme.id, kind, row)
    save(acme.id, "phone", acme.ada_phone.id)
    save(acme.id, "phone", acme.grace_phone.id)

    whole = snapshot.load(store, acme.ada_phone.id, "yealink")
    assert whole.phone == phones.get(store, acme.id, acme.ada_phone.id)
    assert [layer.kind for layer in whole.layers] == [
        "server", "brand", "model", "company", "site", "template", "phone",
    ]  # fmt: skip
    assert [layer.values for layer in whole.layers] == [{"from": layer.kind, "pw": "s"} for layer in whole.layers]
    assert whole.site == sites.get(store, acme.id, acme.site.id)
    assert whole.template is not None and whole.template.name == "Desk"
    (line,) = whole.lines
    assert (line.device, line.user) == (acme.ada_device, acme.ada)
    assert line.password == devices.password(store, acme.id, acme.ada_device.id)
    assert whole.digest_password == phones.digest_password(store, acme.id, acme.ada_phone.id)
    assert whole.phone_token == tokens.newest(store, acme.id, acme.ada_phone.id)
    assert whole.domain_token == tokens.newest(store, acme.id)
    for secret in (line.password, whole.digest_password, whole.phone_token, whole.domain_token):
        assert secret not in repr(whole)

    bare = snapshot.load(store, acme.grace_phone.id, "poly")
    assert (bare.site, bare.template) == (None, None)
    assert [layer.kind for layer in bare.layers] == ["server", "brand", "company", "phone"]
    phones.delete(store, acme.id, acme.grace_phone.id, NOW)
    with pytest.raises(NotFound):
        snapshot.load(store, acme.grace_phone.id, "poly")


def test_the_stamp_of_a_snapshot_moves_with_everything_in_it(store: Store, acme: Company) -> None:
    def stamp() -> str:
        return snapshot.load(store, acme.ada_phone.id, "yealink").stamp

    stamps = [stamp()]
    for act in (
        lambda: users.update(store, acme.id, acme.ada.id, NOW, first_name="Augusta"),
        lambda: layers.save(store, None, "brand", "yealink", NOW, who="x", values={"a": 1}),
        lambda: layers.save(store, None, "brand", "yealink", NOW, who="x", values={"a": 2}),
        lambda: layers.save(store, acme.id, "company", acme.id, NOW, who="x", values={"a": 1}),
        lambda: layers.delete(store, acme.id, "company", acme.id, NOW),
        lambda: layers.save(store, acme.id, "template", acme.template.id, NOW, who="x", values={"a": 1}),
        lambda: directory.create_contact(store, acme.id, NOW, first_name="Fire", numbers=["911"]),
    ):
        act()
        stamps.append(stamp())
    assert len(set(stamps)) == len(stamps)
    layers.save(store, None, "brand", "poly", NOW, who="x", values={"a": 1})
    assert stamp() == stamps[-1]


def test_what_is_taken_back_is_never_served(store: Store, acme: Company) -> None:
    def saved(value: int) -> None:
        layers.save(store, acme.id, "company", acme.id, NOW, who="x", values={"a": value})

    def served() -> int:
        return int(snapshot.load(store, acme.ada_phone.id, "yealink").layers[0].values["a"])

    saved(1)
    assert served() == 1
    try:
        with store.transaction():
            saved(2)
            assert served() == 2, "a preview inside a transaction sees it"
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    saved(3)
    assert served() == 3


def test_the_directory_has_listed_users_and_contacts(store: Store, acme: Company) -> None:
    users.create(store, acme.id, "99", NOW, first_name="Alan")
    users.create(store, acme.id, "103", NOW, first_name="Hidden", list_in_directory=False)
    users.create(store, acme.id, "8900", NOW, service_code="system-routing")
    contact = directory.create_contact(
        store, acme.id, NOW, first_name="Fire", last_name="Alarm", numbers=["911", "912"]
    )
    names = [(one.extension, one.first_name, one.department, one.site) for one in directory.entries(store, acme.id)]
    assert names == [
        ("99", "Alan", "", ""), ("101", "Ada", "Sales", "Dallas"), ("102", "Grace", "", ""), ("", "Fire", "", ""),
    ]  # fmt: skip
    assert directory.entries(store, acme.id)[-1].numbers == ("911", "912")
    directory.update_contact(store, acme.id, contact.id, NOW, numbers=["112"])
    departments.delete(store, acme.id, acme.department.id, NOW)
    assert [(one.numbers, one.department) for one in directory.entries(store, acme.id)][1::2] == [
        (("101",), ""), (("112",), ""),
    ]  # fmt: skip
    with pytest.raises(Invalid, match="name"):
        directory.update_contact(store, acme.id, contact.id, NOW, first_name="", last_name=" ")
