"""Phones that knock are seen and adopted, by the provider only."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from provd.store import domains, phones
from tests.live import LiveServer
from tests.pages.visitor import Visitor

STRANGER, OTHER = "805ec0aabb01", "64167faabb02"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(tmp_path_factory.mktemp("knocking")) as running:
        yield running


def knock(server: LiveServer) -> None:
    server.get(f"/{STRANGER}.cfg", agent="Yealink SIP-T54W 96.86.0.45 80:5e:c0:aa:bb:01")
    server.get(f"/{OTHER}.cfg", agent="<b>curious</b>")


def test_nobody_knocks_at_first(provider: Visitor) -> None:
    assert "Nobody knocks" in provider.get("/knocking").text


def test_who_knocks_is_seen_with_model_and_address(server: LiveServer, provider: Visitor) -> None:
    knock(server)
    seen = provider.get("/knocking")
    for words in ("80:5e:c0:aa:bb:01", "Yealink T54W", "127.0.0.1", "Poly, model not known", "<b>curious</b>"):
        assert words in seen.text
    assert "<b>curious" not in seen.html
    some = provider.get("/knocking?search=t54w", HX_Request="true")
    assert "aa:bb:01" in some.text and "aa:bb:02" not in some.text and "<html" not in some.html
    assert "None of them fits" in provider.get("/knocking?search=zzz").text


def test_it_is_adopted_for_a_person_of_a_company(server: LiveServer, provider: Visitor) -> None:
    knock(server)
    form = provider.get(f"/knocking/{STRANGER}/adopt", HX_Request="true")
    assert "<dialog" in form.html and 'value="Yealink T54W"' in form.html and "Acme" in form.text
    fields = {"domain": "acme.example", "model": "Yealink T54W", "user": "999", "minutes": "30"}
    wrong = provider.post(f"/knocking/{STRANGER}/adopt", fields)
    assert wrong.status == 422 and 'value="999"' in wrong.html and "There is no user 999 in this company." in wrong.text
    assert re.search(r'id="f-user"[^>]* aria-invalid="true"', wrong.html)
    done = provider.post(f"/knocking/{STRANGER}/adopt", fields | {"user": "108"})
    assert done.location == f"/c/acme.example/phones/{STRANGER}"
    acme = server.store(domains.by_name, "acme.example")
    made = server.store(phones.by_mac, acme.id, STRANGER)
    assert made.model == "yealink-t54w" and made.admission["open_until"]
    assert "aa:bb:01" not in provider.get("/knocking").text
    assert provider.get(f"/knocking/{STRANGER}/adopt").status == 404


def test_one_of_an_unknown_model_has_to_be_looked_at(server: LiveServer, provider: Visitor) -> None:
    knock(server)
    assert "look at its label" in provider.get(f"/knocking/{OTHER}/adopt").text
    seen = provider.post(f"/knocking/{OTHER}/adopt", {"domain": "acme.example", "model": "", "minutes": "0"})
    assert seen.status == 422 and "choose the model" in seen.text
    missing = provider.post(f"/knocking/{OTHER}/adopt", {"domain": "", "model": "Poly VVX450"})
    assert missing.status == 422 and "Choose the company" in missing.text and 'value="Poly VVX450"' in missing.html


def test_strangers_are_the_providers(server: LiveServer, manager: Visitor) -> None:
    assert manager.get("/knocking").status == 403 and "/knocking" not in manager.get("/c/acme.example/").html
    assert manager.get(f"/knocking/{OTHER}/adopt").status == 403
    assert manager.post(f"/knocking/{OTHER}/adopt", {"domain": "acme.example"}).status == 403
