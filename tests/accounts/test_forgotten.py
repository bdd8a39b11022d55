"""Forgotten login names and passwords: the owner gets a mail, a stranger learns nothing, not even by the clock."""

from __future__ import annotations

import asyncio
import time

import pytest

from provd import account, seal
from provd.errors import Invalid, NotFound
from provd.store import audit, second_factors, sessions, users
from tests.accounts.conftest import ANSWER_AFTER, World, words

HERE = "192.0.2.7"


def test_a_login_name_is_mailed_to_who_asks_with_the_right_address(world: World) -> None:
    async def scenario() -> None:
        said = [
            await world.accounts.forgot_login(" Ada@acme.example ", "", HERE),
            await world.accounts.forgot_login("nobody@acme.example", "", HERE),
            await world.accounts.forgot_login("grace@acme.example", "999", HERE),
            await world.accounts.forgot_login("\x00' OR 1=1", "%", HERE),
        ]
        assert set(said) == {account.LOGIN_SENT}
        (mail,) = await world.mails()
        assert mail["To"] == "ada@acme.example" and "101@acme.example" in words(mail)
        assert "102@" not in words(mail)

    asyncio.run(scenario())


def test_a_shared_address_gets_all_its_logins_or_the_one_of_the_extension(world: World) -> None:
    acme = world.user("101").domain_id
    assert acme is not None
    for extension in ("103", "104"):
        users.update(world.store, acme, world.user(extension).id, 1, emails=["desk@acme.example"])

    async def scenario() -> None:
        await world.accounts.forgot_login("desk@acme.example", "", HERE)
        await world.accounts.forgot_login("desk@acme.example", "104", HERE)
        both, one = await world.mails()
        assert "103@acme.example" in words(both) and "104@acme.example" in words(both)
        assert "103@acme.example" not in words(one) and "104@acme.example" in words(one)

    asyncio.run(scenario())


def test_a_forgotten_password_is_chosen_anew_by_a_link_that_works_once(world: World) -> None:
    ada = world.user("101")
    cookie = sessions.create(world.store, ada.id, int(world.now), address=HERE, agent="x")

    async def scenario() -> None:
        assert await world.accounts.forgot_password("101@ACME.example", HERE) == account.PASSWORD_SENT
        assert seal.verify_password(users.password_hash(world.store, ada.id), "demo-password")
        token = await world.token()
        found = await world.accounts.link(token)
        assert found and (found.purpose, found.user.id) == ("reset", ada.id)
        for poor in ("short", "x" * 201, "with\x00control", "101@acme.example"):
            with pytest.raises(Invalid):
                await world.accounts.reset(token, poor, HERE)
        assert (await world.accounts.reset(token, "difference engine", HERE)).id == ada.id
        assert seal.verify_password(users.password_hash(world.store, ada.id), "difference engine")
        assert sessions.find(world.store, cookie, int(world.now)) is None
        with pytest.raises(NotFound, match="used already"):
            await world.accounts.reset(token, "another password", HERE)
        (notice,) = await world.mails()
        assert notice["Subject"] == "Your password was changed" and "http" not in words(notice)

    asyncio.run(scenario())
    trail = audit.find(world.store, ada.domain_id, wanted=audit.Wanted(noun="password")).items
    assert [one.action for one in trail] == ["set", "ask"] and "difference" not in str(trail)


def test_a_link_is_good_for_an_hour_and_dies_with_the_first_that_is_used(world: World) -> None:
    async def scenario() -> None:
        await world.accounts.forgot_password("101@acme.example", HERE)
        old = await world.token()
        world.now += 3600
        assert await world.accounts.link(old) is None
        await world.accounts.forgot_password("101@acme.example", HERE)
        first = await world.token()
        await world.accounts.forgot_password("101@acme.example", HERE)
        second = await world.token()
        await world.accounts.reset(second, "difference engine", HERE)
        assert await world.accounts.link(first) is None

    asyncio.run(scenario())


def test_who_asks_cannot_tell_by_answer_or_time_who_exists(world: World) -> None:
    async def took(login: str) -> float:
        began = time.monotonic()
        assert await world.accounts.forgot_password(login, HERE) == account.PASSWORD_SENT
        return time.monotonic() - began

    async def scenario() -> None:
        known = [await took("101@acme.example"), await took("102@acme.example")]
        unknown = [await took("nobody@acme.example"), await took("x" * 10_000)]
        assert min(known + unknown) >= ANSWER_AFTER
        assert len(await world.mails()) == 2

    asyncio.run(scenario())


def test_services_and_people_without_an_address_get_no_mail(world: World) -> None:
    acme = world.user("107").domain_id
    assert acme is not None
    users.update(world.store, acme, world.user("107").id, 1, emails=[])
    users.update(world.store, acme, world.user("8900").id, 1, emails=["desk@acme.example"])

    async def scenario() -> None:
        for login in ("107@acme.example", "8900@acme.example"):
            await world.accounts.forgot_password(login, HERE)
        await world.accounts.forgot_login("desk@acme.example", "", HERE)
        assert await world.mails() == []

    asyncio.run(scenario())


def test_a_login_is_mailed_so_often_and_an_address_asks_so_often(world: World) -> None:
    async def scenario() -> None:
        for number in range(account.MOST_ASKED + 2):
            await world.accounts.forgot_password("101@acme.example", f"192.0.2.{number}")
        assert len(await world.mails()) == account.MOST_ASKED
        asked = [world.accounts.forgot_login(f"n{number}@x.example", "", HERE) for number in range(31)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(one) for one in answers if one != account.LOGIN_SENT] == [account.TooOften]

    asyncio.run(scenario())


def test_guessing_links_is_stopped_by_address(world: World) -> None:
    async def scenario() -> None:
        for _ in range(30):
            with pytest.raises(NotFound):
                await world.accounts.reset("x" * 22, "a good password", HERE)
        with pytest.raises(account.TooOften):
            await world.accounts.reset("x" * 22, "a good password", HERE)

    asyncio.run(scenario())


def test_the_second_step_is_asked_of_those_who_have_one(world: World) -> None:
    ada = world.user("101")

    async def scenario() -> None:
        assert not await world.accounts.needs_totp(ada)
        assert not await world.accounts.check_totp(ada, "123456", int(world.now))
        assert second_factors.status(world.store, ada.id) is None

    asyncio.run(scenario())
