"""What a phone cannot do is said before it is saved: each sentence on the phone that has the trouble."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from provd.catalogue import shipped
from provd.errors import Problem
from provd.phone.check import check, check_chosen
from provd.phone.key import Key, Position
from provd.phone.layer import Layer, Sourced, merge
from provd.phone.model import KeyRule
from tests.factories import PEOPLE, phone_config

MAC = "805ec0aa0001"
EVERYBODY = frozenset(person[0] for person in PEOPLE)


def problems(
    model: str, keys: dict[str, dict[str, Any]] | None = None, *, kind: str = "phone",
    accounts: tuple[str, ...] = ("101", "102"), modules: tuple[str, ...] = (), names: frozenset[str] | None = EVERYBODY,
    **layer: Any,
) -> list[Problem]:  # fmt: skip
    """The problems of one of our people's phones, whose own layer (or that of `kind`) says this."""
    case = {
        "mac": MAC, "model": model, "accounts": list(accounts), "modules": list(modules),
        "layers": {kind: {"keys": keys or {}, **layer}},
    }  # fmt: skip
    config = phone_config(shipped(), case)
    typed = {Position.parse(place): Key(**key) for place, key in (keys or {}).items()}
    chosen = merge([Layer(kind, kind, keys=typed)]).keys
    return check(config, shipped().models[model], shipped().family_of(model), chosen, names)


def only(found: list[Problem]) -> Problem:
    assert len(found) == 1, found
    return found[0]


def test_an_ordinary_desk_phone_has_no_problem() -> None:
    keys = {"3": {"kind": "blf", "target": "103"}, "4": {"kind": "park", "target": "701"}}
    assert problems("yealink-t46u", keys) == []


def test_a_key_beyond_the_last_is_an_error_of_the_phone() -> None:
    found = only(problems("yealink-t46u", {"28": {"kind": "speed_dial", "target": "101"}}))
    assert found == Problem("keys.28", "Key 28 does not exist on the Yealink T46U; it has 27 keys.")


def test_a_key_beyond_the_last_that_is_inherited_is_only_a_warning() -> None:
    keys = {"28": {"kind": "speed_dial", "target": "101"}}
    assert only(problems("yealink-t46u", keys, kind="template")).severity == "warning"


def test_a_key_on_a_module_wants_the_module() -> None:
    key = {"m1.1": {"kind": "blf", "target": "103"}}
    assert "this phone has none" in only(problems("yealink-t46u", key)).text
    assert problems("yealink-t46u", key, modules=("EXP43",)) == []
    beyond = only(problems("yealink-t46u", {"m1.61": {"kind": "blf", "target": "103"}}, modules=("EXP43",)))
    assert "has 60 keys" in beyond.text


def test_a_module_that_the_model_does_not_take() -> None:
    assert "takes no EXP99; it takes EXP43" in only(problems("yealink-t46u", modules=("EXP99",))).text
    assert only(problems("yealink-t46u", modules=("EXP43",) * 4)).text.startswith("The Yealink T46U takes 3")


def test_a_kind_that_the_family_cannot_is_said_in_the_familys_words() -> None:
    model = "cisco-cp-8851"
    found = only(problems(model, {"3": {"kind": "dtmf", "target": "*55"}}))
    assert found == Problem("keys.3.kind", shipped().family_of(model).keys["dtmf"].cannot)


def test_a_lamp_that_does_not_work_is_a_warning() -> None:
    family = shipped().families["yealink"]
    dark = KeyRule("queue_toggle", code="13", lamp=False, note="Dial it instead.")
    lampless = replace(family, keys={**family.keys, "queue_toggle": dark})
    chosen = {Position(0, 3): Sourced(Key("queue_toggle"), "phone", "phone")}
    found = only(check_chosen(chosen, shipped().models["yealink-t46u"], lampless, 0))
    assert found.severity == "warning" and "Queue Toggle has no lamp" in found.text and "Dial it" in found.text
    assert check_chosen(chosen, shipped().models["yealink-t46u"], family, 0) == []


def test_keys_that_point_nowhere() -> None:
    for kind, wanted in (("blf", "extension"), ("speed_dial", "number"), ("park", "orbit"), ("url", "address")):
        found = only(problems("yealink-t46u", {"3": {"kind": kind}}))
        assert found.field == "keys.3.target" and wanted in found.text and found.severity == "error"


def test_a_cascade_needs_no_target_and_counts_who_finds_no_place() -> None:
    assert problems("yealink-t46u", {"3": {"kind": "cascade"}}) == []
    found = only(problems("yealink-t46u", {"25": {"kind": "cascade"}}))
    assert found.severity == "warning" and found.text.startswith("5 people find no key")


def test_a_long_label_is_a_warning_only_where_somebody_wrote_it() -> None:
    key = {"kind": "speed_dial", "target": "101", "label": "x" * 31}
    found = only(problems("yealink-t46u", {"3": key}))
    assert found.field == "keys.3.label" and found.severity == "warning" and "31 characters" in found.text


def test_a_line_that_the_phone_does_not_have() -> None:
    found = problems("yealink-t46u", {"3": {"kind": "speed_dial", "target": "103", "line": 3}})
    assert only(found).text == "Key 3 is of line 3, which this phone does not have; it has lines 1, 2."
    beyond = problems("yealink-t46u", {"3": {"kind": "speed_dial", "target": "103", "line": 17}})
    assert any("the Yealink T46U has 16" in problem.text for problem in beyond)


def test_more_lines_than_the_model_has() -> None:
    found = problems("grandstream-ht802", accounts=("101", "102", "103"))
    assert "Line 3 (103) does not fit; the Grandstream HT802 has 2." in only(found).text


def test_one_line_appearance_is_a_warning_and_two_are_enough() -> None:
    found = only(problems("yealink-t46u", accounts=("101",)))
    assert found.severity == "warning" and "two line appearances; this phone has one" in found.text
    assert problems("yealink-t46u", {"2": {"kind": "line", "line": 1}, "1": {"kind": "line"}}, accounts=("101",)) == []


def test_an_adapter_has_no_keys_and_no_such_warning() -> None:
    assert problems("grandstream-ht802", accounts=("101",)) == []


def test_a_watched_extension_that_nobody_has() -> None:
    key = {"3": {"kind": "blf", "target": "199"}}
    found = only(problems("yealink-t46u", key))
    assert found.severity == "warning" and "nobody in the company has this extension" in found.text
    assert problems("yealink-t46u", key, names=None) == []


def test_vendor_parameters_that_do_not_fit_the_file() -> None:
    found = problems("grandstream-ht802", accounts=("101",), raw={"account.1.label": "x", "P30": "a\nb"})
    assert [problem.field for problem in found] == ["raw.account.1.label", "raw.P30"]
    assert all(problem.severity == "error" for problem in found)


def test_codecs_of_which_the_phone_has_none() -> None:
    found = only(problems("snom-d785", values={"audio.codecs": ["opus", "ilbc"]}))
    assert found.field == "values.audio.codecs" and "have none of opus, ilbc" in found.text
    assert problems("snom-d785", values={"audio.codecs": ["opus", "pcma"]}) == []


def test_every_model_of_the_catalogue_can_be_checked() -> None:
    for model in shipped().models.values():
        keys = {str(place): {"kind": "blf", "target": "103"} for place in model.positions()[1:3]}
        found = problems(model.id, keys, accounts=("101",))
        assert all(problem.text.endswith(".") for problem in found), model.id
