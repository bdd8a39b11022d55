"""Bans that grow, scanners by name, networks, rates; and that nobody can shut somebody else out."""

from __future__ import annotations

import pytest

from sip_edge.defence.bans import Bans, Sentence
from sip_edge.defence.gate import ADDRESS, PAIR, USER, Gate
from sip_edge.defence.policy import Access, Policy, Rate, is_scanner, method_of, read_access
from tests.fakes import FakeClock, FakeFlow
from tests.sip import wire

NOW = 1_000.0
STRICT = Sentence(allowed=3, window=60, first=10, longest=100)


def banned_after(bans: Bans, failures: int, now: float) -> float:
    """Seconds of the ban that so many failures at once bring."""
    return max(bans.failed("a", now) for _ in range(failures))


def test_a_few_failures_are_human() -> None:
    bans = Bans(STRICT)
    assert banned_after(bans, 3, NOW) == 0
    assert not bans.banned("a", NOW)
    assert banned_after(bans, 3, NOW + 60) == 0, "a minute later they are forgotten"


def test_bans_double_and_end_at_the_longest() -> None:
    bans, now, lengths = Bans(STRICT), NOW, []
    for _ in range(6):
        lengths.append(banned_after(bans, 4, now))
        assert bans.banned("a", now + lengths[-1] - 0.1) and not bans.banned("a", now + lengths[-1])
        now += lengths[-1]
    assert lengths == [10, 20, 40, 80, 100, 100]
    assert bans.begun == 6


def test_who_keeps_quiet_is_as_good_as_new() -> None:
    bans = Bans(STRICT)
    assert banned_after(bans, 4, NOW) == 10
    assert banned_after(bans, 4, NOW + 10 + 101) == 10


def test_failures_during_a_ban_do_not_stretch_it() -> None:
    bans = Bans(STRICT)
    assert banned_after(bans, 4, NOW) == 10
    assert banned_after(bans, 50, NOW + 5) == 0
    assert not bans.banned("a", NOW + 10)


def test_memory_is_bounded() -> None:
    bans = Bans(STRICT, most=100)
    for number in range(10_000):
        bans.failed(number, NOW)
    assert len(bans) == 100
    assert bans.current(NOW) == []


@pytest.mark.parametrize(
    ("agent", "scans"),
    [
        ("friendly-scanner", True), ("sipcli/v1.8", True), ("SIPVicious 0.3.4", True), ("VaxSIPUserAgent/3.1", True),
        ("Yealink SIP-T46U 108.86.0.90", False), ("PolyVVX-VVX_450-UA/6.4.3", False), ("Linphone/3.6.1", False),
    ],
)  # fmt: skip
def test_scanners_are_known_by_what_they_call_themselves(agent: str, scans: bool) -> None:
    assert is_scanner(wire.request("OPTIONS", f"user-agent:  {agent}")) is scans


def test_a_name_elsewhere_is_no_scanner() -> None:
    assert not is_scanner(wire.request("OPTIONS", "Subject: friendly-scanner", "User-Agent: Snom"))


def test_methods_are_read_off_the_wire() -> None:
    assert method_of(b"\r\nREGISTER sip:x SIP/2.0\r\n") == "REGISTER"
    assert method_of(b"SIP/2.0 200 OK\r\n") == ""
    assert method_of(b"\xff\xfe") == "\ufffd\ufffd"


def test_networks_of_a_company() -> None:
    access = read_access({"sip_allow": ["10.0.0.0/8", "nonsense"], "sip_deny": ["10.9.0.0/16", "2001:db8::/32"]})
    assert access == Access(("10.0.0.0/8",), ("10.9.0.0/16", "2001:db8::/32"))
    assert access.permits("10.1.1.1") and access.permits("::ffff:10.1.1.1")
    assert not access.permits("10.9.1.1") and not access.permits("192.0.2.1") and not access.permits("2001:db8::1")
    assert read_access({}).permits("192.0.2.1")


def gate(**fields: object) -> tuple[Gate, FakeClock]:
    clock = FakeClock()
    return Gate(Policy(**fields), clock), clock  # type: ignore[arg-type]


def knocks(keeper: Gate, address: str = "192.0.2.1", method: str = "REGISTER", agent: str = "Snom") -> bool:
    return keeper.admit(FakeFlow(remote=(address, 5060)), wire.request(method, f"User-Agent: {agent}"))


def test_networks_and_scanners_are_turned_away_and_counted() -> None:
    keeper, _ = gate(access=Access(deny=("192.0.2.0/24",)))
    assert not knocks(keeper) and knocks(keeper, "198.51.100.1")
    assert not knocks(keeper, "198.51.100.1", agent="friendly-scanner")
    assert (keeper.counters.denied, keeper.counters.scanners) == (1, 1)


def test_rates_are_by_method_and_address() -> None:
    keeper, clock = gate(rates={"OPTIONS": Rate(3, 1)}, others=Rate(5, 1))
    assert [knocks(keeper, method="OPTIONS") for _ in range(4)] == [True, True, True, False]
    assert knocks(keeper) and knocks(keeper, "192.0.2.2", "OPTIONS")
    clock.advance(1)
    assert knocks(keeper, method="OPTIONS")
    assert keeper.counters.limited == {"OPTIONS": 1}


def test_our_own_proxies_are_neither_limited_nor_banned() -> None:
    keeper, _ = gate(trusted=("192.0.2.0/24",), rates={}, others=Rate(1, 0.1))
    for _ in range(200):
        assert knocks(keeper)
        keeper.failed(("acme.example", "101"), "192.0.2.1")
    assert keeper.bans["address"] == 0
    assert not knocks(keeper, agent="sipvicious"), "but what they pass on is looked at"


def fail(keeper: Gate, name: str, address: str, times: float) -> None:
    for _ in range(int(times) + 1):
        keeper.failed(("acme.example", name), address)


def test_a_phone_with_an_old_password_is_slowed_down_alone() -> None:
    keeper, clock = gate()
    fail(keeper, "101", "192.0.2.1", PAIR.allowed)
    assert keeper.shut(("acme.example", "101"), "192.0.2.1")
    assert not keeper.shut(("acme.example", "102"), "192.0.2.1")
    assert not keeper.shut(("acme.example", "101"), "192.0.2.2")
    assert knocks(keeper)
    clock.advance(PAIR.first)
    assert not keeper.shut(("acme.example", "101"), "192.0.2.1")


def test_a_new_password_lets_it_in_at_once() -> None:
    keeper, _ = gate()
    fail(keeper, "101", "192.0.2.1", PAIR.allowed)
    keeper.forgive(("acme.example", "101"))
    assert not keeper.shut(("acme.example", "101"), "192.0.2.1")


def test_who_tries_many_names_is_not_heard_any_more() -> None:
    keeper, clock = gate()
    for number in range(int(ADDRESS.allowed) + 1):
        fail(keeper, str(number), "192.0.2.66", 0)
    assert not knocks(keeper, "192.0.2.66") and knocks(keeper, "192.0.2.1")
    assert keeper.banned_addresses() == [("192.0.2.66", ADDRESS.first)]
    clock.advance(ADDRESS.first)
    assert knocks(keeper, "192.0.2.66")


def test_an_office_with_phones_of_ours_is_given_more_time() -> None:
    keeper, _ = gate()
    keeper.known_address = lambda address: address == "192.0.2.1"
    for number in range(100):
        fail(keeper, str(number), "192.0.2.1", 0)
    assert knocks(keeper)
    keeper.pardon("192.0.2.1")
    assert keeper.bans == {"pair": 0, "address": 0, "user": 0}


def test_nobody_can_lock_a_user_out_of_where_it_is_registered() -> None:
    keeper, _ = gate()
    keeper.at_home = lambda _, address: address == "192.0.2.1"
    for number in range(int(USER.allowed) + 1):
        fail(keeper, "101", f"198.51.100.{number}", 0)
    assert keeper.shut(("acme.example", "101"), "203.0.113.1")
    assert not keeper.shut(("acme.example", "101"), "192.0.2.1")
