"""The server knows of a phone of every family which revision it took, and what kept another one from it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from provd.store import phone_states, phones
from provd.store.database import Store
from provd.store.rows import Phone
from tests.simulate.office import PHONES, Office


def known(office: Office, mac: str) -> tuple[Phone, bool]:
    """The phone, and whether the revision that it took is the one of now."""

    def read(store: Store) -> tuple[Phone, bool]:
        phone = phones.anywhere(store, mac)
        assert phone is not None
        (row,) = phone_states.of_phones(store, [phone.id])
        brand = office.services.catalogue.models[phone.model].family
        present = phone_states.revisions(store, phone.domain_id).stamp(row, brand)
        return phone, phone.fetched_revision == present

    async def all_written() -> tuple[Phone, bool]:
        await office.services.recorder.flush()
        return await office.services.store.run(read)  # type: ignore[no-any-return]

    found: tuple[Phone, bool] = office.call(all_written())
    return found


@pytest.mark.parametrize("mac", PHONES)
def test_a_phone_that_started_is_known_to_have_what_was_set(office: Office, mac: str) -> None:
    assert office.boot(mac).up
    phone, present = known(office, mac)
    assert present and phone.refused_at is None and phone.fetched_at is not None


def test_a_phone_without_the_token_is_known_to_lack_its_passwords(open_office: Callable[..., Office]) -> None:
    office = open_office()
    office.boot("805ec0000101", office.url(token=""))
    phone, present = known(office, "805ec0000101")
    assert not present and phone.refused_at is not None and phone.fetched_at is None
    assert "passwords were left out" in phone.refused_why and phone.refused_address == "127.0.0.1"
    assert office.boot("805ec0000101").up
    phone, present = known(office, "805ec0000101")
    assert present and phone.refused_at is None
