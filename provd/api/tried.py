"""Test calls of a company: what became of them when they were kept, and what becomes of them now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from provd.api.call import Call
from provd.store import tried_calls
from provd.store.routing_rows import TriedCall


def lines(stages: Sequence[Mapping[str, Any]]) -> list[str]:
    """Stages as texts to compare and to read."""
    return [f"{one['when']}: {one['title']}" if one["when"] else str(one["title"]) for one in stages]


async def judged(call: Call) -> list[tuple[TriedCall, list[str]]]:
    """Every test call of the company with what becomes of it now."""
    assert call.domain is not None
    kept = await call.services.store.run(tried_calls.find, call.domain.id)
    if not kept:
        return []
    asked = [one.asked for one in kept]
    found = await call.services.companies.try_calls(call.domain.name, asked, call.clock)
    return [(one, lines(stages)) for one, stages in zip(kept, found, strict=True)]


async def moved(call: Call) -> list[dict[str, Any]]:
    """The test calls that go elsewhere than they should, for those who may try calls: asked after every change."""
    if not await call.services.store.run(lambda store: call.may(store, "calls.try")):
        return []
    return [
        {"name": one.name, "expected": list(one.expected), "now": now}
        for one, now in await judged(call)
        if now != list(one.expected)
    ]
