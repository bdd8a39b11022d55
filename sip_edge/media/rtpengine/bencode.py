"""Bencode, in which rtpengine is asked and answers: integers, octets, lists and dictionaries.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DEEPEST = 16


def encode(value: object) -> bytes:
    """`{"a": 1}` → `d1:ai1ee`; text goes as UTF-8 with surrogates as the octets they stand for."""
    if isinstance(value, str):
        value = value.encode("utf-8", "surrogateescape")
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, bool | int):
        return b"i%de" % value
    if isinstance(value, Mapping):
        inside = (encode(str(key)) + encode(each) for key, each in sorted(value.items()))
        return b"d" + b"".join(inside) + b"e"
    if isinstance(value, list | tuple):
        return b"l" + b"".join(map(encode, value)) + b"e"
    raise TypeError(f"{type(value).__name__} has no bencode.")


def decode(data: bytes) -> Any:
    """The one value in `data`; octets come as text. Raises ValueError for what is no bencode."""
    try:
        value, end = _value(data, 0, DEEPEST)
    except (IndexError, RecursionError) as error:
        raise ValueError("This is no bencode.") from error
    if end != len(data):
        raise ValueError("This is no bencode.")
    return value


def _value(data: bytes, place: int, deep: int) -> tuple[Any, int]:
    kind = data[place : place + 1]
    if kind == b"i":
        end = data.index(b"e", place)
        return int(data[place + 1 : end]), end + 1
    if kind in (b"l", b"d") and deep:
        values: list[Any] = []
        place += 1
        while data[place : place + 1] != b"e":
            value, place = _value(data, place, deep - 1)
            values.append(value)
        return (values if kind == b"l" else _pairs(values)), place + 1
    colon = data.index(b":", place, place + 8)
    start = colon + 1
    end = start + int(data[place:colon])
    if not data[place:colon].isdigit() or end > len(data):
        raise ValueError("This is no bencode.")
    return data[start:end].decode("utf-8", "surrogateescape"), end


def _pairs(values: list[Any]) -> dict[str, Any]:
    if len(values) % 2 or not all(isinstance(key, str) for key in values[::2]):
        raise ValueError("This is no bencode.")
    return dict(zip(values[::2], values[1::2], strict=True))
