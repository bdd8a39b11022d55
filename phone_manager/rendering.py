"""The Jinja environment of the pages: escaping on, nothing undefined, the words and addresses every template uses."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from phone_manager.statics import asset
from phone_manager.views import words
from provd.phone.mac import with_colons

FOLDER = Path(__file__).parent / "templates"


def environment() -> Environment:
    """Made once a process."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=-1,
    )
    made.filters |= {"mac": with_colons, "seg": segment, "json": as_json, "list_pair": pair}
    made.globals |= {"asset": asset, "counted": words.counted, "icon": icon}
    return made


def segment(value: object) -> str:
    """A value as one segment of a path."""
    return quote(str(value), safe="@:")


def pair(value: object) -> tuple[object, object]:
    """A value that is its own word, for ui.choice."""
    return value, value


def as_json(value: object) -> str:
    """A value as JSON for an attribute; Jinja escapes it."""
    return json.dumps(value, ensure_ascii=False)


@lru_cache(maxsize=4096)
def icon(name: str, label: str = "") -> Markup:
    """An icon of the sprite; without a label it is decoration and hidden from screen readers. Kept, because a long list
    shows the same few hundreds of times."""
    told = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="icon" {}><use href="{}#{}"/></svg>').format(
        told, asset("vendor/tabler-icons/icons.svg"), name
    )
