"""The rest of the phone: handset, dial pad, navigation, hard keys, each where its series has it.  (pure)

The arrangement is the `look` of the model's drawing. The artwork is ours and carries no vendor's marks: it is there so
that a person recognises the phone before them, and takes no part in what the keys do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from phone_manager.views.drawing.places import on_the_phone
from phone_manager.views.drawing.view import Shape
from provd.phone.model import Box, Drawing

DIGITS = "123456789*0#"
HANDSET = Box(18, 30, 96, 0)
BODY_LEFT = 128.0
WIDEST = 560.0


def furniture(drawing: Drawing, name: str, ports: int = 0) -> tuple[Shape, ...]:
    """Every part that is no line key, from the back to the front. `ports` are the sockets of an adapter."""
    if drawing.look == "base":
        return tuple(_base(drawing))
    if drawing.look == "adapter":
        return tuple(_adapter(drawing, ports))
    return tuple(_desk(drawing, name))


def _desk(drawing: Drawing, name: str) -> Iterator[Shape]:
    screen = drawing.screen or Box(214, 44, 376, 240)
    yield Shape("body", Box(6, 6, drawing.width - 12, drawing.height - 12))
    yield Shape("handset", Box(HANDSET.x, HANDSET.y, HANDSET.width, drawing.height - 2 * HANDSET.y - 20))
    yield Shape("name", Box(screen.x, 18, 160, 18), name)
    yield Shape("lamp", Box(drawing.width - 66, 18, 40, 9))
    for one in (screen, *drawing.screens):
        yield Shape("bezel", Box(one.x - 6, one.y - 6, one.width + 12, one.height + 12))
    top = screen.y + screen.height + 16
    idle = _idle(drawing, screen)
    if idle is not None:
        yield Shape("clock", idle, "12:00")
    if drawing.look != "touch":
        yield from _row("soft", screen.x + 6, top, screen.width - 12, 20, ("",) * 4, 16)
        top += 36
    area = _free(drawing, screen, top)
    yield from LOOKS.get(drawing.look, _plain)(area, screen)
    if drawing.look == "centred":
        yield from _session_keys(drawing, screen)


def _idle(drawing: Drawing, screen: Box) -> Box | None:
    """The part of the main screen without labels, where a phone at rest shows the time; None when there is none."""
    taken = [place.label for place in on_the_phone(drawing.keys, (screen,)) if place.form != "strip"]
    middle = screen.x + screen.width / 2
    left = max((box.x + box.width for box in taken if box.x + box.width / 2 < middle), default=screen.x)
    right = min((box.x for box in taken if box.x + box.width / 2 >= middle), default=screen.x + screen.width)
    return Box(left, screen.y, right - left, screen.height) if right - left >= 56 else None


def _free(drawing: Drawing, screen: Box, top: float) -> Box:
    """The room under the main screen, as far as the keys and screens at its right leave it."""
    left = max(BODY_LEFT + 24, screen.x - 46)
    edge = screen.x + screen.width
    besides = (box.x - 14 for box in (*drawing.keys, *drawing.screens) if box.x > edge + 12)
    right = min(edge + 52, drawing.width - 22, left + WIDEST, *besides)
    return Box(left, top, right - left, drawing.height - 26 - top)


def _session_keys(drawing: Drawing, screen: Box) -> Iterator[Shape]:
    """The buttons opposite the line keys, which hold calls and cannot be set: Cisco's 8800 has them on the right."""
    middle = screen.x + screen.width / 2
    beside = [box for box in drawing.keys if box.x < screen.x + screen.width]
    if len(drawing.keys) > 2 and beside and all(box.x < middle for box in drawing.keys):
        for box in drawing.keys:
            yield Shape("blank", Box(2 * middle - box.x - box.width, box.y, box.width, box.height))


def _row(
    kind: str, x: float, y: float, width: float, height: float, words: Sequence[str], gap: float = 10
) -> Iterator[Shape]:
    each = (width - gap * (len(words) - 1)) / len(words)
    for index, word in enumerate(words):
        yield Shape(kind, Box(x + index * (each + gap), y, each, height), word)


def _column(kind: str, x: float, y: float, width: float, height: float, words: Sequence[str]) -> Iterator[Shape]:
    gap = 10.0
    each = min(26.0, (height - gap * (len(words) - 1)) / len(words))
    step = (height - each) / max(1, len(words) - 1)
    for index, word in enumerate(words):
        yield Shape(kind, Box(x, y + index * step, width, each), word)


def _pad(x: float, y: float, width: float, height: float) -> Iterator[Shape]:
    wide, high = width / 3, height / 4
    for index, digit in enumerate(DIGITS):
        row, column = divmod(index, 3)
        yield Shape("digit", Box(x + column * wide + 4, y + row * high + 3, wide - 8, high - 6), digit)


def _plain(area: Box, _screen: Box) -> Iterator[Shape]:
    """Grandstream, Fanvil, Cisco SPA: dial pad at the left, a ring with the hard keys beneath at the right."""
    right = area.x + area.width * 0.60
    width = area.width * 0.40
    yield from _pad(area.x, area.y, area.width * 0.54, area.height - 26)
    yield Shape("volume", Box(area.x + 20, area.y + area.height - 16, area.width * 0.54 - 40, 14))
    yield Shape("ring", Box(right + width / 2 - 52, area.y, 104, 104))
    yield from _row("hard", right, area.y + 120, width, 26, ("message", "transfer", "hold"))
    yield from _row("hard", right, area.y + 158, width, 26, ("mute", "headset", "conference"))
    yield from _row("hard", right, area.y + 196, width, 26, ("redial", "speaker"))


def _ring(area: Box, _screen: Box) -> Iterator[Shape]:
    """Yealink: dial pad at the left over the volume bar, the ring at the right between two columns of hard keys."""
    right = area.x + area.width * 0.57
    width = area.width * 0.43
    yield from _pad(area.x, area.y, area.width * 0.52, area.height - 30)
    yield Shape("volume", Box(area.x + 10, area.y + area.height - 16, area.width * 0.52 - 20, 14))
    yield Shape("ring", Box(right + width / 2 - 58, area.y - 2, 116, 116))
    yield from _column("hard", right, area.y + 126, width * 0.44, area.height - 126, ("message", "headset", "hold"))
    x = right + width * 0.56
    yield from _column("hard", x, area.y + 126, width * 0.44, area.height - 126, ("mute", "transfer", "redial"))


def _touch(area: Box, _screen: Box) -> Iterator[Shape]:
    """Touch screens: no ring, the dial pad at the left and a block of hard keys at the right."""
    right = area.x + area.width * 0.62
    width = area.width * 0.38
    yield from _pad(area.x + 30, area.y, area.width * 0.5, area.height - 28)
    yield Shape("volume", Box(area.x + 50, area.y + area.height - 14, area.width * 0.5 - 40, 14))
    step = area.height / 4
    pairs = (("home", "message"), ("headset", "mute"), ("transfer", "hold"), ("redial", "speaker"))
    for index, pair in enumerate(pairs):
        yield from _row("hard", right, area.y + index * step + step / 2 - 15, width - 20, 30, pair, 14)


def _centred(area: Box, screen: Box) -> Iterator[Shape]:
    """Cisco's multiplatform phones: the ring under the screen, the dial pad under it, hard keys at both sides."""
    middle = screen.x + screen.width / 2
    yield Shape("ring", Box(middle - 44, area.y - 6, 88, 88))
    yield Shape("round", Box(middle - 92, area.y + 22, 32, 32), "back")
    yield Shape("round", Box(middle + 60, area.y + 22, 32, 32), "end")
    yield from _pad(middle - 105, area.y + 90, 210, area.height - 90)
    side, height = 54.0, area.height - 30
    yield from _column("hard", area.x + 16, area.y + 8, side, height * 0.62, ("message", "apps", "directory"))
    x = area.x + area.width - side - 16
    yield from _column("hard", x, area.y + 8, side, height * 0.62, ("hold", "transfer", "conference"))
    yield Shape("volume", Box(area.x + 4, area.y + area.height - 28, 84, 18))
    start = max(x - 46, middle + 108)
    yield from _row("hard", start, area.y + area.height - 30, x + side - start, 22, ("headset", "mute", "speaker"), 8)


def _square(area: Box, _screen: Box) -> Iterator[Shape]:
    """Snom: a square cross between its cancel and confirm keys at the right, hard keys under it, dial pad left."""
    right = area.x + area.width * 0.57
    width = area.width * 0.43
    yield from _pad(area.x, area.y, area.width * 0.52, area.height - 4)
    yield Shape("cross", Box(right + width / 2 - 46, area.y, 92, 92))
    yield Shape("cancel", Box(right, area.y + 30, width / 2 - 54, 32), "cancel")
    yield Shape("confirm", Box(right + width / 2 + 54, area.y + 30, width / 2 - 54, 32), "confirm")
    yield from _row("hard", right, area.y + 108, width, 28, ("message", "directory", "hold"))
    yield from _row("hard", right, area.y + 148, width, 28, ("mute", "speaker", "headset"))
    yield Shape("volume", Box(right, area.y + 192, width, 16))


def _slim(area: Box, _screen: Box) -> Iterator[Shape]:
    """Poly: home key and ring in the middle, the dial pad beneath at the left, one column of hard keys at the right."""
    pad = area.width * 0.50
    yield from _pad(area.x, area.y, pad, area.height - 26)
    yield Shape("volume", Box(area.x + 20, area.y + area.height - 14, pad - 40, 14))
    middle = area.x + area.width * 0.68
    yield Shape("round", Box(middle - 62, area.y + 134, 36, 36), "home")
    yield Shape("round", Box(middle + 26, area.y + 134, 36, 36), "back")
    yield Shape("ring", Box(middle - 60, area.y, 120, 120))
    words = ("headset", "speaker", "mute", "message", "hold", "transfer")
    yield from _column("hard", area.x + area.width - 62, area.y, 58, area.height - 4, words)


LOOKS = {"plain": _plain, "ring": _ring, "touch": _touch, "centred": _centred, "square": _square, "slim": _slim}


def _base(drawing: Drawing) -> Iterator[Shape]:
    """A DECT base: a small upright box with three lamps and the key that pages the handsets."""
    width, height = drawing.width, drawing.height
    yield Shape("body", Box(60, 30, width - 120, height - 60))
    for index, word in enumerate(("power", "network", "call")):
        yield Shape("led", Box(width / 2 - 6, 110 + index * 52, 12, 12), word)
    yield Shape("round", Box(width / 2 - 24, height - 110, 48, 48), "page")


def _adapter(drawing: Drawing, ports: int) -> Iterator[Shape]:
    """An adapter for analogue phones, from behind: its phone sockets, the network socket and the lamps."""
    width, height = drawing.width, drawing.height
    yield Shape("body", Box(20, 60, width - 40, height - 120))
    words = [*(f"Phone {number}" for number in range(1, ports + 1)), "Network"]
    yield from _row("socket", 60, 120, width - 120, 62, words, 40)
    for index in range(len(words)):
        yield Shape("led", Box(80 + index * 24, 84, 10, 10))
