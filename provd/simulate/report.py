"""What virtual phones report: a line each, a summary, or JSON. Passwords and tokens are in none of them.  (pure)"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from provd.simulate.outcome import VirtualPhone
from provd.simulate.reading import ReadContact
from provd.simulate.wire import Made


def lines_of(phone: VirtualPhone) -> list[str]:
    """What came of one phone: a line, and an indented one for each of its complaints."""
    make = phone.unit.make
    head = f"{phone.unit.mac}  {make.vendor} {make.name}".ljust(34)
    if phone.failure:
        first = f"{head}  FAILED  {phone.failure}"
    else:
        came = [
            _counted(len(phone.accounts), "account"),
            _counted(len(phone.keys), "key"),
            _counted(len(phone.directory), "directory entry", "directory entries"),
        ]
        came += [f"{len(phone.found)} found"] if phone.found is not None else []
        came += [_counted(len(phone.requests), "request"), f"{phone.seconds:.2f} s"]
        first = f"{head}  {', '.join(came)}{_again(phone.again)}"
    said = dict.fromkeys((*phone.problems, *(phone.again.problems if phone.again else ())))
    return [first, *(f"    {problem}" for problem in said if problem not in phone.failure)]


def _again(second: VirtualPhone | None) -> str:
    if second is None:
        return ""
    if second.failure:
        return f"; again FAILED  {second.failure}"
    files = [made for made in second.requests if made.status in (200, 304)]
    same, by_304 = sum(made.same for made in files), sum(made.status == 304 for made in files)
    changed = len(files) - same
    return f"; again {same} unchanged ({by_304} by 304), {changed} changed, {second.seconds:.2f} s"


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def figures(phones: Sequence[VirtualPhone], seconds: float) -> dict[str, Any]:
    """The summary in figures; times in milliseconds, `seconds` is how long all of it took."""
    starts = [start for phone in phones for start in (phone, phone.again) if start is not None]
    made = [request for start in starts for request in start.requests]
    times = sorted(request.ms for request in made)
    return {
        "phones": len(phones),
        "up": sum(phone.up for phone in phones),
        "failed": sum(not phone.up for phone in phones),
        "requests": len(made),
        "unchanged": sum(request.status == 304 for request in made),
        "bytes": sum(request.size for request in made),
        "seconds": round(seconds, 3),
        "requests_per_second": round(len(made) / seconds, 1) if seconds > 0 else 0.0,
        "p50_ms": round(at(times, 0.50), 2),
        "p99_ms": round(at(times, 0.99), 2),
    }


def at(times: Sequence[float], share: float) -> float:
    """The time that `share` of the sorted `times` do not exceed; 0 when there are none."""
    return times[min(len(times) - 1, int(share * len(times)))] if times else 0.0


def summary(phones: Sequence[VirtualPhone], seconds: float) -> str:
    """The last line of a report."""
    found = figures(phones, seconds)
    return (
        f"{found['up']} of {_counted(found['phones'], 'phone')} up, {found['failed']} failed; "
        f"{_counted(found['requests'], 'request')} in {seconds:.2f} s, {found['requests_per_second']:.0f} a second, "
        f"p50 {found['p50_ms']:.1f} ms, p99 {found['p99_ms']:.1f} ms"
    )


def as_json(phones: Sequence[VirtualPhone], seconds: float) -> dict[str, Any]:
    """All of it as data for json.dumps."""
    return {"phones": [_phone(phone) for phone in phones], "summary": figures(phones, seconds)}


def _phone(phone: VirtualPhone) -> dict[str, Any]:
    said: dict[str, Any] = {
        "mac": phone.unit.mac,
        "vendor": phone.unit.make.vendor,
        "model": phone.unit.make.id,
        "up": phone.up,
        "failure": phone.failure,
        "problems": list(phone.problems),
        "accounts": [
            {
                "line": one.index,
                "user": one.user,
                "server": one.server,
                "label": one.label,
                "password": bool(one.password),
            }
            for one in phone.accounts
        ],
        "keys": [
            {"module": key.module, "number": key.number, "kind": key.kind, "target": key.target, "label": key.label}
            for key in phone.keys
        ],
        "directory": [_contact(contact) for contact in phone.directory],
        "requests": [_made(made) for made in phone.requests],
        "seconds": round(phone.seconds, 4),
    }
    if phone.found is not None:
        said["found"] = [_contact(contact) for contact in phone.found]
    if phone.again is not None:
        said["again"] = _phone(phone.again)
    return said


def _made(made: Made) -> dict[str, Any]:
    said: dict[str, Any] = {"name": made.name, "method": made.method, "status": made.status, "bytes": made.size}
    return said | {"ms": round(made.ms, 2), "same": made.same}


def _contact(contact: ReadContact) -> dict[str, Any]:
    return {"name": contact.name, "numbers": list(contact.numbers)}
