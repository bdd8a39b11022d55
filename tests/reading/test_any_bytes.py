"""Whatever the bytes, a reader answers with a reading or with one sentence."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provd.simulate.reading import FAMILIES, Reading, Unreadable, arrange, guess_family, merge, read, read_directory

KINDS = {"line", "shared_line", "blf", "speed_dial", "park", "dtmf", "url", "none", "other"}
WRAPPERS = {
    "yealink": b"#!version:1.0.0.1\n%s",
    "poly-ucs": b"<a>%s</a>",
    "poly-edge-e": b"<APPLICATION CONFIG_FILES='a,b'>%s</APPLICATION>",
    "cisco-spa": b"<flat-profile>%s</flat-profile>",
    "cisco-mpp": b"<flat-profile>%s</flat-profile>",
    "grandstream": b"<gs_provision><config version='2'>%s</config></gs_provision>",
    "grandstream-ht": b"<gs_provision><config version='1'>%s</config></gs_provision>",
    "snom": b"<settings><phone-settings/><functionKeys>%s</functionKeys></settings>",
    "fanvil": b"<sysConf><dsskey><internal index='1'>%s</internal></dsskey></sysConf>",
}
# Pieces of every vendor's language, so that the parsers are passed and the interpreters are reached.
PIECES = st.sampled_from(
    [
        *("account.1.enable = 1", "linekey.3.type = 16", "linekey.3.value = 2", "expansion_module.9.key.999.type = 13"),
        *(
            "%NULL%",
            "=",
            "\n",
            "\r",
            'include:config "',
            "static.security.user_password = ",
            "local_time.time_zone = +99",
        ),
        *('<a reg.1.address="1@', '"/>', '<b x=""/>', '<k lineKey.reassignment.enabled="1" lineKey.1.category="'),
        *("BLF", "EFK", "SpeedDial", '" lineKey.1.index="1"/>', "<item>", "</item>", "<User_ID_1_>", "</User_ID_1_>"),
        *("<Extension_1_>1</Extension_1_>", "<Extended_Function_1_>fnc=blf+sd;sub=", "</Extended_Function_1_>"),
        *("<Unit_1_Key_1>", "</Unit_1_Key_1>", "<Profile_Rule>[--x](y)? ", "</Profile_Rule>", "$MA"),
        *("<P1363>", "</P1363>", "<P4060>", "</P4060>", "<P64>", "</P64>", '<item name="pks.vpk.40.keyMode">'),
        *('<item name="account.16.enable">Yes</item>', '<part name="', "</part>", '<fkey idx="', '">', "</fkey>"),
        *("blf 1|", '<Fkey index="1"><Type>1</Type><Value>', "</Value></Fkey>", "@1/bc", "&lt;", "&amp;"),
        *(
            "<!DOCTYPE",
            "0",
            "999999999999",
            "\u00e9",
            "\x00",
            "<<VOIP CONFIG FILE>>",
            "--Dsskey Config1--:\nFkey1 Type :1",
        ),
    ]
).map(str.encode)
SHAPED = st.lists(PIECES | st.binary(max_size=4), max_size=12).map(b"".join)


def attempt(family: str, name: str, content: bytes) -> Reading | None:
    try:
        reading = read(family, name, content, mac="805ec0123456", model="GXP2160")
    except Unreadable as error:
        assert str(error).endswith(".") and "\n" not in str(error)
        return None
    assert {key.kind for key in reading.keys} <= KINDS
    assert all(key.number > 0 and key.module >= 0 for key in reading.keys)
    assert len({account.index for account in reading.accounts}) == len(reading.accounts)
    assert arrange(merge([reading, reading]), 10, 20).family == family
    return reading


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=200) | SHAPED, name=st.sampled_from(["a.cfg", "a.boot", "a.xml", ""]))
def test_arbitrary_bytes(family: str, content: bytes, name: str) -> None:
    attempt(family, name, content)


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=60, deadline=None)
@given(content=SHAPED)
def test_arbitrary_bytes_inside_the_right_frame(family: str, content: bytes) -> None:
    attempt(family, "a.cfg", WRAPPERS[family].replace(b"%s", content))


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=200) | SHAPED, name=st.text(max_size=20))
def test_guess_and_directory(content: bytes, name: str) -> None:
    assert guess_family(name, content) in (None, *FAMILIES)
    try:
        read_directory(content)
    except Unreadable as error:
        assert str(error).endswith(".")


@pytest.mark.parametrize("family", FAMILIES)
def test_the_frame_itself_is_readable(family: str) -> None:
    assert attempt(family, "a.cfg", WRAPPERS[family].replace(b"%s", b"")) is not None


def test_an_unknown_family_is_told_and_readings_of_two_families_do_not_merge() -> None:
    with pytest.raises(Unreadable, match="No phone family is called 'nokia'"):
        read("nokia", "a", b"")
    with pytest.raises(ValueError, match="one family"):
        merge([read("yealink", "a", b""), read("fanvil", "a", b"<sysConf/>")])
    with pytest.raises(ValueError, match="at least one"):
        merge([])


def test_passwords_stay_out_of_a_reading_that_is_printed() -> None:
    text = b"#!version:1.0.0.1\naccount.1.password = hush\nstatic.security.user_password = admin:hush\nodd hush\n"
    assert "hush" not in repr(read("yealink", "a.cfg", text))
