"""Phone Hardware and what is around it: adding, swapping, registrations, strangers, models, firmware."""

from __future__ import annotations

from typing import Any

from phone_manager.handlers.hardware import (
    adding,
    editing,
    firmware,
    knocking,
    listing,
    models,
    opening,
    registrations,
    selected,
    swapping,
)

_COMPANY = r"/c/(?P<domain>[^/]+)"
_START = rf"{_COMPANY}/phones"

ROUTES: list[tuple[str, Any]] = [
    (_START, listing.Phones),
    (rf"{_START}/live", listing.PhonesLive),
    (rf"{_START}/open", opening.Open),
    (rf"{_START}/selected", selected.Selected),
    (rf"{_START}/add", adding.Add),
    (rf"{_START}/add/model", adding.ModelPreview),
    (rf"{_START}/add/many", adding.AddMany),
    (rf"{_START}/add/sheet", adding.AddSheet),
    (rf"{_START}/export", adding.Export),
    (rf"{_START}/devices", editing.Devices),
    (rf"{_START}/(?P<mac>[^/]+)/edit", editing.Edit),
    (rf"{_START}/(?P<mac>[^/]+)/swap", swapping.Swap),
    (rf"{_COMPANY}/registrations", registrations.Registrations),
    (rf"{_COMPANY}/registrations/live", registrations.RegistrationsLive),
    (rf"{_COMPANY}/firmware", firmware.Firmware),
    (rf"{_COMPANY}/firmware/rollout", firmware.Rollout),
    (r"/knocking", knocking.Knocking),
    (r"/knocking/(?P<mac>[^/]+)/adopt", knocking.Adopt),
    (r"/models", models.Models),
    (r"/models/(?P<model>[^/]+)", models.OneModel),
]
