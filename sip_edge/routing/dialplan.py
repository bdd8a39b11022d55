"""A company's translations of what is dialled: 9 for an outside line, short numbers for long ones.  (pure)"""

from __future__ import annotations

from collections.abc import Iterable

_ANY = "X"
_REST = "*"


def translated(digits: str, translations: Iterable[tuple[str, str]]) -> str:
    """What is meant by these digits: the replacement of the first pattern that fits, else the digits themselves.

    In a pattern X is any digit, and * at the end is one or more characters that follow, which a * at the end of the
    replacement stands for. The result is not translated again, so that nothing goes in a ring.
    """
    for pattern, means in translations:
        rest = _fits(pattern, digits)
        if rest is not None:
            return means.removesuffix(_REST) + rest if means.endswith(_REST) else means
    return digits


def _fits(pattern: str, digits: str) -> str | None:
    """What stands for the * of a pattern that fits, empty without one; None for one that does not fit."""
    fixed = pattern.removesuffix(_REST)
    open_ended = fixed != pattern
    if len(digits) < len(fixed) + open_ended or (not open_ended and len(digits) != len(fixed)):
        return None
    if any(
        not digit.isdecimal() if wanted == _ANY else digit != wanted
        for wanted, digit in zip(fixed, digits, strict=False)
    ):
        return None
    return digits[len(fixed) :]
