"""Why is this phone not working: the first broken thing is named, and how to mend it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.diagnosis.checks import diagnose, first_broken, summary, support_text
from provd.diagnosis.evidence import VERDICTS, Evidence, LineFacts, Registered, Stranger

NOW = 1_760_000_000.0
HOUR_AGO, LONG_AGO = int(NOW) - 3600, int(NOW) - 30 * 86_400
HERE = Registered("10.1.4.7", "UDP", False, NOW + 500)
LINE = LineFacts(1, "101", "udp", (HERE,), (), {"registered": (NOW - 3600, "10.1.4.7")})
WELL = Evidence(
    "805ec0000101", "Yealink T46U", "acme.example", "http://pbx.test/p/••••••••/", (("66", "http://pbx.test/p/"),),
    LONG_AGO, last_contact=HOUR_AGO, last_address="10.1.4.7", last_file="805ec0000101.cfg", firmware="108.86.0.20",
    fetched_at=HOUR_AGO, present=True, nightly="02:17", lines=(LINE,), zone="America/Chicago",
    time_servers=("pool.ntp.org",), watched=frozenset({"102"}), alive=frozenset({"102"}),
    resync=("done", "It fetched its configuration after 2 s.", NOW - 60),
)  # fmt: skip
NEVER: dict[str, Any] = {
    "last_contact": None, "fetched_at": None, "present": False, "lines": (LineFacts(1, "101", "udp"),),
}  # fmt: skip
REFUSED = {"refused_at": int(NOW) - 60, "refused_address": "203.0.113.9"}


def test_a_phone_that_works_has_nothing_to_mend() -> None:
    checks = diagnose(WELL, NOW)
    assert {check.verdict for check in checks} == {"ok"} and first_broken(checks) is None
    assert summary(checks) == "Everything that can be seen from here is well."


def alone(line: LineFacts, **more: Any) -> Evidence:
    return replace(WELL, lines=(replace(line, own=()),), **more)


@pytest.mark.parametrize(
    ("seen", "name", "said", "mend"),
    [
        (replace(WELL, **NEVER), "contact", "never asked for anything", "option 66"),
        (
            replace(WELL, **NEVER, near=(Stranger("805ec0000107", HOUR_AGO, "10.1.4.9", "Yealink"),)), "contact",
            "80:5e:c0:00:01:07 (Yealink)", "Compare the MAC",
        ),
        (
            replace(WELL, **NEVER, beside=(Stranger("805ec0000999", HOUR_AGO, "10.1.4.9", "Yealink"),)), "contact",
            "where other phones of acme.example are", "swap it for that MAC",
        ),
        (replace(WELL, **NEVER | {"lines": (LINE,)}), "contact", "It registers, but never", "provisioning address"),
        (
            replace(WELL, **NEVER, **REFUSED, refused_why="The token in the address is not valid."), "fetch",
            "from 203.0.113.9, and got nothing", "bootstrap window",
        ),
        (
            replace(WELL, present=False, **REFUSED, refused_why="Its certificate names another MAC."), "proof",
            "certificate names another MAC. That was 1 minute ago, from 203.0.113.9", "compare the label",
        ),
        (replace(WELL, fetched_at=None, present=False), "proof", "not the one with its own settings", "Yealink T46U"),
        (
            replace(WELL, present=False, fetched_at=LONG_AGO, changed_at=LONG_AGO + 60), "present",
            "did not come at 02:17", "Resync it",
        ),
        (replace(WELL, present=False, nightly=""), "present", "no nightly update", "Resync it"),
        (replace(WELL, lines=()), "accounts", "No device is on its lines", "line 1"),
        (
            alone(replace(LINE, last={"auth_failed": (NOW - 30, "10.1.4.7"), "registered": (NOW - 90, "10.1.4.7")})),
            "registered.1", "A wrong password came from 10.1.4.7 30 seconds ago", "present password",
        ),
        (
            alone(replace(LINE, others=(replace(HERE, address="10.9.9.9"),))), "registered.1",
            "registered by another phone, from 10.9.9.9", "device of its own",
        ),
        (alone(replace(LINE, last={"expired": (NOW - 90, "10.1.4.7")})), "registered.1", "ended 1 minute ago", "power"),
        (alone(replace(LINE, last={}, transport="tls")), "registered.1", "never registered over TLS", "certificate"),
        (alone(replace(LINE, last={}, transport="tcp")), "registered.1", "never registered", "TCP"),
        (
            replace(WELL, lines=(replace(LINE, own=(replace(HERE, reachable=False),)),)), "registered.1",
            "connection broke", "registers again by itself",
        ),
        (replace(WELL, time_servers=(), protocol="https"), "clock", "refuses certificates", "time.ntp"),
        (replace(WELL, watched=frozenset({"102", "103"})), "lamps", "1 lamp is not watched: 103.", "Resync it"),
        (replace(WELL, resync=("stopped", "It did not answer.", NOW - 9)), "resync", "It did not answer.", "by hand"),
    ],
)  # fmt: skip
def test_the_first_broken_thing_is_named_with_its_mend(seen: Evidence, name: str, said: str, mend: str) -> None:
    checks = diagnose(seen, NOW)
    broken = first_broken(checks)
    assert broken is not None and broken.name == name, [(one.name, one.verdict) for one in checks]
    assert said in broken.text and mend in broken.mend
    assert summary(checks) == f"{broken.text} {broken.mend}"
    assert broken.text in support_text(seen, checks, "now")


@pytest.mark.parametrize(
    ("seen", "name", "verdict"),
    [
        (replace(WELL, **NEVER, created=int(NOW) - 60), "contact", "waiting"),
        (replace(WELL, **NEVER), "proof", "unknown"),
        (replace(WELL, present=False, changed_at=int(NOW) - 60), "present", "waiting"),
        (replace(WELL, lines=(replace(LINE, own=(replace(HERE, nat=None),)),)), "nat", "unknown"),
        (alone(replace(LINE, last={}), present=False), "registered.1", "unknown"),
        (replace(WELL, alive=None), "lamps", "unknown"),
        (replace(WELL, alive=frozenset(), present=False, changed_at=int(NOW)), "lamps", "waiting"),
        (replace(WELL, resync=("sending", "It was told.", NOW)), "resync", "waiting"),
        (replace(WELL, resync=None), "resync", "unknown"),
        (replace(WELL, **REFUSED, refused_why="The token is wrong."), "proof", "ok"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_yet_is_not_called_broken(seen: Evidence, name: str, verdict: str) -> None:
    found = {check.name: check for check in diagnose(seen, NOW)}
    assert found[name].verdict == verdict, found[name]


TIMES = st.none() | st.integers(int(NOW) - 90 * 86_400, int(NOW))


@given(
    TIMES, TIMES, TIMES, TIMES, st.booleans(), st.lists(st.sampled_from([LINE, replace(LINE, own=())])),
    st.text(max_size=30),
)  # fmt: skip
def test_whatever_is_known_there_is_an_answer(
    contact: int | None, fetched: int | None, refused: int | None, changed: int | None, present: bool,
    lines: list[LineFacts], why: str,
) -> None:  # fmt: skip
    seen = replace(
        WELL, last_contact=contact, fetched_at=fetched, refused_at=refused, changed_at=changed, present=present,
        lines=tuple(lines), refused_why=why,
    )  # fmt: skip
    checks = diagnose(seen, NOW)
    assert all(check.verdict in VERDICTS and check.text for check in checks)
    assert all(bool(check.mend) == (check.verdict == "broken") for check in checks)
    assert support_text(seen, checks, "now").count("[broken]") == sum(one.verdict == "broken" for one in checks)
