"""Cisco keys: extended functions of every kind, direct PLK, expansion modules, locks."""

from __future__ import annotations

import pytest

from provd.simulate.reading.cisco_keys import parse_function
from tests.reading.scenes import cisco, key, told

LINE = "<Line_Enable_1_>Yes</Line_Enable_1_><Proxy_1_>pbx.example</Proxy_1_><User_ID_1_>101</User_ID_1_>"
PICKUP = "<Attendant_Console_Call_Pickup_Code>*97#</Attendant_Console_Call_Pickup_Code>"


def function(text: str, extension: str = "Disabled", tail: str = "") -> str:
    return (
        f"{LINE}<Extension_3_>{extension}</Extension_3_><Short_Name_3_>Short</Short_Name_3_>"
        f"<Extended_Function_3_>{text}</Extended_Function_3_>{tail}"
    )


@pytest.mark.parametrize(
    ("text", "kind", "target"),
    [
        ("fnc=sd;ext=2001@$PROXY;vid=1;nme=Ute", "speed_dial", "2001"),
        ("fnc=blf+sd+cp;sub=2001@$PROXY;usr=2001@$PROXY;nme=Ute", "blf", "2001"),
        ("fnc=sd+blf+cp;sub=2001@pbx.example;nme=Ute", "blf", "2001"),
        ("fnc=blf+sd;sub=*281@$PROXY;ext=*281@$PROXY", "blf", "*281"),
        ("fnc=prk;sub=$USER@$PROXY;nme=Park;orbit=701", "park", "701"),
        ("fnc=prk;sub=701@$PROXY", "park", "701"),
        ("fnc=xml;url=https://apps.example/x?a=1", "url", "https://apps.example/x?a=1"),
        ("fnc=sd;ext=2001@other.example", "speed_dial", "2001@other.example"),
        ("fnc=shortcut;url=userpref", "other", ""),
        ("fnc=icom;ext=2001@$PROXY", "other", "2001"),
    ],
)
def test_every_function_has_its_kind(text: str, kind: str, target: str) -> None:
    found = key(cisco(function(text)), 3)
    assert (found.kind, found.target, found.raw) == (kind, target, text)


def test_labels_lines_and_pickup_codes() -> None:
    named = key(cisco(function("fnc=blf+cp;sub=2001@$PROXY;vid=2;nme=Ute L", tail=PICKUP)), 3)
    assert (named.label, named.line, named.pickup) == ("Ute L", 2, "*97")
    unnamed = key(cisco(function("fnc=blf;sub=2001@$PROXY", tail=PICKUP)), 3)
    assert (unnamed.label, unnamed.line, unnamed.pickup) == ("Short", None, ""), "no cp, no pickup"


def test_an_xml_key_is_nothing_an_spa_can_do() -> None:
    assert key(cisco(function("fnc=xml;url=http://a"), "cisco-spa"), 3).kind == "other"


def test_line_keys() -> None:
    assert (key(cisco(function("", "1")), 3).kind, key(cisco(function("", "1")), 3).line) == ("line", 1)
    assert key(cisco(function("", "Disabled")), 3).kind == "none"
    shared = "<Share_Call_Appearance_3_>shared</Share_Call_Appearance_3_>"
    assert key(cisco(function("", "1", shared)), 3).kind == "shared_line"
    private = "<Share_Ext_1_>shared</Share_Ext_1_><Share_Call_Appearance_3_>private</Share_Call_Appearance_3_>"
    assert key(cisco(function("", "1", private)), 3).kind == "line"
    assert key(cisco(function("", "1", "<Share_Ext_1_>shared</Share_Ext_1_>")), 3).kind == "shared_line"


def test_a_function_on_a_key_that_belongs_to_a_line() -> None:
    text = "fnc=sd;ext=2001@$PROXY"
    for family in ("cisco-spa", "cisco-mpp"):
        taken = cisco(function(text, "1"), family)
        assert key(taken, 3).kind == "line" and told(taken, "the key belongs to line 1"), family
    free = function(text, "3")
    assert key(cisco(free), 3).kind == "speed_dial", "direct PLK: nobody set line 3 up"
    assert key(cisco(free, "cisco-spa"), 3).kind == "line"
    off = "<Enable_Direct_PLK_Configuration>No</Enable_Direct_PLK_Configuration>"
    assert key(cisco(free + off), 3).kind == "line"


def test_a_semicolon_in_a_label_is_another_parameter() -> None:
    reading = cisco(function("fnc=sd;ext=2001@$PROXY;nme=Ute;ext=900"))
    assert key(reading, 3).target == "900" and told(reading, "Extended_Function_3_ names ext twice")
    assert told(cisco(function("fnc=sd;ext=1;nme=A;B")), "part without '='")
    assert told(cisco(function("ext=1")), "does not name a function")
    assert parse_function("FNC=SD+blf;Ext=1").types == ("sd", "blf")


def test_the_user_access_attribute_locks_a_key() -> None:
    for access, locked in (("na", True), ("ro", True), ("rw", False)):
        text = f'<Extended_Function_2_ ua="{access}">fnc=sd;ext=1</Extended_Function_2_>'
        assert key(cisco(text), 2).locked is locked
    assert key(cisco(function("fnc=sd;ext=1")), 3).locked is None


def test_keys_of_expansion_modules() -> None:
    body = (
        LINE
        + "<Unit_1_Key_1_>fnc=blf+sd+cp;sub=2001@$PROXY;nme=Ute</Unit_1_Key_1_>"
        + "<Unit_2_Key_28>fnc=sd;ext=2002@$PROXY</Unit_2_Key_28>"
        + "<Unit_2_Extension_3_>1</Unit_2_Extension_3_><Unit_2_Key_4_></Unit_2_Key_4_>"
    )
    reading = cisco(body + "<Number_of_Units>2</Number_of_Units>")
    assert [(found.module, found.number, found.kind) for found in reading.keys] == [
        (1, 1, "blf"),
        (2, 3, "line"),
        (2, 4, "none"),
        (2, 28, "speed_dial"),
    ]
    fewer = cisco(body + "<Number_of_Units>1</Number_of_Units>")
    assert {found.module for found in fewer.keys} == {1} and told(fewer, "Number_of_Units is 1")
    assert len(cisco(body, "cisco-spa").keys) == 4 and reading.problems == ()
