"""One declaration per endpoint: what routes, validates, documents and guards it.  (pure)"""

from __future__ import annotations

import inspect
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from provd.api.schema import Schema, Validator, number, obj, text

Query = Mapping[str, Schema]

ORDINARY_BODY, AUDIO_BODY = 1024 * 1024, 16 * 1024 * 1024
"""Octets of a request's body as JSON; the second for endpoints that take audio, and for no others."""

CURSOR = text("Where to go on: `next` of the page before", 200)
PAGING: dict[str, Schema] = {"limit": number("Entries a page", 1, 1000, default=100), "cursor": CURSOR}
SEARCH: dict[str, Schema] = {"search": text("Words that must all appear", 100)}
SECRETS: dict[str, Schema] = {
    "secrets": number("1 shows passwords and tokens to those who may see them; everybody else gets marks", 0, 1)
}

PARAMETERS: Mapping[str, str] = {
    "domain": "The company's name, or `~` for the one of the API key",
    "site": "The site's id",
    "department": "The department's id",
    "user": "The user's extension, or `~` for the person of the API key",
    "device": "The device's name, such as 101a",
    "contact": "The contact's id",
    "mac": "The phone's MAC in any notation",
    "knock": "The unknown MAC in any notation",
    "position": "A key's place: `7` on the phone, `m1.7` on expansion module 1",
    "name": "The file's name",
    "template": "The template's id",
    "revision": "A saved version",
    "model": "The model's id, such as yealink-t46u",
    "family": "The family's id, such as yealink",
    "job": "The job's id",
    "apikey": "The API key's id",
    "timeframe": "The time frame's number",
    "number": "The phone number, as +12145550100 or as it is written in the company's country",
    "rule": "The number of the rule's time frame, or `*` for the default rule",
    "case": "The test call's id",
    "trunk": "The trunk's id",
    "country": "Two letters, such as US",
    "voicemail": "The message's id",
    "greeting": "The greeting's id",
    "sentence": "The sentence's id, such as mailbox-full",
    "recordingcall": "The id of the call for a recording",
    "clip": "The clip's id",
    "track": "The song's or message's id",
    "call": "Id of a call that is on",
    "cdr": "The id of the call's record",
    "schedule": "The scheduled export's id",
    "export": "The id of the export's file",
    "archive": "The archive's id",
}
_PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Streamed:
    """An answer that goes on: its pieces as they come; `close` ends them from outside."""

    pieces: AsyncIterator[bytes]
    close: Callable[[], None]


@dataclass(frozen=True)
class Endpoint:
    """Method and path below /api/v2, who may (`action` of scope.py), what goes in and comes out, and what does it.

    `configured`: the work wants to know what a phone gets, for which the company's directory is fetched beforehand.
    `at_home`: a coroutine function that needs the memory of the process that the company lives in, and runs there.
    `narrow`: the work itself narrows a list to the site or person that the right reaches. `work` is a function of
    (store, call), run in one transaction when it writes, or a coroutine function of (call).
    """

    method: str
    path: str
    action: str
    work: Callable[..., Any]
    group: str
    answer: Schema | None
    body: Schema | None = None
    query: Query = field(default_factory=dict)
    status: int = 200
    narrow: bool = False
    versioned: bool = False
    configured: bool = False
    produces: str = "application/json"
    at_home: bool = False
    largest: int = ORDINARY_BODY

    @property
    def title(self) -> str:
        """The first line of the work's docstring."""
        return (inspect.getdoc(self.work) or "").split("\n", 1)[0].rstrip(".")

    @property
    def about(self) -> str:
        """The rest of the work's docstring."""
        return (inspect.getdoc(self.work) or "").partition("\n")[2].strip()

    @property
    def operation(self) -> str:
        """A name that no other endpoint has: `get_phones_by_mac_keys`."""
        words = [f"by_{part[1:-1]}" if part.startswith("{") else part for part in self.path.strip("/").split("/")]
        return "_".join([self.method.lower(), *words])

    @property
    def parameters(self) -> list[str]:
        """The names in the path, in order."""
        return _PARAMETER.findall(self.path)

    @property
    def writes(self) -> bool:
        """Whether the work runs in a transaction."""
        return self.method != "GET"

    @cached_property
    def asynchronous(self) -> bool:
        """Whether the work is a coroutine function."""
        return inspect.iscoroutinefunction(self.work)

    @cached_property
    def body_validator(self) -> Validator | None:
        """The body's schema, made ready once."""
        return Validator(self.body) if self.body is not None else None

    @property
    def takes_audio(self) -> bool:
        """Whether the body may be a file of audio, with the other fields in the address."""
        return self.largest == AUDIO_BODY

    @cached_property
    def beside_audio(self) -> Schema:
        """The fields of the body other than the audio."""
        body = self.body or {}
        fields = {name: schema for name, schema in body.get("properties", {}).items() if name != "audio"}
        return obj(fields, required=[name for name in body.get("required", ()) if name != "audio"])

    @cached_property
    def beside_validator(self) -> Validator:
        """Their schema, made ready once."""
        return Validator(self.beside_audio)

    @cached_property
    def query_validator(self) -> Validator:
        """The query's schema, made ready once."""
        return Validator(obj(self.query, required=()))

    @property
    def pattern(self) -> str:
        """The regular expression of the path; a file's name may have slashes."""
        found = _PARAMETER.sub(lambda match: "(.+)" if match[1] == "name" else "([^/]+)", self.path)
        return f"/api/v2{found}"


class Group:
    """Endpoints about one noun; every module of this package that has some makes one."""

    def __init__(self, name: str, about: str, *, at_home: bool = False) -> None:
        self.name = name
        self.about = about
        self.at_home = at_home
        self.endpoints: list[Endpoint] = []

    def add(
        self, method: str, path: str, action: str, **more: Any
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declares the function under it as the work of an endpoint."""

        def declare(work: Callable[..., Any]) -> Callable[..., Any]:
            self.endpoints.append(Endpoint(method, path, action, work, self.name, **{"at_home": self.at_home, **more}))
            return work

        return declare

    def get(self, path: str, action: str, answer: Schema | None, **more: Any) -> Callable[..., Any]:
        """A GET."""
        return self.add("GET", path, action, answer=answer, **more)

    def post(self, path: str, action: str, answer: Schema | None, **more: Any) -> Callable[..., Any]:
        """A POST; 201 unless another status is given."""
        return self.add("POST", path, action, answer=answer, **{"status": 201, **more})

    def patch(self, path: str, action: str, answer: Schema | None, **more: Any) -> Callable[..., Any]:
        """A PATCH: the fields given are set, the others stay."""
        return self.add("PATCH", path, action, answer=answer, **more)

    def put(self, path: str, action: str, answer: Schema | None, **more: Any) -> Callable[..., Any]:
        """A PUT."""
        return self.add("PUT", path, action, answer=answer, **more)

    def delete(self, path: str, action: str, **more: Any) -> Callable[..., Any]:
        """A DELETE: 204 unless it has something to tell."""
        return self.add("DELETE", path, action, **{"answer": None, "status": 204, **more})
