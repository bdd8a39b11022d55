"""What a REGISTER says about a contact, and what it is told back."""

from __future__ import annotations

import pytest

from sip_edge.message import SipError
from sip_edge.registrar.binding import Binding, Source
from tests.registrar.test_location import NAME, NOW, asked, location

INSTANCE = '+sip.instance="<urn:uuid:00000000-0000-1000-8000-805EC0000101>"'


def bound(contact: str, source: str = "192.0.2.1", more: str = "") -> Binding:
    place = location()
    place.register(NAME, 1, asked(contact, more=more), Source("UDP", source, 40_000), NOW)
    return place.of(*NAME)[0]


def test_what_the_phone_wrote_comes_back_but_for_what_the_registrar_sets() -> None:
    one = bound(f'"Ada" <sip:101@192.0.2.1;transport=udp>;expires=900;{INSTANCE};q=0.5;methods="INVITE,BYE"')
    shown = one.shown(NOW + 10)
    assert shown == f'<sip:101@192.0.2.1;transport=udp>;{INSTANCE};methods="INVITE,BYE";q=0.5;expires=890'


def test_a_phone_that_knows_gruu_gets_its_public_one() -> None:
    one = bound(f"<sip:101@192.0.2.1>;{INSTANCE}")
    gruu = "sip:101@acme.example;gr=urn:uuid:00000000-0000-1000-8000-805EC0000101"
    assert f';pub-gruu="{gruu}"' in one.shown(NOW, gruu=True)
    assert "pub-gruu" not in one.shown(NOW)
    assert "pub-gruu" not in bound("<sip:101@192.0.2.1>").shown(NOW, gruu=True)


def test_a_gruu_the_phone_made_up_is_not_kept() -> None:
    assert "evil" not in bound(f'<sip:101@192.0.2.1>;{INSTANCE};pub-gruu="sip:evil@x"').shown(NOW, gruu=True)


@pytest.mark.parametrize(
    ("contact", "source", "private", "translated"),
    [
        ("<sip:101@198.51.100.1>", "198.51.100.1", True, False),  # a documentation network is not global
        ("<sip:101@9.9.9.9>", "9.9.9.9", False, False),
        ("<sip:101@192.168.1.20:5060>", "9.9.9.9", True, True),
        ("<sip:101@100.64.3.4>", "9.9.9.9", True, True),
        ("<sip:101@[fd00::1]>", "fd00::1", True, False),
        ("<sip:x7@df7jal23ls0d.invalid;transport=ws>", "9.9.9.9", True, True),
        ("<sip:101@phone.acme.example>", "9.9.9.9", False, True),
    ],
)
def test_what_is_between_us_and_the_phone(contact: str, source: str, private: bool, translated: bool) -> None:
    one = bound(contact, source)
    assert (one.private, one.translated) == (private, translated)
    assert (one.address, one.port) == (source, 40_000)


def test_options_and_path_are_read() -> None:
    wanted = asked("<sip:a@192.0.2.1>", more="Supported: path, GRUU\nPath: <sip:p1;lr>, <sip:p2;lr>\nUser-Agent: Snom")
    assert (wanted.gruu, wanted.path_supported, wanted.outbound) == (True, True, False)
    assert (wanted.path, wanted.user_agent) == (("<sip:p1;lr>", "<sip:p2;lr>"), "Snom")


@pytest.mark.parametrize(
    "wrong",
    [
        ["<tel:+12145550100>"],
        ["<mailto:ada@acme.example>"],
        ["<sip:101@192.0.2.1;x=" + "y" * 1100 + ">"],
        [f"<sip:{n}@192.0.2.1>" for n in range(11)],
    ],
)
def test_contacts_we_cannot_reach_or_keep_are_refused(wrong: list[str]) -> None:
    with pytest.raises(SipError) as refused:
        asked(*wrong)
    assert refused.value.code == 400


def test_a_path_longer_than_we_keep_is_refused() -> None:
    with pytest.raises(SipError):
        asked("<sip:a@192.0.2.1>", more="Path: " + ", ".join(f"<sip:p{n};lr>" for n in range(11)))


def test_a_strange_reg_id_counts_as_none() -> None:
    for odd in ("0", "x", "-1", "99999999999999"):
        assert not bound(f"<sip:101@192.0.2.1>;reg-id={odd};{INSTANCE}").outbound
    assert bound(f"<sip:101@192.0.2.1>;reg-id=7;{INSTANCE}").reg_id == 7
