"""Models with what is known and what is not; firmware: what runs where, and a rollout looked at before it begins."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest

from phone_manager.views import hardware_firmware
from phone_manager.views.hardware_firmware import Step
from tests.live import LiveServer
from tests.pages.visitor import Visitor

NEW = "96.86.0.70"
PAGE = "/c/acme.example/firmware"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    folder = tmp_path_factory.mktemp("firmware")
    (folder / "firmware").mkdir()
    (folder / "firmware" / "t54w.rom").write_bytes(b"firmware")
    digest = hashlib.sha256(b"firmware").hexdigest()
    image = f"{{name: t54w.rom, version: {NEW}, models: [yealink-t54w], sha256: {digest}}}"
    (folder / "firmware" / "manifest.yaml").write_text(f"images:\n- {image}\n")
    with LiveServer(folder) as running:
        yield running


def test_every_model_is_listed_by_vendor_and_found(person: Visitor) -> None:
    seen = person.get("/models")
    for vendor in ("Cisco 16", "Fanvil", "Grandstream", "Poly", "Snom", "Yealink 22"):
        assert vendor in seen.text
    some = person.get("/models?search=t46", HX_Request="true")
    assert "T46U" in some.text and "Cisco" not in some.text and "<html" not in some.html
    assert "No model fits" in person.get("/models?search=nokia").text


def test_a_model_tells_what_is_sure_and_what_is_not(manager: Visitor) -> None:
    seen = manager.get("/models/yealink-t46u")
    told = (
        "27 on 3 pages, 10 at once", "EXP43", "480 × 272, colour", "Not confirmed on a device yet",
        "the places of the keys follow", "Shared Line Appearance Yes lights", "Module 1 (EXP43)",
    )  # fmt: skip
    for words in told:
        assert words in seen.text
    assert "/c/acme.example/phones?model=yealink-t46u" in seen.html, "in the frame of the reader's company"
    adapter = manager.get("/models/grandstream-ht802")
    assert "User (BLF) No" in adapter.text and "An adapter has no keys" in adapter.text
    assert manager.get("/models/nokia-3310").status == 404


def test_firmware_says_who_runs_what(server: LiveServer, manager: Visitor) -> None:
    server.get("/249ad8000111.cfg", agent="Yealink SIP-T54W 96.85.0.5 24:9a:d8:00:01:11")
    server.call(server.services.recorder.flush())
    seen = manager.get(PAGE)
    assert "Yealink T54W 1 phone" in seen.text and "96.85.0.5" in seen.text and f"Bring out {NEW}" in seen.text
    assert "No image for it is on the shelf" in seen.text


def test_a_rollout_is_looked_at_then_begun(manager: Visitor) -> None:
    address = f"{PAGE}/rollout?model=yealink-t54w&version={NEW}"
    seen = manager.get(address)
    assert f"Bring out {NEW} to 1 phone" in seen.text and "What will happen" in seen.text
    wrong = manager.get(f"{address}&stages=x", HX_Request="true")
    assert "is no share of the phones" in wrong.text and 'value="x"' in wrong.html
    fields = {"model": "yealink-t54w", "version": NEW, "stages": "x", "resync": "tonight"}
    refused = manager.post(f"{PAGE}/rollout", fields)
    assert refused.status == 422 and 'value="tonight" selected' in refused.html
    begun = manager.post(f"{PAGE}/rollout", fields | {"stages": "1, 50%"})
    assert begun.status == 303 and begun.location.startswith("/c/acme.example/jobs/")
    assert "A rollout is under way" in manager.get(PAGE).text
    assert manager.get(f"{PAGE}/rollout?model=yealink-t46u&version={NEW}").status == 404


def test_firmware_is_for_the_whole_company(server: LiveServer, person: Visitor) -> None:
    katherine = Visitor(server).sign_in("106")
    for visitor in (person, katherine):
        assert visitor.get(PAGE).status == 403 and PAGE not in visitor.get("/c/acme.example/").html
        assert visitor.post(f"{PAGE}/rollout", {"model": "yealink-t54w", "version": NEW}).status == 403


def test_stages_as_people_write_them() -> None:
    sizes = hardware_firmware.sizes("1, 5 %; 50%")
    assert sizes == [1, "5%", "50%"]
    assert hardware_firmware.steps(60, sizes) == [Step(1, 1), Step(2, 3), Step(27, 30), Step(30, 60)]
    assert hardware_firmware.steps(1, sizes) == [Step(1, 1)] and hardware_firmware.steps(0, sizes) == []


def test_the_newest_image_comes_first() -> None:
    images = [{"version": "96.86.0.9"}, {"version": "96.86.0.70"}, {"version": "96.85.0.5"}]
    model = {"versions": [{"version": "96.85.0.5", "phones": 2}], "images": images}
    assert [one["version"] for one in hardware_firmware.newer(model)] == ["96.86.0.70", "96.86.0.9"]
