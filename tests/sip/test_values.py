"""The small nouns: field, media type, status, errors, limits, lazy."""

from __future__ import annotations

import copy
import pickle

import pytest

from sip_edge.message import Field, Limits, MediaType, SipError
from sip_edge.message.lazy import lazy
from sip_edge.message.status import phrase


def test_field_both_ways() -> None:
    event = Field.parse("dialog ;id=5;flag")
    assert (event.value, event.parameter("id"), event.parameter("flag"), event.parameter("x")) == (
        "dialog",
        "5",
        "",
        None,
    )
    assert str(Field.parse("1800;refresher=uac")) == "1800;refresher=uac"
    assert str(Field("active").with_parameter("expires", "60")) == "active;expires=60"


@pytest.mark.parametrize("text", ["", " ", ";a=b", "x;;", "x;a="])
def test_bad_field(text: str) -> None:
    with pytest.raises(SipError):
        Field.parse(text)


def test_media_type_both_ways() -> None:
    kind = MediaType.parse('Multipart/MIXED ; boundary="a b"')
    assert (kind.name, kind.parameter("boundary")) == ("multipart/mixed", "a b")
    assert str(MediaType.parse("application/sdp;charset=utf-8")) == "application/sdp;charset=utf-8"


@pytest.mark.parametrize("text", ["", "text", "text/", "/plain", "text/plain;", "text/plain x", "text plain"])
def test_bad_media_type(text: str) -> None:
    with pytest.raises(SipError):
        MediaType.parse(text)


@pytest.mark.parametrize(
    ("text", "takes"),
    [
        ("application/sdp", True),
        ("application/*", True),
        ("*/*", True),
        ("text/plain", False),
        ("text/*", False),
        ("application/sdp;q=0", False),
        ("*/*;q=0.000", False),
        ("*/*;q=0.1", True),
        ("application/sdp;level=1", True),
    ],
)
def test_accept_ranges(text: str, takes: bool) -> None:
    assert MediaType.parse(text).accepts("application/sdp") is takes


@pytest.mark.parametrize(
    ("code", "text"), [(200, "OK"), (489, "Bad Event"), (499, "Bad Request"), (299, "OK"), (699, "Busy Everywhere")]
)
def test_phrases(code: int, text: str) -> None:
    assert phrase(code) == text


def test_an_unknown_provisional_code_is_session_progress() -> None:
    assert phrase(199) == "Early Dialog Terminated"
    assert phrase(150) == "Trying"


def test_errors_survive_copies() -> None:
    error = SipError(420, "The request requires an extension this server lacks.", (("Unsupported", "x"),))
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert (twin.code, twin.sentence, twin.headers) == (error.code, error.sentence, error.headers)
    assert str(error).startswith("420 ")


def test_limits_can_be_tightened() -> None:
    assert Limits(headers=3).headers == 3
    assert Limits().message == 65_535


def test_lazy_computes_once_and_not_after_an_error() -> None:
    class Sample:
        calls = 0

        @lazy
        def value(self) -> int:
            """Docs."""
            self.calls += 1
            if self.calls == 1:
                raise SipError(400, "Not yet.")
            return self.calls

    sample = Sample()
    with pytest.raises(SipError):
        _ = sample.value
    assert (sample.value, sample.value, sample.calls) == (2, 2, 2)
    assert isinstance(Sample.value, lazy) and Sample.value.__doc__ == "Docs."
