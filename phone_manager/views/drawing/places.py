"""Where the words of a key stand: on the screen beside it, on the key itself, on a paper strip.  (pure)"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from provd.phone.model import Box

NEAR = 18.0
LAMP = 36.0
TALLEST = 42.0


@dataclass(frozen=True, slots=True)
class Place:
    """The boxes of one key. `form` and `mirrored` as in view.KeyDrawing; `area` is what can be pressed."""

    form: str
    area: Box
    button: Box
    label: Box
    mirrored: bool = False

    def snapped(self) -> Place:
        """The same on whole and half units, which add up without a remainder."""
        area, button, label = (_snapped(box) for box in (self.area, self.button, self.label))
        return Place(self.form, area, button, label, self.mirrored)


def _snapped(box: Box) -> Box:
    x, y = round(box.x * 2) / 2, round(box.y * 2) / 2
    return Box(x, y, math.floor(box.width * 2) / 2, math.floor(box.height * 2) / 2)


def on_the_phone(keys: Sequence[Box], screens: Sequence[Box]) -> tuple[Place, ...]:
    """Give each box of a model's drawing its label. A key near a screen's edge writes on that screen."""
    return tuple(_place(box, keys, screens).snapped() for box in keys)


def _place(box: Box, keys: Sequence[Box], screens: Sequence[Box]) -> Place:
    for screen in screens:
        if _inside(box, screen):
            return Place("touch", box, box, box)
        side = _side(box, screen)
        if side:
            return _beside(box, screen, side, keys)
    return strip(box)


def strip(box: Box) -> Place:
    """A key with its lamp at the left and its paper label beside it, all in one box."""
    lamp = Box(box.x, box.y, LAMP, box.height)
    return Place("strip", box, lamp, Box(box.x + LAMP, box.y, box.width - LAMP, box.height))


def _beside(box: Box, screen: Box, side: str, keys: Sequence[Box]) -> Place:
    same = sorted(other.y + other.height / 2 for other in keys if _side(other, screen) == side)
    both = any(_side(other, screen) not in ("", side) for other in keys)
    steps = [below - above for above, below in pairwise(same)]
    height = min(TALLEST, min(steps, default=screen.height) - 4)
    width = min(screen.width / 2 - 5, 156.0) if both else min(screen.width - 12, 210.0)
    middle = box.y + box.height / 2
    left = screen.x + 4 if side == "left" else screen.x + screen.width - 4 - width
    label = Box(left, middle - height / 2, width, height)
    return Place("screen", hull(box, label), box, label, side == "right")


def _side(box: Box, screen: Box) -> str:
    """`left` or `right` of the screen when the key is close to that edge; empty otherwise."""
    if not screen.y <= box.y + box.height / 2 <= screen.y + screen.height:
        return ""
    if 0 <= screen.x - (box.x + box.width) <= NEAR:
        return "left"
    return "right" if 0 <= box.x - (screen.x + screen.width) <= NEAR else ""


def _inside(box: Box, screen: Box) -> bool:
    return (
        box.x >= screen.x
        and box.y >= screen.y
        and box.x + box.width <= screen.x + screen.width
        and box.y + box.height <= screen.y + screen.height
    )


def hull(one: Box, other: Box) -> Box:
    """The smallest box around two."""
    x, y = min(one.x, other.x), min(one.y, other.y)
    right = max(one.x + one.width, other.x + other.width)
    return Box(x, y, right - x, max(one.y + one.height, other.y + other.height) - y)


@dataclass(frozen=True, slots=True)
class Column:
    """A small picture of one page of keys: its screen, where each key is, how large it all is."""

    width: float
    height: float
    screen: Box
    places: tuple[Place, ...]


def columns(left: int, right: int, *, touch: bool, top: float = 10, edge: float = 10) -> Column:
    """Lay `left` keys at the left of a narrow screen and `right` ones at its right, top to bottom, left first.

    `top` and `edge` are the room above and around it; a touch screen has no buttons beside it.
    """
    row, label, button = 32.0, 154.0 if touch else 120.0, 0.0 if touch else 36.0
    sides = (left > 0) + (right > 0) or 1
    rows = max(left, right, 1)
    screen = Box(edge + (button if left else 0), top, sides * label + 10, rows * row + 8)
    places = []
    for number in range(left + right):
        mirrored = number >= left
        index = number - left if mirrored else number
        y = top + 4 + index * row + 1
        at = screen.x + 4 + (label + 2 if mirrored and left else 0)
        words = Box(at, y, label, row - 2)
        if touch:
            places.append(Place("touch", words, words, words))
            continue
        x = screen.x + screen.width + 6 if mirrored else edge
        pressed = Box(x, y + 3, button - 6, row - 8)
        places.append(Place("screen", hull(pressed, words), pressed, words, mirrored))
    width = screen.x + screen.width + (button if right else 0) + edge
    return Column(width, screen.y + screen.height + edge, screen, tuple(places))
