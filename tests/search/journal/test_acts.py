"""Tests of search.journal.acts: what journal.py writes is read again, and nothing else is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.paths import to_fields
from search.journal.acts import BadLine, Original, act_of, is_within, path_of, seen
from tests.search.journal.planted import line, state_of


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.jpg")
    path.write_bytes(b"x")
    original = Original.of(path, path.stat())
    fields = {**state_of(path), "op": "file", **to_fields(str(path)), "original": {**original.fields()}}
    fields["original"]["seen"] = list(fields["original"]["seen"])
    act = act_of(fields)
    assert act and act.path == path and act.original == original and original.seen == seen(path.stat())
    assert act.state and act.state.fields() == state_of(path)
    assert act_of({"op": "finished"}) is act_of({"op": []}) is act_of({}) is None


@pytest.mark.parametrize("path", ["", "a", "a/b", "/", "/a/..", "/a\0b", "/\ud800", None, 5, ["/a"], {"path": "/a"}])
def test_a_path_leads_straight_to_a_name(path: object) -> None:
    with pytest.raises(BadLine):
        path_of({"path": path})


def test_numbers_are_numbers(tmp_path: Path) -> None:
    good = line("file", tmp_path / "a", size=1, mtime_ns=1, inode=1, device=1, digest=None)
    assert act_of(good)
    for name, value in (("size", True), ("inode", 1.5), ("mtime_ns", "1"), ("device", 2**200), ("digest", 5)):
        with pytest.raises(BadLine):
            act_of({**good, name: value})
    for status in ([1] * 4, [1] * 6, "12345", [1, 1, 1, 1, None], 5):
        with pytest.raises(BadLine):
            act_of({**good, "original": {"path": "/b", "seen": status}})


def test_what_is_in_a_folder() -> None:
    folders = {Path("/a/b")}
    assert is_within(Path("/a/b"), folders) and is_within(Path("/a/b/c/d"), folders)
    assert not is_within(Path("/a/bc"), folders) and not is_within(Path("/a"), folders)
