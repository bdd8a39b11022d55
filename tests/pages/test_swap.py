"""One phone's details, its way out of the box, and other hardware in its place."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from provd.store import domains, phones
from provd.store.rows import Phone
from tests.live import YEALINK, LiveServer
from tests.pages.visitor import Visitor

PAGE = f"/c/acme.example/phones/{YEALINK}"
FORM = {
    "description": "Front desk", "site_id": "1", "template_id": "1", "time_zone": "Europe/Berlin",
    "expansions": ["EXP43", "EXP43", ""], "device-1": "101", "label-1": "Desk", "device-2": "110", "label-2": "",
    "shared-2": "1", "networks": "10.20.0.0/16\n192.0.2.0/24", "unproven": "refuse", "company_token": "",
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(tmp_path_factory.mktemp("editing")) as running:
        yield running


def phone(server: LiveServer, mac: str = YEALINK) -> Phone:
    acme = server.store(domains.by_name, "acme.example")
    return server.store(phones.by_mac, acme.id, mac)  # type: ignore[no-any-return]


def test_details_are_saved_and_shown_again(server: LiveServer, manager: Visitor) -> None:
    seen = manager.follow(f"{PAGE}/edit", FORM)
    assert "Saved. The phone takes it at its next update." in seen.text
    for value in ("Front desk", "Europe/Berlin", "Desk", "10.20.0.0/16\n192.0.2.0/24"):
        assert value in seen.html
    made = phone(server)
    assert made.expansions == ("EXP43", "EXP43") and made.template_id == 1
    assert made.admission == {"networks": ["10.20.0.0/16", "192.0.2.0/24"], "unproven": "refuse"}
    assert "Front desk" in manager.get("/c/acme.example/phones").text
    manager.post(f"{PAGE}/edit", FORM | {"networks": "", "unproven": "", "site_id": ""})
    assert phone(server).admission is None and phone(server).site_id is None


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("networks", "10.20.0.0/99", "“10.20.0.0/99” is not a network"),
        ("time_zone", "Mars/Base", "must be a zone name"),
        ("device-2", "nobody", "There is no device nobody"), ("template_id", "999", "There is no such template"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_all_else_stays_typed(
    server: LiveServer, manager: Visitor, field: str, value: str, told: str
) -> None:
    before = phone(server)
    seen = manager.post(f"{PAGE}/edit", FORM | {"description": "Typed <b>", field: value})
    assert seen.status == 422 and told in seen.text and 'value="Typed &lt;b&gt;"' in seen.html
    assert phone(server) == before


def test_devices_are_found_by_their_person(manager: Visitor) -> None:
    seen = manager.get("/c/acme.example/phones/devices?device-3=Knuth", HX_Request="true")
    assert 'value="107"' in seen.html and "Donald Knuth" in seen.html
    assert manager.get("/c/acme.example/phones/devices?device-3=").html.strip() == ""


def test_the_window_of_a_phone_fresh_from_its_box(server: LiveServer, manager: Visitor) -> None:
    seen = manager.follow(f"{PAGE}/edit", {"do": "open", "minutes": "60"})
    assert "For 60 minutes it gets its whole file" in seen.text and "The window is open" in seen.text
    admission = phone(server).admission
    assert admission and 3500 < admission["open_until"] - time.time() <= 3600
    saved = manager.follow(f"{PAGE}/edit", FORM)
    assert "The window is open" in saved.text, "saving the details does not close it"
    closed = manager.follow(f"{PAGE}/edit", {"do": "close"})
    assert "From now on it has to prove who it is." in closed.text and "The window is open" not in closed.text


def test_a_token_is_renewed_and_revoked(server: LiveServer, manager: Visitor) -> None:
    assert "names a new token" in manager.follow(f"{PAGE}/edit", {"do": "rotate"}).text
    assert "opens nothing any more" in manager.follow(f"{PAGE}/edit", {"do": "revoke"}).text


def test_the_same_model_takes_over_everything(server: LiveServer, manager: Visitor) -> None:
    swap = "/c/acme.example/phones/249ad8000111/swap"
    looked = manager.post(swap, {"do": "preview", "new_mac": "24:9A:D8:00:0F:01", "model": "Yealink T54W"})
    assert "Everything comes along" in looked.text and "Swap now" in looked.text
    assert phone(server, "249ad8000111").mac == "249ad8000111", "a look changes nothing"
    done = manager.post(swap, {"do": "swap", "new_mac": "24:9A:D8:00:0F:01", "model": "Yealink T54W"})
    assert done.location == "/c/acme.example/phones/249ad8000f01"
    assert phone(server, "249ad8000f01").swapped_from == "249ad8000111"
    assert manager.get("/c/acme.example/phones/249ad8000111/edit").status == 404


def test_another_model_says_what_moves_and_what_does_not_fit(server: LiveServer, manager: Visitor) -> None:
    fields = {"new_mac": "000413000f02", "model": "Snom D713"}
    looked = manager.post(f"{PAGE}/swap", {"do": "preview"} | fields)
    for words in ("From a Yealink T46U to a Snom D713", "Its template is taken off", "Reception", "keys"):
        assert words in looked.text
    assert "take another place" in looked.text or "not fit" in looked.text
    done = manager.post(f"{PAGE}/swap", {"do": "swap"} | fields)
    assert done.location.endswith("/phones/000413000f02") and phone(server, "000413000f02").model == "snom-d713"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"new_mac": "", "model": "Grandstream GXP2170"}, "Give the MAC of the new hardware"),
        ({"new_mac": "xyz", "model": ""}, "f-new_mac-below"),
        ({"new_mac": "", "model": "Nokia"}, "Choose one of the models"),
        ({"new_mac": "0002fd000104", "model": ""}, "alert"),
    ],
)  # fmt: skip
def test_a_swap_that_cannot_be_keeps_what_was_typed(manager: Visitor, fields: dict[str, str], told: str) -> None:
    seen = manager.post("/c/acme.example/phones/000b82000107/swap", {"do": "preview"} | fields)
    assert 400 <= seen.status < 500 and told in seen.html and f'value="{fields["new_mac"]}"' in seen.html
