"""The cache of rendered files: bounded, true to revisions, and it remembers ETags longer than bodies."""

from __future__ import annotations

import gzip

from provd.rendered import Rendered, RenderedFiles


def _key(number: int) -> tuple[str, str, str]:
    return (f"{number:012x}", "{mac}.cfg", "full")


def test_a_file_is_found_at_its_revision_only() -> None:
    files = RenderedFiles(100_000)
    files.put(_key(1), Rendered("r1", b"old", "text/plain"))
    assert files.get(_key(1), "r1") is not None
    assert files.get(_key(1), "r2") is None
    files.put(_key(1), Rendered("r2", b"new", "text/plain"))
    assert files.get(_key(1), "r2").body == b"new"  # type: ignore[union-attr]


def test_bodies_stay_within_their_bound_and_the_oldest_go_first() -> None:
    files = RenderedFiles(50_000)
    for number in range(100):
        files.put(_key(number), Rendered("r", bytes(5_000), "text/plain"))
    kept = [number for number in range(100) if files.get(_key(number), "r")]
    assert kept == list(range(100 - len(kept), 100))
    assert 5 <= len(kept) <= 10


def test_a_phone_that_holds_the_file_is_told_so_after_the_body_has_gone() -> None:
    files = RenderedFiles(10_000)
    first = Rendered("r", bytes(9_000), "text/plain")
    files.put(_key(1), first)
    files.put(_key(2), Rendered("r", bytes(9_000), "text/plain"))
    assert files.get(_key(1), "r") is None
    assert files.is_unchanged(_key(1), "r", first.etag)
    assert not files.is_unchanged(_key(1), "r2", first.etag)
    assert not files.is_unchanged(_key(1), "r", '"other"')


def test_the_etag_is_the_hash_of_the_content() -> None:
    assert Rendered("r1", b"same", "a/b").etag == Rendered("r2", b"same", "a/b").etag
    assert Rendered("r1", b"same", "a/b").etag != Rendered("r1", b"else", "a/b").etag


def test_small_files_are_not_worth_compressing() -> None:
    assert Rendered("r", b"x" * 100, "a/b").compressed() == b""
    assert gzip.decompress(Rendered("r", b"x" * 10_000, "a/b").compressed()) == b"x" * 10_000
