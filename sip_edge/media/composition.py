"""Which media engine the settings ask for."""

from __future__ import annotations

import logging
from typing import Protocol

from provd.errors import ProvdError
from provd.settings import Settings, port_range
from sip_edge.media.engine import MediaEngine
from sip_edge.media.local import LocalMedia, shares
from sip_edge.media.rtpengine.engine import of_url
from sip_edge.message import SipError

log = logging.getLogger(__name__)


class RunningMedia(MediaEngine, Protocol):
    """A media engine as the composition root has it."""

    async def start(self) -> None:
        """Be ready before the first call asks."""

    async def close(self) -> None:
        """End, with all audio."""


def of_settings(settings: Settings, *, index: int = 0, count: int = 1) -> RunningMedia:
    """The engine of process number `index` of `count`, each of which has its part of the ports.

    Raises ProvdError for an rtpengine_url that is none.
    """
    ports = shares(port_range(settings.rtp_ports), count)[index]
    bind = settings.bind if ":" not in settings.bind else "0.0.0.0"  # noqa: S104 - phones are elsewhere
    local = LocalMedia(settings.media_address or settings.host, ports, bind=bind, processes=settings.media_processes)
    if not settings.rtpengine_url:
        return local
    try:
        return of_url(settings.rtpengine_url, local, index)
    except ValueError as error:
        raise ProvdError(str(error)) from error


async def warm(engine: RunningMedia) -> None:
    """Audio is ready before the first call asks for it; when it cannot be, that call tries again and is told why."""
    try:
        await engine.start()
    except (SipError, OSError) as error:
        log.error("Calls have no audio that passes through here: %s", error)
