"""A mail's text from its template, as a message (RFC 5322) in plain text and HTML (RFC 2046, 5.1.4).

Rules of this file: a template is plain text. Its first lines are `Subject:` and `Button:`, its paragraphs stand apart
by blank lines, and the paragraph that is the link alone becomes the button of the HTML part. What people wrote (names)
reaches a header only with its line breaks gone, and the HTML part only escaped.
"""

from __future__ import annotations

import datetime
import ipaddress
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

KINDS = (
    "forgot_login", "forgot_password", "password_reset", "password_changed", "welcome", "voicemail", "voicemail_brief",
    "voicemail_full", "voicemail_reminder", "missed_call", "call_export",
)  # fmt: skip
WIDTH = 72


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says: `button` is what the link is called, empty without a link."""

    subject: str
    button: str
    link: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """The plain text part."""
        parts = [one if one == self.link else _wrapped(one) for one in self.paragraphs]
        return "\n\n".join(parts) + "\n"


@cache
def _environment(html: bool) -> SandboxedEnvironment:
    loader = FileSystemLoader(Path(__file__).parent)
    return SandboxedEnvironment(loader=loader, undefined=StrictUndefined, autoescape=html, trim_blocks=True)


def letter(kind: str, values: Mapping[str, Any]) -> Letter:
    """The mail of this kind; `values` are what its template names, `link` the address that it opens."""
    if kind not in KINDS:
        raise ValueError(f"There is no mail {kind}.")
    said = {name: _one_line(value) if isinstance(value, str) else value for name, value in values.items()}
    head, _, body = _environment(False).get_template(f"{kind}.j2").render(said).partition("\n\n")
    headers = dict(line.split(": ", 1) for line in head.splitlines())
    paragraphs = tuple(one.strip() for one in body.split("\n\n") if one.strip())
    return Letter(headers["Subject"], headers.get("Button", ""), str(said.get("link", "")), paragraphs)


def html(said: Letter) -> str:
    """The HTML part: self-contained, nothing is fetched from anywhere when it is shown."""
    parts = [{"lines": one.splitlines(), "link": one == said.link and bool(said.link)} for one in said.paragraphs]
    return (
        _environment(True)
        .get_template("layout.html.j2")
        .render(subject=said.subject, parts=parts, button=said.button, link=said.link)
    )


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail; `kind` is its media type."""

    name: str
    kind: str
    content: bytes


def message(
    said: Letter, sender: str, recipient: str, message_id: str, at: datetime.datetime,
    attachment: Attachment | None = None,
) -> bytes:  # fmt: skip
    """The message, ready for SMTP. `message_id` is `<…@…>`. Raises ValueError for addresses that are none."""
    made = EmailMessage(policy=SMTP)
    made["From"] = _address(sender, "Phone system")
    made["To"] = _address(recipient)
    made["Subject"] = _one_line(said.subject)
    made["Date"] = at
    made["Message-ID"] = message_id
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday reply to this
    made.set_content(said.text, cte="quoted-printable")
    made.add_alternative(html(said), subtype="html", cte="quoted-printable")
    if attachment is not None:
        whole, _, part = attachment.kind.partition("/")
        made.add_attachment(attachment.content, maintype=whole, subtype=part, filename=attachment.name)
    return made.as_bytes()


def sender_address(said: str, host: str) -> str:
    """The address that mails are from: the setting's, else `provd@` this host; an IP address becomes a literal
    (RFC 5321, 4.1.3)."""
    if said:
        return said
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return f"provd@{host}"
    return f"provd@[{'IPv6:' if address.version == 6 else ''}{address}]"


def _address(address: str, name: str = "") -> Address:
    """RFC 6531 is not spoken by every server: a domain with accents goes as IDNA, a name part with them is refused."""
    local, at, domain = address.rpartition("@")
    if not at or not local.isascii() or not address.isprintable():
        raise ValueError("This mail address cannot be written to; use one of plain letters.")
    try:
        plain = domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        raise ValueError("This mail address cannot be written to; its domain is none.") from None
    return Address(name, addr_spec=f"{local}@{plain}")


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _wrapped(paragraph: str) -> str:
    return "\n".join(textwrap.fill(line, WIDTH, break_long_words=False) for line in paragraph.splitlines())
