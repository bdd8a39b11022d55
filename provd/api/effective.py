"""What a phone gets: its merged configuration, what is wrong with it, its files, and what a change would do."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import Any

from provd.api.call import Call
from provd.api.configured import Configured
from provd.api.endpoint import SECRETS, Group
from provd.api.gate import off_the_loop
from provd.api.layering import CHANGES, candidate, secret_raw
from provd.api.layers import phone_target
from provd.api.problems import FINDING, findings
from provd.api.schema import Schema, define, listing, nullable, number, obj, page, switch, table, text
from provd.errors import NotFound
from provd.phone.config import MASK, PhoneConfig
from provd.render import render
from provd.store.database import Store

group = Group("effective", "What a phone gets, and what a change would do, before it is saved.")

ORIGIN = text("The layer that says so, such as `template Reception`")
SETTING = obj({"value": {}, "origin": ORIGIN})
PLACED_KEY = obj(
    {
        "position": text(), "kind": text(), "value": text("What it dials, watches, sends or opens", 1000),
        "label": text(), "line": number(), "locked": switch(), "lamp": switch(), "origin": ORIGIN,
    }
)  # fmt: skip
ACCOUNT = obj(
    {
        "line": number(),
        "extension": text(),
        "device": text(),
        "label": text(),
        "display_name": text(),
        "shared": switch(),
    }
)
EFFECTIVE = define(
    "Effective",
    obj(
        {
            "mac": text(), "model": text(), "server": text("Where it registers"),
            "provisioning": text("Its own URL", 400),
            "values": table(SETTING), "raw": table(SETTING), "keys": listing(PLACED_KEY),
            "accounts": listing(ACCOUNT),
            "contacts": number("People in its directory"), "unplaced": number("People without a key in a cascade"),
            "update": nullable(text("When it looks for changes at night")), "problems": listing(FINDING),
        }
    ),
)  # fmt: skip
FOUND = define("Findings", obj({"problems": listing(FINDING)}))
FILE = define("FileName", obj({"name": text(), "role": text("config, index, directory …"), "content_type": text()}))
DIFFERENCE = define(
    "Difference",
    obj(
        {
            "files": listing(obj({"name": text(), "diff": text("Unified difference; secrets are marks", 10_000_000)})),
            "problems": listing(FINDING),
        }
    ),
)  # fmt: skip
CHANGE: Schema = obj(CHANGES, required=())


@group.get("/phones/{mac}/effective", "phones.read", EFFECTIVE, configured=True)
def get_effective(store: Store, call: Call) -> Any:
    """Get what a phone's configuration comes to

    Every setting with the layer it is from, the keys as the phone gets them, and what it cannot do. Secrets are
    marks."""
    now = Configured.read(store, call, call.the_phone)
    config = call.services.configurator.masked(now.config, now.taken)
    values = {
        name: {"value": config.values[name], "origin": sourced.origin} for name, sourced in now.merged.values.items()
    }
    raw = {
        name: {"value": MASK if secret_raw(name, [now.family]) else sourced.value, "origin": sourced.origin}
        for name, sourced in now.merged.raw.items()
    }
    return {
        "mac": config.mac, "model": config.model, "server": config.server, "provisioning": config.urls.base,
        "values": values, "raw": raw, "keys": _keys(config), "accounts": _accounts(config),
        "contacts": len(config.contacts), "unplaced": config.unplaced, "update": _update(config),
        "problems": findings(now.problems(store)),
    }  # fmt: skip


def _keys(config: PhoneConfig) -> list[dict[str, Any]]:
    return [
        {
            "position": str(key.position), "kind": key.kind, "value": key.value, "label": key.label, "line": key.line,
            "locked": key.locked, "lamp": key.lamp, "origin": key.origin,
        }
        for key in config.keys
    ]  # fmt: skip


def _accounts(config: PhoneConfig) -> list[dict[str, Any]]:
    return [
        {
            "line": one.line, "extension": one.extension, "device": one.device, "label": one.label,
            "display_name": one.display_name, "shared": one.shared,
        }
        for one in config.accounts
    ]  # fmt: skip


def _update(config: PhoneConfig) -> str | None:
    return config.update.clock(config.update.minute) if config.update else None


@group.get("/phones/{mac}/check", "phones.read", FOUND, configured=True)
def get_check(store: Store, call: Call) -> Any:
    """Check a phone: what its model cannot do with its configuration"""
    return {"problems": findings(Configured.read(store, call, call.the_phone).problems(store))}


@group.post("/phones/{mac}/check", "phones.read", FOUND, body=CHANGE, status=200, configured=True)
def post_check(store: Store, call: Call) -> Any:
    """Check settings for a phone before they are saved

    The body is the phone's layer as it would be; nothing is saved."""
    return {"problems": findings(_with_body(store, call)[1].problems(store))}


def _with_body(store: Store, call: Call) -> tuple[Configured, Configured]:
    """The phone as it is, and as the body would have it."""
    now = Configured.read(store, call, call.the_phone)
    made = candidate(call.body, now.layer, phone_target(call))
    return now, now.with_layer(made)


@group.get("/phones/{mac}/files", "phones.read", page(FILE), configured=True)
def list_files(store: Store, call: Call) -> Any:
    """List the files of a phone"""
    now = Configured.read(store, call, call.the_phone)
    items = []
    for rule in now.family.files:
        name = rule.file_name(now.config.mac, now.model)
        if rule.template and name is not None and rule.per_phone:
            items.append({"name": name, "role": rule.role, "content_type": rule.content_type})
    return {"items": items, "next": None}


@group.get(
    "/phones/{mac}/files/{name}", "phones.read", None, query=SECRETS, produces="text/plain; charset=utf-8",
    configured=True,
)  # fmt: skip
async def get_file(call: Call) -> bytes:
    """Get a file as the phone would

    Secrets are marks unless `secrets=1` asks for them and the key may see them; the look is noted in the trail."""
    now, secrets = await call.services.store.run(_file_source, call)
    config = now.config if secrets else call.services.configurator.masked(now.config, now.taken)
    files: dict[str, bytes] = await off_the_loop(render, config, now.model, now.family)
    wanted = call.path["name"]
    if wanted not in files:
        raise NotFound(f"This phone has no file {wanted[:100]}; it has {', '.join(files)}.")
    return files[wanted]


def _file_source(store: Store, call: Call) -> tuple[Configured, bool]:
    secrets = call.shows_secrets(store)
    if secrets:
        call.audit(store, "show", "file", f"{call.the_phone.mac} {call.path['name']}")
    return Configured.read(store, call, call.the_phone), secrets


@group.post("/phones/{mac}/diff", "phones.read", DIFFERENCE, body=CHANGE, status=200, configured=True)
async def post_diff(call: Call) -> Any:
    """Compare a phone's files before and after a change

    The body is the phone's layer as it would be; nothing is saved. Files that would not change are left out, and a
    new secret shows as no difference."""
    now, then, problems = await call.services.store.run(_diff_source, call)
    return {"files": await off_the_loop(_differences, now, then), "problems": findings(problems)}


def _diff_source(store: Store, call: Call) -> tuple[Configured, Configured, Any]:
    now, then = _with_body(store, call)
    return now, then, then.problems(store)


def _differences(now: Configured, then: Configured) -> list[dict[str, str]]:
    before, after = _rendered(now), _rendered(then)
    found = []
    for name in sorted({*before, *after}):
        old, new = before.get(name, "").splitlines(), after.get(name, "").splitlines()
        if old != new:
            lines = difflib.unified_diff(old, new, f"{name} now", f"{name} then", lineterm="")
            found.append({"name": name, "diff": "\n".join(lines)})
    return found


def _rendered(one: Configured) -> dict[str, str]:
    config = one.call.services.configurator.masked(one.config, one.taken)
    config = replace(config, revision="")
    return {name: body.decode("utf-8", "replace") for name, body in render(config, one.model, one.family).items()}
