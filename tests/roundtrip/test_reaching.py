"""Settings that a reader has no word of ours for: another value is another file, or the vendor cannot be told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.factories import SIP_HOST
from tests.roundtrip.phones import FIRMWARE, RICH, Wish, configured, people, seen

FAMILIES = sorted(RICH)
# Setting, its two values, and the families whose phones have nothing for it (see `unverified` of each).
PAIRS: dict[str, tuple[Any, Any, set[str]]] = {
    "calls.waiting": (True, False, set()),
    "calls.dial_plan": ("", "[2-9]xxx|911", {"fanvil"}),
    "time.format": ("12", "24", {"grandstream-ht"}),
    "network.cdp": (True, False, {"snom", "grandstream-ht"}),
    "network.vlan.priority": (5, 6, {"cisco-mpp"}),
    "directory.title": ("Staff", "People", {"grandstream", "grandstream-ht", "poly-ucs", "poly-edge-e", "snom"}),
    "time.ntp": (("a.example",), ("a.example", "b.example"), {"poly-ucs", "poly-edge-e", "snom"}),
}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", PAIRS)
def test_another_value_is_another_parameter(family: str, name: str) -> None:
    one, other, unable = PAIRS[name]
    found = []
    for value in (one, other):
        values = {"network.vlan.id": 40, name: value}
        found.append(set(seen(configured(Wish(RICH[family], people(2), values=values))).parameters.items()))
    changed = {parameter for parameter, _ in found[0] ^ found[1]}
    assert bool(changed) == (family not in unable), changed


@pytest.mark.parametrize("family", FAMILIES)
def test_an_update_that_is_switched_off_and_firmware_to_be_left_alone_are_said_so(family: str) -> None:
    kept = seen(configured(Wish(RICH[family], values={"update.nightly": False})))
    assert "update.window" not in kept.settings
    assert kept.firmware_url == ""
    assert seen(configured(Wish(RICH[family], firmware=FIRMWARE))).firmware_url


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("scheme", ["http", "https", "tftp"])
def test_the_phone_comes_back_by_the_protocol_it_is_given(family: str, scheme: str) -> None:
    """A directory is searched, which TFTP cannot: its address keeps its own protocol."""
    config = configured(Wish(RICH[family], firmware=FIRMWARE))
    base = config.urls.base.replace("http:", f"{scheme}:")
    reading = seen(
        replace(config, urls=replace(config.urls, base=base, firmware=f"{scheme}://{SIP_HOST}/fw/image.bin"))
    )
    assert reading.problems == ()
    assert reading.provisioning_url.startswith(base.rstrip("/"))
    assert reading.firmware_url.startswith(f"{scheme}://{SIP_HOST}/fw")
    assert all(url.startswith("http://") or "/" not in url for url in reading.directory_urls)
