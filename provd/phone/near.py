"""MACs that one slip of the finger makes of each other.  (pure)"""

from __future__ import annotations

SLIPS = 2


def near(one: str, other: str) -> bool:
    """Whether two MACs (12 digits each) differ, but in at most two digits: one or two mistyped, or two exchanged."""
    return one != other and sum(left != right for left, right in zip(one, other, strict=True)) <= SLIPS
