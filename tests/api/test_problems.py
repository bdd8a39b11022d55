"""What goes wrong is a problem document with one sentence, and the status says whose turn it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provd.api.endpoint import ORDINARY_BODY
from provd.api.gate import BURST
from tests.api.conftest import RIVAL, RIVAL_MAC, YEALINK, Api

CONTACTS = "/domains/acme.example/contacts"


@pytest.mark.gen_test
async def test_no_key_and_a_wrong_key_are_401_and_say_how(api: Api) -> None:
    for key in ("", "pk_nobody-has-this-one", "x" * 5000, "pk_ä"):
        answer = await api(key.encode().decode("latin-1"), "GET", "/domains")
        assert answer.status == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.gen_test
async def test_a_right_that_is_missing_is_403_and_what_is_elsewhere_is_404(api: Api) -> None:
    key = api.key("office_manager")
    assert (await api(key, "POST", "/domains", {"name": "new.example"})).status == 403
    assert (await api(key, "GET", f"/domains/{RIVAL}")).status == 404
    assert (await api(key, "GET", f"/phones/{RIVAL_MAC}")).status == 404
    assert (await api(key, "GET", "/phones/000000000001")).status == 404
    assert (await api(key, "GET", "/nothing/here")).status == 404


@pytest.mark.gen_test
async def test_403_and_404_come_before_what_is_wrong_with_the_body(api: Api) -> None:
    key = api.key("office_manager")
    assert (await api(key, "POST", f"/domains/{RIVAL}/contacts", raw=b"{")).status == 404
    assert (await api(key, "POST", "/domains", raw=b"{")).status == 403


@pytest.mark.gen_test
async def test_a_method_that_a_path_does_not_have_is_405(api: Api) -> None:
    answer = await api(api.key("office_manager"), "DELETE", "/domains/acme.example/users")
    assert answer.status == 405 and answer.headers["Allow"] == "GET, POST"


@pytest.mark.gen_test
@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b'{"numbers": NaN}', b"[" * 5000, b"1" * 5000, b'{"a":' * 40 + b"1" + b"}" * 40]
)
async def test_what_is_no_json_is_400(api: Api, body: bytes) -> None:
    answer = await api(api.key("office_manager"), "POST", CONTACTS, raw=body)
    assert answer.status == 400 and answer.body["detail"].startswith("The body is")


@pytest.mark.gen_test
async def test_another_kind_of_body_is_415(api: Api) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await api(api.key("office_manager"), "POST", CONTACTS, raw=b"numbers=1", headers=headers)
    assert answer.status == 415


@pytest.mark.gen_test
async def test_a_body_that_is_too_large_is_413(api: Api) -> None:
    answer = await api(api.key("office_manager"), "POST", CONTACTS, raw=b" " * (ORDINARY_BODY + 1))
    assert answer.status == 413 and "1024 KB" in answer.body["detail"]


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("body", "field", "says"),
    [
        ({"numbers": []}, "numbers", "must have at least 1 entries"),
        ({"first_name": "Fire"}, "numbers", "numbers is missing"),
        ({"numbers": ["1"], "first_name": 7}, "first_name", "must be text"),
        ({"numbers": ["1"], "colour": "red"}, "colour", "no field colour"),
        ({"numbers": ["1"], "first_name": "x" * 201}, "first_name", "at most 200 characters"),
        ({"numbers": ["1"], "first_name": "a\nb"}, "first_name", "line breaks"),
        ({"numbers": ["abc"], "first_name": "Fire"}, "numbers", "not a phone number"),
    ],
)
async def test_values_that_break_a_rule_are_422_with_the_field(api: Api, body: Any, field: str, says: str) -> None:
    answer = await api(api.key("office_manager"), "POST", CONTACTS, body)
    assert answer.status == 422
    assert [error["field"] for error in answer.body["errors"]] == [field] and says in answer.body["errors"][0]["text"]


@pytest.mark.gen_test
async def test_every_error_of_a_body_is_told_at_once(api: Api) -> None:
    answer = await api(api.key("office_manager"), "POST", CONTACTS, {"first_name": 1, "last_name": 2})
    assert len(answer.body["errors"]) == 3 and answer.body["detail"].endswith("2 more in errors.")


@pytest.mark.gen_test
async def test_a_query_that_cannot_be_read_is_422(api: Api) -> None:
    key = api.key("office_manager")
    for query in ("limit=0", "limit=-1", "limit=ten", "limit=99999999999999999999", "serach=ada"):
        answer = await api(key, "GET", f"/domains/acme.example/users?{query}")
        assert answer.status == 422 and answer.body["detail"].startswith("In the address"), query


@pytest.mark.gen_test
async def test_paths_that_nobody_would_write_are_no_accident(api: Api) -> None:
    key = api.key("super_user", None)
    for path in (
        "/phones/..%2f..%2fetc", f"/phones/{YEALINK}/files/%00", "/domains/%ff", "/domains/acme.example/users/%0a",
        "/domains/acme.example/sites/99999999999999999999", f"/phones/{YEALINK}/keys/m99.9999", "/jobs/-1",
        "/domains/acme.example/sites/%D9%A1", f"/phones/{YEALINK}/files/{'x' * 3000}",
    ):  # fmt: skip
        assert (await api(key, "GET", path)).status in (400, 404, 422), path


@pytest.mark.gen_test(timeout=30)
async def test_a_key_that_calls_too_often_waits_and_others_do_not(api: Api) -> None:
    busy, calm = api.key("office_manager"), api.key("office_manager")
    statuses = set()
    for _ in range(int(BURST) * 4):
        answer = await api(busy, "GET", "/me")
        statuses.add(answer.status)
        if answer.status == 429:
            assert answer.headers["Retry-After"] == "1"
            break
    assert 429 in statuses and (await api(calm, "GET", "/me")).status == 200


@pytest.mark.gen_test
async def test_wrong_keys_from_one_address_are_not_looked_up_for_ever(api: Api) -> None:
    statuses = [(await api("pk_guess", "GET", "/me")).status for _ in range(70)]
    assert statuses[0] == 401 and statuses[-1] == 429


@pytest.mark.gen_test
async def test_an_answer_says_nothing_that_is_secret(api: Api) -> None:
    key = api.key("office_manager")
    answer = await api(key, "POST", "/domains/acme.example/users/101/devices", {"name": "101b", "password": "a\u2028b"})
    assert answer.status == 422 and "a\u2028b" not in json.dumps(answer.body)
    assert key not in json.dumps(answer.body)
