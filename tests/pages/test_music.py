"""Music on hold in the browser: added, ordered and taken back, renamed, copied, deleted, set; nothing typed is lost."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from provd.api.arriving import LARGEST_FILE
from provd.store import domains, music, users
from provd.store.database import Store
from sip_edge.media.wav import head
from tests.live import LiveServer
from tests.pages.visitor import Visitor

START = "/c/acme.example/music"
COMPANY, OWN = f"{START}/company", f"{START}/107"
SOUND = head(16_000) + bytes(16_000)
LONG = head(12_000_000) + bytes(12_000_000)
"""More than twelve minutes."""


def tracks(store: Store, extension: str = "") -> list[music.MusicTrack]:
    acme = domains.by_name(store, "acme.example").id
    user = users.by_extension(store, acme, extension).id if extension else 0
    return music.tracks(store, music.of_user(acme, user) if extension else music.of_company(acme))


def cleared(store: Store) -> None:
    store.sql("DELETE FROM music_tracks")
    store.sql("DELETE FROM music_settings")


@pytest.fixture(autouse=True)
def empty(server: LiveServer) -> None:
    server.store(cleared)


def add(visitor: Visitor, page: str, name: str, kind: str = "song") -> None:
    fields = {"do": "add", "how": "upload", "kind": kind, "name": name}
    seen = visitor.upload(page, fields, "audio", "sound.wav", SOUND)
    assert seen.status == 303, seen.text


def names(server: LiveServer, extension: str = "") -> list[str]:
    return [one.name for one in server.store(tracks, extension)]


def test_the_rail_leads_people_to_their_own_and_managers_to_the_list(manager: Visitor, person: Visitor) -> None:
    assert person.get(START).location == OWN
    assert "My Music on Hold" in person.get(OWN).text
    assert f'href="{COMPANY}"' in manager.get(START).html


def test_the_standard_music_plays_until_there_is_a_song(server: LiveServer, manager: Visitor) -> None:
    seen = manager.get(COMPANY)
    assert "Callers who wait hear the standard music." in seen.text and "Quiet harbour" in seen.text
    add(manager, COMPANY, "<i>Jazz</i>")
    seen = manager.get(COMPANY)
    assert "Callers who wait hear 1 song." in seen.text and "Quiet harbour" not in seen.text
    assert "&lt;i&gt;Jazz&lt;/i&gt;" in seen.html
    (one,) = server.store(tracks)
    heard = manager.get(f"{COMPANY}/tracks/{one.id}/audio?download=1")
    assert heard.headers["content-type"] == "audio/wav" and "attachment" in heard.headers["content-disposition"]
    assert manager.get(f"{START}/standard/1/audio").status == 200


def test_tracks_are_ordered_taken_back_renamed_copied_and_deleted(server: LiveServer, manager: Visitor) -> None:
    for name in ("Jazz", "Blues", "Soul"):
        add(manager, OWN, name)
    ids = {one.name: str(one.id) for one in server.store(tracks, "107")}
    after = manager.follow(OWN, {"do": "down", "kind": "song", "track": ids["Jazz"]})
    assert names(server, "107") == ["Blues", "Jazz", "Soul"] and "The order is saved." in after.text
    undo = re.search(r'action="([^"]*do=order[^"]*)"', after.html)
    assert undo
    assert manager.post(undo[1].replace("&amp;", "&"), {}).status == 303
    assert names(server, "107") == ["Jazz", "Blues", "Soul"]
    manager.post(OWN, {"do": "order", "kind": "song", "order": f"{ids['Soul']},{ids['Jazz']},{ids['Blues']}"})
    assert names(server, "107") == ["Soul", "Jazz", "Blues"]
    assert manager.post(OWN, {"do": "order", "kind": "song", "order": ids["Soul"]}).status == 409
    manager.post(OWN, {"do": "copy", "track": ids["Soul"]})
    manager.post(OWN, {"do": "rename", "track": ids["Jazz"], "name": "Late jazz"})
    manager.post(OWN, {"do": "delete", "track": ids["Soul"]})
    assert names(server, "107") == ["Late jazz", "Blues", "Soul Copy"]
    wrong = manager.post(OWN, {"do": "rename", "track": ids["Jazz"], "name": "x" * 101})
    assert wrong.status == 422 and "x" * 101 in wrong.html and "100" in wrong.text


def test_what_is_wrong_is_said_beside_what_was_typed(server: LiveServer, manager: Visitor) -> None:
    fields = {"do": "add", "how": "upload", "kind": "song", "name": "My <song>"}
    wrong = manager.upload(COMPANY, fields, "audio", "song.mp3", b"no audio at all")
    assert wrong.status == 422 and "no audio that can be read" in wrong.text
    assert 'value="My &lt;song&gt;"' in wrong.html and re.search(r'id="add-song"[^>]* open', wrong.html)
    none = manager.post(COMPANY, {**fields, "how": "speak", "kind": "message", "words": " ", "name": "Hours"})
    assert none.status == 422 and re.search(r'id="add-message"[^>]* open', none.html)
    assert manager.post(COMPANY, {**fields, "kind": "noise"}).status == 422
    gap = manager.post(COMPANY, {"do": "set", "gap": "31", "shuffle": "1"})
    assert gap.status == 422 and "checked" in gap.html.partition('id="f-shuffle"')[2][:120]
    assert manager.post(COMPANY, {"do": "dance"}).status == 422
    assert names(server) == []


def test_a_text_is_spoken_before_everything(server: LiveServer, person: Visitor) -> None:
    if not shutil.which("flite"):
        pytest.skip("No speech engine is installed: apt install flite")
    text = "This call is recorded."
    after = person.follow(OWN, {"do": "add", "how": "speak", "kind": "introduction", "name": "", "words": text})
    assert "Introduction is there." in after.text and text in after.text and "Plays first" in after.text
    assert "Callers who wait for you hear the introduction, then what the company plays." in after.text


def test_what_is_set_is_said_in_a_sentence(server: LiveServer, manager: Visitor) -> None:
    add(manager, COMPANY, "Hours", "message")
    after = manager.follow(COMPANY, {"do": "set", "gap": "45", "shuffle": "1", "standard": "1"})
    assert "hear the standard music in random order, and the message every 45 seconds" in after.text
    after = manager.follow(COMPANY, {"do": "set", "gap": "45"})
    assert "hear the message, with 45 seconds of silence between" in after.text
    after = manager.follow(COMPANY, {"do": "set", "gap": "45", "silent": "1"})
    assert "switched off: callers who wait hear nothing" in after.text


def test_the_list_hides_people_without_music_and_can_show_them(server: LiveServer, manager: Visitor) -> None:
    add(manager, OWN, "Jazz")
    seen = manager.get(START)
    assert "Donald Knuth" in seen.text and "1 song" in seen.text and "Grace Hopper" not in seen.text
    everybody = manager.get(f"{START}?filtered=1&type=user").text
    assert "Grace Hopper" in everybody and "Callers who wait hear" not in everybody
    only = manager.get(f"{START}?filtered=1&hide=1&type=company").text
    assert "Donald Knuth" not in only and "Callers who wait hear" in only
    assert "No user found" in manager.get(f"{START}?filtered=1&search=nobody").text


def test_others_music_is_nobodys_business(server: LiveServer, manager: Visitor, person: Visitor) -> None:
    add(manager, COMPANY, "Jazz")
    (one,) = server.store(tracks)
    for path in (COMPANY, f"{START}/108", f"{COMPANY}/tracks/{one.id}/audio"):
        assert person.get(path).status == 403
    assert person.post(COMPANY, {"do": "delete", "track": str(one.id)}).status == 403
    assert person.get(f"{OWN}/tracks/{one.id}/audio").status == 404
    assert manager.get("/c/nowhere.example/music/company").status == 404
    assert names(server) == ["Jazz"]


def test_a_call_for_a_recording_that_is_gone_leads_back(manager: Visitor) -> None:
    assert manager.get(f"{COMPANY}/call/101.none").location == COMPANY
    wrong = manager.post(COMPANY, {"do": "add", "how": "call", "kind": "message", "name": "Hours", "to": "call me"})
    assert wrong.status == 422 and 'value="call me"' in wrong.html
    again = manager.get(f"{COMPANY}?add=message&name=Hours&to=108&how=call").html.partition('id="add-message"')[2]
    assert 'value="Hours"' in again and 'value="108"' in again and re.search(r'value="call" checked', again)


def test_a_file_too_large_is_told_what_to_do(server: LiveServer, manager: Visitor, tmp_path: Path) -> None:
    fields = {"do": "add", "how": "upload", "kind": "song", "name": "Big"}
    wrong = manager.upload(COMPANY, fields, "audio", "big.wav", bytes(LARGEST_FILE + 1))
    assert wrong.status == 422 and "larger than 50 MB; save it as MP3" in wrong.text and 'value="Big"' in wrong.html
    assert not list((server.services.settings.data_dir / "arriving").glob("*"))
    assert manager.upload(COMPANY, fields, "audio", "big.wav", LONG).status == 303
    assert not list((server.services.settings.data_dir / "arriving").glob("*"))
