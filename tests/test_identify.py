"""Who asks for what: path, User-Agent and certificate, as phones and as others send them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd import catalogue
from provd.exchange import Certificate, PhoneRequest
from provd.identify import Identity, Recogniser, identify

SHIPPED = catalogue.shipped()
RECOGNISER = Recogniser(SHIPPED.families, SHIPPED.models)
TOKEN = "Zq3vT0kenOfThePhone9xx"


def _identify(path: str, agent: str = "", certificate: str = "") -> Identity | None:
    shown = Certificate(certificate, "Vendor CA") if certificate else None
    return identify(PhoneRequest(path, "10.0.0.1", "https", user_agent=agent, certificate=shown), RECOGNISER)


@pytest.mark.parametrize("path", ["p/{t}/805ec0000101.cfg", "p/805EC0000101.cfg", "805ec0000101.cfg"])
def test_token_mac_and_pattern_are_found(path: str) -> None:
    found = _identify(path.format(t=TOKEN))
    assert found is not None
    assert (found.mac, found.pattern, found.sure) == ("805ec0000101", "{mac}.cfg", "path")
    assert found.token == (TOKEN if "{t}" in path else "")


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("snomD785-000413ABCDEF.htm", "snomD785-{mac}.htm"),
        ("cfgc074ad000106.xml", "cfg{mac}.xml"),
        ("SEP0002FD000104.cnf.xml", "SEP{mac}.cnf.xml"),
        ("spa0002fd000104.xml", "spa{mac}.xml"),
        ("directory/805ec0000101.xml", "directory/{mac}.xml"),
        ("64167f000102-directory.xml", "{mac}-directory.xml"),
    ],
)
def test_the_names_of_all_vendors(name: str, pattern: str) -> None:
    found = _identify(name)
    assert found is not None
    assert found.pattern == pattern
    assert RECOGNISER.candidates(found.pattern)


@pytest.mark.parametrize("name", ["y000000000108.cfg", "000000000000.cfg", "snomD785.htm", "spa504G.cfg"])
def test_common_names_hold_no_mac_though_they_look_like_it(name: str) -> None:
    found = _identify(name, "Yealink SIP-T46U 108.86.0.90 80:5e:c0:00:01:01")
    assert found is not None
    assert (found.pattern, found.mac) == (name, "805ec0000101"), "the MAC is the one of the User-Agent"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "../etc/passwd",
        "p/../805ec0000101.cfg",
        "a/b/c/d/e/f",
        "805ec0000101.cfg\x00.txt",
        "805ec0000101.cfg\n",
        "x" * 300,
        "p//805ec0000101.cfg",
        "{{7*7}}.cfg",
        "C:\\boot.ini",
    ],
)
def test_paths_that_no_phone_sends_are_nothing(path: str) -> None:
    assert _identify(path) is None


def test_a_certificate_of_another_phone_is_a_forgery() -> None:
    same = _identify("805ec0000101.cfg", certificate="80:5E:C0:00:01:01")
    other = _identify("805ec0000101.cfg", certificate="805EC0000102")
    assert same is not None
    assert other is not None
    assert (same.certificate_mac, same.forged) == ("805ec0000101", False)
    assert other.forged


def test_every_models_user_agent_name_belongs_to_one_model_of_its_family() -> None:
    seen: dict[tuple[str, str], str] = {}
    for model in SHIPPED.models.values():
        for name in model.user_agents:
            key = (model.family, name.casefold())
            assert seen.setdefault(key, model.id) == model.id, f"{name} stands for two models"


@given(st.text(max_size=120), st.text(max_size=120), st.text(max_size=40))
def test_nothing_a_stranger_sends_raises(path: str, agent: str, common_name: str) -> None:
    found = _identify(path, agent, common_name)
    assert found is None or found.name


@given(st.text(alphabet="Yealink SIP-T46U0123456789.:abcdf()/", max_size=280))
def test_reading_a_user_agent_takes_no_time(agent: str) -> None:
    RECOGNISER.agent(agent)
