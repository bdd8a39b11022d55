"""Settings of a company: facts, provisioning, what its phones share, API keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from phone_manager.views import dhcp, layer_form
from provd.phone.config import MASK
from tests.live import LiveServer
from tests.pages.visitor import Visitor

START = "/c/acme.example/settings"
FACTS = {"description": "Acme", "time_zone": "America/Chicago", "country": "US", "area_code": "214", "language": "en"}


def etag(html: str) -> str:
    return re.search(r'name="etag" value="([^"]*)"', html)[1].replace("&#34;", '"')  # type: ignore[index]


def test_the_provider_changes_facts_and_a_manager_reads_them(manager: Visitor, provider: Visitor) -> None:
    assert "Your provider keeps these facts" in manager.get(START).text
    assert manager.post(START, FACTS).status == 403
    seen = provider.follow(START, FACTS | {"area_code": "469", "second_factor": "1"})
    assert 'name="area_code" type="text" value="469"' in seen.html and "Saved." in seen.text
    assert 'name="second_factor" value="1" checked' in seen.html


def test_what_is_wrong_stands_beside_the_field_and_nothing_typed_is_lost(provider: Visitor) -> None:
    seen = provider.post(START, FACTS | {"country": "Texas", "description": "Acme <i>"})
    assert seen.status == 422 and 'value="Texas"' in seen.html and "Acme &lt;i&gt;" in seen.html
    assert 'aria-invalid="true"' in seen.html


def test_the_address_stands_ready_to_copy_for_every_vendor(server: LiveServer, manager: Visitor) -> None:
    seen = manager.get(f"{START}/provisioning")
    url = server.services.addresses.base("http", server.token)
    assert url in seen.text
    for words in (f'dhcp-option-force=66,"{url}"', "Yealink T3, T4, T5", "option 160"):
        assert words in seen.text
    isc = manager.get(f"{START}/provisioning?dhcp=ISC+dhcpd&protocol=https")
    assert f'option tftp-server-name "{server.services.addresses.base("https", server.token)}";' in isc.text


def test_tokens_follow_each_other_and_the_window_opens_and_closes(manager: Visitor) -> None:
    page = f"{START}/provisioning"
    assert "Retire the old one" in manager.follow(page, {"do": "rotate"}).text
    assert "Retire the old one" not in manager.follow(page, {"do": "promote"}).text
    assert "gets its passwords without proof" in manager.follow(page, {"do": "open", "minutes": "10"}).text
    assert "Open the window" in manager.follow(page, {"do": "close"}).text
    wrong = manager.post(page, {"do": "open", "minutes": "a week"})
    assert wrong.status == 422


def test_admission_is_the_providers_and_keeps_what_was_typed(provider: Visitor) -> None:
    page = f"{START}/provisioning"
    wrong = provider.post(page, {"networks": "10.0.0.0/8\nmoon", "unproven": "refuse", "company_token": ""})
    assert wrong.status == 422 and "moon" in wrong.html
    seen = provider.follow(page, {"networks": "10.0.0.0/8\n192.168.0.0/16", "unproven": "refuse"})
    assert "192.168.0.0/16" in seen.html and '<option value="refuse" selected>' in seen.html


def test_settings_of_the_company_reach_its_phones(server: LiveServer, manager: Visitor) -> None:
    page = f"{START}/phones"
    form = manager.get(page)
    seen = manager.follow(
        page,
        {"etag": etag(form.html), "values.time.format": "24", "raw": "phone_setting.ring_type = Ring2.wav",
         "values.time.ntp": "a.example\nb.example", "comment": "24 hours"},
    )  # fmt: skip
    assert "24 hours" in seen.text and "a.example\nb.example" in seen.html
    layer = server.services
    assert layer.ready
    assert "Set; leave empty to keep it." in seen.text, "passwords that were there stay"


def test_the_second_of_two_managers_is_told_and_keeps_what_they_typed(manager: Visitor) -> None:
    page = f"{START}/phones"
    old = etag(manager.get(page).html)
    manager.follow(page, {"etag": old, "values.sip.expires": "300"})
    late = manager.post(page, {"etag": old, "values.sip.expires": "900"})
    assert late.status == 412 and 'value="900"' in late.html and "alert-danger" in late.html
    wrong = manager.post(page, {"etag": etag(manager.get(page).html), "values.sip.expires": "soon", "raw": "no name"})
    assert wrong.status == 422 and 'value="soon"' in wrong.html and "no name" in wrong.html


def test_a_version_is_restored(manager: Visitor) -> None:
    page = f"{START}/phones"
    first = manager.get(page)
    revision = re.search(r'name="restore" value="(\d+)"', first.html)
    assert revision
    seen = manager.follow(page, {"restore": revision[1]})
    assert f"Version {revision[1]} is in force again." in seen.text


def test_brands_models_and_the_server_are_the_providers(manager: Visitor, provider: Visitor) -> None:
    for place in ("server", "brand/yealink", "model/yealink-t46u"):
        assert manager.get(f"{START}/phones/{place}").status == 403
        assert provider.get(f"{START}/phones/{place}").status == 200
    assert provider.get(f"{START}/phones/model/none-such").status == 404
    assert provider.get(f"{START}/phones/planet").status == 404


def test_a_key_is_shown_once_and_deleted(server: LiveServer, manager: Visitor) -> None:
    page = f"{START}/keys"
    made = manager.post(page, {"name": "Billing", "scope": "call_center_supervisor"})
    key = re.search(r'<code id="new-key">([^<]+)</code>', made.html)
    assert made.status == 200 and key
    assert server.get("/api/v2/me", headers={"Authorization": f"Bearer {key[1]}"}).status == 200
    later = manager.get(page)
    assert key[1] not in later.html and "Billing" in later.text
    number = re.search(r'name="delete" value="(\d+)" aria-label="Delete the key Billing"', later.html)
    assert number
    manager.follow(page, {"delete": number[1]})
    assert server.get("/api/v2/me", headers={"Authorization": f"Bearer {key[1]}"}).status == 401
    assert manager.post(page, {"name": "Too much", "scope": "super_user"}).status in (403, 422)


@pytest.mark.parametrize("path", ["", "/provisioning", "/phones", "/keys"])
def test_settings_are_not_for_everybody(person: Visitor, path: str) -> None:
    assert person.get(START + path).status == 403
    assert START not in person.get("/c/acme.example/").html


def test_a_form_says_what_a_layer_says_and_back() -> None:
    parameters = [
        {"name": "time.ntp", "title": "Time", "kind": "list", "default": ["x"], "choices": [], "reboot": False},
        {"name": "web.enabled", "title": "Web", "kind": "switch", "default": True, "choices": [], "reboot": True},
        {"name": "admin.password", "title": "Pass", "kind": "secret", "default": "", "choices": [], "reboot": False},
        {"name": "sip.port", "title": "Port", "kind": "number", "default": 5060, "choices": [], "reboot": False},
    ]  # fmt: skip
    said = {"time.ntp": ["a", "b"], "web.enabled": False, "admin.password": MASK}
    rows = {row.name: row for _, some in layer_form.rows(parameters, said) for row in some}
    assert (rows["time.ntp"].value, rows["web.enabled"].value, rows["sip.port"].said) == ("a\nb", "0", False)
    sent = {f"values.{name}": [row.value] for name, row in rows.items() if row.kind != "secret"}
    assert layer_form.values(parameters, sent, said) == said
    assert layer_form.values(parameters, sent | {"remove.admin.password": ["1"]}, said) == {
        name: value for name, value in said.items() if name != "admin.password"
    }
    assert layer_form.values(parameters, {"values.sip.port": ["x"]}, {}) == {"sip.port": "x"}
    assert layer_form.raw_values("a.b = 1=2\n\n# no\n c=") == {"a.b": "1=2", "c": ""}


def test_dhcp_values_are_quoted_for_each_server() -> None:
    found = dhcp.option("160", 'http://h/p/t"x/').lines
    assert found["ISC dhcpd"].endswith('option provd-160 "http://h/p/t\\"x/";')
    assert set(found) == set(dhcp.STYLES)


@pytest.mark.browser
@pytest.mark.parametrize("path", ["", "/provisioning", "/phones", "/keys"])
@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_settings_are_usable_by_everybody(
    browse: Callable[..., Any], axe: Callable[[Any], None], path: str, theme: str, width: int
) -> None:
    page = browse("101", START + path, theme=theme, width=width)
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
