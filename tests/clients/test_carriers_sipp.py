"""SIPp as carriers of the demo company, over trunks made by the API: who may bring calls, and where calls out go."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from sip_edge.routing.facts import MOST_HOPS
from tests.clients.call_office import CallOffice, call_office
from tests.clients.carriers import CALLER, Carriers
from tests.clients.scenes import DOMAIN
from tests.clients.sip_programs import needs
from tests.clients.wire_phone import WirePhone

pytestmark = [pytest.mark.client, needs("sipp")]
RADIAS = "+12145550151"
AT_HOME = {"networks": ["127.0.0.1/32"]}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallOffice]:
    yield from call_office(tmp_path_factory.mktemp("carriers"))


@pytest.fixture(scope="module")
def carriers(office: CallOffice, tmp_path_factory: pytest.TempPathFactory) -> Carriers:
    made = Carriers(office, tmp_path_factory.mktemp("sipp"))
    number = {"number": RADIAS, "treatment": "user", "destination": "108", "caller_id_prefix": "SALES "}
    made.api("POST", f"/domains/{DOMAIN}/phonenumbers", number)
    return made


@pytest.mark.parametrize("written", [RADIAS, RADIAS[1:], RADIAS[2:]])
@pytest.mark.parametrize("path", ["/trunks", f"/domains/{DOMAIN}/trunks"])
def test_a_number_is_called_however_the_carrier_writes_it(
    office: CallOffice, carriers: Carriers, path: str, written: str
) -> None:
    with carriers.trunk(path=path, **AT_HOME):
        assert carriers.brings(written, 480) == 0, "nobody has registered"
        assert carriers.brings("+12145550999", 404) == 0, "nobody's number"
    office.quiet()


def test_calls_from_elsewhere_are_refused(office: CallOffice, carriers: Carriers) -> None:
    with carriers.trunk(**AT_HOME):
        assert carriers.brings(RADIAS, 403, address="127.0.0.2") == 0
    with carriers.trunk(networks=["127.0.0.2/32"]):
        assert carriers.brings(RADIAS, 480, address="127.0.0.2", transport="t1") == 0
    with carriers.trunk(enabled=False, **AT_HOME):
        assert carriers.brings(RADIAS, 403) == 0, "a trunk that is switched off"
    office.quiet()


def test_a_carrier_that_we_register_with_calls_us_by_our_name(office: CallOffice, carriers: Carriers) -> None:
    with carriers.trunk(kind="registering", user_name="acme", **AT_HOME):
        assert carriers.brings("acme", 480, to=RADIAS) == 0
        assert carriers.brings("acme", 404, to="+12145550999") == 0
        assert carriers.brings("other", 404, to=RADIAS) == 0, "which is not our name"


def test_the_phone_shows_the_prefix_of_the_number_and_who_really_calls(office: CallOffice, carriers: Carriers) -> None:
    asserted = 'P-Asserted-Identity: "Carol Customer" <sip:+14695550123@carrier.example>'
    with office.phones("108", tones=False) as (radia,), carriers.trunk(**AT_HOME):
        radia.manual.add("INVITE")
        for header, shown in ((asserted, "SALES Carol Customer"), ("Privacy: none", "SALES Carol")):
            running = carriers.bringing(RADIAS, 486, header)
            rung = radia.rung(*radia.calls.values())
            assert shown in str(rung.invite.from_)
            assert ("+14695550123" if header is asserted else CALLER) in str(rung.invite.from_)
            rung.reply(486)
            assert running.wait(15) == 0


def test_who_is_private_has_no_number(office: CallOffice, carriers: Carriers) -> None:
    blocks = "users/108/answering"
    office.api("PATCH", blocks, {"block_anonymous": True})
    with carriers.trunk(**AT_HOME):
        hidden = ("Privacy: id", f"P-Asserted-Identity: <sip:{CALLER}@x.example>")
        assert carriers.brings(RADIAS, 200, *hidden) == 0, "who is blocked is told so, by a voice"
        assert carriers.brings(RADIAS, 480) == 0
    office.api("PATCH", blocks, {"block_anonymous": False})


def test_the_verdict_on_the_callers_number_has_effect(office: CallOffice, carriers: Carriers) -> None:
    carriers.api("PATCH", f"/domains/{DOMAIN}/dialling", {"spam_offered": True})
    office.api("PATCH", "users/108/answering", {"spam": "drop"})
    office.call(office.services.companies.of(DOMAIN))
    failed = f"P-Asserted-Identity: <sip:{CALLER};verstat=TN-Validation-Failed@x.example>"
    passed = f"P-Asserted-Identity: <sip:{CALLER}@x.example;verstat=TN-Validation-Passed-A>"
    with carriers.trunk(**AT_HOME):
        assert carriers.brings(RADIAS, 608, failed) == 0
        assert carriers.brings(RADIAS, 480, passed) == 0
    office.api("PATCH", "users/108/answering", {"spam": "ring"})


def test_calls_that_were_sent_on_too_often_end(office: CallOffice, carriers: Carriers) -> None:
    many = [f"Diversion: <sip:+1303555{place:04}@x.example>;reason=user-busy" for place in range(MOST_HOPS + 1)]
    ring = "History-Info: <sip:108@acme.example?Reason=SIP%3Bcause%3D302>;index=1"
    with carriers.trunk(**AT_HOME):
        assert carriers.brings(RADIAS, 483, *many) == 0
        assert carriers.brings(RADIAS, 482, ring) == 0


def outside(phone: WirePhone, number: str = "3035550177") -> None:
    """A call out that is answered, and hung up."""
    out = phone.call(number)
    out.answered()
    out.bye()


@pytest.mark.parametrize("challenge", [401, 407])
def test_a_carrier_that_asks_for_a_password(office: CallOffice, carriers: Carriers, challenge: int) -> None:
    with (
        office.phones("108", tones=False) as (radia,),
        carriers.takes(200, secret="hush", challenge=challenge) as (port, done),
        carriers.trunk(port, user_name="acme", password="hush"),
    ):
        outside(radia)
        assert done() == 0


@pytest.mark.parametrize("status", [500, 503, 404, 403])
def test_the_next_trunk_when_the_first_refuses(office: CallOffice, carriers: Carriers, status: int) -> None:
    with (
        office.phones("108", tones=False) as (radia,),
        carriers.takes(100, status) as (first, refused),
        carriers.takes(180, 200) as (second, answered),
        carriers.trunk(second, place=2),
        carriers.trunk(first, place=1),
    ):
        outside(radia)
        assert (refused(), answered()) == (0, 0)


def test_the_next_trunk_when_the_first_says_nothing_or_is_not_there(office: CallOffice, carriers: Carriers) -> None:
    with (
        office.phones("108", tones=False) as (radia,),
        carriers.takes(200) as (third, answered),
        carriers.silent() as mute,
        carriers.trunk(mute, place=1),
        carriers.trunk(1, transport="tcp", place=2),
        carriers.trunk(third, place=3, writes="plain"),
    ):
        begun = time.monotonic()
        outside(radia)
        assert 3 < time.monotonic() - begun < 9
        assert answered() == 0


def test_a_trunk_takes_as_many_calls_as_it_may_and_emergencies_besides(office: CallOffice, carriers: Carriers) -> None:
    carriers.api("PATCH", f"/domains/{DOMAIN}/dialling", {"emergency_caller_id": "+12145550140"})
    with (
        office.phones("108", tones=False) as (radia,),
        carriers.takes(180, 200) as (port, first),
        carriers.takes(180, 200) as (another, second),
        carriers.trunk(port, most_calls=1) as path,
    ):
        out = radia.call("3035550177")
        out.answered()
        assert carriers.api("GET", path)["state"]["calls"] == 1
        radia.call("3035550178").refused(503)
        carriers.change(path, port=another)
        outside(radia, "911")
        out.bye()
        assert (first(), second()) == (0, 0)
    (decided,) = [row for row in office.events("decided") if "emergency" in row.reason]
    assert "showing +12145550140" in decided.reason


def test_a_carrier_is_asked_whether_it_is_there(office: CallOffice, carriers: Carriers) -> None:
    with WirePhone(office, "carrier", trunk=True) as away, carriers.trunk(away.port) as path:
        told = carriers.api("POST", f"{path}/ask")["state"]
        assert (told["answers"], told["heard"]) == (True, "200 OK")
        name = carriers.api("GET", path)["name"]
        assert carriers.api("GET", path)["state"]["word"] == "unknown", "it is asked only when somebody wants to know"
        carriers.change(path, asks=True)
        office.until(lambda: office.calls.trunks.state(name).word == "answers")
        carriers.change(path, transport="tcp", port=1)
        told = carriers.api("POST", f"{path}/ask")["state"]
        assert told["answers"] is False and told["heard"].startswith("Nothing answers at 127.0.0.1 port 1 over TCP")
