"""Whatever a server answers, a phone comes to an end and says something."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provd.simulate.machine import Machine
from provd.simulate.makes import MAKES
from provd.simulate.report import as_json, lines_of
from provd.simulate.wire import Reply
from tests.simulate.shelf import URL, unit

ONE_EACH = sorted({make.family: make.id for make in MAKES.values()}.values())
ODD = (
    "http://[bad/x.xml", "//", "..", "{mac}", "$MA.xml", "$(", "[--uid", "x" * 3000, "tftp://", "://", "?", "a|b",
    "%zz", "ü", "http://h:port/a.xml", "(a)? b.xml", "http://h/" + "a/" * 50, "SoftKey:Dial", "#SEARCH", "\\..\\a",
)  # fmt: skip
FILES = (
    '#!version:1.0.0.1\ninclude:config "{}"\nremote_phonebook.data.1.url = {}\nstatic.firmware.url = {}\n',
    '<APPLICATION CONFIG_FILES="{}" APP_FILE_PATH="{}" CONTACTS_DIRECTORY="{}"/>',
    "<flat-profile><Profile_Rule_B>{}</Profile_Rule_B><Upgrade_Rule>{}</Upgrade_Rule>"
    "<XML_Directory_Service_URL>{}</XML_Directory_Service_URL></flat-profile>",
    '<gs_provision version="1"><config version="1"><P330>1</P330><P331>{}</P331><P192>{}</P192><P237>{}</P237>'
    "</config></gs_provision>",
    '<setting-files><file url="{}"/><file url="{}"/><file url="{}"/></setting-files>',
    "<settings><phone-settings><dkey_directory>url {}</dkey_directory><firmware_status>{}</firmware_status>"
    "<setting_server>{}</setting_server></phone-settings></settings>",
    '<sysConf><phone><xmlContact index="1"><Addr>{}</Addr></xmlContact></phone><fwCheck><EnableAutoUpgrade>1'
    "</EnableAutoUpgrade><UpgradeServer1>{}</UpgradeServer1></fwCheck><ap><FlashServerIP>{}</FlashServerIP></ap></sysConf>",
    "<CiscoIPPhoneInput><URL>{}</URL><InputItem><QueryStringParam>{}</QueryStringParam></InputItem>"
    "<SoftKeyItem><Name>All</Name><URL>{}</URL></SoftKeyItem></CiscoIPPhoneInput>",
    "<SnomIPPhoneDirectory><SoftKeyItem><Name>F4</Name><URL>{}</URL></SoftKeyItem><SoftKeyItem><Name>F1</Name>"
    "<URL>{}</URL></SoftKeyItem><Title>{}</Title></SnomIPPhoneDirectory>",
)
BODIES = st.one_of(
    st.binary(max_size=60),
    st.builds(
        lambda form, words: form.format(*words).encode(), st.sampled_from(FILES), st.tuples(*[st.sampled_from(ODD)] * 3)
    ),
)
CHALLENGES = st.sampled_from(
    ["Digest", 'Digest nonce="n"', 'Digest realm="r", nonce="n", stale=true', "Basic", 'Digest realm="\\', "\x00,=,"]
)
REPLIES = st.one_of(
    st.builds(lambda body: Reply(200, (("etag", '"x"'),), body), BODIES),
    st.builds(lambda text: Reply(401, (("www-authenticate", text),)), CHALLENGES),
    st.builds(Reply, st.sampled_from([0, 200, 204, 301, 304, 403, 404, 405, 429, 500, 503, 999])),
)


@pytest.mark.parametrize("model", ONE_EACH)
@settings(max_examples=150, deadline=None)
@given(replies=st.lists(REPLIES, max_size=30), url=st.sampled_from([URL, *ODD]))
def test_a_phone_comes_to_an_end(model: str, replies: list[Reply], url: str) -> None:
    machine = Machine(unit(model, user="u", password="p"), url, search="ü&")
    request, count = machine.begin(), 0
    while request is not None:
        count += 1
        assert count < 2000
        assert request.after <= 30
        request = machine.receive(replies[count % len(replies)] if replies else Reply(404))
    phone = machine.outcome()

    assert phone.reading is not None or phone.failure
    assert lines_of(phone) and as_json([phone], 1.0)["summary"]["phones"] == 1
