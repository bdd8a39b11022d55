"""What the lamps of a phone's keys show at this moment."""

from __future__ import annotations

from typing import Any

from provd.api.call import Call
from provd.api.configured import Configured
from provd.api.elsewhere import edge_of
from provd.api.endpoint import Group
from provd.api.schema import choice, define, obj, table

group = Group("lamps", "The lamps of keys, as phones see them.", at_home=True)

WORDS = ("idle", "ringing", "busy")
LAMPS = define(
    "Lamps",
    obj({"lamps": table(choice(WORDS), "By position, for keys that have a lamp; none where no SIP is spoken", 600)}),
)
DARK = ("idle", "off", "trying")


@group.get("/phones/{mac}/lamps", "phones.read", LAMPS, configured=True)
async def get_lamps(call: Call) -> Any:
    """Get what the lamps of a phone's keys show now"""
    edge = edge_of(call)
    if edge is None:
        return {"lamps": {}}
    now = await call.services.store.run(Configured.read, call, call.the_phone)
    state, domain = edge.presence.state, now.taken.domain.name
    owners = {account.line: account.extension for account in now.config.accounts}
    found = {}
    for key in now.config.keys:
        if key.lamp and key.value:
            owner = "" if key.kind in ("blf", "park", "cascade") else owners.get(key.line, "")
            found[str(key.position)] = word(str(state.look(domain, key.value, owner).lamp))
    return {"lamps": found}


def word(lamp: str) -> str:
    """A lamp of the presence server in the words of the picture."""
    return "ringing" if lamp == "ringing" else "idle" if lamp in DARK else "busy"
