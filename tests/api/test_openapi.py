"""The document is the declarations: valid, complete, and readable by people without a script."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from provd.api.endpoint import PARAMETERS
from provd.api.routes import GROUPS, endpoints
from provd.api.scope import RIGHTS
from tests.api.conftest import DOCUMENT, Api


def test_the_document_is_valid() -> None:
    assert list(OpenAPIV31SpecValidator(json.loads(json.dumps(DOCUMENT))).iter_errors()) == []


def test_every_endpoint_is_in_the_document_once() -> None:
    operations = [one["operationId"] for path in DOCUMENT["paths"].values() for one in path.values()]
    assert len(operations) == len(set(operations)) == len(endpoints()) > 110


def test_every_endpoint_says_what_it_is_and_who_may() -> None:
    for endpoint in endpoints():
        assert endpoint.title and not endpoint.title.endswith("."), endpoint
        assert endpoint.action in RIGHTS and set(endpoint.parameters) <= set(PARAMETERS), endpoint
    assert {endpoint.action for endpoint in endpoints()} <= set(RIGHTS)


def test_every_reference_points_at_something() -> None:
    schemas, responses = DOCUMENT["components"]["schemas"], DOCUMENT["components"]["responses"]
    for reference in set(re.findall(r'"\$ref": "#/components/(\w+/\w+)"', json.dumps(DOCUMENT))):
        kind, name = reference.split("/")
        assert name in {"schemas": schemas, "responses": responses}[kind], reference


@pytest.mark.gen_test
async def test_programs_and_people_read_it_without_a_key(api: Api) -> None:
    answer = await api.client.fetch(f"{api.base}/api/v2/openapi.json")
    assert json.loads(answer.body)["paths"].keys() == DOCUMENT["paths"].keys()
    page = await api.client.fetch(f"{api.base}/api/docs")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "script" not in policy
    style = await api.client.fetch(f"{api.base}/api/docs.css")
    assert style.headers["Content-Type"].startswith("text/css") and b"http" not in style.body


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said: dict[str, Any] = dict(attributes)
        assert not [name for name in said if name.startswith("on") or name == "style"], (tag, said)
        self.tags.add(tag)
        self.links += [said[name] for name in ("href", "src") if name in said]
        if "id" in said:
            assert said["id"] not in self.ids, said["id"]
            self.ids.add(said["id"])
        if tag not in ("meta", "link", "wbr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.gen_test
async def test_the_page_is_whole_and_loads_nothing_from_elsewhere(api: Api) -> None:
    answer = await api.client.fetch(f"{api.base}/api/docs")
    page = Page()
    page.feed(answer.body.decode())
    assert page.open == [] and "script" not in page.tags and "style" not in page.tags
    for link in page.links:
        assert link.startswith("/api/") or link.removeprefix("#") in page.ids, link
    for group in GROUPS:
        assert group.name in page.ids
    for endpoint in endpoints():
        assert endpoint.operation in page.ids
