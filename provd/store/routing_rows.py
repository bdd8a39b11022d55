"""What the store hands out about when and where calls go; see rows.py.  (pure)"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provd.timeframe.frame import TimeFrame
from provd.timeframe.reading import kept


@dataclass(frozen=True, slots=True)
class SavedFrame:
    """A time frame of a company, or of one person (`user_id`). `number` names it on keys; `times` as reading.py."""

    id: int
    domain_id: int
    user_id: int | None
    number: int
    name: str
    times: Mapping[str, Any]
    forced: str
    created: int

    @property
    def frame(self) -> TimeFrame:
        """The times, ready to be asked."""
        return kept(json.dumps(self.times, sort_keys=True), self.forced)


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number of a company. `user_id` is whom its calls go to, where the treatment has a user; `destination` what else
    they go to. `extension`, `person` and `service_code` are those of that user now."""

    id: int
    domain_id: int
    number: str
    site_id: int | None
    treatment: str
    user_id: int | None
    destination: str
    caller_id_prefix: str
    notes: str
    enabled: bool
    created: int
    extension: str
    person: str
    service_code: str
