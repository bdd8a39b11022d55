"""Trunks to the telephone network, of a company and of the whole server: the provider's."""

from __future__ import annotations

from typing import Any

from provd.api.call import Call, old_and_new, plain
from provd.api.endpoint import Group
from provd.api.schema import (
    MOST_ROWS,
    Schema,
    choice,
    define,
    listing,
    moment,
    nullable,
    number,
    obj,
    page,
    switch,
    text,
)
from provd.errors import Conflict
from provd.store import rules, trunks
from provd.store.database import Store
from provd.store.routing_rows import Trunk

group = Group(
    "trunks",
    "Ways to and from the telephone network. A company's own are tried before the server's, lower places first; the "
    "next one is tried when a carrier cannot take the call, or has as many as it may.",
)
FIELDS: dict[str, Schema] = {
    "name": text("What calls and lists say", 60, minLength=1),
    "place": number("Lower ones are tried first", 0, 999),
    "kind": choice(trunks.KINDS, "Known by its addresses, or registering with the carrier"),
    "host": text("The carrier's name or address", 253, minLength=1),
    "port": number(low=1, high=65535),
    "transport": choice(rules.TRANSPORTS),
    "user_name": text("For carriers that ask for one", 120),
    "networks": listing(text(longest=60), "Addresses that the carrier's calls come from; others are refused", 50),
    "most_calls": number("Calls at once, both ways", 1, 10_000),
    "writes": choice(trunks.WRITES, "Whether the carrier wants numbers with their + (e164) or without (plain)"),
    "enabled": switch(),
    "asks": switch("Whether the carrier is asked by OPTIONS, every half minute, whether it is there"),
}
WORDS = ("registered", "refused", "waiting", "unreachable", "silent", "answers", "unknown")
STATE = define(
    "TrunkState",
    obj(
        {
            "word": choice(
                WORDS,
                "What is worst of it. waiting: registration is under way; unreachable: it does not answer, or is not "
                "found; silent: it never answered OPTIONS, which is not held against it; answers: it does, and is not "
                "to be registered with; unknown: not asked yet, or no SIP in this process",
            ),
            "registered": nullable(switch("Null when it does not register")),
            "refusal": text("Why it is not registered, as 403 Forbidden", 300),
            "registered_since": moment("Epoch seconds, 0 when it never was"),
            "address": text("Where it is registered", 60),
            "answers": nullable(switch("To OPTIONS; null when it was not asked yet")),
            "heard": text("What it answered, as 200 OK, or why nothing came", 300),
            "millis": number("Milliseconds to its last answer"),
            "asked": moment("Epoch seconds, 0 when it was not asked yet"),
            "since": moment("Since when it answers, or does not"),
            "calls": number("Calls that it has now"),
        }
    ),
)  # fmt: skip
PASSWORD: dict[str, Schema] = {"password": text("Never shown again; empty takes it away", 128)}
SHOWN = define(
    "Trunk",
    obj(
        {"id": number(low=1, high=MOST_ROWS), **FIELDS, "owner": nullable(text("Its company; null for the server's")),
         "state": STATE, "created": moment()}
    ),
)  # fmt: skip
NEW = obj({**FIELDS, **PASSWORD}, required=("name", "host"))
CHANGES = obj({**FIELDS, **PASSWORD}, required=()) | {"minProperties": 1}
COMPANY, SERVER = "/domains/{domain}/trunks", "/trunks"


def shown(call: Call, row: Trunk) -> dict[str, Any]:
    """A trunk as answers show it."""
    owner = call.domain.name if call.domain else None
    return {**plain(row, "domain_id"), "networks": list(row.networks), "owner": owner, "state": state(call, row)}


def state(call: Call, row: Trunk) -> dict[str, Any]:
    """How it stands with a trunk at this moment, as far as this process knows."""
    calls = getattr(call.services.sip, "calls", None)
    if calls is None or not row.enabled:
        nothing: dict[str, Any] = dict.fromkeys(("registered_since", "millis", "asked", "since", "calls"), 0)
        words = dict.fromkeys(("refusal", "address", "heard"), "")
        return {"word": "unknown", "registered": None, "answers": None, **nothing, **words}
    now = calls.trunks.state(row.name)
    return {
        "word": now.word, "registered": now.registered, "refusal": now.refusal[:300],
        "registered_since": int(now.registered_since), "address": now.address, "answers": now.answers,
        "heard": now.heard[:300], "millis": now.millis, "asked": int(now.asked), "since": int(now.since),
        "calls": calls.trunks.calls(row.name),
    }  # fmt: skip


def _declare(path: str) -> None:
    """The same endpoints for a company's trunks and for the server's."""
    whose = "the company's trunks" if path == COMPANY else "the server's trunks, which every company may use"

    @group.get(path, "trunks.read", page(SHOWN))
    def listed(store: Store, call: Call) -> Any:
        return {"items": [shown(call, row) for row in trunks.find(store, _owner(call))], "next": None}

    @group.post(path, "trunks.write", SHOWN, body=NEW)
    def create(store: Store, call: Call) -> Any:
        made = trunks.create(store, _owner(call), now=call.now, **call.body)
        call.audit(store, "create", "trunk", made.name, {"host": [None, made.host]})
        call.location = f"/api/v2{path.replace('{domain}', call.path.get('domain', ''))}/{made.id}"
        return shown(call, made)

    @group.get(f"{path}/{{trunk}}", "trunks.read", SHOWN)
    def get(store: Store, call: Call) -> Any:
        return shown(call, trunks.get(store, _owner(call), call.id("trunk")))

    @group.patch(f"{path}/{{trunk}}", "trunks.write", SHOWN, body=CHANGES)
    def patch(store: Store, call: Call) -> Any:
        before = trunks.get(store, _owner(call), call.id("trunk"))
        after = trunks.update(store, _owner(call), before.id, call.now, **call.body)
        changed = old_and_new(before, after, [name for name in call.body if name != "password"])
        call.audit(
            store,
            "update",
            "trunk",
            after.name,
            changed | ({"password": ["set", "set anew"]} if "password" in call.body else {}),
        )
        return shown(call, after)

    @group.delete(f"{path}/{{trunk}}", "trunks.write")
    def delete(store: Store, call: Call) -> None:
        gone = trunks.delete(store, _owner(call), call.id("trunk"), call.now)
        call.audit(store, "delete", "trunk", gone.name, {"host": [gone.host, None]})

    @group.post(f"{path}/{{trunk}}/ask", "trunks.write", SHOWN, status=200)
    async def ask(call: Call) -> Any:
        row = await call.services.store.run(trunks.get, _owner(call), call.id("trunk"))
        calls = getattr(call.services.sip, "calls", None)
        if calls is None:
            raise Conflict("No SIP is spoken by this process; ask one whose roles have sip.")
        told = await calls.ask_carrier(row.name)
        if told is None:
            raise Conflict(f"{row.name} is switched off, or was added this moment; try again in a second.")
        answers, heard, millis = told
        now = {**state(call, row), "answers": answers, "heard": heard[:300], "millis": millis, "asked": call.now}
        return shown(call, row) | {"state": now}

    listed.__doc__ = f"List {whose}\n\nIn the order in which they are tried."
    create.__doc__ = f"Add one to {whose}\n\nNo two trunks of the server have one name."
    get.__doc__ = f"Get one of {whose}"
    patch.__doc__ = f"Change one of {whose}"
    ask.__doc__ = (
        f"Ask the carrier of one of {whose} whether it is there\n\nBy OPTIONS, for at most five seconds. `state` says "
        "what came back; any answer, a refusal too, means that it is there."
    )
    delete.__doc__ = f"Delete one of {whose}"


def _owner(call: Call) -> int | None:
    return call.domain.id if call.domain else None


_declare(COMPANY)
_declare(SERVER)
