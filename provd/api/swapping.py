"""Other hardware in a phone's place: of the same model, or of another one with its keys brought over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from provd import facts
from provd.api import phones as phones_api
from provd.api.board import as_json, key_json
from provd.api.call import Call, mac_in
from provd.api.configured import Configured
from provd.api.endpoint import Group
from provd.api.layering import secrets_of
from provd.api.phones import MAC
from provd.api.problems import FINDING, findings
from provd.api.schema import define, listing, nullable, number, obj, text
from provd.errors import Invalid, Problem
from provd.phone.key import Key
from provd.phone.model import Family, Model
from provd.phone.remap import Remapped, remap
from provd.store import layers, phones
from provd.store.database import Store
from provd.store.rows import Layer

group = Group("swap", "Other hardware in a phone's place: of the same model, or of another with the keys brought over.")

KEY = {"kind": text(), "target": text(longest=250), "label": nullable(text())}
REPORT = define(
    "SwapReport",
    obj(
        {
            "model": text("The model from now on"), "kept": number("Keys that stay where they are"),
            "moved": listing(obj({"from": text(), "to": text(), **KEY}), "Keys that take another place"),
            "left": listing(
                obj({"position": text(), **KEY, "reason": text(longest=1000)}),
                "Keys that the other model cannot have; the phone's history, or its template, still has them",
            ),
            "template": nullable(text("Name of the template that is taken off, being of the other model")),
            "settings": listing(text(longest=200), "Settings that no longer apply: the template's, the old vendor's"),
            "expansions": listing(text(), "Expansion modules that do not fit the other model"),
            "problems": listing(FINDING, "What the phone cannot do with what it has then"),
        },
        about="What a swap for another model changes",
    ),
)  # fmt: skip
SWAP = obj({"mac": MAC, "model": text("Another model, by its id", 64)}, required=()) | {"minProperties": 1}


@group.post("/phones/{mac}/swap", "phones.write", phones_api.ONE, body=SWAP, status=200, configured=True)
def swap_phone(store: Store, call: Call) -> Any:
    """Put other hardware in a phone's place

    With `mac`, lines, keys and history stay; the token and login of the old hardware open nothing any more. With
    another `model`, keys are brought over: those whose place exists keep it, the others take free places in order,
    and what the model cannot have stays in the history. `swap/preview` tells all that beforehand."""
    _swap(store, call)
    return phones_api.one(store, call, call.the_phone, secrets=call.may(store, "secrets.read"))


class _TakeBack(Exception):
    """Ends a trial: everything in its transaction is undone."""


@group.post("/phones/{mac}/swap/preview", "phones.write", REPORT, body=SWAP, status=200, configured=True)
def preview_swap(store: Store, call: Call) -> Any:
    """Preview a swap of a phone

    Nothing is changed. Names what moves, what the other model cannot have, and what it cannot do then."""
    before, tasks, report = call.phone, list(call.after), {}
    try:
        with store.transaction():
            report = _swap(store, call)
            raise _TakeBack
    except _TakeBack:
        call.phone, call.after[:] = before, tasks
    return report


def _swap(store: Store, call: Call) -> dict[str, Any]:
    """Do it; the report of what changed."""
    before = call.the_phone
    mac = mac_in(call.body["mac"]) if "mac" in call.body else before.mac
    model = call.model(call.body["model"]) if "model" in call.body else None
    if mac == before.mac and "mac" in call.body:
        raise Invalid([Problem("mac", "This is the phone's MAC already; give the one of the new hardware.")])
    if mac == before.mac and (model is None or model.id == before.model):
        raise Invalid([Problem("model", "This is the phone's model already; name another MAC, or another model.")])
    report = _report(before.model, 0)
    if model is not None and model.id != before.model:
        report = _bring_over(store, call, model)
    if mac != before.mac:
        call.phone = phones.swap(store, before.domain_id, before.id, mac, call.now)
    after = phones.get(store, before.domain_id, before.id)
    call.phone = after
    changed = {"mac": [before.mac, after.mac], "model": [before.model, after.model]}
    call.audit(store, "swap", "phone", before.mac, {name: pair for name, pair in changed.items() if pair[0] != pair[1]})
    call.changed_phone(after, f"took the place of {before.mac}" if mac != before.mac else f"is a {after.model} now")
    problems = Configured.read(store, call, after).problems(store)
    return {**report, "problems": findings(problems)}


def _report(model: str, kept: int) -> dict[str, Any]:
    nothing: dict[str, Any] = {"moved": [], "left": [], "template": None, "settings": [], "expansions": []}
    return {"model": model, "kept": kept, **nothing, "problems": []}


def _bring_over(store: Store, call: Call, model: Model) -> dict[str, Any]:
    """Make the phone one of another model, with what it has brought over."""
    now, phone = Configured.read(store, call, call.the_phone), call.the_phone
    family: Family = call.services.catalogue.families[model.family]
    fits = _fitting(phone.expansions, model)
    template = next((layer for layer in now.taken.layers if layer.kind == "template"), None)
    keys = facts.typed_keys({**(template.keys if template else {}), **now.layer.keys})
    lines = frozenset(line.line for line in now.taken.lines)
    mapped = remap(keys, model, family, len(fits), lines)
    phones.update(
        store, phone.domain_id, phone.id, call.now, model=model.id, template_id=None, expansions=list(fits)
    )  # fmt: skip
    layer, lost = _layer(now, template, family, mapped)
    layers.save(
        store, phone.domain_id, "phone", phone.id, call.now, who=call.who.name, values=layer.values, keys=layer.keys,
        raw=layer.raw, directory=layer.directory, secret_names=layer.secret_names,
        comment=f"brought over from a {now.model.vendor} {now.model.name}",
    )  # fmt: skip
    return {
        **_report(model.id, len(mapped.keys) - len(mapped.moved)),
        "moved": [
            {"from": str(start), "to": str(to), **_key(mapped.keys[to])} for start, to in sorted(mapped.moved.items())
        ],
        "left": [{"position": str(one.position), **_key(one.key), "reason": one.reason} for one in mapped.left],
        "template": now.taken.template.name if now.taken.template else None, "settings": sorted(lost),
        "expansions": [name for name in phone.expansions if name not in fits],
    }  # fmt: skip


def _fitting(expansions: tuple[str, ...], model: Model) -> tuple[str, ...]:
    if model.modules is None:
        return ()
    names = {name.casefold() for name in model.modules.names}
    return tuple(name for name in expansions if not names or name.casefold() in names)[: model.modules.most]


def _layer(now: Configured, template: Layer | None, family: Family, mapped: Remapped) -> tuple[Layer, set[str]]:
    """The phone's own layer on the other model, and the names of the settings that do not come along."""
    own, same = now.layer, family.id == now.family.id
    values = {name: value for name, value in own.values.items() if name != "firmware.version"}
    raw = dict(own.raw) if same else {}
    directory = {**(template.directory if template else {}), **own.directory}
    lost = {*own.values, *own.raw} - {*values, *raw}
    lost |= {*template.values, *template.raw} - {*values, *raw} if template else set()
    made = replace(own, values=values, raw=raw, directory=directory, keys=as_json(mapped.keys))
    kept = frozenset(name for name in own.secret_names if name in values or name in raw)
    return replace(made, secret_names=secrets_of(replace(made, secret_names=kept), [family])), lost


def _key(key: Key) -> dict[str, Any]:
    said: Mapping[str, Any] = key_json(key)
    return {"kind": key.kind, "target": said.get("target", ""), "label": key.label}
