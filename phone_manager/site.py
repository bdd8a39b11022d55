"""What all pages of one server share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment

from phone_manager.rendering import environment
from provd.limits import Buckets


@dataclass(slots=True)
class Site:
    """`services` are the server's (provd/app.py). The buckets bound how often an address, and a login name, may give
    a wrong password."""

    services: Any
    pages: Environment = field(default_factory=environment)
    addresses: Buckets = field(default_factory=lambda: Buckets(20, 1 / 6))
    logins: Buckets = field(default_factory=lambda: Buckets(10, 1 / 60))
