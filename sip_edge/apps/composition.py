"""The applications put together with the calls that reach them."""

from __future__ import annotations

from typing import Any

from provd.music.choosing import Playlists
from provd.postbox import postbox
from sip_edge.apps.hosting import Hosting
from sip_edge.apps.service import Service
from sip_edge.call.edge import CallEdge
from sip_edge.call.music import of_playlists
from sip_edge.edge import SipEdge
from sip_edge.media.prompts import Prompts


def host(edge: SipEdge, services: Any) -> Hosting | None:
    """Have the calls of an edge reach the applications from now on; `services` are those of provd.app. None where there
    are no calls."""
    if not isinstance(edge.calls, CallEdge):
        return None
    settings, store, media = services.settings, services.store, services.media
    controller = edge.calls.controller
    voices = Prompts(settings.data_dir)
    hosting = Hosting(controller, media, Service(store, media, postbox(services), voices))
    controller.confirming.sentence = lambda name, domain: voices.path(name, domain=domain)
    controller.applications = hosting.take
    controller.audio.engine = media
    controller.sessions.listen(media)
    controller.mending.listen(media)
    controller.waiting.music = of_playlists(Playlists(store, settings.data_dir))
    return hosting
