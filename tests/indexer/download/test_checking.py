"""Tests of indexer.download.checking."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.download.checking import discard_damaged, is_right
from indexer.download.fetching import fetch
from indexer.errors import DownloadFailed
from tests.hub_server import LOGIN, Hub
from tests.indexer.download.conftest import WEIGHTS


def test_checksums_of_both_kinds(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("hello\n")
    assert is_right(file, "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03")  # sha256sum
    assert is_right(file, "ce013625030ba8dba906f756967f9e9ca394464a")  # git hash-object
    assert not is_right(file, "0" * 64)
    assert not is_right(file, "0" * 40)
    assert is_right(file, "no-checksum")


@pytest.mark.parametrize("content", [b"", LOGIN, None])
def test_damaged_files_are_thrown_away_and_come_again(hub: Hub, content: bytes | None) -> None:
    right = fetch("org/tiny", "open_clip_config.json"), fetch("org/tiny", WEIGHTS)
    discard_damaged("org/tiny")
    assert all(file.exists() for file in right)
    right[1].resolve().write_bytes(right[1].read_bytes()[:600_000] if content is None else content)
    discard_damaged("org/tiny")
    assert [file.exists() for file in right] == [True, False]
    assert fetch("org/tiny", WEIGHTS).read_bytes() == (hub.folder / WEIGHTS).read_bytes()


def test_a_repository_that_is_not_here(hub: Hub) -> None:
    discard_damaged("org/other")


def test_what_cannot_be_deleted_is_never_used(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    file = fetch("org/tiny", WEIGHTS).resolve()
    file.write_bytes(file.read_bytes()[::-1])

    def refuse(path: Path) -> None:
        raise PermissionError(f"no permission to delete {path}")

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(DownloadFailed, match=rf"{file.name} is damaged.*: delete it"):
        discard_damaged("org/tiny")
