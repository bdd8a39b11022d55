"""Cisco phones are known by their User-Agent and by the names of the files they ask for."""

from __future__ import annotations

import pytest

from provd import catalogue

SPA = "cisco-spa"
MPP = "cisco-mpp"


@pytest.mark.parametrize(
    ("user_agent", "family", "model", "firmware", "mac"),
    [
        ("Cisco/SPA508G-7.4.8a (0002FDFF2103)(CBT141400UK)", SPA, "SPA508G", "7.4.8a", "0002FDFF2103"),
        ("Cisco/SPA504G-7.4.9c (649EF3788E6A)(CCQ162306EA)", SPA, "SPA504G", "7.4.9c", "649EF3788E6A"),
        ("Cisco/SPA525G-7.4.7 (CBT141900G7)", SPA, "SPA525G", "7.4.7", None),
        ("Cisco/SPA525G2-7.5.5 (CBT141900G8)", SPA, "SPA525G2", "7.5.5", None),
        ("Linksys/SPA-942-6.1.5(a) (88019FA42805)", SPA, "SPA-942", "6.1.5(a)", "88019FA42805"),
        ("Cisco-CP-8841-3PCC/11.0 (00562b043615)", MPP, "CP-8841", "11.0", "00562b043615"),
        ("Cisco-CP-7832-3PCC/11.0.1 (00562b043615)", MPP, "CP-7832", "11.0.1", "00562b043615"),
        ("Cisco-CP-8851-3PCC/11.3.7_MPP_0001", MPP, "CP-8851", "11.3.7_MPP_0001", None),
        ("Cisco-CP-6821-3PCC/12.0.3 (FCH2345A1B2)", MPP, "CP-6821", "12.0.3", None),
    ],
)
def test_a_user_agent_tells_model_firmware_and_mac(
    user_agent: str, family: str, model: str, firmware: str, mac: str | None
) -> None:
    found = [
        (one.id, match.groupdict())
        for one in catalogue.shipped().families.values()
        for recognition in one.recognitions
        if (match := recognition.pattern.search(user_agent))
    ]
    assert found == [(family, {"model": model, "firmware": firmware, "mac": mac})]


@pytest.mark.parametrize(
    "user_agent",
    ["Cisco-CP-9971/9.4.2", "Cisco-CP7960G/8.0", "CiscoSPA508G", "cisco/ATA190-1.2.2", "Mozilla/5.0 (Cisco SPA504G)"],
)
def test_enterprise_phones_and_others_are_not_taken_for_an_spa(user_agent: str) -> None:
    family = catalogue.shipped().families[SPA]
    assert not any(recognition.pattern.search(user_agent) for recognition in family.recognitions)


def test_every_model_is_named_by_its_user_agent() -> None:
    models = [model for model in catalogue.shipped().models.values() if model.family in (SPA, MPP)]
    assert len(models) == 16
    for model in models:
        family = catalogue.shipped().families[model.family]
        for name in model.user_agents:
            sample = f"Cisco/{name}-7.5.5 (0002FDFF2103)" if model.family == SPA else f"Cisco-{name}-3PCC/12.0.3"
            matches = [recognition.pattern.search(sample) for recognition in family.recognitions]
            assert [match["model"] for match in matches if match] == [name], sample


@pytest.mark.parametrize(
    ("model", "role", "names"),
    [
        ("cisco-spa504g", "common", {"spa504G.cfg"}),
        ("cisco-spa509g", "common", {"spa509G.cfg"}),
        ("cisco-spa525g2", "common", {"spa525G2.cfg", "spa525G.cfg"}),
        ("cisco-spa504g", "config", {"649ef3788e6a.xml", "spa649ef3788e6a.xml"}),
        ("cisco-spa504g", "absent", {"SEP649EF3788E6A.cnf.xml", "XMLDefault.cnf.xml", "CTLSEP649EF3788E6A.tlv"}),
        ("cisco-cp-8841", "common", {"8841-3PCC.xml", "CP-8841-3PCC.xml"}),
        ("cisco-cp-6851", "common", {"6851-3PCC.xml", "CP-6851-3PCC.xml"}),
        ("cisco-cp-8841", "config", {"649ef3788e6a.xml"}),
        ("cisco-cp-8841", "absent", set()),
    ],
)
def test_files_have_the_names_that_phones_ask_for(model: str, role: str, names: set[str]) -> None:
    shipped = catalogue.shipped()
    rules = [rule for rule in shipped.family_of(model).files if rule.role == role]
    asked = {rule.file_name("649ef3788e6a", shipped.models[model]) for rule in rules}
    assert asked - {None} == names


def test_no_mac_prefix_tells_a_cisco_phone() -> None:
    """The prefixes are those of every Cisco switch."""
    assert [catalogue.shipped().families[name].ouis for name in (SPA, MPP)] == [(), ()]
