"""What can go wrong, as sentences: the same sentence reaches the log, the page and the API.  (pure)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a value somebody gave us.

    `field` is the dotted name of the value (`keys.3.target`), `text` a whole sentence that names the thing and
    the mend. `severity` is `error` (nothing is saved) or `warning` (saved, and the user is told).
    """

    field: str
    text: str
    severity: str = "error"


class ProvdError(Exception):
    """A mistake of the user, the phone or the environment; `str(error)` is the sentence to show."""

    status = 400


class Invalid(ProvdError):
    """Values that break a rule; carries every problem found, not just the first."""

    status = 422

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(problem.text for problem in self.problems))


class NotFound(ProvdError):
    """The thing named does not exist, or belongs to another company."""

    status = 404


class Conflict(ProvdError):
    """The thing changed or exists already."""

    status = 409


class Forbidden(ProvdError):
    """The scope of the caller does not allow it."""

    status = 403
