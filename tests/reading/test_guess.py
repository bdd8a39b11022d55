"""Telling whose file it is."""

from __future__ import annotations

import pytest

from provd.simulate.reading import FAMILIES, guess_family, read


@pytest.mark.parametrize(
    ("name", "content", "family"),
    [
        ("a.cfg", b"#!version:1.0.0.1\naccount.1.enable = 1\n", "yealink"),
        ("a.txt", b"# export\naccount.1.enable = 1\n", "yealink"),
        ("y000000000046.cfg", b"", "yealink"),
        ("805ec0123456.boot", b"", "yealink"),
        ("64167f123456.cfg", b'<?xml version="1.0"?><APPLICATION CONFIG_FILES="a.cfg"/>', "poly-ucs"),
        ("a.cfg", b'<x reg.1.address="101"/>', "poly-ucs"),
        ("a.cfg", b'<!-- Edge E450 --><polycomConfig a.b="1"/>', "poly-edge-e"),
        ("64167f123456-directory.xml", b"<directory>\n<item_list></item_list></directory>", "poly-ucs"),
        ("000000000000.cfg", b"", "poly-ucs"),
        ("00562b043615.xml", b"<flat-profile><Admin_Password>x</Admin_Password></flat-profile>", "cisco-mpp"),
        ("x.xml", b"<flat-profile><Admin_Passwd>x</Admin_Passwd></flat-profile>", "cisco-spa"),
        ("spa504G.cfg", b"<flat-profile></flat-profile>", "cisco-spa"),
        ("8851-3PCC.xml", b"", "cisco-mpp"),
        ("cfgc074ad0b63ee.xml", b"<gs_provision version='1'><config/></gs_provision>", "grandstream"),
        ("cfg.xml", b"<gs_provision><config><P4060>1</P4060></config></gs_provision>", "grandstream-ht"),
        ("cfgght801.xml", b"", None),
        ("cfght801.xml", b"", "grandstream-ht"),
        ("snomD785-000413922D24.htm", b"", "snom"),
        ("x.xml", b"<settings><phone-settings e='2'/></settings>", "snom"),
        ("0c383e07e16c.cfg", b"<?xml version='1.0'?><sysConf><Version>2</Version></sysConf>", "fanvil"),
        ("a.cfg", b"<<VOIP CONFIG FILE>>Version:2.0002\r\n", "fanvil"),
        ("a.cfg", b"<VOIP_CONFIG_FILE></VOIP_CONFIG_FILE>", "fanvil"),
        ("f0X3hw1.100.cfg", b"", "fanvil"),
        ("C:\\exports\\y000000000046.cfg", b"", "yealink"),
        ("notes.txt", b"hello", None),
        ("805ec0123456.cfg", b"", None),
        ("x.xml", b"<html><body/></html>", None),
    ],
)
def test_content_counts_before_the_name(name: str, content: bytes, family: str | None) -> None:
    assert guess_family(name, content) == family
    assert family is None or family in FAMILIES


def test_content_beats_a_misleading_name() -> None:
    assert guess_family("cfg.xml", b"<flat-profile></flat-profile>") == "cisco-mpp"
    assert guess_family("spa504G.cfg", b"#!version:1.0.0.1\n") == "yealink"


def test_a_guess_leads_to_a_reader() -> None:
    content = "<gs_provision><config version='2'/></gs_provision>".encode("utf-16")
    family = guess_family("unnamed", content)
    assert family == "grandstream"
    assert not read(family, "unnamed", content).refused
