"""The applications put together with the calls that reach them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from provd.mail import Outbox
from provd.postbox import Postbox
from provd.sounds import Sounds
from provd.store.database import Store
from sip_edge.apps.hosting import Hosting
from sip_edge.apps.service import Service
from sip_edge.call.controller import Controller
from sip_edge.media.engine import MediaEngine
from sip_edge.media.prompts import Prompts


def host(
    controller: Controller, media: MediaEngine, store: Store, outbox: Outbox, data_dir: Path, root: Callable[[], str]
) -> Hosting:
    """Have the controller's calls reach the applications from now on. `root` is the address of the pages."""
    postbox = Postbox(store, outbox, Sounds(data_dir / "voicemail"), root)
    hosting = Hosting(controller, media, Service(store, media, postbox, Prompts(data_dir)))
    controller.applications = hosting.take
    return hosting
