"""Firmware: only what the manifest names, in whole or in part."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
import tftpy
import yaml

from provd.firmware import read_shelf
from provd.serve.firmware import wanted_range
from provd.store import layers, phones
from tests.live import YEALINK, LiveServer

IMAGE = bytes(range(256)) * 4000


def _shelf(folder: Path, **changed: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "T46U.rom").write_bytes(IMAGE)
    (folder / "secret.txt").write_text("not for phones")
    entry = {
        "name": "T46U-108.86.0.90.rom",
        "file": "T46U.rom",
        "version": "108.86.0.90",
        "models": ["yealink-t46u"],
        "sha256": hashlib.sha256(IMAGE).hexdigest(),
    }
    (folder / "manifest.yaml").write_text(yaml.safe_dump({"images": [entry | changed]}))
    return folder


def test_an_image_comes_whole_in_part_and_as_a_head(start: Callable[..., LiveServer], tmp_path: Path) -> None:
    server = start(firmware_dir=str(_shelf(tmp_path / "fw")))
    path = "/firmware/T46U-108.86.0.90.rom"
    assert server.get(path).body == IMAGE
    part = server.get(path, headers={"Range": "bytes=1000-1999"})
    assert (part.status, part.body) == (206, IMAGE[1000:2000])
    assert part.headers["content-range"] == f"bytes 1000-1999/{len(IMAGE)}"
    head = server.get(path, method="HEAD")
    assert (head.headers["content-length"], head.body) == (str(len(IMAGE)), b"")
    assert server.get(path, headers={"Range": "bytes=99999999-"}).status == 416


@pytest.mark.parametrize("name", ["secret.txt", "T46U.rom", "..%2fprovd.db", "manifest.yaml", "%00", "x" * 150])
def test_nothing_else_of_the_folder_is_served(start: Callable[..., LiveServer], tmp_path: Path, name: str) -> None:
    server = start(firmware_dir=str(_shelf(tmp_path / "fw")))
    assert server.get(f"/firmware/{name}").status == 404


def test_a_phone_is_told_the_image_its_layer_chooses(start: Callable[..., LiveServer], tmp_path: Path) -> None:
    server = start(firmware_dir=str(_shelf(tmp_path / "fw")))
    phone = server.store(phones.anywhere, YEALINK)
    chosen = {"firmware.version": "108.86.0.90"}
    server.store(layers.save, phone.domain_id, "phone", phone.id, 1, who="test", values=chosen)
    text = server.get(f"/p/{server.token}/{YEALINK}.cfg").text
    assert (
        f"static.firmware.url = http://127.0.0.1:{server.services.addresses.http}/firmware/T46U-108.86.0.90.rom" in text
    )


def test_an_image_comes_over_tftp_too(start: Callable[..., LiveServer], tmp_path: Path) -> None:
    server = start(firmware_dir=str(_shelf(tmp_path / "fw")))
    client = tftpy.TftpClient("127.0.0.1", server.services.addresses.tftp, options={"blksize": 1428})
    client.download("firmware/T46U-108.86.0.90.rom", str(tmp_path / "got"), timeout=5)
    assert (tmp_path / "got").read_bytes() == IMAGE


def test_an_image_that_is_not_the_one_of_the_manifest_stays_out(tmp_path: Path) -> None:
    shelf = read_shelf(_shelf(tmp_path / "fw", sha256="0" * 64))
    assert shelf.all() == []
    assert "sha256" in shelf.problems[0]
    assert "not in its folder" in read_shelf(_shelf(tmp_path / "fw", file="gone.rom")).problems[0]
    assert read_shelf(_shelf(tmp_path / "fw", file="../provd.db")).all() == []


def test_an_image_changed_after_the_start_is_not_served(tmp_path: Path) -> None:
    shelf = read_shelf(_shelf(tmp_path / "fw"))
    assert shelf.get("T46U-108.86.0.90.rom") is not None
    (tmp_path / "fw" / "T46U.rom").write_bytes(b"other")
    assert shelf.get("T46U-108.86.0.90.rom") is None


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("", (0, 100)),
        ("bytes=0-", (0, 100)),
        ("bytes=10-19", (10, 20)),
        ("bytes=90-500", (90, 100)),
        ("bytes=-5", (95, 100)),
        ("bytes=-500", (0, 100)),
        ("bytes=100-", None),
        ("bytes=-0", None),
        ("bytes=20-10", None),
        ("bytes=-", (0, 100)),
        ("bytes=1-2,5-6", (0, 100)),
        ("lines=1-2", (0, 100)),
    ],
)
def test_ranges(header: str, wanted: tuple[int, int] | None) -> None:
    assert wanted_range(header, 100) == wanted
