"""Home: what needs the reader, what happened, and their own phones."""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

from provd.api import phone_states
from provd.api.audits import AUDIT
from provd.api.call import Call, plain
from provd.api.endpoint import Group
from provd.api.rollouts import wished
from provd.api.schema import choice, define, listing, number, obj, table, text
from provd.api.scope import COMPANY, EVERYWHERE, OWN, SITE, reach
from provd.jobs.judging import Target
from provd.needs import KINDS, PAGES, Counted, needs
from provd.phone import state
from provd.store import audit, devices, events, jobs, phone_finding, targets, user_finding
from provd.store.database import Store
from provd.store.phone_states import Heard, StateRow

group = Group(
    "home", "What needs the reader of a company's home page (SF-009 to SF-017 as far as they are about phones)."
)

WEEK = 7 * 86_400
DAY = 86_400
RECENT = 10
NEED = define(
    "Need",
    obj(
        {
            "kind": choice(KINDS), "count": number(), "text": text("The sentence to show", 500),
            "page": choice(PAGES, "Where to look"), "query": table(text(), "What the page's address names"),
        }
    ),
)  # fmt: skip
OWN_PHONE = define(
    "OwnPhone",
    obj(
        {
            "mac": text(), "model": text(), "state": choice(state.STATES), "state_text": text(longest=500),
            "registered_devices": number(),
        }
    ),
)  # fmt: skip
COUNTS = obj({"users": number(), "devices": number(), "phones": number()})
HOME = define(
    "Home",
    obj(
        {
            "needs": listing(NEED, "The most urgent first; empty when all is well"),
            "states": table(number(), "Phones by state"), "counts": COUNTS,
            "own_phones": listing(OWN_PHONE, "The phones with a device of the reader's (SF-017)"),
            "activity": listing(AUDIT, "What was changed last, for those who may read the trail"),
        }
    ),
)  # fmt: skip


@group.get("/domains/{domain}/home", "home.read", HOME)
async def get_home(call: Call) -> Any:
    """Get what needs attention

    As far as the reader's rights reach: a company, a site, or their own phones."""
    heard = phone_states.heard_now(call)
    remembered = call.services.recorder.knocks() if reach(call.who, "knocks.read") else []
    asked = {knock.mac for knock in remembered if knock.last_seen > call.now - DAY}
    return await call.services.store.run_apart(_home, call, heard, asked)


@group.get("/domains/{domain}/home/phones", "home.read", obj({"items": listing(OWN_PHONE), "next": {"type": "null"}}))
async def list_own_phones(call: Call) -> Any:
    """List the phones with a device of the reader's

    With what each is doing (SF-017)."""
    found = await call.services.store.run_apart(_own_phones, call)
    return {"items": found, "next": None}


def _home(store: Store, call: Call, heard: list[Heard] | None, asked: set[str]) -> dict[str, Any]:
    found = reach(call.who, "phones.read")
    overview, rows = None, []
    if found in (EVERYWHERE, COMPANY, SITE):
        overview = phone_states.of_domain(store, call, heard)
        rows = [row for row in overview.rows if found != SITE or row.site_id == call.who.site_id]
    states = {row.id: overview.state(row) for row in rows} if overview else {}
    count = Counter(states.values())
    refused = max(
        (row for row in rows if states[row.id] == "refused"), key=lambda row: row.refused_at or 0, default=None
    )
    counted = Counted(
        count, refused.refused_why if refused else "", _old_firmware(store, call, rows), _failed_jobs(store, call),
        _knocks(store, call, asked), _mailless(store, call),
    )  # fmt: skip
    return {
        "needs": [plain(need) | {"query": dict(need.query)} for need in needs(counted)],
        "states": {name: count.get(name, 0) for name in state.STATES},
        "counts": _counts(store, call, len(rows)),
        "own_phones": _own_phones(store, call),
        "activity": _activity(store, call),
    }


def _old_firmware(store: Store, call: Call, rows: list[StateRow]) -> int:
    """Phones that told a version and are to run another."""
    wishes = targets.firmware_wishes(store, call.domain_id) if rows else {}
    if not any(wishes.values()):
        return 0
    models, old = call.services.catalogue.models, 0
    for row in rows:
        family = models[row.model].family if row.model in models else ""
        # A row of states has every column that a wish is looked up by.
        wish = wished(cast(Target, row), family, wishes, call.domain_id)
        old += bool(wish and row.last_firmware and row.last_firmware != wish)
    return old


def _failed_jobs(store: Store, call: Call) -> int:
    if reach(call.who, "jobs.read") not in (EVERYWHERE, COMPANY):
        return 0
    latest = jobs.find(store, call.domain_id, limit=100).items
    recent = (job for job in latest if job.created > call.now - WEEK)
    return sum(1 for job in recent if job.state in ("failed", "halted"))


def _knocks(store: Store, call: Call, asked: set[str]) -> int:
    """MACs that are no phone's and asked within the day: the provider's business."""
    if not reach(call.who, "knocks.read"):
        return 0
    stored = {knock.mac for knock in events.knocks(store, 1000) if knock.last_seen > call.now - DAY}
    return len(asked | stored)


def _mailless(store: Store, call: Call) -> int:
    found = reach(call.who, "users.mail")
    if not found or (found == SITE and call.who.site_id is None):
        return 0
    return user_finding.count_without_mail(store, call.domain_id, call.who.site_id if found == SITE else None)


def _counts(store: Store, call: Call, phones: int) -> dict[str, int]:
    """What there is (SF-011), for those who see all of it."""
    if reach(call.who, "users.read") not in (EVERYWHERE, COMPANY):
        return {"users": 0, "devices": 0, "phones": phones}
    people = user_finding.count(store, call.domain_id)
    return {"users": people, "devices": devices.count(store, call.domain_id), "phones": phones}


def _own_phones(store: Store, call: Call) -> list[dict[str, Any]]:
    if call.who.user_id is None or call.who.domain_id != call.domain_id or reach(call.who, "users.read") == "":
        return []
    mine = sorted(phone_finding.ids(store, call.domain_id, user_id=call.who.user_id))[:100]
    overview = phone_states.of_phones(store, call, mine)
    rows = sorted(overview.rows, key=lambda row: row.mac)
    told = ((row, overview.told(row)) for row in rows)
    wanted = ("state", "state_text", "registered_devices")
    return [{"mac": row.mac, "model": row.model, **{name: said[name] for name in wanted}} for row, said in told]


def _activity(store: Store, call: Call) -> list[dict[str, Any]]:
    if reach(call.who, "audits.read") in ("", SITE, OWN):
        return []
    assert call.domain is not None
    name = call.domain.name
    latest = audit.find(store, call.domain_id, limit=RECENT).items
    return [{**plain(row, "domain_id"), "domain": name, "changed": dict(row.changed)} for row in latest]
