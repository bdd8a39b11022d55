"""Cisco: profile rules in sequence, macros, logins, the directory's form."""

from __future__ import annotations

import gzip

from provd.simulate.machine import Machine
from provd.simulate.wire import Reply, Request
from tests.simulate.shelf import MAC, URL, asks, names, played, served, unit

LINE = (
    "<Line_Enable_1_>Yes</Line_Enable_1_><User_ID_1_>101</User_ID_1_><Password_1_>x</Password_1_>"
    "<Proxy_1_>pbx.example</Proxy_1_>"
)
FORM = (
    "<CiscoIPPhoneInput><URL>dir.xml</URL><InputItem><QueryStringParam>q</QueryStringParam></InputItem>"
    "<SoftKeyItem><Name>Search</Name><URL>SoftKey:Submit</URL></SoftKeyItem>"
    "<SoftKeyItem><Name>All</Name><URL>dir.xml?page=1</URL></SoftKeyItem></CiscoIPPhoneInput>"
)


def profile(body: str) -> str:
    return f"<flat-profile>{body}</flat-profile>"


def page(name: str, following: str = "") -> str:
    entry = f"<DirectoryEntry><Name>{name}</Name><Telephone>1</Telephone></DirectoryEntry>"
    link = f"<SoftKeyItem><Name>Next</Name><URL>{following}</URL></SoftKeyItem>" if following else ""
    return f"<CiscoIPPhoneDirectory>{entry}{link}</CiscoIPPhoneDirectory>"


def test_rules_a_to_d_are_followed_in_sequence_and_the_last_value_wins() -> None:
    rules = "<Profile_Rule_B>$MA.xml</Profile_Rule_B><Profile_Rule_D>/p/x/$(MAU)-$PN-$SWVER.xml</Profile_Rule_D>"
    files: dict[str, str | bytes | Reply] = {
        "8851-3PCC.xml": profile(rules + "<Station_Name>model</Station_Name>"),
        f"{MAC}.xml": profile(LINE + "<Profile_Rule_C>c.xml</Profile_Rule_C><Station_Name>own</Station_Name>"),
        "c.xml": profile("<Station_Name>c</Station_Name>"),
        f"{MAC.upper()}-CP-8851-3PCC-11.3.7.xml": gzip.compress(profile("<Station_Name>d</Station_Name>").encode()),
    }
    phone, requests = asks("CP-8851", files)

    assert names(requests) == list(files)
    assert requests[0].headers["User-Agent"] == f"Cisco-CP-8851-3PCC/11.3.7 ({MAC})"
    assert requests[0].headers["Accept-Encoding"] == "gzip"
    assert phone.up and phone.reading and phone.reading.parameters["Station_Name"] == "d"


def test_an_spa_asks_for_its_model_with_the_g_in_upper_case() -> None:
    files = {"spa504G.cfg": profile("<Profile_Rule_B>$MA.xml</Profile_Rule_B>"), f"{MAC}.xml": profile(LINE)}
    phone, requests = asks("SPA504G", files)

    assert names(requests) == ["spa504G.cfg", f"{MAC}.xml"]
    assert requests[0].headers["User-Agent"] == "Cisco/SPA504G-7.6.2e (0A1B2C3D4E5F)(CBT14144E5F)"
    assert phone.up


def test_an_address_may_be_a_rule_with_macros() -> None:
    phone, requests = asks("SPA525G2", {f"{MAC}.xml": profile(LINE)}, url=f"{URL}$MA.xml")

    assert names(requests) == [f"{MAC}.xml"]
    assert MAC.upper() not in requests[0].headers["User-Agent"]
    assert phone.up


def test_a_rule_brings_the_login_it_is_followed_with() -> None:
    boot = (
        "<GPP_SA>user</GPP_SA><GPP_SB>pass word</GPP_SB><Profile_Rule_B>[--uid $SA --pwd $SB] $MA.xml</Profile_Rule_B>"
    )
    challenge = (("www-authenticate", 'Digest realm="r", nonce="n", algorithm=MD5, qop="auth"'),)
    answer = served({"8851-3PCC.xml": profile(boot), f"{MAC}.xml": profile(LINE)})

    def strict(request: Request) -> Reply:
        if request.url.endswith(f"{MAC}.xml") and "Authorization" not in request.headers:
            return Reply(401, challenge)
        return answer(request)

    phone, requests = played(Machine(unit("CP-8851"), URL), strict)
    assert names(requests) == ["8851-3PCC.xml", f"{MAC}.xml", f"{MAC}.xml"]
    assert 'username="user"' in requests[-1].headers["Authorization"]
    assert "Authorization" not in requests[0].headers
    assert phone.up


def test_an_spa_without_a_profile_looks_for_another_kind_of_server() -> None:
    phone, requests = asks("SPA504G", {})

    assert names(requests) == ["spa504G.cfg", f"SEP{MAC.upper()}.cnf.xml", "XMLDefault.cnf.xml"]
    assert "got no configuration" in phone.failure


def test_behind_the_form_stands_everybody_page_by_page_and_the_search() -> None:
    told = "<XML_Directory_Service_URL>http://pbx.example/p/Own/dir.xml</XML_Directory_Service_URL>"
    files = {
        "8851-3PCC.xml": profile(LINE + told),
        "dir.xml": FORM,
        "dir.xml?page=1": page("Ada", "http://pbx.example/p/Own/dir.xml?page=2"),
        "dir.xml?page=2": page("Grace"),
        "dir.xml?q=gra": page("Grace"),
    }
    phone, requests = asks("CP-8851", files, search="gra")

    assert names(requests)[1:] == ["dir.xml", "dir.xml?page=1", "dir.xml?page=2", "dir.xml", "dir.xml?q=gra"]
    assert [contact.name for contact in phone.directory] == ["Ada", "Grace"]
    assert phone.found is not None and [contact.name for contact in phone.found] == ["Grace"]


def test_pages_that_lead_in_a_circle_end() -> None:
    told = "<XML_Directory_Service_URL>http://pbx.example/p/Own/a.xml</XML_Directory_Service_URL>"
    files = {"8851-3PCC.xml": profile(LINE + told), "a.xml": page("A", "b.xml"), "b.xml": page("B", "a.xml")}
    phone, requests = asks("CP-8851", files)

    assert names(requests)[1:] == ["a.xml", "b.xml"]
    assert [contact.name for contact in phone.directory] == ["A", "B"]


def test_the_image_of_the_upgrade_rule_is_looked_at() -> None:
    rule = "<Upgrade_Rule>($SWVER ne 12.0)? http://pbx.example/firmware/sip88xx.loads</Upgrade_Rule>"
    _, requests = asks("CP-8851", {"8851-3PCC.xml": profile(LINE + rule)})

    assert names(requests)[1:] == ["HEAD firmware/sip88xx.loads"]
