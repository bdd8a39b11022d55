"""One-time codes through the API: switched on by the provider, begun, confirmed, used, given up, taken away."""

from __future__ import annotations

import base64
import time
from xml.etree import ElementTree

import pytest

from provd import totp
from tests.api.conftest import Api

ACME = "/domains/acme.example"
OWN = "/me/second-factor"


def code(secret: str, steps: int = 0) -> str:
    plain = base64.b32decode(secret + "=" * (-len(secret) % 8))
    return totp.code(plain, int(time.time() // totp.STEP) + steps)


async def begun(api: Api, key: str) -> str:
    assert (await api(api.key("reseller", None), "PATCH", ACME, {"second_factor": True})).status == 200
    return str((await api(key, "POST", OWN)).body["secret"])


@pytest.mark.gen_test(timeout=30)
async def test_a_person_begins_confirms_and_switches_off(api: Api) -> None:
    donald = api.key("basic_user", user="107")
    refused = await api(donald, "POST", OWN)
    assert refused.status == 409 and "ask the provider" in refused.body["detail"]
    secret = await begun(api, donald)
    assert (await api(donald, "GET", OWN)).body["in_use"] is False
    assert (await api(donald, "POST", f"{OWN}/confirm", {"code": "000000"})).status == 422
    confirmed = await api(donald, "POST", f"{OWN}/confirm", {"code": code(secret, -1)})
    codes = confirmed.body["recovery_codes"]
    assert len(codes) == 10
    status = (await api(donald, "GET", OWN)).body
    assert (status["allowed"], status["in_use"], status["recovery_codes_left"]) == (True, True, 10)
    assert (await api(donald, "POST", OWN)).status == 409
    fresh = (await api(donald, "POST", f"{OWN}/recovery-codes", {"code": code(secret)})).body["recovery_codes"]
    assert (await api(donald, "POST", f"{OWN}/disable", {"code": codes[0]})).status == 422
    assert (await api(donald, "POST", f"{OWN}/disable", {"code": fresh[0]})).body["in_use"] is False
    trail = (await api(api.key("office_manager"), "GET", "/audits?noun=second%20factor")).body["items"]
    assert [row["action"] for row in trail] == ["remove", "renew", "confirm", "begin"]
    assert secret not in str(trail) and codes[0] not in str(trail)


@pytest.mark.gen_test(timeout=30)
async def test_the_qr_code_is_a_picture_without_script_or_style(api: Api) -> None:
    donald = api.key("basic_user", user="107")
    await begun(api, donald)
    answer = (await api(donald, "POST", OWN)).body
    picture = ElementTree.fromstring(answer["qr_svg"])
    assert picture.tag.endswith("svg") and not [one for one in picture.iter() if "style" in one.attrib]
    assert answer["uri"].startswith("otpauth://totp/Acme:107@acme.example?secret=")


@pytest.mark.gen_test(timeout=30)
async def test_a_manager_helps_who_lost_the_app_and_nobody_above(api: Api) -> None:
    alan, office = api.key("call_center_agent", user="103"), api.key("office_manager")
    secret = await begun(api, alan)
    await api(alan, "POST", f"{OWN}/confirm", {"code": code(secret)})
    path = f"{ACME}/users/103/second-factor"
    assert (await api(alan, "DELETE", path)).status == 403
    assert (await api(api.key("basic_user", user="107"), "GET", path)).status == 403
    assert (await api(office, "GET", path)).body["in_use"] is True
    assert (await api(office, "DELETE", path)).body["in_use"] is False
    assert (await api(office, "DELETE", f"{ACME}/users/101/second-factor")).status == 403, "an equal"
    assert (await api(office, "GET", OWN)).status == 409, "the key of a company stands for nobody"
