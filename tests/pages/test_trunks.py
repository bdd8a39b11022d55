"""Trunks and dialling as pages: the provider's only."""

from __future__ import annotations

import re

from phone_manager.views.dialling import Standing, standing
from tests.pages.visitor import Visitor

TRUNKS = "/c/acme.example/trunks"
NEW = {
    "name": "Carrier A", "host": "sip.carrier.example", "port": "5061", "transport": "tls", "kind": "static",
    "networks": "203.0.113.0/28\n198.51.100.7", "most_calls": "20", "place": "1", "writes": "plain",
    "user_name": "acme", "password": "hush-hush", "enabled": "1", "asks": "1",
}  # fmt: skip


def test_a_trunk_is_added_changed_and_deleted(provider: Visitor) -> None:
    wrong = provider.post(f"{TRUNKS}/new", NEW | {"networks": "everywhere"})
    assert wrong.status == 422 and "is no address" in wrong.text and ">everywhere<" in wrong.html
    assert "hush-hush" not in wrong.html
    saved = provider.follow(f"{TRUNKS}/new", NEW)
    assert "Carrier A is saved" in saved.text and "203.0.113.0/28, 198.51.100.7" in saved.text
    assert "sip.carrier.example:5061 TLS" in saved.text
    number = re.findall(rf'href="{TRUNKS}/(\d+)"', saved.html)[0]
    page = provider.get(f"{TRUNKS}/{number}")
    assert "hush-hush" not in page.html and 'value="acme"' in page.html
    assert "Switched off" in provider.follow(f"{TRUNKS}/{number}", {**NEW, "password": "", "enabled": ""}).text
    assert "No trunk of its own" in provider.follow(f"{TRUNKS}/{number}", {"do": "delete"}).text


def test_trunks_of_the_server_have_a_page_of_their_own(provider: Visitor) -> None:
    assert 'href="/trunks"' in provider.get("/companies").html
    saved = provider.follow("/trunks/new", NEW | {"name": "Everybody's"})
    assert "Everybody&#39;s is saved" in saved.html and "198.51.100.7" in saved.text
    number = re.findall(r'href="/trunks/(\d+)"', saved.html)[0]
    assert "Of the server, for every company" in provider.get(TRUNKS).text
    changed = provider.follow(f"/trunks/{number}", {**NEW, "name": "Everybody's", "most_calls": "7", "password": ""})
    assert "0 of 7" in changed.text
    assert provider.get(f"{TRUNKS}/{number}").status == 404, "not the company's"
    rows = provider.get("/trunks", **{"HX-Request": "true"})
    assert "Everybody" in rows.text and "<main" not in rows.html
    assert "No trunk of the server" in provider.follow(f"/trunks/{number}", {"do": "delete"}).text


def test_the_state_of_a_trunk_is_said_with_its_mend() -> None:
    now = dict.fromkeys(("registered_since", "millis", "asked", "since", "calls"), 0)
    plain = {"enabled": True, "name": "A"}

    def told(word: str, **fields: object) -> Standing:
        nothing = {"registered": None, "answers": None, "refusal": "", "heard": "", **now}
        return standing(plain | {"state": {**nothing, "word": word, **fields}})

    assert standing(plain | {"enabled": False, "state": {}}).word == "Switched off"
    refused = told("refused", refusal="403 Forbidden")
    assert (refused.word, refused.kind) == ("Refused 403", "bad") and "password" in refused.text
    assert "password" not in told("refused", refusal="503 Service Unavailable").text
    gone = told("unreachable", answers=False, heard="no answer within 5 seconds", since=99)
    assert gone.since == 99 and gone.text.startswith("Asked, but no answer within 5 seconds.")
    assert "has no address" in told("unreachable", refusal="The name x has no address").text
    assert told("silent", answers=False, heard="No answer.").text.startswith("Asked, but no answer. Calls are tried")
    fine = told("registered", answers=True, heard="200 OK", millis=12, registered_since=5)
    assert (fine.word, fine.since, fine.text) == ("Registered", 5, "Answered 200 OK after 12 ms.")


def test_a_carrier_is_asked_from_the_page(provider: Visitor) -> None:
    provider.follow(f"{TRUNKS}/new", NEW | {"name": "Nobody", "host": "127.0.0.1", "port": "1", "transport": "tcp"})
    number = re.findall(rf'href="{TRUNKS}/(\d+)"><b>Nobody', provider.get(TRUNKS).html)[0]
    told = provider.follow(f"{TRUNKS}/{number}", {"do": "ask"}).text
    assert "Nobody did not answer" in told or "No SIP is spoken" in told
    provider.post(f"{TRUNKS}/{number}", {"do": "delete"})


def test_dialling_is_written_a_line_a_translation(provider: Visitor) -> None:
    form = {"translations": "9* -> *\n8XXX = +12145550190", "emergency": "999, 110", "caller_id_number": "214-555-0140"}
    saved = provider.follow(TRUNKS, form)
    assert "9* → *\n8XXX → +12145550190" in saved.html and 'value="999 110"' in saved.html
    assert 'value="+12145550140"' in saved.html
    wrong = provider.post(TRUNKS, form | {"translations": "9 -> *"})
    assert wrong.status == 422 and "ends with *, but 9 has none" in wrong.text and "9 → *" in wrong.html


def test_managers_have_no_trunks(manager: Visitor) -> None:
    assert manager.get(TRUNKS).status == 403
    assert TRUNKS not in manager.get("/c/acme.example/codes").html
    assert manager.get("/trunks").status == 403 and 'href="/trunks"' not in manager.get("/c/acme.example/").html


def test_support_is_shown_to_managers_with_its_code(provider: Visitor, manager: Visitor) -> None:
    assert "it calls" not in manager.get("/c/acme.example/settings").text
    saved = provider.follow(TRUNKS, {"support": "303 555 0199"})
    assert 'value="+13035550199"' in saved.html
    assert "Dial 4357: it calls (303) 555-0199." in manager.get("/c/acme.example/settings").text
    wrong = provider.post(TRUNKS, {"support": "help"})
    assert wrong.status == 422 and 'value="help"' in wrong.html
    provider.post(TRUNKS, {"support": ""})
