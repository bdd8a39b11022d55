"""What people do, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.api.test_audits import test_the_trail_is_narrowed_by_who_what_which_and_when  # noqa: F401
from tests.api.test_bulk import (  # noqa: F401
    test_a_bulk_deletion_tells_beforehand_what_goes_along,
    test_a_bulk_edit_is_saved_for_all_or_for_none,
    test_a_forced_reset_clears_the_password_and_ends_sessions,
    test_a_recycled_user_is_somebody_new_on_the_same_phone,
    test_welcome_mails_lead_to_a_password_and_a_pin,
)
from tests.api.test_home import (  # noqa: F401
    test_a_basic_user_sees_the_own_phones_and_nothing_of_others,
    test_an_office_manager_sees_what_needs_the_company,
)
from tests.api.test_resellers import test_what_belongs_to_no_company_is_bounded_too  # noqa: F401
from tests.api.test_search import (  # noqa: F401
    test_everybody_finds_what_they_may_read,
    test_the_provider_searches_every_company_and_a_reseller_the_own,
    test_the_very_thing_comes_first,
)
from tests.api.test_second_factor import test_a_person_begins_confirms_and_switches_off  # noqa: F401
from tests.store.conftest import new_url, postgres  # noqa: F401 - fixtures


@pytest.fixture
def database_url(new_url: Callable[..., str]) -> str:  # noqa: F811 - the fixture
    return new_url()


pytestmark = pytest.mark.parametrize("new_url", ["postgresql"], indirect=True)
