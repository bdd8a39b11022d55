"""Reminders of messages that wait, by phone (SF-064): each process calls those whose company lives in it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provd.errors import Conflict, NotFound
from provd.mailbox import call_due
from provd.store import domains, mailboxes, users, voicemails
from provd.store.database import Store

if TYPE_CHECKING:
    from provd.app import Services

log = logging.getLogger(__name__)

MOST = 20
"""Mailboxes a round; who is left is called in the next."""


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody who is to be called, at each of `numbers`; `new` and `saved` messages wait."""

    domain_id: int
    domain: str
    user_id: int
    extension: str
    numbers: tuple[str, ...]
    new: int
    saved: int


def due(store: Store, now: int) -> list[Due]:
    """Everybody whose new messages have waited for so long, of every company."""
    found = []
    for domain_id, user_id, oldest in voicemails.reminders(store):
        box = mailboxes.get(store, domain_id, user_id)
        if call_due(box.settings, oldest, box.called, now):
            user, counts = users.get(store, domain_id, user_id), voicemails.counts(store, user_id)
            domain, numbers = domains.get(store, domain_id).name, tuple(box.settings["reminder_numbers"])
            found.append(Due(domain_id, domain, user_id, user.extension, numbers, counts["new"], counts["saved"]))
    return found


async def remind(services: Services, now: int) -> int:
    """Call those who are due and live here; → how many calls there are. Who cannot be called is tried again when the
    next reminder is due."""
    if services.applications is None or services.sip is None:
        return 0
    calls = 0
    mine = [one for one in await services.store.run(due, now) if services.neighbours.mine(one.domain)]
    for one in mine[:MOST]:
        await services.store.run(mailboxes.set_called, one.domain_id, one.user_id, now)
        for number in one.numbers:
            try:
                await services.applications.calling.remind(one.domain, one.extension, number, one.new, one.saved)
                calls += 1
            except (Conflict, NotFound) as error:
                log.info("A reminder of %s in %s cannot be made: %s", one.extension, one.domain, error)
    return calls
