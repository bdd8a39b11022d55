"""A trace hears the messages of its phone and of no other, for as long as it is on, within its bounds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from provd.errors import Conflict
from provd.store import devices, domains, phones, users
from provd.store.rows import Line
from sip_edge import trace
from sip_edge.trace import Traces
from tests.fakes import FakeClock
from tests.registrar.scenes import DOMAIN, MAC, NOW, Edge, Phone, play

LINES = ((DOMAIN, "101"),)
SECOND = "249ad8000111"


def labels(traces: Traces, mac: str = MAC) -> list[str]:
    found = traces.get(mac)
    assert found is not None
    return [step.label for step in found.steps]


def traced(folder: Path, scene: Callable[[Edge, Traces, FakeClock], None]) -> None:
    async def played(edge: Edge, clock: FakeClock) -> None:
        scene(edge, Traces(edge.stack, edge.registrar), clock)

    play(folder, played)


def share_the_line(edge: Edge) -> None:
    """A second phone with the line 101."""
    company = domains.by_name(edge.store, DOMAIN)
    device = devices.by_name(edge.store, company.id, "101")
    phones.create(edge.store, company.id, SECOND, "yealink-t54w", NOW, lines=[Line(1, device.id, False, "")])
    edge.registrar.accounts.load()


def test_a_registration_is_seen_from_the_first_challenge_on(tmp_path: Path) -> None:
    def scene(edge: Edge, traces: Traces, _: FakeClock) -> None:
        traces.start(MAC, 5, LINES)
        Phone(edge).register(300)
        Phone(edge, "102", address=("192.0.2.2", 5060)).register(300)
        assert labels(traces) == [
            "REGISTER sip:acme.example, expires 300",
            "401 Unauthorized (REGISTER 1)",
            "REGISTER sip:acme.example, expires 300, with credentials",
            "200 OK (REGISTER 2)",
        ]
        found = traces.get(MAC)
        assert found is not None and not any("response=" in step.text.replace("response=•", "") for step in found.steps)

    traced(tmp_path, scene)


def test_what_comes_over_the_flow_of_a_registered_phone_is_its_own(tmp_path: Path) -> None:
    def scene(edge: Edge, traces: Traces, _: FakeClock) -> None:
        before, later = Phone(edge), Phone(edge, address=("192.0.2.1", 5070))
        before.register()
        traces.start(MAC, 5, LINES)
        later.register()
        start = len(labels(traces))
        for address in (("192.0.2.1", 5060), ("192.0.2.1", 5070), ("192.0.2.1", 5080)):
            Phone(edge, "nobody", domain="192.0.2.9", address=address, method="OPTIONS").send(b"OPTIONS nonsense")
        assert labels(traces)[start:] == ["OPTIONS", "OPTIONS"]

    traced(tmp_path, scene)


def test_a_phone_with_a_wrong_name_is_found_by_the_mac_that_it_tells(tmp_path: Path) -> None:
    def scene(edge: Edge, traces: Traces, _: FakeClock) -> None:
        traces.start(MAC, 5, LINES)
        for agent in ("Yealink SIP-T46U 80:5E:C0:00:01:01", "Yealink SIP-T46U 80:5e:c0:00:01:02"):
            stray = Phone(edge, "555", agent=agent)
            stray.send(stray.message(stray.contact))
        assert len(labels(traces)) == 1 and labels(traces)[0].startswith("REGISTER")

    traced(tmp_path, scene)


def test_phones_that_share_a_line_are_told_apart(tmp_path: Path) -> None:
    def scene(edge: Edge, traces: Traces, _: FakeClock) -> None:
        share_the_line(edge)
        first = Phone(edge, agent=f"Yealink SIP-T46U 108.86.0.90 {MAC}")
        second = Phone(edge, agent=f"Yealink SIP-T54W 96.86.0.1 {SECOND}", address=("192.0.2.2", 5060))
        second.register()
        traces.start(MAC, 5, LINES)
        second.register()
        assert labels(traces) == []
        first.register()
        assert len(labels(traces)) == 4
        unnamed = Phone(edge, agent="SIP", address=("192.0.2.3", 5060))
        unnamed.send(unnamed.message(unnamed.contact))
        assert len(labels(traces)) == 6, "who may be either is shown"

    traced(tmp_path, scene)


def test_behind_a_proxy_the_address_says_nothing(tmp_path: Path) -> None:
    def scene(edge: Edge, traces: Traces, _: FakeClock) -> None:
        proxied = ("Path: <sip:192.0.2.7;lr>", "Supported: path")
        traces.start(MAC, 5, LINES)
        Phone(edge, address=("192.0.2.7", 5060), extra=proxied).register()
        before = len(labels(traces))
        Phone(edge, "102", address=("192.0.2.7", 5060), extra=proxied).register()
        stray = Phone(edge, address=("192.0.2.7", 5060))
        stray.send(b"OPTIONS nonsense")
        assert before == len(labels(traces)) == 4

    traced(tmp_path, scene)


def test_it_ends_by_itself_and_can_be_read_for_an_hour(tmp_path: Path) -> None:
    def scene(edge: Edge, traces: Traces, clock: FakeClock) -> None:
        found = traces.start(MAC, 2, LINES)
        clock.advance(119)
        Phone(edge).register()
        assert edge.stack.on_message is not None
        clock.advance(2)
        assert not found.on and edge.stack.on_message is None
        Phone(edge).register()
        assert len(labels(traces)) == 4
        clock.advance(trace.KEPT_AFTERWARDS + 1)
        assert traces.get(MAC) is None

    traced(tmp_path, scene)


def test_asking_again_lets_it_go_on_and_stopping_forgets_it(tmp_path: Path) -> None:
    def scene(edge: Edge, traces: Traces, clock: FakeClock) -> None:
        found = traces.start(MAC, 2, LINES)
        clock.advance(100)
        assert traces.start(MAC, 1_000, LINES) is found
        clock.advance(trace.LONGEST_MINUTES * 60 - 1)
        assert found.on
        assert traces.stop(MAC) and not traces.stop(MAC)
        assert traces.get(MAC) is None and edge.stack.on_message is None
        Phone(edge).register()

    traced(tmp_path, scene)


def test_old_messages_make_room_and_a_flood_is_counted_only(tmp_path: Path) -> None:
    def scene(edge: Edge, traces: Traces, clock: FakeClock) -> None:
        found = traces.start(MAC, 60, LINES)
        phone = Phone(edge)
        for _ in range(2_000):
            phone.send(phone.message(None))
        assert len(found.steps) == trace.MOST_MESSAGES == found.count - found.missed
        clock.advance(60)
        for _ in range(160):
            phone.send(phone.message(None, *(f"X-{number}: {'x' * 4_000}" for number in range(2))))
            clock.advance(1)
        assert found.size == sum(len(step.text) for step in found.steps) <= trace.MOST_CHARACTERS
        assert found.steps[-1].number == found.count and len(found.steps) < 320

    traced(tmp_path, scene)


def test_only_so_many_phones_are_traced_at_once(tmp_path: Path) -> None:
    def scene(_edge: Edge, traces: Traces, clock: FakeClock) -> None:
        macs = [f"805ec000{number:04x}" for number in range(trace.MOST_PHONES + 1)]
        for number, mac in enumerate(macs[:-1]):
            traces.start(mac, 1 + number, ())
        with pytest.raises(Conflict, match="20 phones are traced already"):
            traces.start(macs[-1], 1, ())
        clock.advance(61)
        traces.start(macs[-1], 1, ())
        assert traces.get(macs[0]) is None, "the one that was over made room"

    traced(tmp_path, scene)


def test_a_line_that_is_given_to_another_phone_goes_with_it(tmp_path: Path) -> None:
    def scene(edge: Edge, traces: Traces, _: FakeClock) -> None:
        company = domains.by_name(edge.store, DOMAIN)
        traces.start(MAC, 5, LINES)
        user = users.by_extension(edge.store, company.id, "102")
        device = devices.of_user(edge.store, company.id, user.id)[0]
        phone = phones.by_mac(edge.store, company.id, MAC)
        phones.set_lines(edge.store, company.id, phone.id, [Line(1, device.id, False, "")], NOW)
        edge.registrar.accounts.load()
        Phone(edge).register()
        assert labels(traces) == []
        Phone(edge, "102").register()
        assert len(labels(traces)) == 4

    traced(tmp_path, scene)
