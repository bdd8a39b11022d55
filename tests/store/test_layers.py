"""Layers: every version is kept and can be had again, two editors do not overwrite each other, secrets are opened
for those who may have them and never shown by accident."""

from __future__ import annotations

import pytest

from provd.errors import Conflict, Forbidden, Invalid, NotFound
from provd.store import changes, layers, phones, templates
from provd.store.database import Store
from provd.store.rows import Layer
from tests.store.conftest import NOW, Company

SECRET = {"admin.password", "account.1.password"}


def save(store: Store, acme: Company, values: dict[str, object], **more: object) -> Layer:
    return layers.save(store, acme.id, "company", acme.id, NOW, who="ada", values=values, secret_names=SECRET, **more)  # type: ignore[arg-type]


def test_a_place_without_settings_has_an_empty_layer(store: Store, acme: Company) -> None:
    layer = layers.get(store, acme.id, "company", acme.id)
    assert (layer.id, layer.revision, layer.values, layer.keys) == (0, 0, {}, {})
    assert layers.history(store, acme.id, "company", acme.id) == []


def test_every_version_is_kept_and_an_old_one_comes_back_as_the_newest(store: Store, acme: Company) -> None:
    save(store, acme, {"ntp.server": "a", "admin.password": "first"}, keys={"1": {"kind": "line"}}, comment="start")
    save(store, acme, {"ntp.server": "b", "admin.password": "second"}, raw={"account.1.password": "x", "p": "q"})
    assert [(one.revision, one.who, one.comment) for one in layers.history(store, acme.id, "company", acme.id)] == [
        (2, "ada", ""), (1, "ada", "start"),
    ]  # fmt: skip
    first = layers.version(store, acme.id, "company", acme.id, 1)
    assert first.values == {"ntp.server": "a", "admin.password": "first"}

    back = layers.restore(store, acme.id, "company", acme.id, 1, NOW + 9, who="grace")
    assert (back.revision, back.values, back.keys, back.raw) == (3, first.values, first.keys, {})
    newest = layers.history(store, acme.id, "company", acme.id)[0]
    assert (newest.revision, newest.who, newest.at) == (3, "grace", NOW + 9)
    with pytest.raises(NotFound, match="version 7"):
        layers.restore(store, acme.id, "company", acme.id, 7, NOW, who="grace")


def test_the_same_content_again_is_no_new_version(store: Store, acme: Company) -> None:
    save(store, acme, {"admin.password": "first", "codecs": ("pcmu", "pcma")})
    seen = changes.latest_id(store)
    again = save(store, acme, {"codecs": ["pcmu", "pcma"], "admin.password": "first"})
    assert (again.revision, changes.latest_id(store)) == (1, seen)


def test_the_second_of_two_editors_is_told(store: Store, acme: Company) -> None:
    seen = save(store, acme, {"ntp.server": "a"}).revision
    save(store, acme, {"ntp.server": "b"}, revision=seen)
    with pytest.raises(Conflict, match="Somebody else"):
        save(store, acme, {"ntp.server": "c"}, revision=seen)
    assert layers.get(store, acme.id, "company", acme.id).values == {"ntp.server": "b"}


def test_secrets_are_named_opened_and_not_in_the_repr(store: Store, acme: Company) -> None:
    layer = save(store, acme, {"admin.password": "hunter2-hunter2", "vlan": 5}, raw={"account.1.password": "swordfish"})
    assert layer.values == {"admin.password": "hunter2-hunter2", "vlan": 5}
    assert layer.secret_names == {"admin.password", "account.1.password"}
    assert "hunter2" not in repr(layer) and "swordfish" not in repr(layer)
    stored = store.sql("SELECT settings, raw FROM layers").fetchone()
    assert "hunter2" not in stored[0] and "swordfish" not in stored[1] and '"vlan":5' in stored[0]


def test_what_cannot_be_kept_is_refused(store: Store, acme: Company) -> None:
    refused: list[dict[str, object]] = [{"a": {"$sealed": "x"}}, {"a": object()}, {"a": "x" * 600_000}, {"a": "\ud800"}]
    for values in refused:
        with pytest.raises(Invalid):
            save(store, acme, values)
    with pytest.raises(Invalid):
        layers.save(store, acme.id, "planet", acme.id, NOW, who="x", values={})
    with pytest.raises(NotFound):
        layers.get(store, None, "brand", "")
    assert layers.get(store, acme.id, "company", acme.id).id == 0


def test_a_template_is_for_one_model_and_cannot_go_while_it_is_used(store: Store, acme: Company) -> None:
    with pytest.raises(Invalid, match="template is for yealink-t46u"):
        phones.update(store, acme.id, acme.grace_phone.id, NOW, template_id=acme.template.id)
    with pytest.raises(Invalid, match="template is for yealink-t46u"):
        phones.update(store, acme.id, acme.ada_phone.id, NOW, model="yealink-t54w")
    with pytest.raises(Conflict, match="1 phone"):
        templates.delete(store, acme.id, acme.template.id, NOW)
    phones.update(store, acme.id, acme.ada_phone.id, NOW, template_id=None, model="yealink-t54w")
    templates.delete(store, acme.id, acme.template.id, NOW)
    assert templates.find(store, acme.id) == []


def test_a_read_only_template_is_copied_and_the_copy_edited(store: Store, acme: Company) -> None:
    template = acme.template.id
    layers.save(
        store, acme.id, "template", template, NOW, who="x", values={"p": "s"}, keys={"1": {}}, secret_names={"p"}
    )
    templates.update(store, acme.id, template, NOW, read_only=True)
    for attempt in (
        lambda: layers.save(store, acme.id, "template", template, NOW, who="x", values={}),
        lambda: layers.restore(store, acme.id, "template", template, 1, NOW, who="x"),
        lambda: layers.delete(store, acme.id, "template", template, NOW),
        lambda: templates.delete(store, acme.id, template, NOW),
    ):
        with pytest.raises(Forbidden, match="read-only"):
            attempt()
    made = templates.copy(store, acme.id, template, "Mine", NOW, who="x")
    layer = layers.get(store, acme.id, "template", made.id)
    assert (layer.values, layer.keys, made.read_only) == ({"p": "s"}, {"1": {}}, False)
    assert layer.secret_names == {"p"}
    layers.save(store, acme.id, "template", made.id, NOW, who="x", values={})
    assert [one.name for one in templates.find(store, acme.id, search="t46u min")] == ["Mine"]


def test_a_deleted_layer_is_inherited_again_and_begins_anew(store: Store, acme: Company) -> None:
    save(store, acme, {"ntp.server": "a"})
    layers.delete(store, acme.id, "company", acme.id, NOW)
    assert layers.get(store, acme.id, "company", acme.id).values == {}
    phones.delete(store, acme.id, acme.ada_phone.id, NOW)
    assert store.sql("SELECT COUNT(*) FROM layers").fetchone()[0] == 0
