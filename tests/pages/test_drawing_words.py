"""Labels as people write them: markup, right to left, control characters, far too long."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from phone_manager.views.drawing import PlacedKeyView, draw
from phone_manager.views.drawing.words import GLYPHS, clean, fit, name, rightward, width
from provd.catalogue import shipped
from provd.phone.key import KINDS, PhoneKey, Position

T46U = shipped().models["yealink-t46u"]
anything = st.one_of(
    st.text(max_size=600), st.text(st.characters(), max_size=600), st.text("אבג م\u202e\u0301a <&>\"'")
)


@given(anything)
def test_a_label_is_one_clean_line(text: str) -> None:
    seen = clean(text)
    assert len(seen) <= 500 and seen == clean(seen)
    assert not [char for char in seen if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")]
    assert not [
        char for char in seen if unicodedata.bidirectional(char) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI")
    ]
    seen.encode()


@given(anything, st.floats(0, 300))
def test_a_cut_label_fits_and_begins_as_the_label(text: str, room: float) -> None:
    whole = clean(text)
    cut = fit(whole, room)
    if cut != whole:
        assert cut.endswith("…") and whole.startswith(cut[:-1])
        assert cut == "…" or width(cut) <= room + 1e-6
        following = whole[len(cut) - 1 :].lstrip()
        assert cut == "…" or not unicodedata.category(following[0]).startswith("M"), "an accent was cut off"
    else:
        assert width(whole) <= room or not whole


@given(anything, anything, anything)
def test_a_key_is_named_whatever_it_is_called(label: str, target: str, origin: str) -> None:
    view = PlacedKeyView("blf", target, label, origin=origin, inherited=True, problem=label)
    drawing = draw(T46U, (), {Position(0, 7): view}, base_href="/p")
    key = next(key for key in drawing.rows if key.position == Position(0, 7))
    assert key.name.startswith("Key 7: busy lamp") and "\n" not in key.name
    assert width(key.text) <= key.label.width


def test_names_are_read_aloud_as_sentences() -> None:
    own = PlacedKeyView("speed_dial", "0100", "Taxi", locked=True, changed=True, problem="It is barred.")
    inherited = PlacedKeyView("blf", "101", "Reception", origin="template Reception", inherited=True, live="busy")
    assert name(Position(0, 7), inherited) == "Key 7: busy lamp, Reception (101), from template Reception, busy"
    assert name(Position(1, 2), own) == (
        "Module 1 key 2: speed dial, Taxi (0100), set on this phone, locked, not saved yet, problem: It is barred."
    )
    assert name(Position(0, 1), PlacedKeyView("line", "", "Ada", 2, "", True)) == "Key 1: line 2, Ada, inherited"
    assert (
        name(Position(0, 1), PlacedKeyView("line", origin="default", inherited=True))
        == "Key 1: line 1, given by default"
    )
    assert name(Position(0, 2), own, "template").startswith("Key 2: speed dial, Taxi (0100), set on this template")
    assert name(Position(0, 3), PlacedKeyView()) == "Key 3: empty"
    assert name(Position(0, 3), PlacedKeyView("park", "701", "701")) == "Key 3: call park, 701, set on this phone"


def test_every_kind_has_a_glyph_of_its_own() -> None:
    assert set(GLYPHS) == set(KINDS)
    assert len(set(GLYPHS.values())) == len(GLYPHS)


def test_the_first_letter_says_where_a_label_begins() -> None:
    assert rightward("אדה") and rightward("12 אדה") and rightward("مرحبا Ada")
    assert not rightward("Ada אדה") and not rightward("123") and not rightward("")


def test_letters_are_not_parted_from_their_accents() -> None:
    assert fit("e\u0323\u0302" * 12, 40).rstrip("…").endswith("\u0302")
    assert fit("Short", 200) == "Short"
    assert fit("A department with a very long name", 100).startswith("A departm")


def test_a_key_as_the_phone_gets_it_becomes_a_view() -> None:
    key = PhoneKey(0, 7, "blf", "101", "Ada", 1, True, True, "*8", "template Reception")
    view = PlacedKeyView.of(key, live="busy")
    assert (view.inherited, view.origin, view.locked, view.live) == (True, "template Reception", True, "busy")
    assert not PlacedKeyView.of(PhoneKey(0, 7, "blf", "101", "", 1, False, True, "", "phone")).inherited
