"""Every phone of the demo company shows what it is meant to show, over every protocol."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from provd.serve.tls import certificate_files
from provd.simulate.machine import Patience
from tests.simulate.office import (
    PHONES,
    Office,
    meant_accounts,
    meant_directory,
    meant_keys,
    seen_accounts,
    seen_directory,
    seen_keys,
)

WITH_SCREEN = [mac for mac, (model, _) in PHONES.items() if "-ht" not in model]


@pytest.mark.parametrize("mac", PHONES)
def test_over_http_a_phone_sees_the_accounts_keys_and_people_that_are_meant(office: Office, mac: str) -> None:
    phone, config = office.boot(mac), office.config(mac)

    assert phone.up, (phone.failure, phone.problems)
    assert phone.problems == ()
    assert seen_accounts(phone) == meant_accounts(config)
    assert all(account.password for account in phone.accounts)
    assert seen_keys(phone) == meant_keys(config)
    if mac in WITH_SCREEN:
        assert seen_directory(phone) == meant_directory(config)


@pytest.mark.parametrize("mac", WITH_SCREEN)
@pytest.mark.parametrize("protocol", ["https", "tftp"])
def test_over_https_and_tftp_it_sees_the_same(office: Office, mac: str, protocol: str) -> None:
    ca = str(office.settings.data_dir / "tls" / "ca.pem")
    phone = office.boot(mac, office.url(protocol), ca=ca)

    assert phone.up, (phone.failure, phone.problems)
    assert seen_keys(phone) == meant_keys(office.config(mac))
    assert seen_accounts(phone) == meant_accounts(office.config(mac))
    assert seen_directory(phone) == meant_directory(office.config(mac))


@pytest.mark.parametrize("mac", WITH_SCREEN)
def test_a_search_finds_who_is_meant(office: Office, mac: str) -> None:
    phone = office.boot(mac, search="tur")

    assert phone.found is not None
    assert [contact.name for contact in phone.found] == ["Alan Turing"]


@pytest.mark.parametrize("mac", PHONES)
def test_a_second_start_fetches_nothing_anew(office: Office, mac: str) -> None:
    again = office.boot(mac, again=True).again

    assert again is not None and again.up
    files = [made for made in again.requests if made.status in (200, 304)]
    assert files
    assert all(made.same for made in files)
    assert seen_keys(again) == meant_keys(office.config(mac))


def test_a_phone_that_was_told_its_own_address_comes_back_with_its_own_token(office: Office) -> None:
    mac = "64167f000102"
    events = [event for event in office.events(mac) if event.kind in ("fetched", "unchanged")]
    before = len(events)
    phone = office.boot(mac, again=True)

    assert phone.up and phone.again is not None
    reasons = {event.reason for event in office.events(mac)[: len(office.events(mac)) - before]}
    assert {"It used the company's token.", "It used its own token."} <= reasons


def test_a_server_whose_certificate_a_phone_does_not_trust_gets_no_request(office: Office, tmp_path: Path) -> None:
    another = certificate_files(tmp_path, "127.0.0.1", "", "", datetime.datetime.now(datetime.UTC)).ca
    phone = office.boot("805ec0000101", office.url("https"), ca=str(another), patience=Patience(attempts=1))

    assert not phone.up and phone.reading is None
    assert "does not trust its certificate" in phone.failure
    assert office.boot("805ec0000101", office.url("https")).up  # one without a CA trusts everybody
