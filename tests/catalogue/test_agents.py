"""What every phone calls itself, and what it is then taken for."""

from __future__ import annotations

import pytest

from provd.catalogue import shipped
from provd.identify import Recogniser
from provd.phone.model import Model

CATALOGUE = shipped()
RECOGNISER = Recogniser(CATALOGUE.families, CATALOGUE.models)
MAC = "805ec0a1b2c3"
# How a phone of each family calls itself, and the samples that the vendors' guides and other servers' tests name.
AGENTS = {
    "yealink": "Yealink SIP-{name} 108.86.0.90 80:5e:c0:a1:b2:c3",
    "poly-ucs": "FileTransport PolycomVVX-{name}-UA/6.4.3.5017 (SN:{mac}) Type/Application",
    "poly-edge-e": "FileTransport PolyEdge-{name}-UA/8.0.0.15602 (SN:{mac}) Type/Application",
    "cisco-spa": "Cisco/{name}-7.5.5 (805EC0A1B2C3)(CCQ162306EA)",
    "cisco-mpp": "Cisco-{name}-3PCC/11.3.7 (805ec0a1b2c3)",
    "grandstream": "Grandstream Model HW {name} SW 1.0.7.97 DevId {mac}",
    "grandstream-ht": "Grandstream Model HW {name} V1.1A SW 1.0.17.5 DevId {mac}",
    "snom": "Mozilla/4.0 (compatible; snom{name}-SIP 10.1.33.33 2010.12-00004-g9ba52f5 805EC0A1B2C3 SXM:0 UXM:0)",
    "fanvil": "Fanvil {name} 2.12.16.17 {mac}",
}
# What they say when they register: shorter, mostly without the MAC.
SIP_AGENTS = {
    "yealink": "Yealink SIP-{name} 108.86.0.90",
    "poly-ucs": "PolycomVVX-{name}-UA/6.4.3.5017",
    "poly-edge-e": "PolyEdge-{name}-UA/8.0.0.15602",
    "cisco-spa": "Cisco/{name}-7.5.5",
    "cisco-mpp": "Cisco-{name}-3PCC/11.3.7",
    "grandstream": "Grandstream {name} 1.0.7.97",
    "grandstream-ht": "Grandstream {name} 1.0.17.5",
    "snom": "snom{name}/10.1.84.12",
    "fanvil": "Fanvil {name} 2.12.16.17",
}
YEALINK = (
    ("Yealink SIP-T46G 28.72.0.1 00:15:65:4a:a9:37", "28.72.0.1", "0015654aa937"),
    ("yealink SIP-T31G  124.85.257.55 80:5e:c0:d5:7d:72", "124.85.257.55", "805ec0d57d72"),
    ("Yealink SIP-T34W 124.86.0.75 24:9a:d8:88:d0:f4", "124.86.0.75", "249ad888d0f4"),
    ("Yealink SIP-T85W 185.87.0.10 44:db:d2:67:58:4b", "185.87.0.10", "44dbd267584b"),
    ("Yealink SIP-T21P_E2 52.80.0.3 00:15:65:4c:4c:26", "52.80.0.3", "0015654c4c26"),
    ("Yealink SIP VP-T49G 51.80.0.10 00:15:65:9b:5a:44", "51.80.0.10", "0015659b5a44"),
    ("Yealink CP860 37.72.0.5 00:15:65:8a:37:86", "37.72.0.5", "0015658a3786"),
    ("Yealink W52P 25.80.0.15 00:15:65:8a:37:86", "25.80.0.15", "0015658a3786"),
    ("W52P 25.30.0.2 00:15:65:8a:37:86", "25.30.0.2", "0015658a3786"),
    ("Yealink W70B 146.87.0.15 80:5e:0c:1d:65:4e", "146.87.0.15", "805e0c1d654e"),
    ("Yealink W80DM 103.87.0.10 80:5e:0c:1d:65:4e", "103.87.0.10", "805e0c1d654e"),
    ("Yealink W90DM 130.87.0.10 80:5e:0c:1d:65:4e", "130.87.0.10", "805e0c1d654e"),
    ("VP530P 23.70.0.40 00:15:65:31:4b:c0", "23.70.0.40", "001565314bc0"),
    ("Yealink SIP-T56A 58.80.0.25 001565f429a4", "58.80.0.25", "001565f429a4"),
    ("Yealink-T46G 28.71.0.81 28.1.0.128.0.0.0", "28.71.0.81", ""),
)


@pytest.mark.parametrize("model", CATALOGUE.models.values(), ids=list(CATALOGUE.models))
def test_a_phone_is_known_by_what_it_calls_itself(model: Model) -> None:
    for name in model.user_agents:
        agent = RECOGNISER.agent(AGENTS[model.family].format(name=name, mac=MAC))
        assert (agent.family, agent.model, agent.mac) == (model.family, model.id, MAC), name


@pytest.mark.parametrize("model", CATALOGUE.models.values(), ids=list(CATALOGUE.models))
def test_so_it_is_when_it_registers_with_its_firmware(model: Model) -> None:
    for name in model.user_agents:
        said = SIP_AGENTS[model.family].format(name=name)
        agent = RECOGNISER.agent(said)
        assert (agent.family, agent.model) == (model.family, model.id), said
        assert agent.firmware and agent.firmware in said and agent.mac == "", said


@pytest.mark.parametrize(
    ("sample", "model", "firmware", "mac"),
    [
        ("snomD785/10.1.84.12", "snom-d785", "10.1.84.12", ""),
        ("snomD785/10.1.169.16 000413922D24", "snom-d785", "10.1.169.16", "000413922d24"),
        ("snom821/873_19_20130321", "", "873_19_20130321", ""),
        ("Fanvil X210 2.12.18.9 0c383e63963b", "fanvil-x210", "2.12.18.9", "0c383e63963b"),
        ("Grandstream GRP2612W 1.0.5.67", "grandstream-grp2612", "1.0.5.67", ""),
        ("PolycomVVX-VVX_450-UA/6.4.3.5017_64167f9f4c90", "poly-vvx450", "6.4.3.5017", "64167f9f4c90"),
        ("Yealink SIP-T46S 66.85.0.15", "yealink-t46s", "66.85.0.15", ""),
    ],
)
def test_samples_of_registers(sample: str, model: str, firmware: str, mac: str) -> None:
    agent = RECOGNISER.agent(sample)
    assert agent.family != "" and (agent.model, agent.firmware, agent.mac) == (model, firmware, mac)


@pytest.mark.parametrize("sample", ["snompx/1.0", "snom", "snom/3", "xsnom320/8.4", "Snomphone 320/8"])
def test_not_everything_with_the_word_is_a_snom(sample: str) -> None:
    assert RECOGNISER.agent(sample).family == ""


@pytest.mark.parametrize(("sample", "firmware", "mac"), YEALINK)
def test_the_samples_of_the_yealink_guides_are_recognised(sample: str, firmware: str, mac: str) -> None:
    """Those of the other vendors stand in the files of their families."""
    agent = RECOGNISER.agent(sample)
    assert (agent.family, agent.firmware, agent.mac) == ("yealink", firmware, mac)


@pytest.mark.parametrize(
    ("sample", "family"),
    [
        ("Fanvil X4 2.10.2.6887 0c383e07e16c", "fanvil"),
        ("Fanvil H2U-V2 2.12.0 0c383e32342e", "fanvil"),
        ("Fanvil W620W 2.16.10 0c383e7dd216", "fanvil"),
        ("Mozilla/4.0 (compatible; snom320-SIP 8.4.18 1.1.3-s)", "snom"),
        ("Grandstream Model HW HT801 V1.1A SW 1.0.17.5 DevId c074ad273a10", "grandstream-ht"),
        ("FileTransport PolyCCX-CCX_500-UA/9.4.1.0508 (SN:64167f9f4c90) Type/Application", "poly-ucs"),
        ("Linksys/SPA-942-6.1.5(a) (88019FA42805)", "cisco-spa"),
        ("curl/8.5.0", ""),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", ""),
    ],
)
def test_a_phone_of_a_model_we_do_not_know_is_known_by_its_vendor(sample: str, family: str) -> None:
    agent = RECOGNISER.agent(sample)
    assert (agent.family, agent.model) == (family, "")
