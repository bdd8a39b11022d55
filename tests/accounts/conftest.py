"""The demo company's accounts with an outbox folder, a clock of the test's, and answers that take 50 ms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from provd import demo
from provd.account import Accounts
from provd.mail import Outbox
from provd.mails.delivery import FolderCourier
from provd.seal import Seal
from provd.settings import Settings
from provd.store import domains, users
from provd.store.database import Store, open_database
from provd.store.migrations import migrate
from provd.store.rows import User

ANSWER_AFTER = 0.05


@dataclass
class World:
    """What a scenario looks at; `now` is the time of day."""

    store: Store
    accounts: Accounts
    outbox: Outbox
    folder: Path
    now: float = 1_760_000_000.0
    read: set[Path] = field(default_factory=set)

    def user(self, extension: str) -> User:
        return users.by_extension(self.store, domains.by_name(self.store, demo.DOMAIN).id, extension)

    async def mails(self) -> list[EmailMessage]:
        """Those that came since the last look."""
        await self.outbox.send_due()
        new = sorted(set(self.folder.glob("*.eml")) - self.read)
        self.read |= set(new)
        return [message_from_bytes(one.read_bytes(), policy=default) for one in new]

    async def token(self) -> str:
        """The token of the link in the one new mail."""
        (mail,) = await self.mails()
        found = re.search(r"https://pbx\.test/reset/(\S+)", words(mail))
        assert found
        return found[1]


def words(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    store = open_database(f"sqlite:///{tmp_path}/accounts.db", Seal([bytes(32)]))
    migrate(store)
    demo.load(store, Settings(data_dir=tmp_path, demo_password="demo-password"))
    folder = tmp_path / "outbox"
    outbox = Outbox(store, FolderCourier(folder), "provd@pbx.test")
    accounts = Accounts(
        store, outbox, lambda: "https://pbx.test", answer_after=ANSWER_AFTER, clock=lambda: made.now
    )  # fmt: skip
    made = World(store, accounts, outbox, folder)
    yield made
    store.close()
