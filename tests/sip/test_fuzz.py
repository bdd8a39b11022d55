"""Whatever comes in: nothing is raised but SipError, and what is taken is written back the same."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sip_edge.message import Address, CSeq, Field, MediaType, Request, Response, SipError, Uri, Via, header, parse
from sip_edge.message.check import Abilities, check_forwarding, check_request, check_response
from sip_edge.message.digest import Challenge, Credentials
from sip_edge.message.multipart import Multipart
from sip_edge.message.sdp import Session
from sip_edge.message.stream import Frame, Framer
from tests.sip import wire

CORPUS = [wire.load(name) for name in wire.NAMES] + [wire.register(7)]
PIECES = [b"\r\n", b"\r\n ", b"\x00", b'"', b"<", b">", b";", b",", b"%", b"\\", b":", b"=", b"[", b"\xff", b"SIP/2.0"]
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NOISE = st.text(alphabet=st.sampled_from('aZ0 \t\r\n"\\<>;:,=@?&%/[]().-_+~*!é\x00\udcff'), max_size=60)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A message of the corpus with a few cuts, repeats, strays and flips."""
    data = bytearray(draw(st.sampled_from(CORPUS)))
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, max(0, len(data) - 1)))
        kind = draw(st.integers(0, 3))
        if kind == 0:
            data[place:place] = draw(st.sampled_from(PIECES))
        elif kind == 1:
            del data[place : place + draw(st.integers(1, 30))]
        elif kind == 2:
            data[place:place] = data[max(0, place - draw(st.integers(1, 40))) : place]
        elif data:
            data[place] = draw(st.integers(0, 255))
    return bytes(data)


def read_everything(message: Request | Response) -> None:
    """Read every typed attribute; each may raise SipError and nothing else."""
    names = "vias via from_ to call_id cseq rack contacts contact_star max_forwards expires supported content_type"
    for name in [*names.split(), "user_agent", *(["uri"] if isinstance(message, Request) else [])]:
        try:
            value = getattr(message, name)
        except SipError:
            continue
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, Uri | Address | Via | CSeq | MediaType):
                assert str(type(one).parse(str(one))) == str(one)
    for name in ("event", "session-expires", "replaces"):
        attempt(lambda name=name: message.field(name))
    for name in ("route", "refer-to"):
        attempt(lambda name=name: message.addresses(name))
    attempt(lambda: Session.parse(message.body))
    attempt(lambda: Multipart.parse(message.body, message.content_type or MediaType("text", "plain")))


def attempt(run: object) -> None:
    try:
        run()  # type: ignore[operator]
    except SipError:
        return


@QUICK
@given(damaged())
def test_damaged_messages(data: bytes) -> None:
    try:
        message = parse(data)
    except SipError:
        return
    written = bytes(message)
    again = parse(written)
    assert again.headers == message.headers
    if message.fault is None:
        assert written in data and bytes(again) == written
    read_everything(message)
    if isinstance(message, Request):
        attempt(lambda: check_request(message, Abilities()))
        attempt(lambda: check_forwarding(message))
        assert isinstance(parse(bytes(message.reply(400, to_tag="x"))), Response)
        attempt(lambda: message.arrived("192.0.2.1", 5060))
    else:
        attempt(lambda: check_response(message))


@QUICK
@given(st.binary(max_size=300))
@example(b"SIP/2.0 200 \r\n\r\n")
def test_any_octets(data: bytes) -> None:
    attempt(lambda: read_everything(parse(data)))


@QUICK
@given(NOISE)
def test_any_value(text: str) -> None:
    for kind in (Uri, Address, Via, CSeq, Field, MediaType, Challenge, Credentials):
        try:
            value = kind.parse(text)
        except SipError:
            continue
        assert str(kind.parse(str(value))) == str(value)
    attempt(lambda: header.split_values(text))
    attempt(lambda: Session.parse(text.encode("utf-8", "surrogateescape")))


@QUICK
@given(NOISE, NOISE)
def test_what_we_write_we_read_back(name: str, user: str) -> None:
    try:
        address = Address.of(Uri.parse("sip:h"), name)
    except ValueError:
        assert "\r" in name or "\n" in name
        return
    assert Address.parse(str(address)).name == name
    uri = Uri.parse("sip:h").with_parameter("x", user).with_header("Replaces", user)
    again = Uri.parse(str(uri))
    assert (again.parameter("x"), again.header("replaces")) == (user, user)


@QUICK
@given(st.lists(st.sampled_from([*range(9)]), min_size=1, max_size=6), st.integers(0, 2**32))
def test_a_stream_gives_the_same_frames_in_any_pieces(order: list[int], seed: int) -> None:
    messages = [wire.register(number) for number in order]
    data, cut = b"".join(messages), random.Random(seed)
    framer, frames = Framer(), []
    while data:
        size = cut.randint(1, 700)
        frames += framer.feed(data[:size])
        data = data[size:]
    assert frames == [Frame(message) for message in messages]


@QUICK
@given(st.lists(st.binary(max_size=80), max_size=8))
def test_a_stream_of_anything_stays_bounded(pieces: list[bytes]) -> None:
    framer = Framer()
    for piece in pieces:
        for event in framer.feed(piece):
            if isinstance(event, Frame):
                attempt(lambda event=event: parse(event.data))
    assert framer.pending <= 640
