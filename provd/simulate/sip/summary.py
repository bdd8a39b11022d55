"""What phones that stay on report: a line each, a summary, or JSON, without passwords and tokens.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provd.simulate.makes import Unit
from provd.simulate.report import at
from provd.simulate.wire import Made


@dataclass(frozen=True, slots=True)
class InService:
    """How one phone is: `lines` and `watched` count what it wants, `registered` and `lit` how many of them are so.

    `seconds` went by from its first request until everything it wants was answered; `failure` is a sentence.
    """

    unit: Unit
    lines: int
    registered: int
    watched: int
    lit: int
    resynced: int
    challenged: int
    requests: tuple[Made, ...]
    seconds: float
    failure: str = ""


def line_of(one: InService) -> str:
    """One phone in one line."""
    make = one.unit.make
    head = f"{one.unit.mac}  {make.vendor} {make.name}".ljust(34)
    if one.failure:
        return f"{head}  FAILED  {one.failure}"
    said = [f"{one.registered} of {one.lines} registered", f"{one.watched} watched", f"{one.lit} lit"]
    said += [f"resynced {one.resynced}"] if one.resynced else []
    return f"{head}  {', '.join(said)}, {one.seconds:.2f} s"


def figures(
    phones: Sequence[InService], seconds: float, times: Mapping[str, Sequence[float]], unanswered: Mapping[str, int]
) -> dict[str, Any]:
    """The summary in figures; `times` are milliseconds by SIP method, `seconds` until the last phone was through."""
    files = [made.ms for phone in phones for made in phone.requests]
    silent = sum(made.status == 0 for phone in phones for made in phone.requests)
    by_kind: dict[str, Any] = {"file": _times(files, silent)}
    for method in ("REGISTER", "SUBSCRIBE"):
        by_kind[method] = _times(times.get(method, ()), unanswered.get(method, 0))
    return {
        "phones": len(phones),
        "in_service": sum(not phone.failure for phone in phones),
        "failed": sum(bool(phone.failure) for phone in phones),
        "lines": sum(phone.registered for phone in phones),
        "watched": sum(phone.watched for phone in phones),
        "lit": sum(phone.lit for phone in phones),
        "resynced": sum(phone.resynced for phone in phones),
        "seconds": round(seconds, 3),
        "requests": by_kind,
    }


def _times(taken: Sequence[float], unanswered: int) -> dict[str, Any]:
    ordered = sorted(taken)
    return {
        "count": len(ordered),
        "unanswered": unanswered,
        "p50_ms": round(at(ordered, 0.50), 2),
        "p99_ms": round(at(ordered, 0.99), 2),
    }


def summary(found: Mapping[str, Any]) -> str:
    """The figures as the last lines of a report."""
    first = (
        f"{found['in_service']} of {found['phones']} phones in service after {found['seconds']:.2f} s, "
        f"{found['failed']} failed; {found['lines']} lines, {found['watched']} lamps ({found['lit']} lit), "
        f"{found['resynced']} resyncs"
    )
    rest = [
        f"  {said['count']:6} {kind} requests, p50 {said['p50_ms']:.1f} ms, p99 {said['p99_ms']:.1f} ms, "
        f"{said['unanswered']} unanswered"
        for kind, said in found["requests"].items()
    ]
    return "\n".join([first, *rest])


def as_json(phones: Sequence[InService], found: Mapping[str, Any]) -> dict[str, Any]:
    """All of it as data for json.dumps."""
    return {"phones": [_phone(one) for one in phones], "summary": dict(found)}


def _phone(one: InService) -> dict[str, Any]:
    make = one.unit.make
    names = ("lines", "registered", "watched", "lit", "resynced", "challenged", "failure")
    said: dict[str, Any] = {"mac": one.unit.mac, "vendor": make.vendor, "model": make.id}
    return said | {name: getattr(one, name) for name in names} | {"seconds": round(one.seconds, 4)}
