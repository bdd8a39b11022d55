"""Snom: what its phones say of themselves and what they ask for."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from provd.identify import Recogniser
from provd.render import render, render_common
from tests.catalogue.snom_phone import FAMILY, SHIPPED, configured, keys, own_file


@pytest.mark.parametrize(
    ("user_agent", "model", "firmware", "mac"),
    [
        (
            "Mozilla/4.0 (compatible; snomD785-SIP 10.1.33.33 2010.12-00004-g9ba52f5 000413922D24 SXM:0 UXM:0)",
            "snom-d785",
            "10.1.33.33",
            "000413922d24",
        ),
        (
            "Mozilla/4.0 (compatible; snom710-SIP 8.7.5.35 1.1.5-IFX-05.01.12 000413741767)",
            "",
            "8.7.5.35",
            "000413741767",
        ),
        ("Mozilla/4.0 (compatible; snom320-SIP 8.4.18 1.1.3-s)", "", "8.4.18", ""),
        ("Mozilla/4.0 (compatible; snom870-SIP 8.4.35 SPEAr300 SNOM 1.4)", "", "8.4.35", ""),
        ("Mozilla/4.0 (compatible; snom320-SIP 6.5.20; snom320 jffs2 v3.36; snom320 linux 3.38)", "", "6.5.20", ""),
        ("Mozilla/4.0 (compatible; snom lid 3605)", "", "3605", ""),
    ],
)
def test_a_user_agent_tells_model_firmware_and_mac(user_agent: str, model: str, firmware: str, mac: str) -> None:
    agent = Recogniser(SHIPPED.families, SHIPPED.models).agent(user_agent)
    assert (agent.family, agent.model, agent.firmware, agent.mac) == ("snom", model, firmware, mac)


@pytest.mark.parametrize("name", ["D315", "D345", "D385", "D713", "D717", "D735", "D765", "D785"])
def test_every_model_is_recognised_and_renders(name: str) -> None:
    recogniser = Recogniser(SHIPPED.families, SHIPPED.models)
    agent = recogniser.agent(f"Mozilla/4.0 (compatible; snom{name}-SIP 10.1.215.13 1.0 000413A1B2C3 SXM:0 UXM:0)")
    assert agent.model == f"snom-{name.lower()}"
    model = SHIPPED.models[agent.model]
    assert len(keys(own_file(configured(name)))) == model.keys
    assert {e.get("idx") for e in own_file(configured(name)).iter("user_active")} == {
        str(n) for n in range(1, model.accounts + 1)
    }


def test_the_certificate_of_either_generation_is_known() -> None:
    issuers = (
        "CN=Snom Phone 1, O=Snom Technology AG, L=Berlin",
        "CN=Snom Phone 1 SHA-256, O=snom technology AG, L=Berlin",
    )
    for issuer in issuers:
        assert any(pattern.search(issuer) for pattern in FAMILY.certificate_issuers)
    assert not any(pattern.search("CN=Yealink Equipment Issuing CA") for pattern in FAMILY.certificate_issuers)


@pytest.mark.parametrize(
    ("asked", "role"),
    [
        ("snomD785.htm", "common"),
        ("snomD785-{mac}.htm", "config"),
        ("{mac}.xml", "config"),
        ("snomD785-firmware.htm", "index"),
        ("directory/{mac}/search.xml", "directory"),
    ],
)
def test_the_names_a_phone_asks_for(asked: str, role: str) -> None:
    assert Recogniser(SHIPPED.families, SHIPPED.models).candidates(asked)["snom-d785"].role == role


def test_the_mac_in_a_name_is_in_capitals() -> None:
    names = set(render(configured("D735"), SHIPPED.models["snom-d735"], FAMILY))
    assert {"snomD735-000413A1B2C3.htm", "000413A1B2C3.xml"} <= names


def test_the_index_leads_each_phone_to_its_own_file_and_holds_nothing_of_one_phone() -> None:
    rule = next(rule for rule in FAMILY.files if rule.role == "common")
    index = render_common(rule, SHIPPED.models["snom-d785"], FAMILY, "http://host/p/")
    assert [e.get("url") for e in ElementTree.fromstring(index)] == ["http://host/p/snomD785-{mac}.htm"]
