"""Fanvil: what its phones say of themselves, what they ask for, and where their keys sit."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from provd.identify import Recogniser
from provd.render import render_common
from tests.catalogue.fanvil_phone import FAMILY, SHIPPED, configured, key, keyed, parameters

RECOGNISER = Recogniser(SHIPPED.families, SHIPPED.models)


@pytest.mark.parametrize(
    ("user_agent", "model", "firmware", "mac"),
    [
        ("Fanvil X4 2.10.2.6887 0c383e07e16c", "", "2.10.2.6887", "0c383e07e16c"),
        ("Fanvil X6U Pro 0.0.10 0c383e2cd782", "fanvil-x6u", "0.0.10", "0c383e2cd782"),
        ("Fanvil X5U-V2 2.12.16.17 0c383e557eb1", "fanvil-x5u", "2.12.16.17", "0c383e557eb1"),
        ("Fanvil H2U-V2 2.12.0 0c383e32342e", "", "2.12.0", "0c383e32342e"),
        ("Fanvil W620W 2.16.10 0c383e7dd216", "", "2.16.10", "0c383e7dd216"),
        ("Fanvil X210 2.4.5.2 0c383e000210)", "fanvil-x210", "2.4.5.2", "0c383e000210"),
        ("Fanvil X3SG 2.4.12", "fanvil-x3sg", "2.4.12", ""),
    ],
)
def test_a_user_agent_tells_model_firmware_and_mac(user_agent: str, model: str, firmware: str, mac: str) -> None:
    agent = RECOGNISER.agent(user_agent)
    assert (agent.family, agent.model, agent.firmware, agent.mac) == ("fanvil", model, firmware, mac)


@pytest.mark.parametrize(
    ("asked", "model"),
    [
        ("f0X3sghw1.100.cfg", "fanvil-x3sg"),
        ("F0V00X200000.cfg", "fanvil-x210"),
        ("F0VX21000000.cfg", "fanvil-x210"),
        ("F0V00X700000.cfg", "fanvil-x7"),
        ("F0V5UV200000.cfg", "fanvil-x5u"),
    ],
)
def test_a_model_asks_for_its_common_file_by_a_fixed_name(asked: str, model: str) -> None:
    meant = RECOGNISER.candidates(asked)
    assert list(meant) == [model]
    assert meant[model].role == "common"


def test_the_common_file_sends_a_phone_to_its_own_and_names_no_server() -> None:
    rule = next(rule for rule in FAMILY.files if rule.role == "common")
    common = render_common(rule, SHIPPED.models["fanvil-x7"], FAMILY, "http://host/p/token/")
    root = ElementTree.fromstring(common)
    assert (root.findtext("ap/DownloadCommonConf"), root.findtext("ap/DownloadDeviceConf")) == ("0", "1")
    assert b"host" not in common


@pytest.mark.parametrize("model", ["X3SG", "X4U", "X5U", "X6U", "X7", "X7C", "X210"])
def test_every_key_has_one_place_and_every_line_is_said(model: str) -> None:
    said = parameters(configured(model))
    facts = SHIPPED.models[f"fanvil-{model.lower()}"]
    assert sum(path.endswith("/Type") for path in said) == facts.keys
    assert sum(path.endswith("/EnableReg") for path in said) == facts.accounts
    assert [n for n in range(1, facts.accounts + 1) if said[f"sip/line[{n}]/EnableReg"] == "1"] == [1]


# Bank, page and place of key numbers, counted by hand on the vendor's pages.
@pytest.mark.parametrize(
    ("model", "number", "place"),
    [
        ("X3SG", 2, ("internal", 1, 2)),
        ("X4U", 3, ("dssSide", 1, 3)),
        ("X4U", 4, ("internal", 1, 1)),
        ("X4U", 33, ("internal", 5, 6)),
        ("X5U", 10, ("internal", 1, 6)),
        ("X5U", 11, ("internal", 2, 1)),
        ("X6U", 5, ("dssSide", 1, 5)),
        ("X6U", 65, ("internal", 5, 12)),
        ("X7", 11, ("dssSide", 1, 11)),
        ("X7", 40, ("internal", 1, 29)),
        ("X7", 127, ("internal", 4, 29)),
        ("X7C", 13, ("dssSide", 2, 1)),
        ("X7C", 60, ("dssSide", 5, 12)),
        ("X210", 42, ("internal", 1, 32)),
        ("X210", 43, ("internal", 2, 1)),
        ("X210", 106, ("internal", 3, 32)),
    ],
)
def test_side_keys_come_first_then_the_pages(model: str, number: int, place: tuple[str, int, int]) -> None:
    said = keyed({number: {"kind": "dtmf", "target": "123"}}, model)
    assert key(said, *place) == ("4", "123", "123")


def test_a_phone_without_dss_pages_is_told_of_none() -> None:
    said = parameters(configured("X7C"))
    assert said["dsskey/SideKeyPageNum"] == "5"
    assert "dsskey/FuncKeyPageNum" not in said
    assert not any("internal" in path for path in said)
