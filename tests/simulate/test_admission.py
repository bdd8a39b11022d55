"""What phones get that prove nothing, the wrong thing, or who they are by user and password."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from provd.store import domains, phones
from tests.simulate.office import PHONES, Office, meant_keys, seen_accounts, seen_keys

YEALINK, SPA = "805ec0000101", "0002fd000104"
WRONG = "Zz9-no-token-of-anybody-0123456789"


@pytest.mark.parametrize("mac", PHONES)
def test_without_proof_every_password_is_blank(office: Office, mac: str) -> None:
    phone = office.boot(mac, office.url(token=""))
    secrets = {account.password for account in office.config(mac).accounts}

    assert not phone.up and "is blank" in phone.failure
    assert [account.user for account in phone.accounts] == [a.device for a in office.config(mac).accounts]
    assert {account.password for account in phone.accounts} == {""}
    assert phone.reading is not None
    assert not any(secret in value for value in phone.reading.parameters.values() for secret in secrets)
    assert not any(office.token in value for value in phone.reading.parameters.values())


@pytest.mark.parametrize("mac", PHONES)
@pytest.mark.parametrize("protocol", ["http", "tftp"])
def test_with_a_wrong_token_a_phone_stays_without_configuration_and_says_so(
    office: Office, mac: str, protocol: str
) -> None:
    phone = office.boot(mac, office.url(protocol, WRONG))

    assert not phone.up
    assert phone.failure == "It got no configuration: the server has none of the files it asked for."
    assert phone.accounts == () and phone.keys == () and phone.directory == ()
    assert {made.status for made in phone.requests} == {404}


def _login(office: Office, mac: str) -> tuple[str, str]:
    domain_id = office.store(domains.by_name, "acme.example").id
    row = office.store(phones.by_mac, domain_id, mac)
    return row.digest_user, office.store(phones.digest_password, domain_id, row.id)


@pytest.fixture
def strict(open_office: Callable[..., Office]) -> Office:
    return open_office(http_digest=True)


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_with_its_user_and_password_a_phone_needs_no_token(strict: Office, algorithm: str) -> None:
    for mac in PHONES:
        user, password = _login(strict, mac)
        phone = strict.boot(mac, strict.url(token=""), user=user, password=password, digests=(algorithm,))

        assert phone.up, (mac, phone.failure, phone.problems)
        assert all(account[3] for account in seen_accounts(phone))
        assert seen_keys(phone) == meant_keys(strict.config(mac))
        # Asked once, it goes on answering before it is asked: one 401 in all.
        assert [made.status for made in phone.requests].count(401) == 1


def test_a_wrong_password_is_refused_and_the_phone_says_so(strict: Office) -> None:
    phone = strict.boot(YEALINK, strict.url(token=""), user=YEALINK, password="not-mine")

    assert phone.failure == f"It did not get {YEALINK}.cfg, without which its configuration is not complete."
    assert any(f"user and password for {YEALINK}.cfg" in problem for problem in phone.problems)


def test_a_phone_without_credentials_stays_outside(strict: Office) -> None:
    phone = strict.boot(SPA, strict.url(token=""))

    assert not phone.up
    assert any("wants a user and password" in problem for problem in phone.problems)
    assert 200 not in {made.status for made in phone.requests if "0002fd000104" in made.name}
