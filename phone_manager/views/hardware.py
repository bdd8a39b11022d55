"""Phones as the pages list, add and edit them.  (pure)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from provd.phone.model import Model
from provd.phone.state import STATES

STATE_WORDS: Mapping[str, str] = {
    "registered": "Registered",
    "pending": "Update pending",
    "unregistered": "Unregistered",
    "refused": "Refused",
    "waiting": "Waiting for first contact",
    "never": "Never seen",
}
AUTO, AUTO_WORDS = "auto", "As each phone told when it knocked"
MOST_BLANK = 2


@dataclass(frozen=True, slots=True)
class Mini:
    """A model as a small picture: its size, its screens, and as one path each the keys of a page, and the handset with
    the dial pad."""

    model: str
    width: float
    height: float
    screens: tuple[tuple[float, float, float, float], ...]
    keys: str
    rest: str


def mini(model: Model) -> Mini | None:
    """The small picture of a model; None where nothing is known of its looks, or there is nothing to see."""
    drawing = model.drawing
    if drawing is None or not (drawing.keys or drawing.screen):
        return None
    boxes = [box for box in (drawing.screen, *drawing.screens) if box is not None]
    keys = "".join(
        f"M{box.x:.0f} {box.y:.0f}h{max(box.width, 26):.0f}v{max(box.height, 20):.0f}h-{max(box.width, 26):.0f}z"
        for box in drawing.keys
    )
    screens = tuple((box.x, box.y, box.width, box.height) for box in boxes)
    return Mini(model.id, drawing.width, drawing.height, screens, keys, _rest(model))


def _rest(model: Model) -> str:
    """Handset and dial pad, where the model has them and there is room."""
    drawing = model.drawing
    if drawing is None or drawing.screen is None or drawing.look in ("base", "adapter"):
        return ""
    screen, found = drawing.screen, ""
    if screen.x >= 150:
        found = f"M50 50h86v{drawing.height - 100:.0f}h-86z"
    top, bottom = screen.y + screen.height + 60, drawing.height - 50
    if bottom - top > 90:
        step = (bottom - top) / 4
        left = screen.x + screen.width / 2 - 90
        found += "".join(
            f"M{left + 65 * column:.0f} {top + step * row:.0f}h44v{step * 0.62:.0f}h-44z"
            for row in range(4)
            for column in range(3)
        )
    return found


def minis(models: Mapping[str, Model], wanted: Iterable[str]) -> dict[str, Mini]:
    """The small pictures of these models, each once, by id."""
    found = {name: mini(models[name]) for name in sorted(set(wanted)) if name in models}
    return {name: picture for name, picture in found.items() if picture is not None}


def title(model: Model) -> str:
    """`Yealink T46U`."""
    return f"{model.vendor} {model.name}"


def model_id(said: str, models: Mapping[str, Model]) -> str:
    """The id of the model that a person named: by id, by vendor and name, or by a name that only one has. What is none
    is returned as it was said, for the API to refuse."""
    word = " ".join(said.split()).casefold()
    if word in models:
        return word
    if word == AUTO_WORDS.casefold():
        return AUTO
    whole = [model.id for model in models.values() if title(model).casefold() == word]
    named = [model.id for model in models.values() if model.name.casefold() == word]
    return next((found[0] for found in (whole, named) if len(found) == 1), said.strip())


def tabs(counts: Mapping[str, Any], chosen: Mapping[str, str], base: str) -> list[tuple[str, str, int, str, bool]]:
    """The tabs of the list: (state or empty for all, words, how many, address, whether it is this one). A state that
    no phone is in has none, unless it is the one shown."""
    rest = {name: value for name, value in chosen.items() if value and name not in ("state", "cursor")}
    now = chosen.get("state", "")
    found = []
    for name in ("", *STATES):
        count = int(counts["total"] if not name else counts[name])
        if count or not name or name == now:
            query = urlencode({**rest, **({"state": name} if name else {})})
            found.append((name, STATE_WORDS.get(name, "All"), count, f"{base}?{query}" if query else base, name == now))
    return found


def line_rows(lines: Sequence[Mapping[str, Any]], accounts: int) -> list[Mapping[str, Any]]:
    """The rows of the form of lines: those in use, then some that are free, as many as the model has at most."""
    taken = {int(line["line"]): line for line in lines}
    last = min(max(accounts, *taken, 1) if taken else max(accounts, 1), max(taken, default=0) + MOST_BLANK)
    blank = {"device": "", "label": "", "shared": False, "user": "", "name": ""}
    return [{**blank, **taken.get(number, {}), "line": number} for number in range(1, last + 1)]


def lines_of(sent: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """The lines that a form sent, as `device-1`, `label-1`, `shared-1`; a line without a device is none."""
    found = []
    for name, values in sent.items():
        number = name.removeprefix("device-")
        if name.startswith("device-") and number.isascii() and number.isdecimal() and values[-1].strip():
            label = sent.get(f"label-{number}", [""])[-1].strip()
            shared = bool(sent.get(f"shared-{number}", [""])[-1])
            found.append(
                {"line": int(number[:4]), "device": values[-1].strip().lower(), "shared": shared, "label": label}
            )
    return sorted(found, key=lambda line: int(line["line"]))


def admission(sent: Mapping[str, Sequence[str]], now: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """How a phone proves itself, from a form: what the form does not show stays, what says nothing is the company's."""
    kept = {name: value for name, value in (now or {}).items() if name not in ("networks", "unproven", "company_token")}
    networks = " ".join(sent.get("networks", ())).replace(",", " ").split()
    said = {name: sent.get(name, [""])[-1] for name in ("unproven", "company_token")}
    found = {**kept, **({"networks": networks} if networks else {}), **{n: v for n, v in said.items() if v}}
    return found or None


def by_field(errors: Mapping[str, str], lines: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What is wrong with a phone, by the fields of its form: `lines.1.device` stands at the second line that was sent,
    `admission.networks.0` at the networks."""
    found: dict[str, str] = {}
    for name, told in errors.items():
        parts = name.split(".")
        if parts[0] == "admission" and len(parts) > 1:
            found.setdefault(parts[1], told)
        elif parts[0] == "lines" and len(parts) > 1 and parts[1].isdecimal() and int(parts[1]) < len(lines):
            found.setdefault(f"device-{lines[int(parts[1])]['line']}", told)
        else:
            found.setdefault(parts[0], told)
    return found


def read_sheet(content: bytes) -> str:
    """The text of a spreadsheet saved as CSV: UTF-8 or UTF-16 by their marks, else UTF-8, else Latin-1. Raises
    ValueError with a sentence for a file of another kind."""
    if content.startswith(b"PK\x03\x04"):
        raise ValueError("This is a workbook; save it from the spreadsheet as CSV, and send that file.")
    text = _decoded(content)
    if any(ord(sign) < 32 and sign not in "\t\r\n" for sign in text):
        raise ValueError("This is no text file; send the spreadsheet saved as CSV.")
    return text


def _decoded(content: bytes) -> str:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")
