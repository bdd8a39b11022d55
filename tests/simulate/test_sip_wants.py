"""What a phone wants of its server, as its files say."""

from __future__ import annotations

import pytest

from provd.simulate.makes import MAKES, Unit
from provd.simulate.outcome import VirtualPhone
from provd.simulate.reading import ReadAccount, Reading, ReadKey
from provd.simulate.sip.wants import Watched, server_of, wants
from sip_edge.message import SipError


def test_a_name_on_several_keys_is_watched_once_and_on_the_account_of_its_key() -> None:
    accounts = (
        ReadAccount(1, True, user="101", password="p", server="a", voicemail="*62"),
        ReadAccount(2, True, user="110", password="p", server="a", shared=True),
        ReadAccount(3, False, user="111", server="a", voicemail="*62"),
    )
    keys = tuple(
        ReadKey(0, number, kind, target, line=line)
        for number, (kind, target, line) in enumerate(
            [("blf", "102", 1), ("blf", "102", 1), ("park", "701", 2), ("blf", "103", 0), ("speed_dial", "104", 1),
             ("blf", "", 1), ("blf", "105", 3)], 1,
        )
    )  # fmt: skip
    reading = Reading("cisco-spa", accounts, keys, parameters={"Auth_Resync-Reboot_1_": "No", "Secret": "x"})
    phone = VirtualPhone(Unit("0002fd000104", MAKES["cisco-spa504g"]), reading, (), None, (), (), "")
    found = wants(phone)
    assert found.watched == (
        Watched(1, "dialog", "102"), Watched(2, "dialog", "701"), Watched(1, "dialog", "103"),
        Watched(1, "dialog", "105"), Watched(1, "message-summary", "101"), Watched(2, "call-info", "110"),
    )  # fmt: skip
    assert found.parameters == {"Auth_Resync-Reboot_1_": "No"}


@pytest.mark.parametrize(
    ("account", "uri"),
    [
        (ReadAccount(1, True, server="a.example", port=5070), "sip:a.example:5070;transport=udp"),
        (ReadAccount(1, True, server="a.example", transport="tls"), "sip:a.example;transport=tls"),
        (ReadAccount(1, True, server="a", outbound_proxy="192.0.2.1:5080", transport="tcp"),
         "sip:192.0.2.1:5080;transport=tcp"),
        (ReadAccount(1, True, server="a", outbound_proxy="[2001:db8::1]:5080"),
         "sip:[2001:db8::1]:5080;transport=udp"),
        (ReadAccount(1, True, server="a", outbound_proxy="sip:p.example;transport=tcp;lr"),
         "sip:p.example;transport=tcp"),
    ],
)  # fmt: skip
def test_where_an_account_registers(account: ReadAccount, uri: str) -> None:
    assert str(server_of(account)) == uri


def test_an_account_without_a_server_is_refused() -> None:
    with pytest.raises(SipError):
        server_of(ReadAccount(1, True))
