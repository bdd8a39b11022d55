"""Companies as calls know them: what routing knows, and the number of the company in the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from sip_edge.routing.facts import Company


@dataclass(frozen=True, slots=True)
class Known:
    """A company with its number in the database."""

    domain_id: int
    company: Company


class Source(Protocol):
    """Where companies come from: sip_edge.companies.Companies."""

    def get(self, domain: str) -> Company | None:
        """The company as it is remembered; nothing waits."""

    def of(self, domain: str) -> Awaitable[Company | None]:
        """The company as it is stored."""


class Directory:
    """What is known of a company is made once, until routing knows another."""

    def __init__(self, source: Source, domain_id: Callable[[str], int]) -> None:
        self._source = source
        self._domain_id = domain_id
        self._made: dict[str, tuple[Company, Known]] = {}

    def get(self, domain: str) -> Known | None:
        """The company, when it has been read already."""
        found = self._source.get(domain)
        if found is None:
            self._made.pop(domain, None)
            return None
        made = self._made.get(domain)
        if made is None or made[0] is not found:
            made = self._made[domain] = (found, Known(self._domain_id(domain), found))
        return made[1]

    async def of(self, domain: str) -> Known | None:
        """The company, read if need be."""
        await self._source.of(domain)
        return self.get(domain)
