"""One subscription for all keys of a phone (RFC 4662)."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field

from sip_edge.message import MediaType
from sip_edge.message.multipart import Multipart
from sip_edge.presence.rlmi import Member
from sip_edge.presence.subscription import Watcher
from tests.presence.desk import DOMAIN, Desk, Handset
from tests.presence.phone import Message

SPACE = "{urn:ietf:params:xml:ns:rlmi}"
LIST = "Supported: eventlist\r\nAccept: application/dialog-info+xml, application/rlmi+xml, multipart/related\r\n"


@dataclass
class Keys:
    """The list `keys` of every phone."""

    people: list[Member] = field(default_factory=list)

    def has(self, watcher: Watcher, name: str) -> bool:
        return name == "keys"

    async def members(self, watcher: Watcher, name: str) -> tuple[Member, ...]:
        return tuple(self.people)


class ReadList:
    """A list notification as a phone takes it apart."""

    def __init__(self, message: Message) -> None:
        parts = Multipart.parse(message.body.encode(), MediaType.parse(message.headers["content-type"])).parts
        root = ElementTree.fromstring(parts[0].body)
        by_id = {part.content_id: part.body.decode() for part in parts[1:]}
        self.whole = root.get("fullState") == "true"
        self.version = int(root.get("version", ""))
        self.names = [one.findtext(f"{SPACE}name") for one in root]
        self.lamps: dict[str, str] = {}
        for one in root:
            instance = one.find(f"{SPACE}instance")
            body = by_id[instance.get("cid")] if instance is not None else ""
            lamp = body.partition("<state>")[2].partition("<")[0]
            self.lamps[one.get("uri", "").removeprefix("sip:").partition("@")[0]] = lamp


def people(count: int) -> Keys:
    return Keys([Member(str(102 + number), f"Person {number}") for number in range(count)])


def with_list(keys: Keys, protocol: str = "UDP") -> tuple[Desk, Handset]:
    """A desk whose phone has subscribed to its list. Members are read without waiting, so no loop is needed."""
    desk = Desk(lists=keys)
    phone = Handset(desk, protocol=protocol)
    run(desk, phone)
    return desk, phone


def run(desk: Desk, phone: Handset, **more: object) -> None:
    """Subscribe to the list, stepping the coroutine of the handler by hand."""
    handler = desk.presence.subscribe

    def stepped(asked: object) -> None:
        coroutine = handler(asked)  # type: ignore[arg-type]
        if coroutine is not None:
            try:
                coroutine.send(None)  # type: ignore[attr-defined]
            except StopIteration:
                return
            raise AssertionError("The list was waited for.")

    desk.stack.handle("SUBSCRIBE", stepped)
    assert phone.subscribe("keys", more=LIST, **more).status == 200  # type: ignore[arg-type]


def test_one_subscription_lights_every_key() -> None:
    desk, phone = with_list(people(3))
    (first,) = phone.take()
    assert first.headers["require"] == "eventlist"
    told = ReadList(first)
    assert (told.whole, told.version, told.names) == (True, 0, ["Person 0", "Person 1", "Person 2"])
    assert told.lamps == {"102": "terminated", "103": "terminated", "104": "terminated"}
    desk.set("103", "ringing")
    (second,) = phone.take()
    told = ReadList(second)
    assert (told.whole, told.version, told.lamps) == (False, 1, {"103": "early"})


def test_several_changes_at_once_are_one_notify() -> None:
    desk, phone = with_list(people(5))
    phone.take()
    for name in ("102", "104", "106"):
        desk.state.set_state(DOMAIN, name, "busy")
    desk.pass_time(0.0)
    (told,) = phone.take()
    assert ReadList(told).lamps == {"102": "confirmed", "104": "confirmed", "106": "confirmed"}


def test_a_long_list_comes_in_pieces_over_datagrams() -> None:
    _, phone = with_list(people(120))
    messages = phone.take()
    assert all(len(message.body) < 17_000 for message in messages)
    pieces = [ReadList(message) for message in messages]
    assert len(pieces) > 3
    assert [piece.whole for piece in pieces] == [True] + [False] * (len(pieces) - 1)
    assert len(pieces[0].lamps) == 120
    told: dict[str, str] = {}
    for piece in pieces:
        told |= {name: lamp for name, lamp in piece.lamps.items() if lamp}
    assert told == {str(102 + number): "terminated" for number in range(120)}
    _, phone = with_list(people(60), "TCP")
    assert len(phone.take()) == 1


def test_a_refresh_follows_the_keys() -> None:
    keys = people(2)
    desk, phone = with_list(keys)
    phone.take()
    keys.people.append(Member("*53", "Queues"))
    del keys.people[0]
    run(desk, phone)
    told = ReadList(phone.take()[-1])
    assert (told.whole, list(told.lamps)) == (True, ["103", "*53"])
    desk.set("*53", "on", owner="101")
    assert ReadList(phone.take()[-1]).lamps == {"*53": "confirmed"}
    desk.set("102", "busy")
    assert phone.take() == []


def test_a_phone_that_knows_no_lists_is_told_what_it_needs() -> None:
    desk = Desk(lists=people(1))
    answer = Handset(desk).subscribe("keys")
    assert (answer.status, answer.headers["require"]) == (421, "eventlist")
    more = "Supported: eventlist\r\nAccept: application/dialog-info+xml\r\n"
    assert Handset(desk).subscribe("keys", more=more).status == 406


def test_a_phone_without_keys_has_an_empty_list() -> None:
    _, phone = with_list(Keys())
    told = ReadList(phone.take()[0])
    assert (told.whole, told.lamps) == (True, {})
