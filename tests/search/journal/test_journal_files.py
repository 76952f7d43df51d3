"""Tests of search.journal.journal_files: what is recorded of a file, and lines that a crash cut off."""

from __future__ import annotations

import json
import os
from pathlib import Path

from indexer.paths import from_fields
from search.journal.acts import act_of
from search.journal.journal import Journal
from search.journal.journal_files import FileState, read_lines
from search.journal.links_and_copies import copy_file
from search.journal.recorded import mark_undone
from tests.search.journal.conftest import ops


def test_what_is_written_down_of_a_file(journal: Journal, tmp_path: Path) -> None:
    original = tmp_path / os.fsdecode(b"caf\xe9.jpg")
    original.write_bytes(b"picture")
    copy_file(journal, original, tmp_path / os.fsdecode(b"b\xff.jpg"))
    journal.close()
    line = list(read_lines(journal.file))[-1]
    status = (tmp_path / os.fsdecode(b"b\xff.jpg")).stat()
    state = FileState.from_fields(line)
    assert (state.size, state.mtime_ns, state.inode) == (7, status.st_mtime_ns, status.st_ino)
    assert len(str(state.digest)) == 32
    assert os.fsencode(from_fields(line)) == os.fsencode(tmp_path) + b"/b\xff.jpg"
    act = act_of(line)
    assert act and act.original and act.original.path == original
    assert all(json.loads(text) for text in journal.file.read_text(encoding="utf-8").splitlines()), (
        "readable JSON lines"
    )


def test_a_line_that_a_crash_cut_off_is_passed_over(journal: Journal, tmp_path: Path) -> None:
    journal.made_folder(tmp_path / "x")
    journal.close()
    with journal.file.open("ab") as file:
        file.write(b'{"op": "file", "pa')
    assert ops(journal) == [("folder", "x")]
    mark_undone(journal.file, 0)
    assert list(read_lines(journal.file))[-1]["op"] == "undone"
