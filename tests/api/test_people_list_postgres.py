"""The list of people on PostgreSQL: the same filters, sorting and counts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.api.conftest import Api
from tests.api.test_people_list import PEOPLE, listed
from tests.store.conftest import new_url, postgres  # noqa: F401 - fixtures


@pytest.fixture
def database_url(new_url: Callable[..., str]) -> str:  # noqa: F811 - the fixture
    return new_url()


@pytest.mark.parametrize("new_url", ["postgresql"], indirect=True)
@pytest.mark.gen_test(timeout=60)
async def test_filters_sorting_and_counts(api: Api) -> None:
    key = api.key("office_manager")
    assert await listed(api, key, "?search=ADA+love") == ["101"]
    assert await listed(api, key, "?search=grace@acme&lacks=phone") == []
    assert await listed(api, key, "?lacks=email&services=1") == ["8900"]
    assert await listed(api, key, "?lacks=password&services=1") == ["8900"]
    assert await listed(api, key, "?sort=site&descending=1&department_id=1&limit=2") == ["109", "110"]
    assert await listed(api, key, "?sort=name&limit=2") == ["109", "104"]
    assert await listed(api, key, "?among=103,110") == ["103", "110"]
    assert (await api(key, "GET", f"{PEOPLE}/counts")).body["sites"] == {"1": 5, "2": 5}
    rows = (await api(key, "GET", PEOPLE)).body["items"]
    assert rows[0]["phones"] == 2 and rows[0]["password_set"] is True
