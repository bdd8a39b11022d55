"""Poly keys: flexible line keys of every category, macros, speed dials, the default layout."""

from __future__ import annotations

from provd.simulate.reading import arrange, merge, read
from tests.reading.scenes import key, poly, told

LINES = '<r reg.1.address="101" reg.1.label="Ada" reg.1.server.1.address="pbx.example"/>'
ON = '<k lineKey.reassignment.enabled="1" lineKey.1.category="Line" lineKey.1.index="1"/>'
MACROS = '<f feature.enhancedFeatureKeys.enabled="1" feature.EFKLineKey.enabled="1"/>'
DIRECTORY = b"""<?xml version="1.0" encoding="UTF-8"?><directory><item_list>
<item><ln>Lager</ln><fn>Ute</fn><ct>2044</ct><sd>3</sd><lb>Ute L</lb></item>
<item><fn>Kai</fn><ct>sip:2077@pbx.example</ct><sd>1</sd></item>
<item><fn>No</fn></item></item_list></directory>"""


def macro(action: str, status: str = "1") -> str:
    return (
        f'<e efk.efklist.2.status="{status}" efk.efklist.2.mname="m" efk.efklist.2.label="Do"'
        f' efk.efklist.2.action.string="{action}" lineKey.2.category="EFK" lineKey.2.index="2"/>'
    )


def test_line_keys_are_shared_when_their_registration_is() -> None:
    found = key(poly(LINES + ON), 1)
    assert (found.bank, found.place) == ("lineKey", 1)
    assert (found.kind, found.line, found.label, found.target) == ("line", 1, "Ada", "")
    shared = LINES.replace("/>", ' reg.1.type="shared"/>')
    assert key(poly(shared + ON), 1).kind == "shared_line"


def test_lamps_take_the_resource_list_in_order_or_by_number() -> None:
    resources = (
        '<a attendant.reg="1" attendant.resourceList.1.address="sip:2001@pbx.example"'
        ' attendant.resourceList.1.label="Ute" attendant.resourceList.1.type="normal"'
        ' attendant.resourceList.2.address="701" attendant.resourceList.2.type="automata"'
        ' call.directedCallPickupString="*97"'
    )
    in_order = (
        resources + ' lineKey.3.category="BLF" lineKey.3.index="0" lineKey.5.category="BLF" lineKey.5.index="0"/>'
    )
    reading = poly(LINES + ON + in_order)
    first, second = key(reading, 3), key(reading, 5)
    assert (first.kind, first.target, first.label, first.line, first.pickup) == ("blf", "2001", "Ute", 1, "*97")
    assert (second.target, second.raw) == ("701", "BLF 2 (automata)")
    by_number = poly(LINES + ON + resources + ' lineKey.3.category="BLF" lineKey.3.index="2"/>')
    assert key(by_number, 3).target == "701"
    beyond = poly(LINES + ON + resources + ' lineKey.3.category="BLF" lineKey.3.index="9"/>')
    assert key(beyond, 3).kind == "none" and told(beyond, "Key 3 is a BLF key")


def test_a_lamp_more_than_the_list_has_entries_shows_nothing() -> None:
    body = '<a attendant.resourceList.1.address="1" lineKey.2.category="BLF" lineKey.3.category="BLF"/>'
    reading = poly(LINES + ON + body)
    assert [found.kind for found in reading.keys] == ["line", "blf", "none"] and told(reading, "Key 3 is a BLF key")


def test_a_list_kept_by_the_server_replaces_the_one_in_the_file() -> None:
    body = '<a attendant.uri="list@pbx.example" attendant.resourceList.1.address="2001"/>'
    assert [found.kind for found in poly(LINES + body).keys] == ["line"]


def test_macros_are_speed_dials_tones_or_urls() -> None:
    assert (key(poly(LINES + ON + MACROS + macro("*68701$Tinvite$")), 2).kind) == "speed_dial"
    assert (key(poly(LINES + ON + MACROS + macro("*68701$Tinvite$")), 2).target) == "*68701"
    tones = key(poly(LINES + ON + MACROS + macro("123#$Tdtmf$")), 2)
    assert (tones.kind, tones.target, tones.label) == ("dtmf", "123#", "Do")
    page = key(poly(LINES + ON + MACROS + macro("https://apps.example/x?a=1&amp;b=2")), 2)
    assert (page.kind, page.target) == ("url", "https://apps.example/x?a=1&b=2")
    unnamed = macro("*1$Tinvite$").replace('efk.efklist.2.label="Do"', "")
    assert key(poly(LINES + ON + MACROS + unnamed), 2).label == "m"
    assert key(poly(LINES + ON + MACROS + macro("$P1N4$$Tinvite$")), 2).kind == "other"


def test_a_macro_does_nothing_until_it_and_the_feature_are_on() -> None:
    without = poly(LINES + ON + macro("*1$Tinvite$"))
    assert key(without, 2).kind == "none" and told(without, "feature.enhancedFeatureKeys.enabled is not")
    off = poly(LINES + ON + MACROS + macro("*1$Tinvite$", status="0"))
    assert key(off, 2).kind == "none" and told(off, "efk.efklist.2 is not there or not switched on")


def test_speed_dials_come_from_the_directory_file() -> None:
    settings = poly(LINES + ON + '<k lineKey.4.category="SpeedDial" lineKey.4.index="3"/>')
    assert (key(settings, 4).kind, key(settings, 4).target) == ("speed_dial", "")
    assert settings.problems == (), "the entry may be in the directory, a file of its own"
    book = read("poly-ucs", "64167f123456-directory.xml", DIRECTORY)
    merged = merge([settings, book])
    assert (key(merged, 4).target, key(merged, 4).label) == ("2044", "Ute L")
    assert told(merged, "Entry 3 of the directory has no contact")
    missing = poly(LINES + ON + '<k lineKey.4.category="SpeedDial" lineKey.4.index="8"/>')
    assert told(merge([missing, book]), "Key 4 is speed dial 8")
    kai = poly(LINES + ON + '<k lineKey.4.category="SpeedDial" lineKey.4.index="1"/>')
    assert (key(merge([kai, book]), 4).label, key(merge([kai, book]), 4).target) == ("Kai", "2077")
    assert not told(merge([kai, book]), "taken by more than one")
    twice = read("poly-ucs", "x-directory.xml", DIRECTORY.replace(b"<sd>3</sd>", b"<sd>1</sd>"))
    assert told(twice, "Speed dial 1 is taken by more than one entry")


def test_other_categories() -> None:
    body = '<k lineKey.2.category="Unassigned" lineKey.3.category="Presence" lineKey.4.category="blf"/>'
    reading = poly(LINES + ON + body)
    assert [found.kind for found in reading.keys] == ["line", "none", "other", "other"]
    assert told(reading, "lineKey.4.category is not one of")


def test_a_registration_without_a_line_key_is_reported() -> None:
    reading = poly(LINES + '<k lineKey.reassignment.enabled="1" lineKey.1.category="Unassigned"/>')
    assert told(reading, "no key has category Line for registration 1")
    dead = poly(LINES + ON + '<k lineKey.2.category="Line" lineKey.2.index="4"/>')
    assert key(dead, 2).kind == "none" and told(dead, "registration 4, which has no address")


def test_without_flexible_keys_the_phone_lays_them_out_itself() -> None:
    body = (
        '<r reg.1.lineKeys="2" reg.2.address="102"'
        ' attendant.resourceList.5.address="2001" attendant.resourceList.2.address="2002"/>'
    )
    book = read("poly-ucs", "64167f123456-directory.xml", DIRECTORY)
    keys = merge([poly(LINES + body), book]).keys
    assert [(found.number, found.kind, found.target or found.line) for found in keys] == [
        (1, "line", 1),
        (2, "line", 1),
        (3, "line", 2),
        (4, "blf", "2002"),
        (5, "blf", "2001"),
        (6, "speed_dial", "2077"),
        (7, "speed_dial", "2044"),
    ]


def test_keys_beyond_the_phone_are_on_the_expansion_modules() -> None:
    body = '<k lineKey.13.category="Unassigned" lineKey.43.category="Unassigned"/>'
    arranged = arrange(poly(LINES + ON + body), 12, 30)
    assert [(found.module, found.number) for found in arranged.keys] == [(0, 1), (1, 1), (2, 1)]
