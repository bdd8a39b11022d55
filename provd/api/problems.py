"""Errors of the API as problem documents (RFC 9457).  (pure)"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from provd.api.schema import define, listing, number, obj, text
from provd.errors import Invalid, Problem, ProvdError

CONTENT_TYPE = "application/problem+json"

ERROR = define(
    "FieldError",
    obj({"field": text("Dotted name of the value"), "text": text("What is wrong and how to mend it", 1000)}),
)
PROBLEM = define(
    "Problem",
    obj(
        {
            "type": text("Always about:blank: the status says what kind of problem it is"),
            "title": text("The status in words"),
            "status": number("The HTTP status", 400, 599),
            "detail": text("One sentence that names the thing and the mend", 2000),
            "errors": listing(ERROR, "What is wrong with each field"),
            "changes": listing(
                {"type": "object"}, "Of 409 and 412: what others saved since the version that the change was made on"
            ),
        },
        required=("type", "title", "status", "detail"),
        about="RFC 9457",
    ),
)
FINDING = define(
    "Finding",
    obj(
        {
            "field": text("Dotted name of the value"),
            "text": text("What is wrong and how to mend it", 1000),
            "severity": {"type": "string", "enum": ["error", "warning"]},
        },
        about="Something that a phone cannot do (error) or that may surprise (warning)",
    ),
)


class Refused(ProvdError):
    """A request that HTTP itself has a status for: 400, 401, 405, 412, 413, 415, 428, 429."""

    def __init__(self, status: int, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def document(error: ProvdError) -> dict[str, Any]:
    """The body that goes with an error."""
    if isinstance(error, Invalid):
        wrong = [problem for problem in error.problems if problem.severity == "error"]
        detail = wrong[0].text if wrong else str(error)
        if len(wrong) > 1:
            detail = f"{detail} {len(wrong) - 1} more in errors."
        return {**_head(error.status, detail), "errors": [_field(problem) for problem in wrong]}
    changes = getattr(error, "changes", None)
    return {**_head(error.status, str(error)), **({"changes": changes} if changes else {})}


def _head(status: int, detail: str) -> dict[str, Any]:
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail[:2000]}


def _field(problem: Problem) -> dict[str, str]:
    return {"field": problem.field[:200], "text": problem.text[:1000]}


def findings(problems: Iterable[Problem]) -> list[dict[str, str]]:
    """Problems with their severity, as answers carry them."""
    return [{**_field(found), "severity": found.severity} for found in problems]
