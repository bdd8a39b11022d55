"""Feature codes: the two tables that there are, and what a company may change in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.phone.parameter import PARAMETERS
from sip_edge.routing.codes import FUNCTIONS, NEEDED, NOTHING, TABLES, Dialled, changed, dialled, problems

stars = st.from_regex(r"\A[*#][0-9*#]{1,3}\Z")


@pytest.mark.parametrize("name", TABLES)
def test_no_two_functions_share_a_code(name: str) -> None:
    table = TABLES[name]
    assert problems(table) == []
    codes = [code for codes in table.values() for code in codes]
    assert len(codes) == len(set(codes)) and set(table) <= set(FUNCTIONS)


@pytest.mark.parametrize("name", TABLES)
def test_every_code_calls_its_function(name: str) -> None:
    for function, codes in TABLES[name].items():
        for code in codes:
            follows = FUNCTIONS[function].follows
            if follows != NEEDED:
                assert dialled(TABLES[name], code) == Dialled(function, "")
            else:
                assert dialled(TABLES[name], code) is None
            expected = Dialled(function, "701") if follows != NOTHING else None
            assert dialled(TABLES[name], f"{code}701") == expected


def test_keys_dial_what_the_table_knows() -> None:
    for name, parameter in PARAMETERS.items():
        if name.startswith("codes."):
            function = {"codes.hot_desk": "hot_desk_in"}.get(name, name.removeprefix("codes."))
            assert parameter.default in TABLES["stratus"][function], name
    assert PARAMETERS["pickup.code"].default in TABLES["stratus"]["pickup_extension"]


def test_the_platforms_disagree() -> None:
    assert dialled(TABLES["stratus"], "*50") == Dialled("queue_one_call", "")
    assert dialled(TABLES["skyswitch"], "*50102") == Dialled("intercom", "102")
    assert dialled(TABLES["stratus"], "4357") == Dialled("support", "")
    assert dialled(TABLES["stratus"], "101") is None and dialled(TABLES["stratus"], "") is None


@given(st.dictionaries(st.sampled_from(sorted(FUNCTIONS)), stars, max_size=8))
def test_a_table_without_problems_says_one_thing_for_every_code(own: dict[str, str]) -> None:
    table = changed(TABLES["stratus"], own)
    if problems(table):
        return
    for function, codes in table.items():
        for code in codes:
            digits = code if FUNCTIONS[function].follows != NEEDED else f"{code}5"
            assert dialled(table, digits) == Dialled(function, digits[len(code) :])


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({"dnd_on": "*51"}, "already"), ({"intercom": "*5"}, "could not be dialled"), ({"dnd_on": "x"}, "not a code"),
        ({"teleport": "*88"}, "no function"), ({"dnd_on": "*" * 9}, "not a code"),
    ],
)  # fmt: skip
def test_what_cannot_be_in_a_table_is_told(own: dict[str, str], told: str) -> None:
    assert any(told in problem.text for problem in problems(changed(TABLES["stratus"], own)))


def test_a_function_can_be_taken_away() -> None:
    table = changed(TABLES["stratus"], {"support": "", "dnd_on": "*88"})
    assert dialled(table, "4357") is None and dialled(table, "*78") is None
    assert dialled(table, "*88") == Dialled("dnd_on", "") and problems(table) == []
