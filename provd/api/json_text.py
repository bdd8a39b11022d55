"""JSON as it comes in and goes out: strict, bounded, UTF-8."""

from __future__ import annotations

import json
from typing import Any

from provd.api.problems import Refused

DEEPEST = 32


def read_json(content: bytes) -> Any:
    """JSON as RFC 8259 has it: UTF-8, no NaN, bounded depth. Raises Refused (400) with a sentence."""
    try:
        text = content.decode("utf-8")
        value = json.loads(text, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise Refused(400, "The body is not UTF-8.") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Refused(400, f"The body is not JSON: {error.msg} at {place}.") from None
    except (RecursionError, ValueError):
        raise Refused(400, "The body is not JSON that can be read: too deep, or a number that is none.") from None
    if _deeper(value, DEEPEST):
        raise Refused(400, f"The body is nested deeper than {DEEPEST} levels.")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _deeper(value: Any, levels: int) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return bool(inside) and (levels == 0 or any(_deeper(one, levels - 1) for one in inside))


def dump(value: Any) -> bytes:
    """JSON in UTF-8; half a surrogate pair, which UTF-8 cannot say, stays an escape."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")
