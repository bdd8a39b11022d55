"""Whatever is sent, no endpoint answers 500: its own schema bent out of shape, and JSON of any kind."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provd.api.endpoint import Endpoint
from provd.api.routes import endpoints
from provd.api.schema import SCHEMAS
from tests.api.conftest import YEALINK, Api
from tests.api.test_tenancy import path_of

NASTY = (
    "", " ", "\u0000", "a\nb", "\ud800", "\u2028", "\u202eabc", "é" * 300, "😀", "{{7*7}}", "${x}", "%NULL%", "<a&b>",
    "'", "x" * 100_000, "-1", "1e400", "null", "../../etc/passwd", "pk_", "••••••••", "101", "yealink-t46u", YEALINK,
)  # fmt: skip
NUMBERS = (0, -1, 1, 2**31, 2**63, 2**64, 10**30, 1.5, 1e300, 5.0)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=8), inside, max_size=4),
    max_leaves=12,
)


GOOD: dict[str, Any] = {
    "mac": YEALINK, "model": "yealink-t46u", "device": "101", "time_zone": "America/Denver", "numbers": ["911"],
    "emails": ["ada@acme.example"], "extension": "101", "domain": "acme.example", "phones": [YEALINK], "position": "9",
    "expansions": ["EXP43"], "language": "en", "sip_host": "", "area_code": "214", "service_code": "", "user": "106",
    "login_name": "ada", "name": "103a", "revision": 1, "site_id": 1, "department_id": 1, "template_id": 1,
    "voicemail_pin": "8024", "target": "103", "networks": ["10.0.0.0/8"], "hidden": ["user-1"], "line": 1,
    "users": ["109"], "confirm": "109", "code": "123456", "logins": [],
}  # fmt: skip
TABLES: dict[str, dict[str, Any]] = {
    "values": {"sip.port": 5070, "admin.password": "hush", "audio.codecs": ["pcma"], "time.format": "24"},
    "raw": {"phone_setting.ring": "2", "wifi.password": "hush"},
    "defaults": {"time.zone": "Europe/Berlin"},
}


def bent(schema: dict[str, Any], chance: random.Random, name: str = "", wild: float = 0.1) -> Any:
    """A value that mostly fits the schema, and now and then does not at all."""
    if "$ref" in schema:
        return bent(SCHEMAS[schema["$ref"].rsplit("/", 1)[1]], chance, name, wild)
    if chance.random() < wild:
        return chance.choice([*NASTY, *NUMBERS, None, True, [], {}, [[]], {"": {}}])
    if name in GOOD:
        return GOOD[name]
    if "anyOf" in schema:
        return bent(chance.choice(schema["anyOf"]), chance, name, wild)
    if "enum" in schema:
        return chance.choice(schema["enum"])
    kind = schema.get("type", "string")
    match chance.choice(kind) if isinstance(kind, list) else kind:
        case "object":
            return _bent_object(schema, chance, name, wild)
        case "array":
            return [bent(schema.get("items", {}), chance, "", wild) for _ in range(chance.randrange(3))]
        case "boolean":
            return chance.random() < 0.5
        case "integer" | "number":
            return schema.get("minimum", 1)
    return chance.choice(("", "Word", "Zoë & Söhne <b>", "{{ 7*7 }}", "😀", "%NULL%"))


def _bent_object(schema: dict[str, Any], chance: random.Random, name: str, wild: float) -> Any:
    needed, made = schema.get("required", ()), {}
    for field, inside in schema.get("properties", {}).items():
        if field in needed or chance.random() < 0.4:
            made[field] = bent(inside, chance, field, wild)
    if isinstance(schema.get("additionalProperties"), dict):
        known = TABLES.get(name, {})
        made |= {one: known[one] for one in known if chance.random() < 0.4}
        if name == "keys":
            made |= {place: bent(schema["additionalProperties"], chance, "", wild) for place in ("9", "m1.2", "12")}
        if chance.random() < wild:
            made[chance.choice(NASTY)] = chance.choice([*NASTY, *NUMBERS])
    return made


WITH_BODY = [endpoint for endpoint in endpoints() if endpoint.body is not None]
ANYTHING = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


async def survives(api: Api, endpoint: Endpoint, body: Any) -> int:
    """Send it as the mightiest of all; returns the status, which is none of the server's own failures."""
    raw = json.dumps(body).encode("utf-8", "surrogatepass")
    key = api.key("super_user", None)
    answer = await api(key, endpoint.method, path_of(endpoint.path), raw=raw, headers={"If-Match": "*"})
    assert answer.status < 500, f"{endpoint.method} {endpoint.path} {raw[:400]!r}: {answer.body}"
    return answer.status


async def every_phone_still_renders(api: Api) -> None:
    key = api.key("super_user", None)
    for phone in (await api(key, "GET", "/domains/acme.example/phones")).body["items"]:
        assert (await api(key, "GET", f"/phones/{phone['mac']}/effective")).status == 200, phone
        for file in (await api(key, "GET", f"/phones/{phone['mac']}/files")).body["items"]:
            assert (await api(key, "GET", f"/phones/{phone['mac']}/files/{file['name']}")).status == 200, phone


def test_bodies_bent_out_of_shape_never_break_the_server(api: Api, io_loop: Any) -> None:
    met: Counter[int] = Counter()

    @ANYTHING
    @given(endpoint=st.sampled_from(WITH_BODY), seed=st.integers(0, 2**32), wild=st.sampled_from((0.0, 0.02, 0.2)))
    def bend(endpoint: Endpoint, seed: int, wild: float) -> None:
        body = bent(
            endpoint.body or {}, random.Random(seed), "", wild
        )  # here: an example that is given up must not end inside the loop
        met[io_loop.run_sync(lambda: survives(api, endpoint, body), timeout=10)] += 1

    bend()
    assert met[200] + met[201] + met[202] > 60 and met[422] > 60, met
    io_loop.run_sync(lambda: every_phone_still_renders(api), timeout=30)


def test_json_of_any_kind_never_breaks_the_server(api: Api, io_loop: Any) -> None:
    @ANYTHING
    @given(endpoint=st.sampled_from(WITH_BODY), body=JSON)
    def send(endpoint: Endpoint, body: Any) -> None:
        io_loop.run_sync(lambda: survives(api, endpoint, body), timeout=10)

    send()


@pytest.mark.gen_test(timeout=60)
async def test_queries_of_any_kind_never_break_the_server(api: Api) -> None:
    key = api.key("super_user", None)
    values = ("", "%00", "%ff", "%F0%9F%98%80", "-1", "1", "9" * 40, "a" * 99, "%25_%7C", "1e9", "~", "%ED%A0%80")
    for endpoint in endpoints():
        if endpoint.method != "GET" or not endpoint.query:
            continue
        for name in endpoint.query:
            for value in values:
                answer = await api(key, "GET", f"{path_of(endpoint.path)}?{name}={value}")
                assert answer.status < 500, f"{endpoint.path}?{name}={value}"
