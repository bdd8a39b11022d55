"""Grandstream keys: names, both number scales, VPK, MPK and boards, the gap rule."""

from __future__ import annotations

import pytest

from provd.simulate.reading import Reading, arrange
from tests.reading.scenes import grandstream, key, told


def aliases(bank: str, place: int, mode: str, value: str = "", account: str = "0", more: str = "") -> str:
    start = f"pks.{bank}.{place}"
    return (
        f'<item name="{start}.keyMode">{mode}</item><item name="{start}.account">{account}</item>'
        f'<item name="{start}.value">{value}</item><item name="{start}.description">Label</item>{more}'
    )


def vpk(mode: str, value: str = "2001", model: str = "") -> Reading:
    return grandstream(f"<P1363>{mode}</P1363><P1364>1</P1364><P1465>L</P1465><P1466>{value}</P1466>", 1, model=model)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("None", "none"),
        ("Line", "line"),
        ("default", "line"),
        ("SharedLine", "shared_line"),
        ("BLF", "blf"),
        ("speeddial", "speed_dial"),
        ("Speed Dial", "speed_dial"),
        ("MonitoredCP", "park"),
        ("CallPark", "park"),
        ("DialDTMF", "dtmf"),
        ("XMLApp", "url"),
        ("VoiceMail", "other"),
        ("31", "line"),
        ("-1", "none"),
    ],
)
def test_every_mode_has_its_kind(mode: str, kind: str) -> None:
    found = key(grandstream(aliases("vpk", 1, mode, "2001"), model="GRP2614"), 1)
    assert found.kind == kind
    assert found.target == ("" if kind in ("none", "line", "shared_line") else "2001")


def test_a_lamp_key_from_aliases() -> None:
    more = (
        '<item name="pks.vpk.2.locked">Yes</item><item name="account.3.sip.blf.callPickup.prefix">**</item>'
        '<item name="account.3.sip.userid">103</item>'
    )
    found = key(grandstream(aliases("vpk", 1, "Line") + aliases("vpk", 2, "BLF", "2001", "2", more)), 2)
    assert (found.target, found.label, found.line, found.pickup, found.locked) == ("2001", "Label", 3, "**", True)
    assert key(grandstream(aliases("mpk", 1, "BLF", "1", "Account2")), 1).line == 2
    board = key(grandstream(aliases("ext", 41, "SpeedDial", "7")), 1, module=2)
    assert (board.kind, board.target, board.label) == ("speed_dial", "7", "Label")
    assert told(grandstream(aliases("vpk", 1, "Dance")), "VPK 1 has a mode that no phone of the family knows")


def test_a_shared_line_key_makes_its_account_shared() -> None:
    body = '<item name="account.1.sip.userid">101</item><item name="account.2.sip.userid">102</item>'
    reading = grandstream(body + aliases("vpk", 1, "SharedLine", account="1"))
    assert [account.shared for account in reading.accounts] == [False, True]


def test_p_values_of_a_gxp_follow_its_own_scale() -> None:
    for number, kind in (("0", "line"), ("1", "shared_line"), ("10", "speed_dial"), ("11", "blf"), ("26", "park")):
        assert key(vpk(number, model="GXP2170"), 1).kind == kind, number
    for number, kind in (("31", "line"), ("32", "shared_line"), ("0", "speed_dial"), ("1", "blf"), ("16", "park")):
        assert key(vpk(number, model="GRP2614"), 1).kind == kind, number
    assert key(vpk("15", model="GXP2170"), 1).kind == "dtmf" and key(vpk("5", model="GRP2614"), 1).kind == "dtmf"


def test_without_a_model_the_numbers_tell_the_scale() -> None:
    assert key(vpk("11"), 1).kind == "blf" and key(vpk("0", ""), 1).kind == "line"
    assert key(vpk("1"), 1).kind == "blf", "a shared line has no value, a lamp has one"
    assert key(vpk("31"), 1).kind == "line"
    assert key(vpk("28"), 1).kind == "other" and key(vpk("33"), 1).kind == "other"
    plain = grandstream("<P1363>0</P1363><P1365>10</P1365><P1468>2001</P1468>", 1)
    assert [found.kind for found in plain.keys] == ["line", "speed_dial"]


def test_places_of_p_values() -> None:
    body = (
        "".join(f"<P{number}>11</P{number}>" for number in range(1363, 1374, 2))
        + "<P1475>six</P1475><P1476>2006</P1476><P1374>2</P1374><P23973>1</P23973>"
        + "<P23800>1</P23800><P23801>0</P23801><P23802>seven</P23802><P23803>2007</P23803>"
        + "<P323>0</P323><P301>1</P301><P302>mpk</P302><P303>2100</P303><P353>1</P353><P356>2108</P356>"
        + "<P23000>1</P23000><P23003>2201</P23003><P23200>0</P23200><P23203>2241</P23203><P1347>*8</P1347>"
    )
    reading = grandstream(body, 1, model="GXP2160")
    six, seven = key(reading, 6), key(reading, 7)
    assert (six.kind, six.label, six.target, six.line, six.locked) == ("blf", "six", "2006", 3, True)
    assert (seven.kind, seven.label, seven.target, seven.pickup) == ("blf", "seven", "2007", "*8")
    first, eighth = (found for found in reading.keys if found.bank == "mpk")
    assert (first.place, first.kind, first.target, first.label, first.line) == (1, "speed_dial", "2100", "mpk", 2)
    assert (eighth.place, eighth.kind, eighth.target) == (8, "blf", "2108")
    assert (key(reading, 1, module=1).target, key(reading, 1, module=2).target) == ("2201", "2241")


def test_mpk_count_after_all_vpk_of_the_model() -> None:
    body = aliases("vpk", 1, "Line") + aliases("mpk", 2, "BLF", "2001", "Account1")
    assert key(grandstream(body), 3).bank == "mpk"
    arranged = arrange(grandstream(body), 48, banks={"vpk": (24, 1), "mpk": (24, 1)})
    assert key(arranged, 26).target == "2001"


def test_a_gap_among_the_added_keys_removes_the_rest() -> None:
    body = aliases("vpk", 7, "BLF", "2007") + aliases("vpk", 9, "BLF", "2009")
    reading = grandstream(body, model="GXP2160")
    assert [found.number for found in reading.keys] == [7] and told(reading, "VPK 8 is left out")
    whole = grandstream(body + aliases("vpk", 8, "None"), model="GXP2160")
    assert [found.number for found in whole.keys] == [7, 8, 9] and whole.problems == ()
    assert len(grandstream(body, model="GXP2170").keys) == 2, "twelve keys are always there on this one"
