"""The 49 messages of RFC 4475, each with the treatment the RFC's text asks for."""

from __future__ import annotations

import pytest

from sip_edge.message import Request, Response, SipError, parse
from sip_edge.message.check import Abilities, check_forwarding, check_request, check_response
from tests.sip import wire

SERVER = Abilities(bodies=("application/sdp", "multipart/mixed"), methods=(*Abilities().methods, "MESSAGE"))

# What a server answers; 200 stands for "nothing to refuse here".
ANSWERS = {
    # 3.1.1 valid messages
    "wsinv": 200,
    "intmeth": 501,  # well formed; "Endpoints will generate a 501 listing the methods they understand in an Allow"
    "esc01": 200,
    "escnull": 200,
    "esc02": 501,  # RE%47IST%45R is not REGISTER
    "lwsdisp": 200,
    "longreq": 200,
    "dblreq": 200,
    "semiuri": 200,
    "transports": 200,
    "mpart01": 200,
    # 3.1.2 invalid messages; where the text allows both, we refuse
    "badinv01": 400,
    "clerr": 400,
    "ncl": 400,
    "scalar02": 400,
    "quotbal": 400,
    "ltgtruri": 400,
    "lwsruri": 400,
    "lwsstart": 400,
    "trws": 400,
    "escruri": 400,
    "baddate": 400,
    "regbadct": 400,
    "badaspec": 400,
    "baddn": 400,
    "badvers": 505,
    "mismatch01": 400,
    "mismatch02": 501,  # "choosing a 501 … has better future-proof characteristics"
    # 3.2 transaction layer
    "badbranch": 400,
    # 3.3 application layer
    "insuf": 400,
    "unkscm": 416,
    "novelsc": 416,
    "unksm2": 400,  # a registrar needs a sip or sips address of record
    "bext01": 420,
    "invut": 415,
    "regaut01": 200,  # the scheme is the registrar's business; it challenges again
    "multi01": 400,
    "mcl01": 400,
    "zeromf": 200,  # an endpoint answers it; only passing it on is refused
    "cparam01": 200,
    "cparam02": 200,
    "regescrt": 200,
    "sdp01": 406,
    # 3.4 backward compatibility
    "inv2543": 200,
}
RESPONSES = {"unreason": True, "noreason": True, "scalarlg": False, "bigcode": False, "bcast": False}


def answered(name: str) -> int:
    request = parse(wire.load(name))
    assert isinstance(request, Request)
    try:
        check_request(request, SERVER)
    except SipError as error:
        return error.code
    return 200


def test_the_table_names_every_message_once() -> None:
    assert sorted([*ANSWERS, *RESPONSES]) == wire.NAMES
    assert len(wire.NAMES) == 49


@pytest.mark.parametrize("name", ANSWERS)
def test_a_request_is_answered_as_the_rfc_asks(name: str) -> None:
    assert answered(name) == ANSWERS[name]


@pytest.mark.parametrize("name", RESPONSES)
def test_a_response_is_taken_or_thrown_away(name: str) -> None:
    def take() -> None:
        response = parse(wire.load(name))
        assert isinstance(response, Response)
        check_response(response)

    if RESPONSES[name]:
        take()
    else:
        with pytest.raises(SipError):
            take()


@pytest.mark.parametrize("name", [name for name in wire.NAMES if name not in ("bigcode", "baddn")])
def test_what_came_in_goes_out_byte_for_byte(name: str) -> None:
    data = wire.load(name)
    written = bytes(parse(data))
    assert written == data[: len(written)]
    assert bytes(parse(written)) == written


@pytest.mark.parametrize("name", ANSWERS)
def test_every_request_can_be_replied_to(name: str) -> None:
    request = parse(wire.load(name))
    assert isinstance(request, Request)
    reply = parse(bytes(request.reply(400, to_tag="a1")))
    assert isinstance(reply, Response)
    assert reply.headers.all("via") == request.headers.all("via")
    assert reply.headers.first("cseq") == request.headers.first("cseq")


def test_baddn_is_refused_for_its_display_names_too() -> None:
    """The fixture also lacks the empty line; with it, the commas outside quotes are still wrong."""
    request = parse(wire.load("baddn") + b"\r\n")
    assert request.fault is None
    with pytest.raises(SipError, match="quotes"):
        _ = request.from_


def test_max_forwards_zero_stops_forwarding() -> None:
    request = parse(wire.load("zeromf"))
    assert isinstance(request, Request)
    with pytest.raises(SipError) as refusal:
        check_forwarding(request)
    assert refusal.value.code == 483


def test_a_proxy_names_the_extensions_it_lacks() -> None:
    request = parse(wire.load("bext01"))
    assert isinstance(request, Request)
    with pytest.raises(SipError) as refusal:
        check_forwarding(request)
    assert refusal.value.code == 420
    assert refusal.value.headers == (("Unsupported", "noproxiessupportthis, nordoanyproxiessupportthis"),)
    with pytest.raises(SipError) as refusal:
        check_request(request, SERVER)
    assert refusal.value.headers == (("Unsupported", "nothingsupportsthis, nothingsupportsthiseither"),)


def test_refusals_say_what_would_do() -> None:
    for name, header in (("intmeth", "Allow"), ("invut", "Accept")):
        request = parse(wire.load(name))
        assert isinstance(request, Request)
        with pytest.raises(SipError) as refusal:
            check_request(request, SERVER)
        assert refusal.value.headers[0][0] == header
