"""Which resellers look after a company."""

from __future__ import annotations

from typing import Any

from provd.api.call import Call
from provd.api.endpoint import Group
from provd.api.schema import define, listing, obj, text
from provd.store import resellers
from provd.store.database import Store
from provd.store.rows import User

group = Group(
    "resellers",
    "Resellers are logins of the provider that see only the companies given to them, and those that they made.",
)

LOGINS = listing(text(longest=121), "Login names of resellers", 100)
GIVEN = define("CompanyResellers", obj({"logins": LOGINS}))


def _shown(found: list[User]) -> dict[str, Any]:
    return {"logins": [user.login_name for user in found]}


@group.get("/domains/{domain}/resellers", "resellers.read", GIVEN)
def get_resellers(store: Store, call: Call) -> Any:
    """Get who looks after a company"""
    return _shown(resellers.of_domain(store, call.domain_id))


@group.put("/domains/{domain}/resellers", "resellers.write", GIVEN, body=obj({"logins": LOGINS}))
def put_resellers(store: Store, call: Call) -> Any:
    """Give a company to resellers

    To exactly these: others lose it at once. Only a super user does this."""
    assert call.domain is not None
    before = _shown(resellers.of_domain(store, call.domain_id))
    after = _shown(resellers.replace(store, call.domain_id, call.body["logins"]))
    if before != after:
        call.audit(store, "update", "resellers", call.domain.name, {"logins": [before["logins"], after["logins"]]})
    return after
