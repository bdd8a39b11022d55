"""What a server is given so that every page has something to show."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Mapping
from pathlib import Path

from provd.api.exports import DEFAULTS
from provd.exporting.files import ExportFolder
from provd.sounds import Sounds
from provd.store import (
    archives,
    call_events,
    cdrs,
    domains,
    export_files,
    exports,
    links,
    mailboxes,
    music,
    trunks,
    users,
    voicemails,
)
from provd.store.database import Store
from sip_edge.call.event import CallEvent
from sip_edge.media.wav import head
from tests.live import YEALINK, LiveServer
from tests.pages.every import ACME, ADAS, FIRMWARE, STRANGER
from tests.pages.visitor import Visitor


def shelve(folder: Path) -> Path:
    """Put a firmware image for Ada's model where a server that is not started yet will look; → the folder."""
    (folder / "firmware").mkdir(parents=True)
    (folder / "firmware" / "t46u.rom").write_bytes(b"firmware")
    digest = hashlib.sha256(b"firmware").hexdigest()
    image = f"{{name: t46u.rom, version: {FIRMWARE}, models: [yealink-t46u], sha256: {digest}}}"
    (folder / "firmware" / "manifest.yaml").write_text(f"images:\n- {image}\n")
    return folder


def furnish(server: LiveServer, manager: Visitor) -> Mapping[str, str]:
    """Make what every page needs to have something to show; → what fills the addresses."""
    server.get(f"/p/{server.token}/{STRANGER}.cfg", agent=f"Yealink SIP-T46U 108.86.0.90 {STRANGER}")
    server.call(server.services.recorder.flush())
    manager.post(f"{ADAS}/keys/9", {"kind": "speed_dial", "target": "+12145550199", "label": "Florist"})
    manager.post(f"{ADAS}/keys", {"do": "save", "when": ""})
    made = manager.post(f"{ACME}/templates/1/apply", {"do": "apply", "macs": [YEALINK]})
    job = re.search(r"/jobs/(\d+)", made.location)
    assert job, made.text[:400]
    server.store(_called, server.settings.data_dir / "voicemail")
    server.store(_played, server.settings.data_dir / "music")
    server.store(_exported, server.settings.data_dir / "exports")
    person = server.store(users.by_login, "110@acme.example")
    token = server.store(links.make, person.id, "password", int(time.time()), 3600)
    return {"{token}": str(token), "{job}": job[1], "{knock}": STRANGER}


def _played(store: Store, folder: Path) -> None:
    """The company has a song and messages, Donald a song and an introduction."""
    acme, now = domains.by_name(store, "acme.example").id, int(time.time())
    whose = music.of_company(acme), music.of_user(acme, users.by_extension(store, acme, "107").id)
    for n, (name, kind) in enumerate((("Jazz", "song"), ("Blues", "song"), ("Hours", "message"), ("", "introduction"))):
        holder = whose[n % 2]
        kept = Sounds(folder).keep(acme, holder.user_id, head(16_000) + bytes([n]) * 16_000)
        music.add(
            store, holder, kind, name, kept.file, kept.seconds, kept.octets, now, words="Nine to five." if n > 1 else ""
        )


def _called(store: Store, folder: Path) -> None:
    """Donald has a message, a greeting and a recorded name; he was called; a trunk is there."""
    acme, now = domains.by_name(store, "acme.example").id, int(time.time())
    user = users.by_extension(store, acme, "107")
    kept = [Sounds(folder).keep(acme, user.id, head(16_000) + bytes([n]) * 16_000) for n in range(3)]
    voicemails.add(store, acme, user.id, kept[0].file, kept[0].seconds, kept[0].octets, now, name="Bob")
    mailboxes.add_greeting(store, acme, user.id, "Away", kept[1].file, kept[1].seconds, kept[1].octets, now)
    mailboxes.set_name(store, acme, user.id, kept[2].file, kept[2].seconds, kept[2].octets)
    trunks.create(store, acme, "Carrier", "sip.carrier.example", now, networks=["203.0.113.0/28"])
    trunks.create(store, None, "Everybody’s carrier", "sip.other.example", now, networks=["198.51.100.0/28"])
    events = [
        CallEvent("c1", now - 90, acme, "began", 1, number="+12145550199", name="Bob", called="2145550100"),
        CallEvent("c1", now - 89, acme, "ringing", 2, extension="107", name="Donald Knuth"),
        CallEvent("c1", now - 85, acme, "answered", 2, extension="107"),
        CallEvent("c1", now - 20, acme, "ended", status=200),
    ]
    call_events.add(store, events)
    cdrs.follow(store)


def _exported(store: Store, root: Path) -> None:
    """An export is scheduled and has made a file; a month is archived."""
    acme, now, folder = domains.by_name(store, "acme.example").id, int(time.time()), ExportFolder(root)
    settings = {**DEFAULTS, "minutes": 360, "public_key": ""}
    del settings["time"]
    made = exports.create(store, acme, "Calls", settings, now + 86_400, now, "101@acme.example")
    file, octets = folder.write(acme, ["Date,From\r\n"])
    with store.batch():
        export_files.add(
            store, acme, made.id, "Calls-1.csv", file, now, (now - 86_400, now), 0, octets, export_files.READY, now
        )
    old = "2025-11-0123456789abcdef.csv.gz"
    archives.moved(store, acme, "2025-11", old, [], 2, folder.append(acme, old, 0, "Date,From\r\n"), now)
