"""Who is signed in to the pages."""

from __future__ import annotations

from provd.store import sessions, users
from provd.store.database import Store
from provd.store.rows import User
from tests.store.conftest import NOW, Company


def signed_in(store: Store, user: User, **more: bool) -> str:
    return sessions.create(store, user.id, NOW, address="127.0.0.1", agent="Browser", **more)


def test_a_cookie_finds_its_person_as_they_are_now(store: Store, acme: Company) -> None:
    token = signed_in(store, acme.ada)
    users.update(store, acme.id, acme.ada.id, NOW, first_name="Augusta")
    found = sessions.find(store, token, NOW + 60)
    assert found and found.user.first_name == "Augusta"
    assert (found.address, found.agent, found.own, found.waits) == ("127.0.0.1", "Browser", False, False)


def test_the_token_is_stored_nowhere(store: Store, acme: Company) -> None:
    token = signed_in(store, acme.ada)
    rows = store.sql("SELECT * FROM sessions").fetchall()
    assert len(rows) == 1 and token not in str(tuple(rows[0]))
    assert sessions.find(store, token + "x", NOW) is None
    assert sessions.find(store, "", NOW) is None


def test_it_ends_when_nobody_uses_it_and_after_a_day(store: Store, acme: Company) -> None:
    token = signed_in(store, acme.ada)
    assert sessions.find(store, token, NOW + sessions.IDLE - 1)
    assert sessions.find(store, token, NOW + sessions.IDLE) is None
    for hour in range(1, 24):
        found = sessions.find(store, token, NOW + hour * 3600)
        assert found
        sessions.touch(store, found, NOW + hour * 3600)
    assert sessions.find(store, token, NOW + 24 * 3600) is None


def test_a_remembered_browser_stays_signed_in_for_a_month(store: Store, acme: Company) -> None:
    token = signed_in(store, acme.ada, remember=True)
    assert sessions.find(store, token, NOW + 29 * 86_400)
    assert sessions.find(store, token, NOW + 30 * 86_400) is None


def test_a_session_without_its_code_ends_after_ten_minutes(store: Store, acme: Company) -> None:
    token = signed_in(store, acme.ada, waits=True)
    found = sessions.find(store, token, NOW + 599)
    assert found and found.waits
    assert sessions.find(store, token, NOW + 600) is None


def test_signing_out_one_browser_or_all_the_others(store: Store, acme: Company) -> None:
    first, second, third = (signed_in(store, acme.ada) for _ in range(3))
    kept, gone = sessions.find(store, second, NOW), sessions.find(store, third, NOW)
    assert kept and gone
    sessions.end(store, gone.id)
    assert sessions.find(store, third, NOW) is None and sessions.find(store, first, NOW)
    sessions.end_all(store, acme.ada.id, but=kept.id)
    assert sessions.find(store, first, NOW) is None and sessions.find(store, second, NOW)
    assert [row[0] for row in sessions.of_user(store, acme.ada.id, NOW)] == [kept.id]


def test_a_person_has_so_many_sessions_and_the_oldest_goes(store: Store, acme: Company) -> None:
    tokens = [signed_in(store, acme.ada) for _ in range(sessions.MOST + 1)]
    assert sessions.find(store, tokens[0], NOW) is None
    assert sessions.find(store, tokens[1], NOW)


def test_who_is_deleted_is_signed_out(store: Store, acme: Company) -> None:
    token = signed_in(store, acme.ada)
    users.delete(store, acme.id, acme.ada.id, NOW)
    assert sessions.find(store, token, NOW) is None


def test_the_house_sweeps_what_is_over(store: Store, acme: Company) -> None:
    signed_in(store, acme.ada)
    kept = signed_in(store, acme.ada, remember=True)
    sessions.trim(store, NOW + sessions.IDLE)
    assert store.sql("SELECT count(*) FROM sessions").fetchone()[0] == 1
    found = sessions.find(store, kept, NOW + sessions.IDLE)
    assert found
    sessions.set_own(store, found.id, True)
    again = sessions.find(store, kept, NOW + sessions.IDLE)
    assert again and again.own
