"""What the lamps of a phone show, as far as SIP is spoken here."""

from __future__ import annotations

import pytest

from provd.api.lamps import word
from tests.api.conftest import RIVAL, YEALINK, Api


@pytest.mark.gen_test
async def test_without_sip_no_lamp_is_known_and_others_see_nothing(api: Api) -> None:
    seen = await api(api.key("basic_user", user="101"), "GET", f"/phones/{YEALINK}/lamps")
    assert (seen.status, seen.body) == (200, {"lamps": {}})
    assert (await api(api.key("basic_user", user="109"), "GET", f"/phones/{YEALINK}/lamps")).status == 403
    assert (await api(api.key("office_manager", RIVAL), "GET", f"/phones/{YEALINK}/lamps")).status == 404


def test_lamps_in_the_words_of_the_picture() -> None:
    assert [word(one) for one in ("idle", "off", "trying", "ringing")] == ["idle", "idle", "idle", "ringing"]
    assert {word(one) for one in ("busy", "held", "parked", "on")} == {"busy"}
