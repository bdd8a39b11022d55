"""A folder is read within bounds and never left, and every file's name says what it is for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from provd.errors import ProvdError
from provd.importing import walking
from provd.importing.naming import understand_name
from provd.importing.walking import read_folder
from provd.simulate.reading.reading import SIZE_LIMIT

CFG = "#!version:1.0.0.1\naccount.1.enable = 1\n"


@pytest.mark.parametrize(
    ("name", "mac", "role"),
    [
        ("805ec0a10001.cfg", "805ec0a10001", "own"),
        ("805EC0A10001.cfg", "805ec0a10001", "own"),
        ("80-5e-c0-a1-00-01.cfg", "805ec0a10001", "own"),
        ("spa0002fda10001.xml", "0002fda10001", "own"),
        ("cfgc074ada10001.xml", "c074ada10001", "own"),
        ("SEP00562BA10001.cnf.xml", "00562ba10001", "own"),
        ("snomD785-000413A10001.htm", "000413a10001", "own"),
        ("805ec0a10001-local.cfg", "805ec0a10001", "override"),
        ("64167fa10001-phone.cfg", "64167fa10001", "override"),
        ("64167fa10001-directory.xml", "64167fa10001", "directory"),
        ("64167fa10001-app.log", "", "ignored"),
        ("64167fa10001-calls.xml", "", "ignored"),
        ("y000000000108.cfg", "", "common"),
        ("000000000000.cfg", "", "common"),
        ("000000000000-directory.xml", "", "directory"),
        ("cfg.xml", "", "common"),
        ("phonebook.xml", "", "common"),
        ("T46U-108.86.0.118.rom", "", "ignored"),
        ("ffffffffffff.cfg", "", "common"),
        ("0123456789abcdef.cfg", "", "common"),
    ],
)
def test_a_name_tells_whose_file_it_is(name: str, mac: str, role: str) -> None:
    understood = understand_name(name)
    assert (understood.mac, understood.role) == (mac, role)


def test_links_pipes_and_large_files_are_not_followed(tmp_path: Path) -> None:
    folder, outside = tmp_path / "tftp", tmp_path / "outside"
    (folder / "site").mkdir(parents=True)
    outside.mkdir()
    (outside / "secret.cfg").write_text("secret")
    (folder / "site" / "805ec0a10001.cfg").write_text(CFG)
    (folder / "same.cfg").symlink_to("site/805ec0a10001.cfg")
    (folder / "out.cfg").symlink_to(outside / "secret.cfg")
    (folder / "round.cfg").symlink_to("round.cfg")
    (folder / "gone.cfg").symlink_to("nowhere.cfg")
    (folder / "folder").symlink_to(outside)
    (folder / "large.cfg").write_bytes(b" " * (SIZE_LIMIT + 1))
    os.mkfifo(folder / "pipe.cfg")

    found, left = read_folder(folder, ())
    assert [file.path for file in found] == ["same.cfg", "site/805ec0a10001.cfg"]
    assert found[0].content == CFG.encode()
    reasons = {file.name: file.text for file in left}
    assert reasons["out.cfg"] == "It is a link to a place outside the folder."
    assert reasons["pipe.cfg"] == "It is not a file."
    assert "more than 4 MB" in reasons["large.cfg"]
    assert set(reasons) == {"out.cfg", "round.cfg", "gone.cfg", "large.cfg", "pipe.cfg"}


@pytest.mark.parametrize(("limit", "words"), [("FILE_LIMIT", "more than 2 files"), ("TOTAL_LIMIT", "MB of files")])
def test_a_folder_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, words: str
) -> None:
    for number in range(3):
        (tmp_path / f"805ec0a1000{number}.cfg").write_text(CFG)
    monkeypatch.setattr(walking, limit, 2)
    with pytest.raises(ProvdError, match=words):
        read_folder(tmp_path, ())


def test_names_that_are_no_text_are_shown_with_marks(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/805ec0a10001-\xff\n.cfg")).write_text(CFG)
    (file,) = read_folder(tmp_path, ())[0]
    assert file.path == "805ec0a10001-\ufffd\ufffd.cfg"
    assert file.mac == "805ec0a10001"
