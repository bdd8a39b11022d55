"""How a message leaves: over SMTP (RFC 5321), or as a file in the outbox folder where no server is set.

Everything here blocks and is called in a thread. Neither the message nor the address of the server with its password
is ever in an error's text.
"""

from __future__ import annotations

import contextlib
import os
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import SMTP
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from provd.errors import ProvdError

STEP_SECONDS = 20.0  # of waiting for one answer
MOST_SECONDS = 60.0  # of one mail: a server that answers letter by letter holds nobody up
PORTS = {"smtp": 25, "smtps": 465}


class Undelivered(Exception):
    """The sentence why a mail did not go out. `for_good`: trying again will not help; `doubt`: it may have arrived."""

    def __init__(self, reason: str, *, for_good: bool = False, doubt: bool = False) -> None:
        super().__init__(reason)
        self.for_good = for_good
        self.doubt = doubt


class Courier(Protocol):
    """Whoever takes messages away."""

    def send(self, mail_id: int, recipient: str, message: bytes) -> None:
        """Raises Undelivered."""

    def close(self) -> None:
        """Nothing more to send for now."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """What smtp_url says: `smtp://[user:password@]host[:port]`, or `smtps://` for TLS from the first octet."""

    host: str
    port: int
    tls: bool
    user: str
    password: str = field(repr=False)


def mail_server(url: str) -> MailServer:
    """Raises ProvdError for an address that is none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in PORTS or not parts.hostname or parts.path not in ("", "/"):
        raise ProvdError("smtp_url must look like smtp://user:password@mail.example:587, or begin with smtps://.")
    if (parts.username is None) != (parts.password is None):
        raise ProvdError("smtp_url must have both user and password, or neither.")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    tls = parts.scheme == "smtps"
    return MailServer(parts.hostname, port or (587 if user and not tls else PORTS[parts.scheme]), tls, user, password)


class SmtpCourier:
    """Sends over one connection for as long as there are mails.

    With a password TLS is a must and the server's certificate is checked; without one STARTTLS is used where the
    server has it, as between mail servers (RFC 7435: some protection always).
    """

    def __init__(self, server: MailServer, own_name: str) -> None:
        self._server = server
        self._own_name = own_name
        self._connection: smtplib.SMTP | None = None

    def send(self, mail_id: int, recipient: str, message: bytes) -> None:
        sender = parseaddr(str(message_from_bytes(message, policy=SMTP)["From"]))[1]
        connection = self._connection or self._connected()
        self._connection = connection
        begun = False
        try:
            with _deadline(connection):
                connection.ehlo_or_helo_if_needed()
                begun = True
                connection.sendmail(sender, [recipient], message)
        except smtplib.SMTPRecipientsRefused as error:
            code = next((code for code, _ in error.recipients.values()), 550)
            raise Undelivered(f"The mail server refuses the address ({code}).", for_good=code >= 500) from None
        except smtplib.SMTPResponseException as error:
            self.close()
            reason = f"The mail server refuses the mail ({error.smtp_code})."
            raise Undelivered(reason, for_good=error.smtp_code >= 500) from None
        except (smtplib.SMTPException, OSError, ValueError):
            self.close()
            raise Undelivered("The mail server broke off, or took too long.", doubt=begun) from None

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError, ValueError), _deadline(connection):
                connection.quit()
            connection.close()

    def _connected(self) -> smtplib.SMTP:
        server, checked = self._server, ssl.create_default_context()
        try:
            if server.tls:
                connection: smtplib.SMTP = smtplib.SMTP_SSL(
                    server.host, server.port, self._own_name, timeout=STEP_SECONDS, context=checked
                )
            else:
                connection = smtplib.SMTP(server.host, server.port, self._own_name, timeout=STEP_SECONDS)
        except (OSError, smtplib.SMTPException) as error:
            raise Undelivered(f"The mail server cannot be reached ({_short(error)}); check smtp_url.") from None
        try:
            with _deadline(connection):
                self._introduced(connection, checked)
        except smtplib.SMTPAuthenticationError:
            connection.close()
            raise Undelivered("The mail server does not take the user and password of smtp_url.") from None
        except (OSError, smtplib.SMTPException) as error:
            connection.close()
            raise Undelivered(f"The mail server could not be spoken to ({_short(error)}).") from None
        except Undelivered:
            connection.close()
            raise
        return connection

    def _introduced(self, connection: smtplib.SMTP, checked: ssl.SSLContext) -> None:
        server = self._server
        connection.ehlo_or_helo_if_needed()
        if not server.tls:
            offered = connection.has_extn("starttls")
            if server.user and not offered:
                raise Undelivered(
                    "The mail server has no STARTTLS, and a password is never sent without; use smtps://."
                )
            if offered:
                connection.starttls(context=checked if server.user else _unchecked())
                connection.ehlo()
        if server.user:
            connection.login(server.user, server.password)


class FolderCourier:
    """Writes each mail as a file; the same mail again replaces it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, mail_id: int, recipient: str, message: bytes) -> None:
        part = self._folder / f"{mail_id:08d}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # it may hold a link
            with os.fdopen(descriptor, "wb") as file:
                file.write(message)
                file.flush()
                os.fsync(file.fileno())
            part.replace(part.with_suffix(".eml"))
        except OSError as error:
            raise Undelivered(f"The folder {self._folder} cannot be written ({error.strerror}).") from None

    def close(self) -> None:
        """There is nothing open."""


def _unchecked() -> ssl.SSLContext:
    """TLS with whoever answers: what mail servers do among each other, and better than none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@contextmanager
def _deadline(connection: smtplib.SMTP) -> Iterator[None]:
    """Shuts the connection down after MOST_SECONDS: timeouts of sockets bound only the wait for the next octet."""

    def cut() -> None:
        with contextlib.suppress(OSError, AttributeError):
            connection.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]

    timer = threading.Timer(MOST_SECONDS, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _short(error: Exception) -> str:
    """What went wrong in a few words: never what the server said, which may repeat what it was told."""
    if isinstance(error, ssl.SSLError):
        return "its certificate is not trusted" if isinstance(error, ssl.SSLCertVerificationError) else "TLS failed"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"it answered {error.smtp_code}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return "it broke off, or took too long"
