"""What mails say, and that nothing people wrote gets into their headers or their HTML."""

from __future__ import annotations

import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from typing import Any

import pytest

from provd.mails.letter import KINDS, Attachment, html, letter, message, sender_address

AT = datetime.datetime(2026, 5, 4, 12, 0, tzinfo=datetime.UTC)
LINK = "https://pbx.test/reset/abcdefghijklmnopqrstuv"
VALUES: dict[str, Any] = {
    "name": "Zoë <b>O'Brien</b> & Söhne", "login": "110@acme.example", "logins": ["110@acme.example"], "link": LINK,
    "company": "Acme", "extension": "110", "minutes": 60, "hours": 24, "days": 7, "who": "101@acme.example",
    "caller": "Bob (+12145550199)", "seconds": 12, "when": "Monday, 4 May, 14:05", "urgent": False, "attached": True,
    "count": 2, "span": "12 calls, 4 May 2026 to 10 May 2026", "wrong": "",
}  # fmt: skip


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.found += [value or "" for name, value in attributes if name in ("href", "src")]


def read(kind: str, **more: Any) -> EmailMessage:
    made = message(letter(kind, VALUES | more), "provd@pbx.test", "zoe@acme.example", "<1@pbx.test>", AT)
    assert all(len(line) <= 998 for line in made.split(b"\r\n")) and b"\n" not in made.replace(b"\r\n", b"")
    return message_from_bytes(made, policy=default)


@pytest.mark.parametrize("kind", KINDS)
def test_every_mail_says_the_same_in_both_parts(kind: str) -> None:
    said = read(kind)
    plain, rich = said.get_body(("plain",)), said.get_body(("html",))
    assert plain and rich and said["Auto-Submitted"] == "auto-generated" and said["Date"]
    page = Links()
    page.feed(rich.get_content())
    assert "img" not in page.tags and "script" not in page.tags and "b" not in page.tags
    if kind not in ("forgot_login", "password_changed"):
        assert page.found == [LINK] and LINK in plain.get_content().splitlines()
    else:
        assert page.found == [] and "http" not in plain.get_content()
    if kind != "forgot_login":
        assert VALUES["name"] in plain.get_content()
    if kind in ("forgot_password", "password_reset", "password_changed", "welcome"):
        assert "110@acme.example" in plain.get_content()


def test_a_recording_goes_with_its_mail() -> None:
    sound = Attachment("voicemail-7.wav", "audio/x-wav", b"RIFF\0\1\2")
    made = message(letter("voicemail", VALUES), "provd@pbx.test", "ada@acme.example", "<1@pbx.test>", AT, sound)
    (part,) = message_from_bytes(made, policy=default).iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("voicemail-7.wav", "audio/x-wav")
    assert part.get_payload(decode=True) == b"RIFF\0\1\2"


def test_an_export_that_could_not_be_sent_says_why() -> None:
    said = read("call_export", wrong="ftp.acme.example refused the user name or the password.")
    plain = said.get_body(("plain",))
    assert plain and "refused the user name" in plain.get_content() and "could not be sent" in said["Subject"]


def test_a_name_with_line_breaks_makes_no_header_and_no_paragraph() -> None:
    said = read("welcome", company="Acme\r\nBcc: eve@rival.example\r\n\r\nHello")
    assert said["Bcc"] is None and "Acme Bcc: eve@rival.example Hello" in said.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_template_marks_in_a_name_stay_text() -> None:
    assert "{{ 7*7 }}" in letter("welcome", VALUES | {"name": "{{ 7*7 }}"}).text
    assert "&lt;script&gt;" in html(letter("welcome", VALUES | {"name": "<script>"}))


NO_ADDRESSES = ("a@b\r\nBcc: c@d", "nobody", "", "zoë@acme.example", "a\x00@b.example", "a@\ud800")


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="cannot be written to"):
        message(letter("welcome", VALUES), "provd@pbx.test", address, "<1@x>", AT)


def test_a_domain_with_accents_goes_as_idna() -> None:
    made = message(letter("welcome", VALUES), "provd@pbx.test", "zoe@söhne.example", "<1@x>", AT)
    assert b"To: zoe@xn--shne-5qa.example" in made


def test_mails_are_from_the_setting_or_from_this_host() -> None:
    assert sender_address("phones@acme.example", "pbx.test") == "phones@acme.example"
    assert sender_address("", "pbx.test") == "provd@pbx.test"
    assert sender_address("", "192.0.2.1") == "provd@[192.0.2.1]"
    assert sender_address("", "2001:db8::1") == "provd@[IPv6:2001:db8::1]"
