"""Why is this phone not working?  The checks a technician makes, in order, from the first contact to the lamps.  (pure)

Rules of this package: every check says what is known, in one sentence, and what is broken says how to mend it. A check
that cannot be made yet, because something before it is broken, says that it waits, not that all is well. Nothing in
here is a secret: all of it may be copied into a mail.
"""

from __future__ import annotations

from collections.abc import Sequence

from provd.diagnosis import provisioning, sip
from provd.diagnosis.evidence import BROKEN, WAITING, Check, Evidence
from provd.phone.mac import with_colons


def diagnose(seen: Evidence, now: float) -> tuple[Check, ...]:
    """Every check, in the order in which a technician makes them. Never raises."""
    return (*provisioning.checks(seen, now), *sip.checks(seen, now))


def first_broken(checks: Sequence[Check]) -> Check | None:
    """The check to mend first; None when nothing is broken."""
    return next((check for check in checks if check.verdict == BROKEN), None)


def summary(checks: Sequence[Check]) -> str:
    """What to tell somebody who reads one sentence only."""
    broken = first_broken(checks)
    if broken is not None:
        return f"{broken.text} {broken.mend}".strip()
    waiting = next((check for check in checks if check.verdict == WAITING), None)
    return waiting.text if waiting is not None else "Everything that can be seen from here is well."


def support_text(seen: Evidence, checks: Sequence[Check], at: str) -> str:
    """Everything as text to copy into a mail; `at` is the moment as people read it."""
    lines = [
        f"{with_colons(seen.mac)}  {seen.title}  firmware {seen.firmware or 'unknown'}", f"{seen.company}, {at}",
        f"Provisioning address {seen.url}", "",
    ]  # fmt: skip
    for check in checks:
        lines.append(f"[{check.verdict}] {check.title}: {check.text}")
        lines += [f"    Mend: {check.mend}"] if check.mend else []
    lines += [f"[warning] {problem}" for problem in seen.problems]
    return "\n".join(lines) + "\n"
