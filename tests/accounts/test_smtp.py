"""The outbox against a mail server: what arrives, what is refused, what is never sent in the clear."""

from __future__ import annotations

import asyncio
import datetime
import logging
import ssl
import stat
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from provd.errors import ProvdError
from provd.mail import Outbox
from provd.mails import delivery
from provd.mails.delivery import FolderCourier, mail_server
from provd.seal import Seal
from provd.serve import tls
from provd.store import mails
from provd.store.database import Store, open_database
from provd.store.migrations import migrate
from tests.accounts.postoffice import PostOffice

LINK = "https://pbx.test/reset/VerySecretToken"
VALUES = {"name": "Ada", "login": "101@acme.example", "link": LINK, "minutes": 60}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_database(f"sqlite:///{tmp_path}/mails.db", Seal([bytes(32)]))
    migrate(made)
    yield made
    made.close()


def outbox(store: Store, url: str) -> Outbox:
    return Outbox.of(store, url, "", Path("nowhere"), "pbx.test")


def ask(box: Outbox, recipient: str = "ada@acme.example") -> None:
    assert box.write("forgot_password", recipient, VALUES, int(time.time())) == ""


def test_mails_arrive_whole_over_one_connection(store: Store) -> None:
    async def scenario() -> PostOffice:
        async with PostOffice().open() as office:
            box = outbox(store, f"smtp://127.0.0.1:{office.port}")
            for recipient in ("ada@acme.example", "grace@acme.example"):
                ask(box, recipient)
            assert await box.send_due() == 2
        return office

    office = asyncio.run(scenario())
    assert office.connections == 1
    assert [one.rcpt_tos for one in office.taken] == [["ada@acme.example"], ["grace@acme.example"]]
    assert office.taken[0].mail_from == "provd@pbx.test"
    content = office.taken[0].content
    assert isinstance(content, bytes)
    said = message_from_bytes(content, policy=default)
    assert said["To"] == "ada@acme.example" and LINK in said.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert {one.state for one in mails.find(store)} == {"sent"}


@pytest.mark.parametrize(
    ("says", "state", "reason"),
    [
        ({"RCPT": "550 nobody here"}, "failed", "refuses the address (550)"),
        ({"RCPT": "450 later"}, "waiting", "refuses the address (450)"),
        ({"DATA": "554 never"}, "failed", "refuses the mail (554)"),
        ({"DATA": "451 later"}, "waiting", "refuses the mail (451)"),
        ({"DATA": "hang up"}, "waiting", "broke off"),
    ],
)
def test_a_refusal_is_told_apart_from_a_delay(
    store: Store, says: dict[str, str], state: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        async with PostOffice(**says).open() as office:
            box = outbox(store, f"smtp://127.0.0.1:{office.port}")
            ask(box)
            with caplog.at_level(logging.DEBUG, logger="provd"):
                assert await box.send_due() == 0

    asyncio.run(scenario())
    (left,) = mails.find(store)
    assert left.state == state and reason in left.reason
    assert reason in caplog.text and "VerySecret" not in caplog.text and "ada@" not in caplog.text


def test_a_server_that_is_not_there_loses_no_mail(store: Store) -> None:
    box = outbox(store, "smtp://127.0.0.1:9")
    ask(box)
    assert asyncio.run(box.send_due()) == 0
    (left,) = mails.find(store)
    assert left.state == "waiting" and "cannot be reached" in left.reason


def test_a_server_that_answers_letter_by_letter_is_left(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "MOST_SECONDS", 0.3)

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        while not reader.at_eof():
            writer.write(b"2")
            await writer.drain()
            await asyncio.wait([asyncio.ensure_future(reader.read(100))], timeout=0.05)
        writer.close()

    async def scenario() -> float:
        server = await asyncio.start_server(drip, "127.0.0.1", 0)
        box = outbox(store, f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        ask(box)
        began = time.monotonic()
        assert await box.send_due() == 0
        server.close()
        return time.monotonic() - began

    assert asyncio.run(scenario()) < 5
    assert mails.find(store)[0].state == "waiting"


def certificates(folder: Path) -> tls.CertificateFiles:
    return tls.certificate_files(folder, "127.0.0.1", "", "", datetime.datetime.now(datetime.UTC))


def test_a_password_goes_only_to_a_server_whose_certificate_is_trusted(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = certificates(tmp_path / "tls")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.chain, files.key)

    async def scenario(**more: object) -> PostOffice:
        async with PostOffice().open(**more) as office:
            box = outbox(store, f"smtp://ada%40acme:hush%40hush@127.0.0.1:{office.port}")
            ask(box)
            await box.send_due()
        return office

    plain = asyncio.run(scenario(auth_require_tls=False))
    assert plain.logins == [] and plain.taken == [] and "no STARTTLS" in mails.find(store)[0].reason
    distrusted = asyncio.run(scenario(tls_context=context))
    assert distrusted.logins == [] and "certificate is not trusted" in mails.find(store)[0].reason
    monkeypatch.setenv("SSL_CERT_FILE", str(files.ca))
    trusted = asyncio.run(scenario(tls_context=context))
    assert trusted.logins == [(b"ada@acme", b"hush@hush")] and len(trusted.taken) == 1


def test_without_a_password_starttls_is_taken_as_it_comes(store: Store, tmp_path: Path) -> None:
    files = certificates(tmp_path / "tls")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.chain, files.key)

    async def scenario() -> int:
        async with PostOffice().open(tls_context=context, require_starttls=True) as office:
            box = outbox(store, f"smtp://127.0.0.1:{office.port}")
            ask(box)
            return await box.send_due()

    assert asyncio.run(scenario()) == 1


def test_started_it_sends_what_waits_and_what_comes_and_stops_clean(store: Store, tmp_path: Path) -> None:
    async def scenario() -> None:
        box = Outbox(store, FolderCourier(tmp_path / "outbox"), "provd@pbx.test", look_seconds=60)
        ask(box)
        box.start()
        async with asyncio.timeout(10):
            for wanted in (1, 2):
                while len(list((tmp_path / "outbox").glob("*.eml"))) < wanted:
                    await asyncio.sleep(0)
                if wanted == 1:
                    ask(box)
                    box.wake()
            await box.stop()

    asyncio.run(scenario())
    files = sorted((tmp_path / "outbox").iterdir())
    assert [one.suffix for one in files] == [".eml", ".eml"]
    assert all(stat.S_IMODE(one.stat().st_mode) == 0o600 for one in files)
    assert LINK.encode() in message_from_bytes(files[0].read_bytes()).get_payload(0).get_payload(decode=True)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "url", ["mail.example", "http://x", "smtp://", "smtp://ada@x", "smtp://x:port", "smtp://x/y", "smtp://[x"]
)
def test_an_address_of_a_server_that_is_none_is_refused_without_saying_it_back(url: str) -> None:
    with pytest.raises(ProvdError, match="smtp_url must") as refused:
        mail_server(url)
    assert "ada" not in str(refused.value)


def test_ports_are_the_usual_ones_of_the_kind() -> None:
    ports = [mail_server(url).port for url in ("smtp://x", "smtp://a:b@x", "smtps://a:b@x", "smtps://x:2465")]
    assert ports == [25, 587, 465, 2465] and "secret" not in repr(mail_server("smtp://a:secret@x"))
