"""Tests of indexer.files.plain: no link is followed, and no pipe waited for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.files.plain import open_new, open_plain, reading_plain

MAKE: dict[str, Callable[[Path], object]] = {
    "link": lambda path: path.symlink_to(path.with_name("mine")),
    "link to nothing": lambda path: path.symlink_to("nowhere"),
    "loop": lambda path: path.symlink_to(path.name),
    "pipe": os.mkfifo,
    "folder": Path.mkdir,
}


@pytest.mark.parametrize("kind", list(MAKE))
def test_only_plain_files_are_opened_and_only_new_ones_made(tmp_path: Path, kind: str) -> None:
    mine, path = tmp_path / "mine", tmp_path / "name"
    mine.write_bytes(b"mine")
    MAKE[kind](path)
    for flags in (os.O_RDONLY, os.O_RDWR):
        with pytest.raises(OSError):
            open_plain(path, flags)
    with pytest.raises(FileExistsError):
        open_new(path)
    assert mine.read_bytes() == b"mine" and not (tmp_path / "nowhere").exists()


def test_files_are_opened_by_name_and_in_a_folder_that_is_held(tmp_path: Path) -> None:
    with os.fdopen(open_new(tmp_path / "new", mode=0o600), "wb") as file:
        file.write(b"a\r\nb")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600
    with reading_plain(tmp_path / "new") as opened:
        assert opened.read() == b"a\r\nb"
    folder = os.open(tmp_path, os.O_RDONLY)
    try:
        with reading_plain("new", folder=folder) as opened:
            assert opened.read() == b"a\r\nb"
        with pytest.raises(FileNotFoundError):
            open_plain("gone", folder=folder)
    finally:
        os.close(folder)
