"""The contacts of every vendor's directory."""

from __future__ import annotations

import pytest

from provd.simulate.reading import ReadContact, Unreadable, read_directory


def entries(root: str, body: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><{root}><Title>Staff</Title>{body}</{root}>'.encode()


ADA = (
    "<DirectoryEntry><Name>Ada &amp; Co</Name><Telephone>2001</Telephone><Telephone>+49305</Telephone></DirectoryEntry>"
)


def test_a_yealink_entry_may_have_several_numbers() -> None:
    found = read_directory(entries("YealinkIPPhoneDirectory", ADA))
    assert (found.vendor, found.title, found.problems) == ("yealink", "Staff", ())
    assert found.contacts == (ReadContact("Ada & Co", ("2001", "+49305")),)


@pytest.mark.parametrize("vendor", ["Cisco", "Snom", "Fanvil"])
def test_the_others_take_the_first_number(vendor: str) -> None:
    found = read_directory(entries(f"{vendor}IPPhoneDirectory", ADA))
    assert found.vendor == vendor.lower()
    assert found.contacts == (ReadContact("Ada & Co", ("2001",)),)
    assert "takes the first" in found.problems[0]


def test_a_cisco_page_ends_after_32_entries_and_links_to_the_next() -> None:
    one = "<DirectoryEntry><Name>N</Name><Telephone>1</Telephone></DirectoryEntry>"
    soft = "<SoftKeyItem><Name>Next</Name><URL>http://d/?page=2</URL><Position>3</Position></SoftKeyItem>"
    found = read_directory(entries("CiscoIPPhoneDirectory", one * 33 + soft))
    assert len(found.contacts) == 32 and "33 entries" in found.problems[0]
    assert found.links == (("Next", "http://d/?page=2"),)


def test_a_menu_is_links() -> None:
    item = "<MenuItem><Name>No</Name></MenuItem><MenuItem><Name>Sales</Name><URL>http://d/sales?a=1&amp;b=2</URL></MenuItem>"
    for vendor in ("Cisco", "Snom"):
        assert read_directory(entries(f"{vendor}IPPhoneMenu", item)).links == (("Sales", "http://d/sales?a=1&b=2"),)
    assert "no MenuItem" in read_directory(entries("CiscoIPPhoneMenu", "")).problems[0]


def test_polys_directory() -> None:
    text = b"""<directory><item_list><item><ln>Lager</ln><fn>Ute</fn><ct>sip:2044@pbx.example</ct></item>
    <item><lb>Dock</lb><ct>2061</ct></item><item><fn>No</fn></item></item_list></directory>"""
    found = read_directory(text)
    assert found.contacts == (ReadContact("Ute Lager", ("2044@pbx.example",)), ReadContact("Dock", ("2061",)))
    assert found.problems == ("Entry 3 has no number: the phone drops it.",)


def test_grandstreams_address_book() -> None:
    text = b"""<AddressBook><version>1</version><pbgroup><id>1</id></pbgroup><Contact><id>10</id>
    <FirstName>Nina</FirstName><LastName>Lager</LastName><Phone type="Work"><phonenumber>2040</phonenumber>
    <accountindex>1</accountindex></Phone><Phone type="Cell"><phonenumber>+49170</phonenumber></Phone></Contact>
    </AddressBook>"""
    found = read_directory(text)
    assert (found.vendor, found.contacts) == ("grandstream", (ReadContact("Nina Lager", ("2040", "+49170")),))


def test_snoms_phone_book_alone_and_within_settings() -> None:
    book = (
        '<tbook e="2" complete="true"><item context="active" type="colleagues" index="0"><first_name>Ada</first_name>'
        "<last_name>Desk</last_name><number>2001</number></item><item><name>Bo</name><number>2002</number></item></tbook>"
    )
    wanted = (ReadContact("Ada Desk", ("2001",)), ReadContact("Bo", ("2002",)))
    assert read_directory(book.encode()).contacts == wanted
    assert read_directory(f"<settings><phone-settings/>{book}</settings>".encode()).contacts == wanted


def test_yealinks_local_contacts() -> None:
    text = b"""<root_contact><contact display_name="Ada" office_number="2001" mobile_number="" other_number="3"/>
    <contact office_number="2002"/></root_contact>"""
    found = read_directory(text)
    assert found.contacts == (ReadContact("Ada", ("2001", "3")), ReadContact("", ("2002",)))
    assert found.problems == ("Entry 2 has no name.",)


def test_anything_else_is_no_directory() -> None:
    for text in (b"<html/>", b"<settings/>", b"", b"plain"):
        with pytest.raises(Unreadable):
            read_directory(text)
