"""What needs attention in a company, the most urgent first, with a sentence and where to look.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

KINDS = (
    "phones_refused", "jobs_failed", "phones_never", "phones_unregistered", "phones_pending", "firmware_old", "knocks",
    "users_without_mail",
)  # fmt: skip
PAGES = ("phones", "firmware", "jobs", "knocks", "users")


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted: phones by their state (provd/phone/state.py), and the rest. `refused_why` is the reason of
    the one that was refused last."""

    states: Mapping[str, int]
    refused_why: str = ""
    old_firmware: int = 0
    failed_jobs: int = 0
    knocks: int = 0
    users_without_mail: int = 0


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to do. `page` is one of PAGES, `query` what its address names there."""

    kind: str
    count: int
    text: str
    page: str
    query: Mapping[str, str] = field(default_factory=dict)


def needs(counted: Counted) -> list[Need]:
    """Everything that needs attention; empty when all is well."""
    states = counted.states
    refused, never = states.get("refused", 0), states.get("never", 0)
    gone, pending = states.get("unregistered", 0), states.get("pending", 0)
    why = f" {counted.refused_why}" if counted.refused_why else ""
    found = [
        Need("phones_refused", refused, f"{_phones(refused)} refused a configuration.{why}", "phones", _in("refused")),
        Need("jobs_failed", counted.failed_jobs, _jobs(counted.failed_jobs), "jobs", _in("failed")),
        Need(
            "phones_never", never, f"{_phones(never, 'has', 'have')} never asked for anything.", "phones", _in("never")
        ),
        Need("phones_unregistered", gone, f"{_phones(gone)} not registered.", "phones", _in("unregistered")),
        Need("phones_pending", pending, f"{_phones(pending)} due for an update.", "phones", _in("pending")),
        Need("firmware_old", counted.old_firmware, _firmware(counted.old_firmware), "firmware"),
        Need("knocks", counted.knocks, _knocks(counted.knocks), "knocks"),
        Need(
            "users_without_mail", counted.users_without_mail, _users(counted.users_without_mail), "users", _mailless()
        ),
    ]
    return [need for need in found if need.count]


def _in(state: str) -> dict[str, str]:
    return {"state": state}


def _mailless() -> dict[str, str]:
    return {"lacks": "email"}


def _phones(count: int, one: str = "is", many: str = "are") -> str:
    return f"1 phone {one}" if count == 1 else f"{count} phones {many}"


def _jobs(count: int) -> str:
    return "1 job did not get through." if count == 1 else f"{count} jobs did not get through."


def _firmware(count: int) -> str:
    return f"{_phones(count, 'runs', 'run')} another firmware than is set for {'it' if count == 1 else 'them'}."


def _knocks(count: int) -> str:
    return "1 unknown phone asked for a file." if count == 1 else f"{count} unknown phones asked for files."


def _users(count: int) -> str:
    who = "1 user has" if count == 1 else f"{count} users have"
    return f"{who} no mail address, and cannot be sent a link for a password."
