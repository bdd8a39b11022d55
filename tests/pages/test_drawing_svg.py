"""What the browser gets: well-formed, without a style or a script, every key a named link, nothing unescaped."""

from __future__ import annotations

import os
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_manager.rendering import environment
from phone_manager.views.drawing import PhoneDrawing, PlacedKeyView, draw
from provd.catalogue import shipped
from provd.phone.key import KINDS, Position

MODELS = shipped().models
GOLDEN = Path(__file__).parent.parent / "golden" / "drawings"
CSS = Path(__file__).parent.parent.parent / "phone_manager" / "static" / "css" / "drawing.css"
REWRITE = os.environ.get("PROVD_WRITE_GOLDEN") == "1"
PAGE = environment().from_string(
    '{% from "svg/phone.svg.j2" import phone_svg, page_tabs, legend %}'
    '{% from "svg/key_list.html.j2" import key_list, label_strips %}'
    "<main>{{ page_tabs(d) }}{{ phone_svg(d) }}{{ legend() }}{{ key_list(d) }}{{ label_strips(d) }}</main>"
)
PICTURE = environment().from_string('{% from "svg/phone.svg.j2" import panel_svg %}{{ panel_svg(d.panels[0]) }}')
SHOWN = {
    "yealink": "yealink-t46u", "poly-ucs": "poly-vvx450", "poly-edge-e": "poly-edge-e350", "cisco-spa": "cisco-spa509g",
    "cisco-mpp": "cisco-cp-8851", "grandstream": "grandstream-gxp2130", "snom": "snom-d785", "fanvil": "fanvil-x6u",
    "grandstream-ht": "grandstream-ht802",
}  # fmt: skip
STATES = (
    PlacedKeyView("line", "", "Ada Lovelace", 1, "default", True),
    PlacedKeyView("blf", "102", "Grace Hopper", 1, "template Reception", True, live="busy"),
    PlacedKeyView("park", "701", "אורבית 701", 1, "template Reception", True, live="ringing"),
    PlacedKeyView("speed_dial", "+12145550100", "Taxi <b>&\"' to the airport", problem="It is barred.", changed=True),
    PlacedKeyView("queue_toggle", "", "Queue Toggle", locked=True),
)


def drawn(model: str, selected: str = "2") -> PhoneDrawing:
    keys = {at: STATES[index % 6] for index, at in enumerate(MODELS[model].positions()) if index % 6 < 5}
    return draw(MODELS[model], (), keys, selected=Position.parse(selected), base_href="/phones/805ec0a1b2c3")


def parsed(drawing: PhoneDrawing) -> ET.Element:
    return ET.fromstring(PAGE.render(d=drawing))


@pytest.mark.parametrize("model", list(MODELS))
def test_every_key_is_a_link_with_its_name_in_picture_and_list(model: str) -> None:
    drawing = drawn(model)
    root = parsed(drawing)
    expected = {key.href: key.name for key in drawing.rows}
    for path in (".//svg//a", ".//table//a"):
        assert {a.get("href"): a.get("aria-label") for a in root.findall(path)} == expected
    twins = [a for panel in root.findall(".//*[@class='pmd-narrow']") for a in panel.iter("a")]
    assert [a.get("href") for a in twins] == [key.href for key in drawing.panels[0].keys]
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids)) == len(drawing.rows)
    assert all(svg.get("aria-label") for svg in root.iter("svg") if svg.get("role") == "group")


@pytest.mark.parametrize("model", list(MODELS))
def test_nothing_in_it_needs_an_inline_style_or_script(model: str) -> None:
    for element in parsed(drawn(model)).iter():
        assert element.tag not in ("style", "script", "foreignObject", "image")
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]


@given(label=st.text(max_size=500), problem=st.text(max_size=60))
@settings(max_examples=40, deadline=None)
def test_no_label_breaks_the_page(label: str, problem: str) -> None:
    view = PlacedKeyView("blf", label, label, problem=problem, origin=label, inherited=True)
    root = parsed(draw(MODELS["snom-d765"], ("D7",), {Position(0, 1): view}, base_href="/p"))
    assert len(root.findall(".//svg//a[@id]")) == 16 + 18
    assert {element.tag for element in root.iter()} <= {
        "main", "div", "figure", "figcaption", "span", "svg", "g", "a", "title", "rect", "circle", "path", "text", "ul",
        "li", "table", "caption", "thead", "tbody", "tr", "th", "td", "bdi", "section", "h2", "h3", "ol", "nav", "p",
    }  # fmt: skip


def test_markup_in_a_label_is_text() -> None:
    page = PAGE.render(d=drawn("snom-d765"))
    assert "<b>" not in page and "Taxi &lt;b&gt;&amp;&#34;&#39; to the airport" in page


@pytest.mark.parametrize(
    ("view", "shape"),
    [
        (PlacedKeyView("blf", "1", changed=True), "circle[@class='pmd-dot']"),
        (PlacedKeyView("blf", "1", problem="No."), "svg[@class='pmd-badge pmd-badge-problem']"),
        (PlacedKeyView("blf", "1", locked=True), "svg[@class='pmd-badge pmd-badge-locked']"),
        (PlacedKeyView("blf", "1", live="ringing"), "path[@class='pmd-hatch']"),
    ],
)
def test_a_state_is_a_shape_as_well_as_a_colour(view: PlacedKeyView, shape: str) -> None:
    def count(drawn_view: PlacedKeyView) -> list[int]:
        models = ("snom-d765", "yealink-t46u", "yealink-t57w")
        keys = {Position(0, 1): drawn_view}
        return [len(parsed(draw(MODELS[m], (), keys, base_href="/p")).findall(f".//a[@id]//{shape}")) for m in models]

    assert count(view) == [1, 1, 1]
    assert count(PlacedKeyView("blf", "1")) == [0, 0, 0]


def test_a_right_to_left_label_begins_at_its_end() -> None:
    view = PlacedKeyView("blf", "1", "גרייס")
    root = parsed(draw(MODELS["yealink-t46u"], (), {Position(0, 1): view, Position(0, 6): view}, base_href="/p"))
    texts = [text for text in root.findall(".//a[@id]//text") if text.text == "גרייס"]
    assert [(text.get("direction"), text.get("text-anchor")) for text in texts] == [("rtl", "end"), ("rtl", "start")]


def test_the_chosen_key_is_told_and_only_it() -> None:
    root = parsed(drawn("yealink-t46u", "2"))
    assert [a.get("data-position") for a in root.findall(".//svg//a[@id][@aria-current='true']")] == ["2"]


def test_every_class_of_the_picture_has_its_rule() -> None:
    css = CSS.read_text(encoding="utf-8")
    used = {name for model in MODELS for name in re.findall(r'class="([^"]+)"', PICTURE.render(d=drawn(model)))}
    classes = {name for names in used for name in names.split() if not name.startswith("pmd-form-")}
    assert not {name for name in classes if f".{name}" not in css}
    assert "prefers-reduced-motion" in css and "@media print" in css and "http" not in css


def test_every_kind_of_key_is_drawn() -> None:
    keys = {Position(0, n): PlacedKeyView(kind, "1", kind) for n, kind in enumerate(KINDS, 1)}
    drawing = draw(MODELS["snom-d765"], (), keys, base_href="/p")
    assert len({key.glyph for key in drawing.rows if not key.empty}) == len(KINDS) - 1


@pytest.mark.parametrize("family", list(shipped().families))
def test_the_picture_of_a_family_is_as_it_was_looked_at(family: str) -> None:
    """Rewritten by script/golden; open the changed .svg's page in a browser before you commit it."""
    picture = "\n".join(line for line in PICTURE.render(d=drawn(SHOWN[family])).splitlines() if line.strip()) + "\n"
    path = GOLDEN / f"{family}.svg"
    if REWRITE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(picture, encoding="utf-8")
    assert picture == path.read_text(encoding="utf-8"), "run script/golden and look at the picture"
