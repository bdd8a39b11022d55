"""From configuration to bytes: sandboxed templates, every value escaped for the file's format.  (pure)

Rules of this file: a value never adds a line, an element, an attribute or a parameter. Control characters become
blanks, markup is escaped, and a value that is not text or a number stops the render, since a phone would read
`True` or `None` as a setting. Only what a macro or a block of the template itself produced passes unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import DictLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from provd.errors import ProvdError
from provd.phone.config import PhoneConfig
from provd.phone.model import Family, FileRule, Model
from provd.phone.text import without_control

_NULL = re.compile("%NULL%", re.IGNORECASE)
_MARKUP = re.compile("[&<>\"']")


class RenderError(ProvdError):
    """A template failed on a configuration; the sentence names the template and what was missing."""

    status = 500


def render_file(rule: FileRule, config: PhoneConfig, model: Model, family: Family, **more: object) -> bytes:
    """One file of one phone. `more` is handed to the template: the `contacts` of a directory search and its `term`,
    the `page` counted from 1; without it a directory holds everybody.

    Raises RenderError when the template uses something that does not exist.
    """
    environment = _environment(family.id, rule.escape, _Templates(family.templates))
    try:
        known = {"contacts": config.contacts, "term": "", "page": 1} | more
        text = environment.get_template(rule.template).render(phone=config, model=model, family=family, **known)
    except (TemplateError, TypeError, ValueError, KeyError, AttributeError) as error:
        raise RenderError(f"{family.id}/{rule.template} could not be rendered for {config.mac}: {error}.") from error
    if config.raw and rule.role == "config":
        text = drop_overridden(text, config.raw, family.raw_style)
    return _encoded(text, rule)


def _encoded(text: str, rule: FileRule) -> bytes:
    return text.encode("ascii", "xmlcharrefreplace") if rule.encoding == "ascii" else text.encode("utf-8", "replace")


def render_common(rule: FileRule, model: Model, family: Family, base: str) -> bytes:
    """A file that all phones of a model share: `base` is the URL it was asked under, ending in a slash."""
    environment = _environment(family.id, rule.escape, _Templates(family.templates))
    try:
        text = environment.get_template(rule.template).render(model=model, family=family, base=base)
    except (TemplateError, TypeError, ValueError, KeyError, AttributeError) as error:
        raise RenderError(f"{family.id}/{rule.template} could not be rendered: {error}.") from error
    return _encoded(text, rule)


def render(config: PhoneConfig, model: Model, family: Family) -> dict[str, bytes]:
    """Every file of its own that this phone may ask for, by name."""
    files = {}
    for rule in family.files:
        name = rule.file_name(config.mac, model)
        if rule.template and name is not None:
            files[name] = render_file(rule, config, model, family)
    return files


def line_value(value: object) -> Markup:
    """A value for a line-oriented file: one line, no leading or trailing blank, never the reset word `%NULL%`."""
    if isinstance(value, Markup):
        return value
    text = _printable(value)
    if "%" in text:
        text = _NULL.sub("NULL", text)
    return Markup(text.strip())  # noqa: S704 - this is the escaping


def xml_value(value: object) -> Markup:
    """A value for XML text or a quoted attribute, with the five entities that every phone's parser knows."""
    if isinstance(value, Markup):
        return value
    text = _printable(value)
    if _MARKUP.search(text):
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        text = text.replace('"', "&quot;").replace("'", "&apos;")
    return Markup(text)  # noqa: S704 - this is the escaping


def _printable(value: object) -> str:
    if value.__class__ is str:
        return value if value.isprintable() else without_control(value)
    if value.__class__ is int:
        return str(value)
    raise TypeError(f"a template writes {type(value).__name__} where text or a number belongs")


ESCAPES: Mapping[str, Callable[[object], Markup]] = {"line": line_value, "xml": xml_value}


class _Templates(dict[str, str]):
    """Template sources that can be a cache key: a family's sources never change while it lives."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self))


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which judges an attribute once per class instead of at every use: half of a render's time."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._judged: dict[tuple[type, str], bool] = {}

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        key = (obj.__class__, attr)
        judged = self._judged.get(key)
        if judged is None:
            judged = self._judged[key] = super().is_safe_attribute(obj, attr, value)
        return judged


@lru_cache(64)
def _environment(family: str, escape: str, templates: _Templates) -> _Sandbox:
    environment = _Sandbox(
        loader=DictLoader(templates),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=ESCAPES[escape],
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.loopcontrols"],
    )
    environment.filters["only"] = only
    environment.filters["without"] = without
    return environment


def only(text: str, allowed: str) -> str:
    """Template filter: keep the characters of the regular-expression class `allowed`, turn the rest into blanks."""
    return re.sub(f"[^{allowed}]", " ", text)


def without(text: str, forbidden: str) -> str:
    """Template filter: turn each character of `forbidden` into a blank (Cisco's `fnc=` strings split at `;`)."""
    return text.translate({ord(character): " " for character in forbidden})


# How a parameter is defined in each style of file; the first group is its name.
_DEFINITIONS = {
    "line": re.compile(r"(?m)^([A-Za-z0-9_.]+)[ \t]*=.*\n"),
    "element": re.compile(r"(?m)^[ \t]*<([A-Za-z0-9_.-]+)(?:\s[^>]*)?(?:/>|>[^<]*</\1>)\n?"),
    "attribute": re.compile(r'\s([A-Za-z0-9_.-]+)="[^"]*"'),
    "item": re.compile(r'(?m)^[ \t]*<item name="([^"]*)">[^<]*</item>\n?'),
}


def drop_overridden(text: str, raw: Mapping[str, str], style: str) -> str:
    """Keep only the last definition of every raw parameter: the one that the raw block at the file's end makes."""
    pattern = _DEFINITIONS.get(style)
    if pattern is None:
        return text
    last: dict[str, tuple[int, int]] = {}
    earlier = []
    for found in pattern.finditer(text):
        name = found[1]
        if name in raw:
            if name in last:
                earlier.append(last[name])
            last[name] = found.span()
    pieces, at = [], 0
    for start, stop in sorted(earlier):
        pieces.append(text[at:start])
        at = stop
    return "".join([*pieces, text[at:]])
