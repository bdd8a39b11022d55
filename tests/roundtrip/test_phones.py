"""Every model of the catalogue reads from its files what the product meant: lines, keys, settings, addresses."""

from __future__ import annotations

import pytest

from tests.roundtrip import expected, expected_keys
from tests.roundtrip.phones import MODELS, facts_of
from tests.roundtrip.wishes import LOGIN, WISHES, read_back

CASES = [(case, model) for case in WISHES for model in MODELS]
every_phone = pytest.mark.parametrize(("case", "model"), CASES, ids=[f"{case}-{model}" for case, model in CASES])


@every_phone
def test_the_phone_takes_its_files_without_complaint(case: str, model: str) -> None:
    config, reading = read_back(case, model)
    shown = {key.line for key in expected_keys.keys(config).values()}
    # A full phone may have more lines than line keys, and Poly's phone says so; nobody else has a word to say.
    unseen = {f"registration {account.line}." for account in config.accounts if account.line not in shown}
    told = [problem for problem in reading.problems if not problem.endswith(tuple(unseen))]
    assert not reading.refused
    assert not told


@every_phone
def test_the_phone_registers_its_lines_and_no_other(case: str, model: str) -> None:
    config, reading = read_back(case, model)
    enabled = tuple(account for account in reading.accounts if account.enabled)
    assert enabled == expected.accounts(config)
    assert [account.password for account in enabled] == [account.password for account in config.accounts]
    off = [account for account in reading.accounts if not account.enabled]
    assert all(account.index > len(config.accounts) and not account.password for account in off)


@every_phone
def test_every_key_is_on_its_place(case: str, model: str) -> None:
    config, reading = read_back(case, model)
    assert expected_keys.seen_keys(reading) == expected_keys.keys(config)


@every_phone
def test_the_settings_arrive(case: str, model: str) -> None:
    config, reading = read_back(case, model)
    found = {name: value for name, value in reading.settings.items() if name != "time.zone"}
    assert found == expected.settings(config)


@every_phone
def test_the_phone_knows_where_to_come_back_to(case: str, model: str) -> None:
    config, reading = read_back(case, model)
    assert reading.provisioning_url == expected.provisioning_url(config)
    assert reading.directory_urls == expected.directory_urls(config)
    assert reading.includes == expected.includes(config)
    assert reading.firmware_url == (expected.firmware_url(config) if config.urls.firmware else "")
    login = [value for value in reading.parameters.values() if value in LOGIN]
    assert set(login) == (set(LOGIN) if config.urls.user else set())


def test_the_full_phone_has_every_kind_of_key_its_family_can_make() -> None:
    """What the other scenarios look at is really there."""
    for model in MODELS:
        config, _ = read_back("full", model)
        described, family = facts_of(model)
        able = {kind for kind, rule in family.keys.items() if not rule.cannot and kind != "none"}
        if described.keys + (described.modules.keys if described.modules else 0) >= 28:
            assert {key.kind for key in config.keys} >= able, model
        assert len(config.modules) == (described.modules.most if described.modules else 0)
