"""The reg event package (RFC 3680) on the wire: who is registered, as it changes, told to those who may know."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from provd.store import domains, layers, phones
from tests.presence.desk import DOMAIN, Desk, Handset
from tests.presence.office import DeskPhone, Office, play
from tests.presence.phone import Message
from tests.presence.test_lists import Keys
from tests.registrar.scenes import MAC, NOW

SPACE = "{urn:ietf:params:xml:ns:reginfo}"


def read(message: Message) -> tuple[str, int, str, list[tuple[str, str]]]:
    """(full or partial, version, state of the registration, (state, event) of each contact)."""
    assert message.headers["content-type"] == "application/reginfo+xml"
    root = ElementTree.fromstring(message.body)
    contacts = [(one.get("state", ""), one.get("event", "")) for one in root.iter(f"{SPACE}contact")]
    return root.get("state", ""), int(root.get("version", "")), root[0].get("state", ""), contacts


def test_a_phone_watches_its_own_registrations(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        async with DeskPhone(office.address) as phone, DeskPhone(office.address) as second:
            await phone.registered()
            answer = await phone.watch("101", "reg", "Accept: application/reginfo+xml\n")
            assert answer.status == 200 and "reg" in answer.headers["allow-events"].split(", ")
            assert read(await phone.notified()) == ("full", 0, "active", [("active", "registered")])
            await second.registered()
            assert read(await phone.notified()) == ("partial", 1, "active", [("active", "registered")])
            await phone.registered()
            assert read(await phone.notified()) == ("partial", 2, "active", [("active", "refreshed")])
            await second.registered(expires=0)
            assert read(await phone.notified()) == ("partial", 3, "active", [("terminated", "unregistered")])
            await phone.registered(expires=0)
            assert read(await phone.notified()) == ("partial", 4, "terminated", [("terminated", "unregistered")])

    play(tmp_path, scene)


def test_others_only_when_they_are_on_its_keys(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        async with DeskPhone(office.address) as phone:
            assert (await phone.watch("102", "reg")).status == 403
            company = domains.by_name(office.store, DOMAIN).id
            phone_id = phones.by_mac(office.store, company, MAC).id
            keys = {"7": {"kind": "blf", "target": "102"}}
            layers.save(office.store, company, "phone", phone_id, NOW, who="test", values={}, keys=keys)
            assert (await phone.watch("102", "reg")).status == 200
            assert read(await phone.notified()) == ("full", 0, "init", [])

    play(tmp_path, scene)


def test_the_own_devices_and_those_of_others() -> None:
    desk = Desk(lists=Keys())
    phone = Handset(desk, "101a")
    for call, name in enumerate(("101", "101a", "101b")):
        assert phone.subscribe(name, "reg", call=str(call)).status == 200
        assert read(phone.take()[-1])[2] == "init", "a device that is not registered, or not there"


def test_a_fetch_and_a_type_that_is_not_taken() -> None:
    desk = Desk()
    phone = Handset(desk)
    assert phone.subscribe("101", "reg", expires=0).status == 200
    (told,) = phone.take()
    assert told.headers["subscription-state"] == "terminated;reason=timeout" and read(told)[0] == "full"
    assert phone.subscribe("101", "reg", call="2", more="Accept: text/plain\r\n").status == 406


def test_nothing_of_it_stays_when_nobody_watches(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        async with DeskPhone(office.address) as phone:
            await phone.registered()
            await phone.watch("101", "reg")
            assert read(await phone.notified())[0] == "full"
            presence, look = office.edge.presence.presence, office.edge.presence.state.look
            assert len(look(DOMAIN, "101").contacts) == 1
            (one,) = list(presence.book)
            presence.finish(one, "deactivated")
            last = await phone.notified()
            assert last.headers["subscription-state"] == "terminated;reason=deactivated"
            assert read(last)[3] == [("active", "registered")], "the last word is true as well"
            office.edge.presence._registrations.sweep()
            assert look(DOMAIN, "101").contacts == () and look(DOMAIN, "101").registered == 1

    play(tmp_path, scene)
