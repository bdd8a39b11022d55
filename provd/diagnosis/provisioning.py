"""Does the phone find this server, get its files, prove who it is, and have what was set?  (pure)"""

from __future__ import annotations

from provd.diagnosis.evidence import BROKEN, OK, UNKNOWN, WAITING, Check, Evidence, Stranger
from provd.phone.mac import with_colons
from provd.phone.state import ago

A_DAY = 86_400


def checks(seen: Evidence, now: float) -> list[Check]:
    """Contact, files, proof, present configuration. Never raises."""
    contact = _contact(seen, now)
    if contact.verdict == OK:
        return [contact, _fetch(seen, now), _proof(seen, now), _present(seen, now)]
    later = (("fetch", "Gets its files"), ("proof", "Proves who it is"), ("present", "Has what was set"))
    return [contact, *_later(*later)]


def _later(*checks: tuple[str, str]) -> list[Check]:
    return [Check(name, title, UNKNOWN, "This shows once the phone has been here.") for name, title in checks]


def _contact(seen: Evidence, now: float) -> Check:
    name, title = "contact", "Finds this server"
    if seen.last_contact is not None or seen.refused_at is not None:
        at = max(seen.last_contact or 0, seen.refused_at or 0)
        return Check(name, title, OK, f"It last asked for a file {ago(now - at)}, from {_last_address(seen)}.")
    if any(line.own for line in seen.lines):
        text = "It registers, but never asked for a file, so what is set here does not reach it."
        return Check(name, title, BROKEN, text, _point(seen))
    for stranger in seen.near:
        text = (
            f"It never asked for anything, but {with_colons(stranger.mac)}{_said(stranger)}, which nobody set up and "
            f"whose MAC is nearly the same, did {ago(now - stranger.at)} from {stranger.address}."
        )
        return Check(name, title, BROKEN, text, "Compare the MAC with the label; if it was mistyped, swap the phone.")
    for stranger in seen.beside[:1]:
        text = (
            f"It never asked for anything, but {with_colons(stranger.mac)}{_said(stranger)}, which nobody set up, did "
            f"{ago(now - stranger.at)} from {stranger.address}, where other phones of {seen.company} are."
        )
        return Check(name, title, BROKEN, text, f"If that is this phone, swap it for that MAC. {_point(seen)}")
    if now - seen.created < A_DAY or now < seen.open_until:
        return Check(
            name, title, WAITING, f"It was set up {ago(now - seen.created)} and has not come yet. {_point(seen)}"
        )
    text = f"It never asked for anything since it was set up {ago(now - seen.created)}."
    return Check(name, title, BROKEN, text, _point(seen))


def _last_address(seen: Evidence) -> str:
    later = (seen.refused_at or 0) > (seen.last_contact or 0)
    return (seen.refused_address if later else seen.last_address) or "an unknown address"


def _said(stranger: Stranger) -> str:
    return f" ({stranger.said})" if stranger.said else ""


def _point(seen: Evidence) -> str:
    dhcp = ", or ".join(f"DHCP option {option} to {value}" for option, value in seen.dhcp[:1])
    return f"Set its provisioning address to {seen.url}" + (f", or {dhcp}." if dhcp else ".")


def _fetch(seen: Evidence, now: float) -> Check:
    name, title = "fetch", "Gets its files"
    if seen.last_contact is None:
        text = f"It asked {ago(now - (seen.refused_at or now))}, from {seen.refused_address}, and got nothing."
        return Check(name, title, BROKEN, text, _mend(seen))
    text = f"It got {seen.last_file or 'a file'} {ago(now - seen.last_contact)}."
    return Check(name, title, OK, text)


def _proof(seen: Evidence, now: float) -> Check:
    name, title = "proof", "Proves who it is"
    if seen.refused_at is not None and seen.refused_at >= (seen.fetched_at or 0):
        stranger = seen.present and seen.refused_address not in _addresses(seen)
        text = f"{seen.refused_why} That was {ago(now - seen.refused_at)}, from {seen.refused_address}."
        if stranger and any(line.own for line in seen.lines):
            return Check(name, title, OK, f"It has its configuration; somebody else asked for it: {text}")
        return Check(name, title, BROKEN, text, _mend(seen))
    if seen.fetched_at is None:
        text = "It has fetched files, but not the one with its own settings."
        return Check(name, title, BROKEN, text, f"Check that it is a {seen.title} and starts at {seen.url}.")
    return Check(name, title, OK, f"It got its passwords {ago(now - seen.fetched_at)}.")


def _addresses(seen: Evidence) -> frozenset[str]:
    return frozenset(one.address for line in seen.lines for one in line.own)


def _mend(seen: Evidence) -> str:
    why = seen.refused_why
    if "token" in why:
        return "Open its bootstrap window for some minutes and restart it, or type the provisioning address in anew."
    if "certificate" in why:
        return "The hardware has another MAC than the file it asks for; compare the label, and swap the phone."
    if "user name or password" in why:
        return "Open its bootstrap window for some minutes and restart it, so that it gets its login again."
    if "Too many failures" in why:
        return "Wait a minute; if it comes back, another device at its address asks for what is not there."
    return "Open its bootstrap window for some minutes and restart it, or give it the address with its token."


def _present(seen: Evidence, now: float) -> Check:
    name, title = "present", "Has what was set"
    if seen.present and seen.fetched_at is not None:
        return Check(name, title, OK, f"It took its present configuration {ago(now - seen.fetched_at)}.")
    if seen.fetched_at is None:
        return Check(name, title, UNKNOWN, "It never took a configuration from here.")
    changed = f", changed {ago(now - seen.changed_at)}" if seen.changed_at else ""
    text = f"What it has is from {ago(now - seen.fetched_at)}{changed}."
    late = seen.nightly and now - max(seen.changed_at or 0, seen.fetched_at) > A_DAY * 3 / 2
    if seen.nightly and not late:
        return Check(name, title, WAITING, f"{text} It looks for changes at {seen.nightly}; a resync brings them now.")
    if late:
        mend = "Resync it; if that does not bring it, restart it and compare its provisioning address."
        return Check(name, title, BROKEN, f"{text} It did not come at {seen.nightly}, when it should have.", mend)
    return Check(name, title, BROKEN, f"{text} It has no nightly update.", "Resync it.")
