"""A header that is one value with parameters: Event, Session-Expires, Subscription-State, Replaces, Reason …  (pure)"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sip_edge.message import parameters
from sip_edge.message.errors import SipError


@dataclass(frozen=True)
class Field:
    """`value;name=value;flag`, the value up to the first semicolon."""

    value: str
    parameters: str = ""

    @classmethod
    def parse(cls, text: str) -> Field:
        """The field `text` is. Raises SipError(400) for an empty value or parameters that are not well formed."""
        value, mark, rest = text.partition(";")
        if not value.strip(" \t"):
            raise SipError(400, "A header that needs a value has none.")
        if not parameters.valid(mark + rest):
            raise SipError(400, "The parameters of a header are not well formed.")
        return cls(value.strip(" \t"), mark + rest)

    def __str__(self) -> str:
        return self.value + self.parameters

    def parameter(self, name: str) -> str | None:
        """The value of parameter `name` (lower case), unquoted; "" for a flag, None when absent."""
        return parameters.find(self.parameters, name)

    def with_parameter(self, name: str, value: str | None = None) -> Field:
        """This field with a parameter set (None: a flag)."""
        return replace(self, parameters=parameters.added(self.parameters, name, value))
