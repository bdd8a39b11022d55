"""What people say of themselves (SF-015): set and cleared by each, seen by everybody of the company."""

from __future__ import annotations

from typing import Any

from provd.api.call import Call, plain
from provd.api.endpoint import Group
from provd.api.schema import define, listing, moment, nullable, obj, text
from provd.store import statuses
from provd.store.database import Store

group = Group("statuses", "Status messages (SF-015): a line that people say of themselves, seen by their colleagues.")

STATUS = define(
    "UserStatus",
    obj(
        {
            "extension": text(longest=20), "name": text(longest=401),
            "status": text("Empty for nothing", statuses.LONGEST), "at": nullable(moment("Since when")),
        }
    ),
)  # fmt: skip
PATH = "/domains/{domain}/users/{user}/status"


@group.get("/domains/{domain}/statuses", "statuses.read", obj({"items": listing(STATUS), "next": {"type": "null"}}))
def list_statuses(store: Store, call: Call) -> Any:
    """List the status messages of a company

    Of everybody who has one, the latest first, at most 1000."""
    return {"items": [plain(one) for one in statuses.of_domain(store, call.domain_id)], "next": None}


@group.get(PATH, "statuses.read", STATUS)
def get_status(store: Store, call: Call) -> Any:
    """Get a user's status message"""
    return _shown(call, *statuses.get(store, call.the_user.id))


@group.put(PATH, "statuses.write", STATUS, body=obj({"status": text("Empty clears it", 1000)}))
def put_status(store: Store, call: Call) -> Any:
    """Set or clear a user's status message

    People set their own, managers those of their people, which the audit trail has."""
    user = call.the_user
    before = statuses.get(store, user.id)[0]
    after = statuses.put(store, call.domain_id, user.id, call.body["status"], call.now)
    if after[0] != before and user.id != call.who.user_id:
        call.audit(store, "update", "status", user.extension, {"status": [before, after[0]]})
    return _shown(call, *after)


def _shown(call: Call, status: str, at: int) -> dict[str, Any]:
    user = call.the_user
    return {"extension": user.extension, "name": user.name, "status": status, "at": at or None}
