"""What a phone gets before it has proved who it is, and what a person is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provd.phone.config import MASK, without_secrets
from provd.render import render, render_common
from tests.factories import PASSWORD, TOKEN
from tests.roundtrip.expected_keys import keys, seen_keys
from tests.roundtrip.phones import MODELS, RICH, configured, facts_of, rules, seen, unproven
from tests.roundtrip.wishes import LOGIN, SECRETS, full

# A vendor parameter that holds a secret, as a technician may add it by hand.
RAW_SECRETS = {
    "yealink": "static.auto_provision.aes_key_16.mac",
    "poly-ucs": "device.sec.configEncryption.key",
    "poly-edge-e": "device.sec.configEncryption.key",
    "cisco-spa": "GPP_SB",
    "cisco-mpp": "LDAP_Password",
    "grandstream": "ldap.password",
    "grandstream-ht": "P1359",
    "snom": "ldap_password",
    "fanvil": "ap/DeviceCfgFileKey",
}
RAW_SECRET = "R4w-Secret-5"


def _secrets(model: str) -> list[str]:
    accounts = [PASSWORD.format(extension=account.extension) for account in full(model).accounts]
    return [*accounts, *(str(value) for value in SECRETS.values()), LOGIN[1], RAW_SECRET]


def _with_raw_secret(model: str) -> dict[str, str]:
    return {RAW_SECRETS[facts_of(model)[1].id]: RAW_SECRET}


@pytest.mark.parametrize("model", MODELS)
def test_a_phone_without_proof_gets_its_keys_and_nothing_to_abuse(model: str) -> None:
    config = configured(replace(full(model), raw=_with_raw_secret(model)))
    described, family = facts_of(model)
    everything = b"".join(render(unproven(config), described, family).values()).decode()
    everything += "".join(render_common(rule, described, family, "").decode() for _, rule in rules(config, "common"))
    for secret in (*_secrets(model), TOKEN, "http://pbx", "https://pbx"):
        assert secret not in everything
    reading = seen(unproven(config))
    assert reading.provisioning_url == reading.firmware_url == ""
    assert not any(account.password for account in reading.accounts)
    assert not reading.settings.keys() & SECRETS.keys()
    assert all("/" not in url for url in reading.directory_urls)
    assert seen_keys(reading) == keys(config)


@pytest.mark.parametrize("model", MODELS)
def test_a_person_sees_that_there_are_passwords_but_not_which(model: str) -> None:
    config = configured(replace(full(model), raw=_with_raw_secret(model)))
    described, family = facts_of(model)
    masked = without_secrets(config, family.secret_parameters, MASK)
    everything = b"".join(render(masked, described, family).values()).decode()
    for secret in _secrets(model):
        assert secret not in everything
    reading = seen(masked)
    assert {account.password for account in reading.accounts if account.enabled} == {MASK}
    assert {reading.settings[name] for name in SECRETS} == {MASK}


@pytest.mark.parametrize("family", sorted(RICH))
def test_the_secrets_of_the_scenarios_are_there_with_proof(family: str) -> None:
    model = RICH[family]
    config = configured(replace(full(model), raw=_with_raw_secret(model)))
    everything = b"".join(render(config, *facts_of(model)).values()).decode()
    assert [secret for secret in (*_secrets(model), TOKEN) if secret not in everything] == []
