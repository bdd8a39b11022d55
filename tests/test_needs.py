"""What a home page says needs doing."""

from __future__ import annotations

import pytest

from provd.needs import KINDS, PAGES, Counted, needs
from provd.phone.state import STATES


def test_when_all_is_well_nothing_is_said() -> None:
    assert needs(Counted({"registered": 12, "waiting": 1})) == []


def test_what_cannot_work_comes_before_what_could_be_better() -> None:
    found = needs(Counted(dict.fromkeys(STATES, 2), "It showed no token.", 3, 1, 4, 5))
    assert [one.kind for one in found] == list(KINDS)
    assert all(one.page in PAGES and one.text.endswith(".") for one in found)
    assert found[0].text == "2 phones are refused a configuration. It showed no token."
    assert dict(found[0].query) == {"state": "refused"}


@pytest.mark.parametrize(
    ("counted", "text"),
    [
        (Counted({"refused": 1}), "1 phone is refused a configuration."),
        (Counted({"never": 1}), "1 phone has never asked for anything."),
        (Counted({}, failed_jobs=1), "1 job did not get through."),
        (Counted({}, old_firmware=1), "1 phone runs another firmware than is set for it."),
        (Counted({}, knocks=1), "1 unknown phone asked for a file."),
        (Counted({}, users_without_mail=1), "1 user has no mail address, and cannot be sent a link for a password."),
    ],
)
def test_one_is_not_many(counted: Counted, text: str) -> None:
    assert [one.text for one in needs(counted)] == [text]
