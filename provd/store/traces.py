"""Rows of what happened and of who may ask: events, knocks, API keys, audit, changes, jobs.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PhoneEvent:
    """Something that happened to a phone or a MAC. `id` 0 before it is stored; `at` has fractions of a second.

    Not stored with it, but noted of its phone: `revision`, the stamp of the configuration that it took whole, and
    `lacks`, whether it asked for its configuration and did not get it, or got it without secrets. `restart`: those of
    its settings that phones restart for (provd.phone.restart), None where they are as they were at that revision.
    """

    mac: str
    at: float
    kind: str
    phone_id: int | None = None
    domain_id: int | None = None
    address: str = ""
    protocol: str = ""
    file: str = ""
    firmware: str = ""
    user_agent: str = ""
    duration_us: int = 0
    status: int = 0
    reason: str = ""
    id: int = 0
    revision: str = ""
    lacks: bool = False
    restart: str | None = None


@dataclass(frozen=True, slots=True)
class Knock:
    """A MAC that asked and is not known, with how often."""

    mac: str
    first_seen: int
    last_seen: int
    count: int
    address: str
    user_agent: str
    vendor: str
    model: str
    reason: str


@dataclass(frozen=True, slots=True)
class ApiKey:
    """`user_id`: the person that it stands for, None for a key of a company or of the provider."""

    id: int
    domain_id: int | None
    name: str
    scope: str
    created: int
    created_by: str
    last_used: int | None
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Audit:
    """Who did what. `changed` is {field: [old, new]} with secrets masked."""

    id: int
    domain_id: int | None
    at: int
    who: str
    action: str
    noun: str
    ref: str
    changed: Json


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the change feed: what phones get has changed for everything under (`noun`, `ref`)."""

    id: int
    noun: str
    ref: str
    domain_id: int | None
    at: int


@dataclass(frozen=True, slots=True)
class Job:
    """Long work. `result` is what it is about, `counts` how many items are in each state; `stage` the open one, from 0;
    `excused` how many lost phones a person has accepted; `change` counts up with every change of it or of its items;
    `parent` the job that it takes back; `until` when it stops looking after its phones, None once it does not."""

    id: int
    domain_id: int | None
    kind: str
    state: str
    created: int
    created_by: str
    started: int | None
    finished: int | None
    total: int
    done: int
    failed: int
    result: Json
    text: str
    counts: Json
    stage: int
    excused: int
    change: int
    parent: int | None
    until: int | None


@dataclass(frozen=True, slots=True)
class JobItem:
    """One thing of a job. `was` and `wish`: what a phone had and was given; `revision` the one that it has since then
    (0: not changed by the job); `written`, `notified` and `fetched` epoch seconds of what it went through."""

    id: int
    job_id: int
    ref: str
    state: str
    text: str
    at: int | None
    change: int
    phone_id: int | None
    was: Any
    wish: Any
    revision: int
    written: float | None
    notified: float | None
    fetched: float | None
