"""The key file and what is done with it: only its owner reads it, damage is noticed, keys are replaced safely."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd import seal
from provd.errors import ProvdError
from provd.seal import Seal

KEY, OTHER = bytes(range(32)), bytes(32)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_what_is_sealed_opens_and_looks_different_every_time(text: str) -> None:
    box = Seal([KEY])
    one, two = box.seal(text), box.seal(text)
    assert box.open(one) == box.open(two) == text
    assert one != two and one.isascii()


def test_a_key_file_is_made_for_its_owner_and_used_again(tmp_path: Path) -> None:
    path = tmp_path / "data" / "keys"
    sealed = Seal.from_file(path).seal("secret")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Seal.from_file(path).open(sealed) == "secret"


def test_two_processes_that_start_at_once_use_the_same_key(tmp_path: Path) -> None:
    path, together, made = tmp_path / "keys", threading.Barrier(8), []

    def start() -> None:
        together.wait(10)
        made.append(Seal.from_file(path).key_ids)

    starts = [threading.Thread(target=start) for _ in range(8)]
    for one in starts:
        one.start()
    for one in starts:
        one.join(10)
    assert len(made) == 8 and len(set(made)) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["keys"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o620])
def test_a_key_file_that_others_may_use_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keys"
    Seal.from_file(path)
    path.chmod(mode)
    with pytest.raises(ProvdError, match="chmod 600"):
        Seal.from_file(path)


@pytest.mark.parametrize("content", ["", "# nothing\n", "not base64!\n", "c2hvcnQ=\n", "\xff\n"])
def test_a_damaged_key_file_is_told(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys"
    Seal.from_file(path)
    path.write_text(content, encoding="latin-1")
    with pytest.raises(ProvdError, match="no usable key"):
        Seal.from_file(path)


def test_a_new_key_seals_and_the_old_ones_still_open(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    old = Seal.from_file(path)
    sealed = old.seal("secret")
    new = seal.add_key(path)
    assert new.open(sealed) == "secret" and not new.current(sealed)
    assert new.current(new.seal("x")) and len(new.key_ids) == 2
    assert Seal.from_file(path).key_ids == new.key_ids
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(ProvdError, match="not in the key file"):
        old.open(new.seal("x"))


def test_a_changed_or_foreign_text_never_opens() -> None:
    box = Seal([KEY])
    sealed = box.seal("secret")
    prefix, key, text = sealed.split(":")
    swapped = "A" if text[20] != "A" else "B"
    for broken in (
        "",
        "secret",
        sealed[:-4],
        f"{prefix}:{key}:{text[:20]}{swapped}{text[21:]}",
        f"{prefix}:{key}:",
        "a:b:c",
    ):
        with pytest.raises(ProvdError, match="damaged"):
            box.open(broken)
    with pytest.raises(ProvdError, match="key file"):
        Seal([OTHER]).open(sealed)
    with pytest.raises(ProvdError, match="32 bytes"):
        Seal([b"short"])


def test_passwords_are_argon2id_and_nobody_signs_in_without_one() -> None:
    hashed = seal.hash_password("difference engine")
    assert hashed.startswith("$argon2id$") and not seal.needs_rehash(hashed)
    assert seal.verify_password(hashed, "difference engine")
    for wrong_hash, wrong in ((hashed, "x"), (hashed, ""), ("", ""), ("", "no user has this password"), ("junk", "x")):
        assert not seal.verify_password(wrong_hash, wrong)


def test_tokens_and_passwords_are_long_random_and_safe_everywhere() -> None:
    tokens = {seal.new_token() for _ in range(200)}
    assert len(tokens) == 200 and all(len(token) >= 22 for token in tokens)
    assert set("".join(tokens)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    password = seal.new_password()
    assert len(password) == 24 and password.isalnum() and password.isascii()
    assert seal.same(password, password) and not seal.same(password, password + "x")
    assert (seal.mask("short"), seal.mask("a much longer secret"), seal.mask("")) == (seal.MASK, seal.MASK, "")
