"""Companies with music: an engine without audio, and who hears what of it."""

from __future__ import annotations

from itertools import count

from sip_edge.call.music import Begin
from sip_edge.media.engine import File
from sip_edge.message import Request, Response
from tests.call.scenes import Desk, House, Incoming, Outgoing, offer, port_of
from tests.fakes import FakeMedia

SONG = "/music/song.wav"


async def music(_domain: str, _extension: str) -> Begin | None:
    """A song, again and again, in pieces of two minutes."""
    return lambda: (File(SONG, 120.0 * piece, 120.0) for piece in count())


async def silent(_domain: str, _extension: str) -> Begin | None:
    """A company that plays nothing."""
    return None


def with_music(house: House) -> FakeMedia:
    """Have the house play music."""
    media = house.controller.audio.engine = FakeMedia()
    house.controller.waiting.music = music
    return media


def plays(media: FakeMedia) -> dict[str, str]:
    """What plays now: engine call → the first clip's file, or the tone's name."""
    found: dict[str, str] = {}
    for told in media.told:
        match told:
            case ("play", call, _leg, (clip, *_), _repeat, _name):
                found[call] = clip.path if isinstance(clip, File) else clip.name
            case ("stop" | "delete", call, _):
                found.pop(call, None)
    return found


async def talking(house: House, one: Desk, other: Desk) -> tuple[Outgoing, Incoming]:
    """Two phones that talk."""
    out = one.call(other.name)
    await house.settle()
    into = other.rung()
    into.reply(into.invite, 200, other.sdp)
    await house.settle()
    out.answered()
    other.hear()
    return out, into


async def offers(house: House, talk: Outgoing | Incoming, direction: str, method: str = "INVITE") -> None:
    """A phone holds ("sendonly", "inactive"), or resumes ("sendrecv")."""
    talk.send(method, offer(talk.desk.media, direction=direction))
    await house.settle()


async def obeys(house: House, talk: Outgoing | Incoming, status: int = 200) -> Request:
    """The re-INVITE that has come to a phone, which it answers."""
    (asked,) = talk.desk.requests("INVITE")
    talk.reply(asked, status, talk.desk.sdp if status == 200 else b"")
    await house.settle()
    return asked


def answer(talk: Outgoing | Incoming) -> Response:
    """The 200 for a phone's own offer, which it acknowledges."""
    (found,) = [one for one in talk.desk.hear() if isinstance(one, Response)]
    assert found.status == 200, found.status
    if found.cseq.method == "INVITE":
        talk.ack(cseq=found.cseq.number)
    return found


async def holds(
    house: House, talk: Outgoing | Incoming, other: Outgoing | Incoming, direction: str = "sendonly"
) -> None:
    """A phone holds the other, which hears music."""
    await offers(house, talk, direction)
    await obeys(house, other)
    answer(talk)
    other.desk.hear()


__all__ = ["SONG", "answer", "holds", "music", "obeys", "offers", "plays", "port_of", "silent", "talking", "with_music"]
