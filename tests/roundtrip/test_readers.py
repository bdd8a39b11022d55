"""What phones do with values that our own files never hold, but those of others do."""

from __future__ import annotations

import pytest

from provd.simulate.reading import arrange, read, read_directory
from tests.reading.scenes import cisco, fanvil, grandstream, items, poly, snom, values


@pytest.mark.parametrize(
    ("option", "service", "setting", "srtp"),
    [
        ("Optional", "No", "Yes", "off"),
        ("Optional", "Yes", "No", "optional"),
        ("Required", "No", "No", "required"),
        ("", "Yes", "Yes", "optional"),
        ("", "Yes", "No", "off"),
    ],
)
def test_secure_calls_of_a_cisco_line_need_the_service_of_the_phone(
    option: str, service: str, setting: str, srtp: str
) -> None:
    said = f"<User_ID_1_>101</User_ID_1_><Secure_Call_Option_1_>{option}</Secure_Call_Option_1_>"
    said += f"<Secure_Call_Serv>{service}</Secure_Call_Serv><Secure_Call_Setting>{setting}</Secure_Call_Setting>"
    assert cisco(said).accounts[0].srtp == srtp


def test_a_line_on_a_cisco_module_has_a_name_and_an_appearance_of_its_own() -> None:
    said = "<User_ID_1_>101</User_ID_1_><Unit_1_Extension_2_>1</Unit_1_Extension_2_>"
    said += "<Share_Call_Appearance_2_>private</Share_Call_Appearance_2_><Extension_2_>1</Extension_2_>"
    said += "<Unit_1_Short_Name_2_>Desk</Unit_1_Short_Name_2_>"
    said += "<Unit_1_Share_Call_Appearance_2_>shared</Unit_1_Share_Call_Appearance_2_>"
    own, module = cisco(said).keys
    assert (own.kind, own.module) == ("line", 0)
    assert (module.kind, module.module, module.number, module.label) == ("shared_line", 1, 2, "Desk")


def test_a_snom_phone_in_mode_abs_comes_at_one_time_whatever_end_is_left_over() -> None:
    said = "<prov_polling_enabled>on</prov_polling_enabled><prov_polling_time>02:00</prov_polling_time>"
    said += "<prov_polling_time_rand_end>04:00</prov_polling_time_rand_end><prov_polling_mode>{}</prov_polling_mode>"
    found = {mode: snom(said.format(mode)).settings.get("update.window") for mode in ("abs", "random", "rel")}
    assert found == {"abs": "02:00-02:00", "random": "02:00-04:00", "rel": None}


def test_a_poly_phone_in_mode_abs_does_the_same() -> None:
    times = 'prov.polling.time="02:00" prov.polling.timeRandomEnd="04:00"'
    said = '<a prov.polling.enabled="1" prov.polling.mode="{}" ' + times + "/>"
    found = {mode: poly(said.format(mode)).settings.get("update.window") for mode in ("abs", "random")}
    assert found == {"abs": "02:00-02:00", "random": "02:00-04:00"}


def test_modules_of_a_poly_phone_take_pages_in_turns() -> None:
    """VVX user guide, "Smart Paging": two show pages 1, 3, 4 and 2, 5, 6, three 1, 4, 5 and 2, 6, 7 and 3, 8, 9."""
    said = "".join(f'lineKey.{number}.category="Unassigned" ' for number in range(1, 10 + 3 * 84))
    keys = poly(f'<a lineKey.reassignment.enabled="1" {said}/>')
    for modules, pages in ((2, [1, 2, 1, 1, 2, 2]), (3, [1, 2, 3, 1, 1, 2, 2, 3, 3])):
        placed = arrange(keys, 9, 84, modules=modules, module_page=28).keys
        firsts = {9 + page * 28 + 1: module for page, module in enumerate(pages)}
        assert {key.place: key.module for key in placed if key.place in firsts} == firsts
    assert [key.module for key in arrange(keys, 9, 84).keys if key.place == 94] == [2]


@pytest.mark.parametrize(
    ("said", "window"),
    [
        ({"P194": "1"}, "02:00-03:00"),
        ({"P194": "2"}, "02:00-03:00"),
        ({"P194": "3"}, None),
        ({"P194": "1", "P22296": "0"}, None),
        ({"P194": "0", "P22296": "2"}, "02:00-03:00"),
    ],
)
def test_an_adapter_looks_for_updates_by_the_newer_of_its_two_parameters(
    said: dict[str, str], window: str | None
) -> None:
    reading = grandstream(values(**said, P285="2", P8459="3"), 1, "grandstream-ht")
    assert reading.settings.get("update.window") == window


def test_the_second_socket_of_an_adapter_has_its_own_transport_and_codecs() -> None:
    said = values(
        P401="1", P747="pbx.example", P735="102", P734="x", P830="2", P732="5", P443="1", P757="8", P860="102"
    )
    (socket,) = grandstream(said, 1, "grandstream-ht").accounts
    assert (socket.transport, socket.expires, socket.srtp, socket.codecs, socket.dtmf) == (
        *("tls", 300, "optional", ("pcma",), "info"),
    )


@pytest.mark.parametrize(("member", "locked"), [("lockMode", True), ("locked", True), ("other", None)])
def test_a_key_of_a_grandstream_phone_is_locked_by_either_name(member: str, locked: bool | None) -> None:
    (key,) = grandstream(items({"pks.vpk.1.keyMode": "BLF", f"pks.vpk.1.{member}": "Yes"})).keys
    assert key.locked is locked


def test_a_fanvil_phone_has_a_vlan_for_its_pc_port_in_either_mode_and_no_syslog_at_nowhere() -> None:
    said = (
        "<qos><EnablePVID>{}</EnablePVID><PVIDValue>50</PVIDValue></qos><log><SyslogServer>0.0.0.0</SyslogServer></log>"
    )
    assert [fanvil(said.format(mode)).settings for mode in "012"] == [{}, *[{"network.pc_vlan.id": "50"}] * 2]


def test_a_fanvil_contact_has_one_number_of_each_kind() -> None:
    entry = "<Name>Ada</Name><Telephone>1</Telephone><Telephone>2</Telephone><Mobile>3</Mobile><Other>4</Other>"
    found = read_directory(
        f"<FanvilIPPhoneDirectory><DirectoryEntry>{entry}</DirectoryEntry></FanvilIPPhoneDirectory>".encode()
    )
    assert found.contacts[0].numbers == ("1", "3", "4")
    assert len(found.problems) == 1


def test_utc_of_a_cisco_phone_is_written_without_an_offset() -> None:
    content = b"<flat-profile><Time_Zone>GMT</Time_Zone></flat-profile>"
    assert read("cisco-spa", "a.xml", content).settings["time.utc_offset"] == "0"
