"""Trunks and dialling as pages: the provider's only."""

from __future__ import annotations

import re

from tests.pages.visitor import Visitor

TRUNKS = "/c/acme.example/trunks"
NEW = {
    "name": "Carrier A", "host": "sip.carrier.example", "port": "5061", "transport": "tls", "kind": "static",
    "networks": "203.0.113.0/28\n198.51.100.7", "most_calls": "20", "place": "1", "writes": "plain",
    "user_name": "acme", "password": "hush-hush", "enabled": "1",
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
