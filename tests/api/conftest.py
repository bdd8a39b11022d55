"""The demo company served by the real application; `api` calls it and holds every answer against the document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.web import Application

from provd import demo, firmware
from provd.api.apikeys import owner
from provd.api.openapi import document
from provd.api.routes import GROUPS, endpoints
from provd.app import Services, compose, open_store, web_application
from provd.facts import Addresses
from provd.settings import Settings
from provd.store import api_keys, devices, domains, phones, users
from provd.store.rows import Line

NOW = 1_760_000_000
YEALINK = "805ec0000101"
RIVAL = "rival.example"
RIVAL_MAC = "001565aabb01"
DOCUMENT = document(GROUPS, endpoints(), "test")


@dataclass
class Answered:
    """An answer: its status, its JSON (or bytes) and its headers."""

    status: int
    body: Any
    headers: Mapping[str, str]


@pytest.fixture
def database_url() -> str:
    """The embedded SQLite; test_postgres.py says another."""
    return ""


@pytest.fixture
def services(tmp_path: Path, database_url: str) -> Iterator[Services]:
    settings = Settings(
        data_dir=tmp_path, database_url=database_url, public_host="pbx.test", demo_password="demo-password"
    )
    store = open_store(settings)
    demo.load(store, settings)
    rival = domains.create(store, RIVAL, NOW)
    eve = users.create(store, rival.id, "101", NOW, first_name="Eve")
    device = devices.create(store, rival.id, eve.id, "101", NOW)
    phones.create(store, rival.id, RIVAL_MAC, "yealink-t46u", NOW, lines=[Line(1, device.id, False, "")])
    made = compose(settings, store, Addresses("pbx.test", 8080, 8443, 6969), firmware.read_shelf(tmp_path / "firmware"))
    made.ready = True
    yield made
    store.close()


@pytest.fixture
def app(services: Services) -> Application:
    return web_application(services)


@dataclass
class Api:
    """Calls the API as somebody; every JSON answer is held against the schema that the document promises."""

    services: Services
    client: AsyncHTTPClient
    base: str

    def key(self, scope: str, domain: str | None = demo.DOMAIN, user: str = "") -> str:
        """An API key of this scope."""
        store = self.services.store
        domain_id = domains.by_name(store, domain).id if domain else None
        person = owner(store, domain_id, {"scope": scope, "user": user})
        user_id = person.id if person else None
        return api_keys.create(store, "test", scope, NOW, domain_id=domain_id, user_id=user_id)[1]

    async def __call__(
        self, key: str, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Answered:  # fmt: skip
        sent = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", **(headers or {})}
        content = raw if raw is not None else None if body is None else json.dumps(body).encode()
        response = await self.client.fetch(
            HTTPRequest(
                f"{self.base}/api/v2{path}", method, sent, content, allow_nonstandard_methods=True,
                request_timeout=20, follow_redirects=False,
            ),
            raise_error=False,
        )  # fmt: skip
        return held_against_the_document(method, path, response)


def held_against_the_document(method: str, path: str, response: HTTPResponse) -> Answered:
    kind = response.headers.get("Content-Type", "")
    body = json.loads(response.body) if "json" in kind else response.body
    schema = promised(method, path.partition("?")[0], response.code)
    if schema is not None and "json" in kind:
        root = {**schema, "components": DOCUMENT["components"]}
        wrong = next(iter(Draft202012Validator(root).iter_errors(body)), None)
        assert wrong is None, f"{method} {path} {response.code}: {wrong.json_path} {wrong.message}"
    return Answered(response.code, body, response.headers)


def promised(method: str, path: str, status: int) -> Mapping[str, Any] | None:
    """The schema that the document promises for this answer."""
    if status >= 400:
        return {"$ref": "#/components/schemas/Problem"}
    endpoint = next(one for one in endpoints() if one.method == method and re.fullmatch(one.pattern, f"/api/v2{path}"))
    assert status == endpoint.status
    return endpoint.answer


@pytest.fixture
def api(services: Services, http_client: Any, http_port: int) -> Iterator[Api]:
    yield Api(services, http_client, f"http://127.0.0.1:{http_port}")


@pytest.fixture
def finish_jobs(services: Services) -> Any:
    """Have the jobs of these services do all that they can do at this moment."""
    return services.jobs.settle
