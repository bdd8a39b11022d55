"""Does the phone register, can it be reached, does it know the time, are its lamps alive?  (pure)"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provd.diagnosis.evidence import BROKEN, OK, UNKNOWN, WAITING, Check, Evidence, LineFacts
from provd.phone.state import ago, length


def checks(seen: Evidence, now: float) -> list[Check]:
    """Lines, registrations, NAT, clock, lamps, resync. Never raises."""
    last = [_nat(seen), _clock(seen), _lamps(seen), _resync(seen, now)]
    return [_accounts(seen), *_registrations(seen, now), *last]


def _accounts(seen: Evidence) -> Check:
    if not seen.lines:
        text = "No device is on its lines, so it registers nothing and nobody can call it."
        return Check("accounts", "Has a line", BROKEN, text, "Put a user’s device on line 1.")
    names = ", ".join(f"{line.line}: {line.device}" for line in seen.lines[:6])
    more = f" and {len(seen.lines) - 6} more" if len(seen.lines) > 6 else ""
    return Check("accounts", "Has a line", OK, f"Lines {names}{more}.")


def _registrations(seen: Evidence, now: float) -> Iterator[Check]:
    for line in seen.lines:
        name, title = f"registered.{line.line}", f"Line {line.line} ({line.device}) registered"
        if line.own:
            one = line.own[0]
            left = length(one.expires - now)
            text = f"Registered from {one.address} over {one.transport}, for {left} more."
            if one.reachable:
                yield Check(name, title, OK, text)
            else:
                mend = "It registers again by itself; if it does not, restart it and look at its network."
                yield Check(name, title, BROKEN, "Its connection broke, so no call reaches it.", mend)
        else:
            yield _not_registered(seen, line, name, title, now)


def _not_registered(seen: Evidence, line: LineFacts, name: str, title: str, now: float) -> Check:
    failed, ended = line.last.get("auth_failed"), _latest(line, ("expired", "unregistered", "replaced"))
    came = line.last.get("registered")
    if failed and failed[0] > max((one[0] for one in (came, ended) if one), default=0):
        text = f"A wrong password came from {failed[1]} {ago(now - failed[0])}."
        mend = "Resync it, so that it gets the present password; if it is not this phone, change the device’s password."
        return Check(name, title, BROKEN, text, mend)
    if line.others:
        other = line.others[0]
        text = f"{line.device} is registered by another phone, from {other.address}, and not by this one."
        return Check(name, title, BROKEN, text, "Give each phone a device of its own, or take it off the other one.")
    if ended:
        text = f"Its registration ended {ago(now - ended[0])}; it was at {ended[1]}."
        return Check(name, title, BROKEN, text, "Look at its power and network; then restart it.")
    if not seen.present:
        return Check(name, title, UNKNOWN, "It never registered; first it has to take its configuration.")
    if line.transport == "tls":
        mend = "Check that it trusts this server’s certificate, that its clock is right, and that SIPS gets through."
        return Check(name, title, BROKEN, "It never registered over TLS, though it has its configuration.", mend)
    mend = f"Check that the network lets {line.transport.upper()} to this server’s SIP port through."
    return Check(name, title, BROKEN, "It never registered, though it has its configuration.", mend)


def _latest(line: LineFacts, kinds: Sequence[str]) -> tuple[float, str] | None:
    return max((line.last[kind] for kind in kinds if kind in line.last), default=None)


def _nat(seen: Evidence) -> Check:
    name, title = "nat", "Can be reached"
    own = [one for line in seen.lines for one in line.own]
    if not own:
        return Check(name, title, UNKNOWN, "This shows once it is registered.")
    if any(one.nat for one in own):
        return Check(name, title, OK, "It is behind NAT; it is reached the way its registration came.")
    if all(one.nat is None for one in own):
        return Check(name, title, UNKNOWN, "Whether NAT is between is known to the process that speaks SIP.")
    return Check(name, title, OK, "No NAT is between.")


def _clock(seen: Evidence) -> Check:
    name, title = "clock", "Knows the time"
    if not seen.time_servers:
        tls = seen.protocol == "https" or any(line.transport == "tls" for line in seen.lines)
        text = f"Its zone is {seen.zone}, but it has no time server" + (
            ", so it refuses certificates after a restart." if tls else "."
        )
        return Check(name, title, BROKEN, text, "Set time.ntp, such as pool.ntp.org.")
    return Check(name, title, OK, f"Its zone is {seen.zone}; it asks {', '.join(seen.time_servers[:2])}.")


def _lamps(seen: Evidence) -> Check:
    name, title = "lamps", "Lamps are alive"
    if not seen.watched:
        return Check(name, title, OK, "No key of it has a lamp that watches somebody.")
    if seen.alive is None:
        return Check(name, title, UNKNOWN, "The process that speaks SIP knows; ask it there.")
    if not any(line.own for line in seen.lines):
        return Check(name, title, UNKNOWN, "This shows once it is registered.")
    missing = sorted(seen.watched - seen.alive)
    if not missing:
        return Check(name, title, OK, f"It watches all {len(seen.watched)} of its lamp keys.")
    if not seen.present:
        return Check(name, title, WAITING, f"{_count(missing)} not watched yet; first it takes its configuration.")
    named = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
    return Check(
        name, title, BROKEN, f"{_count(missing)} not watched: {named}.", "Resync it; if that is no help, restart it."
    )


def _count(missing: Sequence[str]) -> str:
    return "1 lamp is" if len(missing) == 1 else f"{len(missing)} lamps are"


def _resync(seen: Evidence, now: float) -> Check:
    name, title = "resync", "Obeys a resync"
    if seen.resync is None:
        return Check(name, title, UNKNOWN, "It was not told to resync since the server started.")
    phase, text, at = seen.resync
    said = f"{text} ({ago(now - at)})"
    if phase == "stopped":
        return Check(name, title, BROKEN, said, "Restart it by hand if the change cannot wait.")
    return Check(name, title, OK if phase == "done" else WAITING, said)
