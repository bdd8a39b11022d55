"""A server that comes back hangs up on phones that were in a call when it ended; calls that end are not remembered."""

from __future__ import annotations

import socket
from pathlib import Path

from provd import demo
from provd.app import open_store
from provd.store import call_events
from provd.store.call_events import DialogRow
from sip_edge.message import Request, parse
from tests.call.scenes import Desk, House, connected, play
from tests.clients.scenes import SipOffice


def row(port: int, domain: str = demo.DOMAIN) -> DialogRow:
    """A phone at a port of the loopback that was left in a call."""
    return DialogRow(
        f"before.{port}", domain, "left@127.0.0.1", f"<sip:102@{domain}>;tag=ours", f"<sip:101@{domain}>;tag=theirs",
        f"sip:101@127.0.0.1:{port}", (), 7, "UDP", "127.0.0.1", port, 1.0,
    )  # fmt: skip


def test_phones_that_were_left_in_a_call_are_hung_up(tmp_path: Path) -> None:
    with SipOffice(tmp_path / "var") as office:
        settings = office.settings
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind(("127.0.0.1", 0))
        phone.settimeout(10)
        store = open_store(settings)
        call_events.keep_dialogs(store, [row(phone.getsockname()[1])], [])
        store.close()
        with SipOffice(tmp_path / "var") as office:
            message = parse(phone.recv(65_535))
            assert isinstance(message, Request) and message.method == "BYE"
            assert (message.call_id, message.from_.tag, message.to.tag) == ("left@127.0.0.1", "ours", "theirs")
            assert message.cseq.number > 7
            assert "started again" in (message.headers.first("reason") or "")
            phone.sendto(bytes(message.reply(200)), ("127.0.0.1", office.sip[1]))
            office.until(lambda: not call_events.left_over(office.services.store))


def test_who_talks_is_written_down_and_who_has_hung_up_is_not(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        out, _ = connected(ann, bob)
        await house.journal.flush()
        kept = call_events.left_over(house.edge.store)
        assert [one.call_id == out.call_id for one in kept].count(True) == 1 and len(kept) == 2
        assert house.stored(house.edge.store)[:2] == ["began", "decided"]
        out.bye()
        await house.journal.flush()
        assert call_events.left_over(house.edge.store) == []
        short, _ = connected(ann, bob)
        short.bye()
        await house.journal.flush()
        assert call_events.left_over(house.edge.store) == []
        assert house.stored(house.edge.store).count("ended") == 2

    play(tmp_path, scene)
