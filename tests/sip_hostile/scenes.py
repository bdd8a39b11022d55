"""A whole server under attack: what it holds, that it serves others meanwhile, and that nothing of the attack stays."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sip_edge.stack import LIGHT
from sip_edge.transaction.layer import Layer
from sip_edge.transaction.timing import Timing
from tests.clients.scenes import SNOM, SipOffice
from tests.sip_hostile.phone import DeskPhone

HASTY = Timing(t1=0.0125, t2=0.1, t4=0.1)
"""A transaction lasts 0.8 seconds instead of 32, so that a test sees its end."""


def hasten(office: SipOffice) -> None:
    """Give the server timers that a test can wait for, before anybody speaks with it."""
    stack = office.edge.stack
    stack.layer = Layer(secrets.token_bytes(32), HASTY, light=LIGHT)


def tables(office: SipOffice) -> dict[str, int]:
    """What the server holds for peers, by name."""
    edge = office.edge
    stack, presence, connections = edge.stack, edge.presence.presence, edge.listeners.connections
    return {
        "bindings": len(edge.registrar.location),
        "subscriptions": len(presence.book),
        "watched": presence.book.watched(),
        "notifies waiting": presence.notifier.waiting,
        "transactions": stack.layer.live,
        "answers kept": stack.layer.kept,
        "merged": len(stack.layer._merged),
        "requests unanswered": len(stack.handlers),
        "requests of ours": len(stack._clients._by_key),
        "unacknowledged": len(stack._unacknowledged),
        "connections": len(connections),
        "half open": connections.half_open,
        "flows of bindings": len(edge.registrar._by_flow),
    }


PASSING = (
    "notifies waiting", "transactions", "answers kept", "merged", "requests unanswered", "requests of ours",
    "unacknowledged",
)  # fmt: skip
"""What is not there in quiet times."""


class Bystander:
    """A phone of the company that goes about its business."""

    def __init__(self, phone: DeskPhone) -> None:
        self.phone = phone

    def is_heard(self) -> bool:
        """Does a refresh of its registration go through? What others sent over UDP before has been looked at then."""
        return self.phone.register().status == 200

    def is_served(self) -> bool:
        """Asks, registers, watches and is told as always; AssertionError when it is not."""
        phone = self.phone
        found = [phone.options(), phone.register().status, phone.subscribe("102").status]
        assert found == [200, 200, 200], found
        return phone.asked("NOTIFY").method == "NOTIFY"


@contextmanager
def bystander(office: SipOffice, caplog: pytest.LogCaptureFixture) -> Iterator[Bystander]:
    """Somebody to attack beside. At the end they are still served, nothing has gone wrong inside the server, and it
    holds what it held before."""
    with DeskPhone(office.account(SNOM), office.sip) as phone:
        found = Bystander(phone)
        assert found.is_served()
        before = office.tell(tables, office) | dict.fromkeys(PASSING, 0)
        errors = office.edge.stack.counters.handler_errors
        try:
            with caplog.at_level(logging.WARNING):
                yield found
            assert found.is_served()
            settled(office, before)
        finally:
            phone.subscribe("102", expires=0)
            phone.asked("NOTIFY")
            phone.register(0)
        assert office.edge.stack.counters.handler_errors == errors
        told = [record for record in caplog.records if record.levelno >= logging.ERROR or record.exc_info]
        assert [record.getMessage() for record in told] == []


def settled(office: SipOffice, before: dict[str, int]) -> None:
    """Wait until the server holds what it held before, not more and not less."""
    try:
        office.until(lambda: tables(office) == before)
    except TimeoutError:
        after: dict[str, int] = office.tell(tables, office)
        changed = {name: (before[name], count) for name, count in after.items() if count != before[name]}
        raise AssertionError(f"The server holds something else than before: {changed}") from None
