"""Tests of indexer.files.foreign."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.files.foreign import Unfit, read_foreign


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert read_foreign(tmp_path / "a", 3) == b"abc"
    with pytest.raises(FileNotFoundError):
        read_foreign(tmp_path / "b", 3)


def test_what_is_too_large_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abcd")
    with pytest.raises(Unfit, match="larger than 3 bytes"):
        read_foreign(tmp_path / "a", 3)
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(Unfit, match="larger than 16 MiB"):
        read_foreign(tmp_path / "sparse", 2**24)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_what_never_ends_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    (tmp_path / "to pipe").symlink_to(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path / "zero", tmp_path / "to pipe", tmp_path):
        with pytest.raises(Unfit, match="not a regular file"):
            read_foreign(path, 10)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no /proc here")
def test_a_file_that_states_no_size_is_bounded_all_the_same() -> None:
    with pytest.raises(Unfit, match="larger than 4 bytes"):
        read_foreign("/proc/self/maps", 4)
