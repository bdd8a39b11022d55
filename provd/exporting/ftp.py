"""Sending a file by FTP (RFC 959) or, encrypted, by FTPS (RFC 4217).

Rules of this file: the connection goes to the address that was looked at before, data connections to the same one
whatever the server says; a certificate is either one that an authority vouches for under the server's name, or the very
one that was accepted; everything is bounded: each wait, the whole, and how much the server may talk. Blocks; called in
a thread. No text of ours names the password.
"""

from __future__ import annotations

import contextlib
import ftplib
import hashlib
import hmac
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from provd.exporting.failing import NotSent, quoted
from provd.exporting.places import Destination

STEP_SECONDS = 15.0
MOST_SECONDS = 300.0
MOST_LINES = 500
BLOCK = 64 * 1024


class _Bounded(ftplib.FTP_TLS):
    """FTP with or without TLS to one address, whose server may not talk for ever."""

    def __init__(self, destination: Destination, context: ssl.SSLContext, most_seconds: float) -> None:
        super().__init__(context=context, timeout=STEP_SECONDS)
        self._destination = destination
        self._until = time.monotonic() + most_seconds
        self._lines = 0

    def begin(self) -> None:
        """Connect, encrypt where that is wanted, and sign in."""
        one = self._destination
        self.connect(one.address, one.port)
        # From here on ftplib uses it as the name that a certificate must have; data go to the peer's address.
        self.host = one.host
        if one.protocol == "ftps":
            self.auth()
            _require_identity(self.sock, one.identity)
        self.login(one.user, one.password, secure=False)
        if one.protocol == "ftps":
            self.prot_p()

    def getline(self) -> str:
        self._lines += 1
        if self._lines > MOST_LINES:
            raise NotSent("The server talks without end; the transfer was stopped.")
        self.hurry()
        return super().getline()

    def hurry(self, _block: bytes = b"") -> None:
        """Raises NotSent when it has taken too long altogether."""
        if time.monotonic() > self._until:
            raise NotSent("The transfer took too long and was stopped.")

    def ntransfercmd(self, cmd: str, rest: Any = None) -> tuple[socket.socket, int | None]:
        """Data go over TLS in the session of the commands: many servers ask for that, so that nobody else takes the
        connection (RFC 4217, 12.4 names the danger)."""
        plain, size = ftplib.FTP.ntransfercmd(self, cmd, rest)  # noqa: S321 - companies may have nothing better
        if self._destination.protocol != "ftps":
            return plain, size
        with _closed_on_failure(plain):
            session = self.sock.session if isinstance(self.sock, ssl.SSLSocket) else None
            sealed = self.context.wrap_socket(plain, server_hostname=self.host, session=session)
        with _closed_on_failure(sealed):
            _require_identity(sealed, self._destination.identity)
        return sealed, size


@contextlib.contextmanager
def _closed_on_failure(connection: socket.socket) -> Iterator[None]:
    try:
        yield
    except (NotSent, OSError):
        connection.close()
        raise


def send(destination: Destination, path: Path, name: str, *, most_seconds: float = MOST_SECONDS) -> None:
    """Puts a file into the destination's folder as `name`: under another name first, so that nobody takes half of it.

    Raises NotSent with a sentence.
    """
    with _told(destination), _Bounded(destination, _context(destination), most_seconds) as client:
        client.begin()
        if destination.folder:
            client.cwd(destination.folder)
        with path.open("rb") as source:
            client.storbinary(f"STOR {name}.part", source, BLOCK, callback=client.hurry)
        client.rename(f"{name}.part", name)


def identity(destination: Destination, *, most_seconds: float = 30.0) -> tuple[str, bool]:
    """The server's certificate: (SHA-256 in hexadecimal, whether an authority vouches for it under this name).

    Nobody signs in. Raises NotSent with a sentence.
    """
    for accepted in ("", "any"):
        context = _context(Destination(**{**_fields(destination), "identity": accepted}))
        try:
            with _told(destination), _Bounded(destination, context, most_seconds) as client:
                client.connect(destination.address, destination.port)
                client.host = destination.host
                client.auth()
                return _fingerprint(client.sock), not accepted
        except NotSent as error:
            if accepted or not isinstance(error.__cause__, ssl.SSLCertVerificationError):
                raise
    raise NotSent("The server shows no certificate.")


def _fields(one: Destination) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Destination.__slots__}


def _context(destination: Destination) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if destination.identity:  # compared below with the one that was accepted
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _fingerprint(connection: Any) -> str:
    return hashlib.sha256(connection.getpeercert(binary_form=True) or b"").hexdigest()


def _require_identity(connection: Any, accepted: str) -> None:
    if accepted and not hmac.compare_digest(_fingerprint(connection), accepted):
        text = "The server shows another certificate than the one that was accepted; check it and accept the new one."
        raise NotSent(text, for_good=True)


@contextlib.contextmanager
def _told(destination: Destination) -> Iterator[None]:
    """What goes wrong, as a sentence."""
    host = destination.host
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        text = f"Nobody vouches for the certificate of {host} ({quoted(error.verify_message)}); check it and accept it."
        raise NotSent(text, for_good=True) from error
    except ftplib.error_perm as error:
        raise NotSent(_refused(host, str(error)), for_good=str(error).startswith("530")) from None
    except ftplib.Error as error:
        raise NotSent(f"{host} answered: {quoted(str(error))}.") from None
    except TimeoutError:
        raise NotSent(f"{host} does not answer in time.") from None
    except ssl.SSLError as error:
        raise NotSent(f"{host} and this server find no common encryption ({quoted(error.reason or 'TLS')}).") from None
    except (OSError, EOFError, UnicodeError) as error:
        why = quoted(getattr(error, "strerror", "") or "the connection was closed")
        raise NotSent(f"{host} cannot be reached ({why}).") from None


def _refused(host: str, said: str) -> str:
    if said.startswith("530"):
        return f"{host} refused the user name or the password."
    return f"{host} refused: {quoted(said)}."
