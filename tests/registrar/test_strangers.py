"""Strangers learn nothing, cost nothing and get nowhere."""

from __future__ import annotations

import re
from pathlib import Path

from provd.store import devices, domains
from sip_edge.defence.gate import PAIR
from sip_edge.defence.policy import Policy
from sip_edge.message import Response
from sip_edge.registrar.accounts import Account
from sip_edge.stack_request import ServerRequest
from tests.fakes import FakeClock
from tests.registrar.scenes import DOMAIN, NOW, Edge, Phone, play


def plain(heard: Response | None) -> str:
    """An answer without what differs between any two: nonce, tag, branch, Call-ID and the name asked for."""
    assert heard is not None
    text = bytes(heard).decode()
    return re.sub(r'nonce="[0-9a-f]+"|tag=\w+|branch=\w+|Call-ID:.*|CSeq:.*|sip:\d+@|received=\S+', "-", text)


def test_an_unknown_user_is_answered_like_a_wrong_password(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        wrong, unknown = Phone(edge, secret="guess"), Phone(edge, "999", secret="guess")
        for _turn in range(3):
            assert plain(wrong.register()) == plain(unknown.register())
        assert edge.registrar.gate.counters.failures == 6

    play(tmp_path, scene)


def test_the_right_password_with_a_nonce_from_elsewhere_is_told_like_a_wrong_one(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        phones = [Phone(edge), Phone(edge, secret="guess")]
        phones[0].hear(phones[0].send(phones[0].message(phones[0].contact)))  # type: ignore[arg-type]
        answers = []
        for phone in phones:
            phone.challenge, phone.flow.remote = phones[0].challenge, ("203.0.113.9", 5060)
            answers.append(plain(phone.send(phone.message(phone.contact, phone.credentials()))))
        assert answers[0] == answers[1] and "stale=true" in answers[0]
        assert edge.registrar.gate.counters.failures == 0, "nobody is punished for an address that was not proven"

    play(tmp_path, scene)


def test_after_some_failures_the_phone_is_not_heard_for_a_while(tmp_path: Path) -> None:
    async def scene(edge: Edge, clock: FakeClock) -> None:
        wrong = Phone(edge, secret="guess")
        for _turn in range(int(PAIR.allowed) + 1):
            assert wrong.register().status == 401
        assert wrong.unanswered()
        assert Phone(edge, "102").register().status == 200, "its neighbour is"
        clock.advance(PAIR.first)
        assert Phone(edge).register().status == 200
        assert edge.registrar.gate.counters.shut >= 1

    play(tmp_path, scene)


def test_a_new_password_ends_the_wait(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        wrong = Phone(edge, secret="the-New-Password-Of-101")
        for _turn in range(int(PAIR.allowed) + 1):
            wrong.register()
        assert wrong.unanswered()
        company = domains.by_name(edge.store, DOMAIN)
        device = devices.by_name(edge.store, company.id, "101")
        devices.set_password(edge.store, company.id, device.id, NOW, "the-New-Password-Of-101")
        await edge.registrar.work()
        assert wrong.register().status == 200

    play(tmp_path, scene)


def test_companies_that_are_not_ours_are_not_answered(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        assert Phone(edge, domain="elsewhere.example").unanswered()
        assert Phone(edge, domain="192.0.2.9").unanswered()
        assert edge.registrar.gate.counters.unknown_domain == 2
        assert Phone(edge, domain="ACME.example").send(Phone(edge).message("<sip:101@192.0.2.1>"))

    play(tmp_path, scene)


def test_or_with_403_where_the_policy_says_so(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        phone = Phone(edge, domain="elsewhere.example")
        assert phone.send(phone.message(phone.contact)).status == 403  # type: ignore[union-attr]

    play(tmp_path, scene, policy=Policy(unknown_domain="refuse"))


def test_networks_that_a_company_shuts_out_are_not_answered(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        company = domains.by_name(edge.store, DOMAIN)
        domains.update(edge.store, company.id, NOW, admission={"sip_allow": ["192.0.2.0/24"]})
        await edge.registrar.work()
        assert Phone(edge).register().status == 200
        assert Phone(edge, address=("198.51.100.1", 5060)).unanswered()

    play(tmp_path, scene)


def test_scanners_are_not_answered(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        assert Phone(edge, agent="friendly-scanner").unanswered()
        assert edge.registrar.gate.counters.scanners == 1

    play(tmp_path, scene)


def test_a_flood_without_credentials_leaves_nothing_behind(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        for number in range(3_000):
            Phone(edge, str(number), address=(f"198.51.100.{number % 250}", 5060)).send(
                Phone(edge, str(number)).message("<sip:x@192.0.2.1>")
            )
        assert len(edge.registrar.authenticator._nonces) == 0
        assert len(edge.registrar.location) == 0 and await edge.events() == []

    play(tmp_path, scene)


def test_other_services_ask_who_it_is(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        seen: list[Account] = []

        def subscribe(asked: ServerRequest) -> None:
            account = edge.registrar.authenticate(asked)
            if account is not None:
                seen.append(account)
                asked.reply(200)

        edge.stack.handle("SUBSCRIBE", subscribe)
        assert Phone(edge, method="SUBSCRIBE").ask().status == 200
        assert Phone(edge, method="SUBSCRIBE", secret="guess").ask().status == 401
        assert Phone(edge, method="SUBSCRIBE", domain="elsewhere.example").unanswered()
        assert [account.aor for account in seen] == ["sip:101@acme.example"]

    play(tmp_path, scene)


def test_a_call_is_challenged_as_a_proxy_where_that_is_wanted(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        def invite(asked: ServerRequest) -> None:
            assert edge.registrar.authenticate(asked, proxy=True) is None

        edge.stack.handle("INVITE", invite)
        phone = Phone(edge, method="INVITE")
        heard = phone.send(phone.message(phone.contact))
        assert heard and heard.status == 407 and len(heard.headers.all("proxy-authenticate")) == 2

    play(tmp_path, scene)


def test_secrets_are_in_no_repr(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        for account in edge.registrar.accounts:
            assert not any(value in repr(account) for value in account.ha1.values())

    play(tmp_path, scene)
