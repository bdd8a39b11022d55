"""The mail queue: nothing is lost, nothing goes out more than twice, and no link lies about."""

from __future__ import annotations

from provd.store import links, mails, user_finding, users
from provd.store.database import Store
from tests.store.conftest import NOW, Company

TEXT = b"Subject: x\r\n\r\nhttps://pbx.test/reset/VerySecretToken\r\n"


def waits(store: Store, recipient: str = "ada@acme.example", kind: str = "welcome", at: int = NOW) -> None:
    mails.add(store, kind, recipient, TEXT, at)


def test_a_mail_is_sealed_while_it_waits_and_forgotten_once_it_is_out(store: Store) -> None:
    waits(store)
    assert "VerySecretToken" not in str([tuple(row) for row in store.sql("SELECT * FROM mails").fetchall()])
    mail = mails.claim(store, NOW)
    assert mail and mail.message == TEXT and "VerySecretToken" not in repr(mail)
    assert mails.claim(store, NOW) is None
    mails.sent(store, mail.id, NOW + 1)
    assert store.sql("SELECT sealed_message, state FROM mails").fetchone() == ("", "sent")


def test_what_a_stopped_process_left_is_tried_once_more_and_then_given_up(store: Store) -> None:
    waits(store)
    assert mails.claim(store, NOW)
    assert mails.claim(store, NOW + mails.LEASE - 1) is None
    assert mails.claim(store, NOW + mails.LEASE)  # the second time that it may go out, and the last
    assert mails.claim(store, NOW + 2 * mails.LEASE) is None
    (gone,) = mails.find(store)
    assert (gone.state, gone.attempts) == ("failed", 2) and "not known" in gone.reason


def test_a_refusal_is_tried_again_ever_later_and_given_up_within_the_hour(store: Store) -> None:
    waits(store)
    now, tries = NOW, 0
    while mail := mails.claim(store, now):
        tries += 1
        over = mails.failed(store, mail, "The mail server refuses the mail (451).", now, for_good=False, doubt=False)
        assert over == (tries > len(mails.RETRIES))
        assert mails.claim(store, now + 1) is None
        now += mails.RETRIES[min(tries, len(mails.RETRIES)) - 1]
    assert tries == len(mails.RETRIES) + 1 and now - NOW < 3600 + mails.RETRIES[-1]
    assert mails.find(store)[0].state == "failed"


def test_an_unclear_end_counts_as_sent_once(store: Store) -> None:
    waits(store)
    first = mails.claim(store, NOW)
    assert first and not mails.failed(store, first, "broke off", NOW, for_good=False, doubt=True)
    second = mails.claim(store, NOW + 1000)
    assert second and mails.failed(store, second, "broke off", NOW + 1000, for_good=False, doubt=True)


def test_an_address_gets_so_many_an_hour_and_no_more(store: Store) -> None:
    for _ in range(mails.MOST_PER_HOUR - 1):
        waits(store, "Ada@acme.example")
    assert mails.room(store, "ada@ACME.example", NOW) and not mails.room(store, "ada@acme.example", NOW, 3, "welcome")
    waits(store)
    assert not mails.room(store, "ada@acme.example", NOW)
    assert mails.room(store, "ada@acme.example", NOW + mails.HOUR) and mails.room(store, "eve@acme.example", NOW)


def test_old_mails_are_trimmed_and_waiting_ones_stay(store: Store) -> None:
    waits(store)
    waits(store, "b@acme.example")
    mail = mails.claim(store, NOW)
    assert mail
    mails.sent(store, mail.id, NOW)
    assert mails.trim(store, NOW + mails.KEPT) == 0
    assert mails.trim(store, NOW + mails.KEPT + 1) == 1
    assert [one.state for one in mails.find(store)] == ["waiting"]


def test_a_link_opens_for_its_time_and_the_sixth_pushes_out_the_first(store: Store, acme: Company) -> None:
    tokens = [links.make(store, acme.ada.id, "reset", NOW, 3600) for _ in range(links.MOST + 1)]
    assert links.find(store, tokens[0], NOW) is None
    found = links.find(store, tokens[-1], NOW + 3599)
    assert found and found.user == acme.ada and found.purpose == "reset"
    assert links.find(store, tokens[-1], NOW + 3600) is None and links.find(store, "x" * 5000, NOW) is None
    everything = str([tuple(row) for row in store.sql("SELECT * FROM account_links").fetchall()])
    assert not any(token in everything for token in tokens)
    users.delete(store, acme.id, acme.ada.id, NOW)
    assert links.find(store, tokens[-1], NOW) is None


def test_people_are_found_by_the_whole_address_only(store: Store, acme: Company, other: Company) -> None:
    users.update(store, acme.id, acme.ada.id, NOW, emails=["Ada@home.example", "a_a@acme.example"])
    users.update(store, other.id, other.ada.id, NOW, emails=["ada@home.example"])
    assert [user.id for user in user_finding.by_email(store, "ADA@home.example")] == [acme.ada.id, other.ada.id]
    for wrong in ("da@home.example", "ada@home.exampl", "a%@acme.example", "axa@acme.example", "", '"', "x" * 5000):
        assert user_finding.by_email(store, wrong) == [], wrong
    assert user_finding.by_email(store, "ada@home.example", "999") == []
