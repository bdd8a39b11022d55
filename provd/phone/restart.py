"""Whether a phone has to restart for what has changed since it last took its configuration.  (pure)"""

from __future__ import annotations

import json
from collections.abc import Mapping

from provd.phone.parameter import PARAMETERS, Value

RESTARTING = tuple(sorted(name for name, parameter in PARAMETERS.items() if parameter.reboot))
"""Settings that most phones take at a restart only."""


def restart_settings(values: Mapping[str, Value]) -> str:
    """Those of the effective `values` that phones restart for, as compact JSON: equal values are equal text."""
    return json.dumps({name: values[name] for name in RESTARTING if name in values}, separators=(",", ":"))


def changed(taken: str, now: str) -> list[str]:
    """The names of the settings that differ between two restart_settings(); none where it is not known what the phone
    took (empty text), or where only one of the two knows a setting."""
    before = json.loads(taken) if taken else {}
    after = json.loads(now)
    return [name for name, value in before.items() if name in after and after[name] != value]
