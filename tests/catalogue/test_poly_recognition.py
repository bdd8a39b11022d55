"""Which phone a User-Agent of Poly tells of, by the samples of the vendor's phones."""

from __future__ import annotations

import pytest

from provd import catalogue

SERIAL = "64167f9f4c90"

# User-Agent, family, model id ("" when we do not know the model), firmware, MAC.
SAMPLES = [
    ("FileTransport PolycomVVX-VVX_450-UA/5.9.1.0615 Type/Application", "poly-ucs", "poly-vvx450", "5.9.1.0615", ""),
    ("PolycomVVX-VVX_450-UA/6.4.3.5017", "poly-ucs", "poly-vvx450", "6.4.3.5017", ""),
    (
        f"FileTransport PolycomVVX-VVX_601-UA/6.4.6.2453 (SN:{SERIAL}) Type/Application",
        "poly-ucs",
        "poly-vvx601",
        "6.4.6.2453",
        SERIAL,
    ),
    ("FileTransport PolycomSoundPointIP-SPIP_450-UA/3.2.3.1734", "poly-ucs", "", "3.2.3.1734", ""),
    (
        f"FileTransport PolyCCX-CCX_500-UA/9.4.1.0508 (SN:{SERIAL}) Type/Application",
        "poly-ucs",
        "",
        "9.4.1.0508",
        SERIAL,
    ),
    (
        "FileTransport PolyEdge-Edge_E450-UA/8.0.0.15602 Type/Application",
        "poly-edge-e",
        "poly-edge-e450",
        "8.0.0.15602",
        "",
    ),
    ("PolyEdge-Edge_E220-UA/8.0.0.13670_48256712b942", "poly-edge-e", "poly-edge-e220", "8.0.0.13670", "48256712b942"),
    # The Updater tells its own version, not the phone's firmware.
    ("FileTransport PolycomSoundStationIP-SSIP_6000-UA/5.0.3.1667 Type/Updater", "poly-ucs", "", "", ""),
    (f"FileTransport PolycomVVX-VVX_250-UA/5.9.8.4 (SN:{SERIAL}) Type/Updater", "poly-ucs", "poly-vvx250", "", SERIAL),
    ("FileTransport PolyEdge-Edge_E100-UA/8.0.0.1 Type/Updater", "poly-edge-e", "poly-edge-e100", "", ""),
]


def _recognised(user_agent: str) -> list[tuple[str, str, str, str]]:
    shipped = catalogue.shipped()
    told = []
    for family in shipped.families.values():
        for recognition in family.recognitions:
            found = recognition.pattern.search(user_agent)
            if found:
                said = {name: value or "" for name, value in found.groupdict().items()}
                names = {
                    name.casefold(): model.id
                    for model in shipped.models.values()
                    if model.family == family.id
                    for name in model.user_agents
                }
                model = names.get(said["model"].casefold(), "")
                told.append((family.id, model, said.get("firmware", ""), said["mac"]))
    return told


@pytest.mark.parametrize(("user_agent", "family", "model", "firmware", "mac"), SAMPLES)
def test_a_user_agent_tells_one_family_model_firmware_and_mac(
    user_agent: str, family: str, model: str, firmware: str, mac: str
) -> None:
    assert _recognised(user_agent) == [(family, model, firmware, mac)]


@pytest.mark.parametrize("user_agent", ["Poly-Sync 20", "PolycomSoundStructure/1.7", "Mozilla/5.0 (VVX_450)", ""])
def test_what_is_no_phone_of_poly_is_not_taken_for_one(user_agent: str) -> None:
    assert _recognised(user_agent) == []


def test_the_prefixes_of_the_registry_are_known() -> None:
    families = catalogue.shipped().families
    assert {"0004f2", "64167f", "482567"} <= set(families["poly-ucs"].ouis)
    assert "482567" in families["poly-edge-e"].ouis
    assert "00e0db" not in families["poly-ucs"].ouis, "ViaVideo: video units, not phones"
