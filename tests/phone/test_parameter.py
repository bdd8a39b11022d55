"""Settings as people give them: the right kind, the right bounds, a sentence otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.phone.parameter import DEFAULTS, PARAMETERS, check_value


@pytest.mark.parametrize("name", sorted(DEFAULTS))
def test_every_default_is_valid(name: str) -> None:
    default = DEFAULTS[name]
    value, problem = check_value(name, list(default) if isinstance(default, tuple) else default)
    assert problem is None
    assert value == default


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sip.port", 0),
        ("sip.port", "5060"),
        ("sip.port", True),
        ("sip.transport", "sctp"),
        ("sip.server", "http://pbx"),
        ("sip.server", "pbx example"),
        ("audio.codecs", ["g722", "g722"]),
        ("audio.codecs", ["mp3"]),
        ("audio.codecs", "g722"),
        ("time.zone", "../etc/passwd"),
        ("time.ntp", ["a b"]),
        ("update.window", "25:00-26:00"),
        ("voicemail.number", "*62;x"),
        ("directory.title", "a\nb"),
        ("directory.title", "x" * 33),
        ("network.lldp", 1),
        ("no.such", 1),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(name: str, value: Any) -> None:
    found, problem = check_value(name, value)
    assert found is None
    assert problem is not None
    assert problem.text.endswith(".")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.sampled_from(sorted(PARAMETERS)) | st.text(max_size=30), anything)
def test_whatever_comes_gets_a_value_or_a_problem(name: str, value: Any) -> None:
    found, problem = check_value(name, value)
    assert (found is None) == (problem is not None)
