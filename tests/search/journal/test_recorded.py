"""Tests of search.journal.recorded: only what this user has written on this machine is followed.

Each of these journals made undo remove or write a file, or stopped it altogether, before journals were signed.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from indexer.errors import LibraryError, UndoError
from search.export.hit_folder import copy_hits
from search.journal import journal as journals
from search.journal.journal import Journal
from search.journal.journal_files import FOLDER, LONGEST_LINE, old_file, read_lines
from search.journal.recorded import CHANGED, DAMAGED, OTHER_KEY, OTHER_LIBRARY, UNSIGNED
from search.journal.signing import ID_NAME
from search.journal.undo import actions, find_action, take_back
from search.journal.writing import write_file
from search.results import Hit
from tests.conftest import REPOSITORY
from tests.search.journal.planted import FIRST, LATER, line, plant, state_of
from tests.undo import undo


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A picture that no action made."""
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"the only one")
    return path


def planted_lines(photo: Path) -> dict[str, list[dict[str, Any]]]:
    """Return what someone else's journals may say of a picture, by what they are after."""
    copy = photo.with_name("copy.jpg")
    shutil.copy2(photo, copy)
    state, known = state_of(photo), {"old_at": 0, "old_size": 4, "was_mtime_ns": 0, "was_mode": 0o4777}
    return {
        "unfinished": [line("unfinished", photo)],
        "hard": [line("file", photo, **state, hard=True, original={"path": str(photo)})],
        "new": [line("file", photo, **state)],
        "copy": [line("file", photo, **state, original={"path": str(copy)})],
        "replaced": [line("replaced", photo, **state, **known)],
        "within": [line("within", photo.parent), line("file", photo, **state)],
    }


@pytest.mark.parametrize("kind", ["unfinished", "hard", "new", "copy", "replaced", "within"])
def test_a_journal_that_came_along_touches_nothing(library: Path, photo: Path, kind: str) -> None:
    lines = planted_lines(photo)[kind]
    file = plant(library, *lines, {"op": "finished"})
    old_file(file).write_bytes(b"evil")
    for arguments in ((), ("5ee500",), ("--unproven",), ("5ee500", "--dry-run")):
        result = undo(library, *arguments)
        assert photo.read_bytes() == b"the only one", arguments
        assert "Traceback" not in result.output
    assert undo(library).exit_code == 1 and "no signature" in undo(library).stderr
    assert undo(library, "--list").stdout.split("\t")[3] == "done, unsigned"


def test_own_actions_are_found_behind_those_of_others(
    library: Path, best: Path, pictures: list[Hit], photo: Path
) -> None:
    """Whatever their time and their id."""
    done = copy_hits(pictures, best, library)
    plant(library, line("unfinished", photo))
    plant(library, line("unfinished", photo), name=f"29990101T000000000000-{done.action}.jsonl")
    assert not find_action(library, done.action).origin
    assert undo(library).exit_code == 0 and not best.exists() and photo.exists()


def signed(library: Path, folder: Path) -> Journal:
    """Return the journal of an action that wrote three files."""
    with Journal.begin(library, "write", [folder]) as journal:
        for name in "abc":
            write_file(journal, folder / f"{name}.txt", name.encode())
    return journal


def edits(lines: list[bytes]) -> dict[str, list[bytes]]:
    """Return what may be done to the lines of a journal by whoever has no key."""
    number = next(index for index, one in enumerate(lines) if b'"file"' in one)
    two = [index for index, one in enumerate(lines) if b'"op": "file"' in one][:2]
    swapped = list(lines)
    swapped[two[0]], swapped[two[1]] = swapped[two[1]], swapped[two[0]]
    body = json.loads(lines[number])
    del body["mac"]
    return {
        "another path": [one.replace(b"a.txt", b"d.txt") for one in lines],
        "another signature": [*lines[:number], lines[number].replace(b'"mac": "', b'"mac": "0'), *lines[number + 1 :]],
        "no signature": [*lines[:number], json.dumps(body).encode() + b"\n", *lines[number + 1 :]],
        "left out": lines[:number] + lines[number + 1 :],
        "first left out": lines[1:],
        "twice": [*lines[: number + 1], *lines[number:]],
        "swapped": swapped,
        "unsigned at the end": [*lines, b'{"op": "unfinished", "path": "/etc/hosts"}\n'],
        "null": [*lines[:number], b"null\n", *lines[number:]],
        "blank": [*lines[:number], b"\n", *lines[number:]],
        "a space": [*lines[:number], lines[number].replace(b": ", b":  ", 1), *lines[number + 1 :]],
    }


@pytest.mark.parametrize("edit", list(edits([b'{"op": "file", "mac": "1"}', b'{"op": "file", "mac": "2"}'])))
def test_lines_that_were_changed_cost_their_action(library: Path, tmp_path: Path, edit: str) -> None:
    other = tmp_path / "d.txt"
    other.write_text("a")
    journal, next_one = signed(library, tmp_path), tmp_path / "other"
    next_one.mkdir()
    lines = journal.file.read_bytes().splitlines(keepends=True)
    journal.file.write_bytes(b"".join(edits(lines)[edit]))
    (action,) = actions(library)
    assert action.origin in (CHANGED, DAMAGED, UNSIGNED) and action.bad_line in range(9)
    with pytest.raises(UndoError, match=f"{journal.id} .* was not undone: its journal"):
        take_back(action)
    assert all((tmp_path / f"{name}.txt").exists() for name in "abcd")
    mine = signed(library, next_one)
    assert undo(library).exit_code == 0 and not list(next_one.iterdir()) and mine.file.exists()


def test_a_journal_of_another_name_or_library_is_not_followed(library: Path, tmp_path: Path) -> None:
    journal = signed(library, tmp_path)
    renamed = journal.file.rename(journal.file.with_name(LATER))
    assert [action.origin for action in actions(library)] == [CHANGED]
    other = tmp_path / "other"
    other.mkdir()
    with Journal.begin(other, "labels") as own:
        write_file(own, tmp_path / "d.txt", b"d")
    shutil.copy(renamed, other / FOLDER / journal.file.name)
    assert {action.origin for action in actions(other)} == {"", OTHER_LIBRARY}
    (other / ID_NAME).unlink()
    assert {action.origin for action in actions(other)} == {OTHER_LIBRARY}
    assert "has lost its library.id" in undo(other).stderr
    assert all((tmp_path / f"{name}.txt").exists() for name in "abcd")


def test_what_a_crash_cut_off_costs_nothing_else(library: Path, tmp_path: Path) -> None:
    """However much of the end is missing."""
    journal = signed(library, tmp_path)
    content = journal.file.read_bytes()
    ends = [end for end in range(content.index(b"\n") + 1, len(content), 41)]
    for end in ends:
        journal.file.write_bytes(content[:end])
        assert [(one.origin, one.state) for one in actions(library)] == [("", "interrupted")], end
    assert undo(library).exit_code == 0 and [one.state for one in actions(library)] == ["undone"]
    journal.file.write_bytes(content[: content.index(b"\n") - 9])
    assert [one.origin for one in actions(library)] == [DAMAGED]


def test_a_library_may_be_moved_and_another_machine_may_not_undo(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = signed(library, tmp_path)
    moved = library.rename(tmp_path / "moved")
    assert [action.origin for action in actions(moved)] == [""]
    with monkeypatch.context() as patch:
        patch.setenv("CLIPSEARCH_CONFIG", str(tmp_path / "other machine"))
        assert [action.origin for action in actions(moved)] == [OTHER_KEY]
        result = undo(moved)
        assert result.exit_code == 1 and "another user or machine" in result.stderr
        (tmp_path / "other machine").mkdir()
        shutil.copy(tmp_path / "config" / "journal.key", tmp_path / "other machine")
        assert undo(moved, journal.id).exit_code == 0, "it is the same user's, who gave it the same key"
    assert not (tmp_path / "a.txt").exists()


DEEP = b'{"op": ' + b"[" * 200_000
ODD_LINES = {
    "null": b"null",
    "number": b"5",
    "list": b"[1]",
    "empty": b"{}",
    "cut": b'{"op": "file", "pa',
    "no UTF-8": b'{"op": "file", "path": "\xff"}',
    "NUL": b"\0" * 100,
    "deep": DEEP,
    "long": b'{"op": "' + b"x" * (3 * LONGEST_LINE) + b'"}',
    "huge number": b'{"op": "file", "path": "/a", "size": ' + b"9" * 5000 + b"}",
    "no path": b'{"op": "file"}',
    "path is a number": b'{"op": "link", "path": 5, "original": {"path": "/a"}}',
    "path is relative": b'{"op": "unfinished", "path": "a"}',
    "path with NUL": b'{"op": "unfinished", "path": "/a\\u0000b"}',
    "lone surrogate": b'{"op": "unfinished", "path": "/a\\ud800"}',
    "bad base64": b'{"op": "unfinished", "path": "/a", "path_bytes": "/"}',
    "bytes that are none": b'{"op": "unfinished", "path": "/a", "path_bytes": 5}',
    "size is a text": b'{"op": "file", "path": "/a", "size": "1", "mtime_ns": 1, "inode": 1, "digest": null}',
    "size is true": b'{"op": "file", "path": "/a", "size": true, "mtime_ns": 1, "inode": 1, "digest": null}',
    "size is no number": b'{"op": "file", "path": "/a", "size": NaN, "mtime_ns": 1, "inode": 1, "digest": null}',
    "text of no encoding": b'{"clipsearch": 1, "action": "\\ud800", "began": 5, "op": "link", "path": "/a"}',
    "no original": b'{"op": "link", "path": "/a"}',
    "original is a list": b'{"op": "link", "path": "/a", "original": []}',
    "old is negative": b'{"op": "replaced", "path": "/a", "size": 1, "mtime_ns": 1, "inode": 1, "digest": "",'
    b' "old_at": -1, "old_size": 1, "was_mtime_ns": 1, "was_mode": 1}',
}


@pytest.mark.parametrize("kind", list(ODD_LINES))
@pytest.mark.parametrize("first", [True, False])
def test_a_damaged_line_costs_that_action_only(library: Path, tmp_path: Path, kind: str, first: bool) -> None:
    odd, good = ODD_LINES[kind], line("unfinished", tmp_path / "a")
    journal = signed(library, tmp_path)
    plant(library, *([good] if first else [odd, good]), first=odd if first else FIRST)
    listed = undo(library, "--list")
    assert listed.exit_code == 0 and journal.id in listed.stdout and "1 action is not proven" in listed.stderr
    expected = DAMAGED if first or kind not in ("empty",) else UNSIGNED  # one of another kind
    assert {action.origin for action in actions(library)} == {"", expected}
    for arguments in (("5ee500",), ("5ee500", "--dry-run"), ("5ee500", "--unproven")):
        result = undo(library, *arguments, answer="y\n")
        assert "Traceback" not in result.output and result.stderr.count("\n") <= 4, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
    assert undo(library).exit_code == 0 and not (tmp_path / "a.txt").exists()


LIMITED = """
import resource, sys
from pathlib import Path
from search.journal.undo import actions
list(actions(Path(sys.argv[1])))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
(action,) = [one for one in actions(Path(sys.argv[2])) if one.origin]
print(action.origin, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_a_line_without_end_takes_no_memory(library: Path, tmp_path: Path) -> None:
    """As a sparse file it takes no room on the disk either."""
    with plant(library).open("r+b") as file:
        file.truncate(100 * 1024 * 1024)
    command = [sys.executable, "-c", LIMITED, tmp_path / "empty", library]
    ended = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=True)
    origin, growth = ended.stdout.split()
    assert origin == DAMAGED
    assert int(growth) < 32, "MiB"


@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "link to nothing"])
def test_what_is_no_file_is_no_journal(library: Path, photo: Path, tmp_path: Path, kind: str) -> None:
    """It is not followed, nor waited for."""
    file = plant(library, line("unfinished", photo))
    elsewhere = file.rename(tmp_path / "elsewhere.jsonl")
    make = {
        "link": lambda: file.symlink_to(elsewhere),
        "pipe": lambda: os.mkfifo(file),
        "folder": file.mkdir,
        "link to nothing": lambda: file.symlink_to("nowhere"),
    }
    make[kind]()
    assert [action.origin for action in actions(library)] == [DAMAGED]
    before = elsewhere.read_bytes()
    for arguments in (("--list",), (), ("5ee500", "--dry-run")):
        assert "Traceback" not in undo(library, *arguments).output
    confirmed = undo(library, "5ee500", "--unproven", answer="y\n")
    assert confirmed.exit_code == 1 and photo.exists() and elsewhere.read_bytes() == before


def test_a_folder_of_journals_that_is_a_link_is_not_written_to(library: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (library / FOLDER).symlink_to(elsewhere)
    (elsewhere / "a-1.lock").write_text("theirs")
    (elsewhere / "a-1.jsonl").write_text(json.dumps(FIRST) + "\n")
    with pytest.raises(LibraryError, match="is a link"):
        Journal.begin(library, "labels")
    for arguments in ((), ("--list",), ("1",)):
        result = undo(library, *arguments)
        assert result.exit_code == 1 and "is a link" in result.stderr
    assert len(list(elsewhere.iterdir())) == 2


def test_undo_goes_by_the_order_of_actions_and_not_by_the_clock(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = signed(library, tmp_path)
    plant(library)
    renamed = [tmp_path / "x", tmp_path / "y"]

    class SetBack(journals.datetime):
        @classmethod
        def now(cls, *_: object) -> journals.datetime:  # type: ignore[override]
            return journals.datetime(2001, 1, 1)

    monkeypatch.setattr(journals, "datetime", SetBack)
    later = []
    for folder in renamed:
        folder.mkdir()
        later.append(signed(library, folder))
    own = [action.id for action in actions(library) if not action.origin]
    assert own == [later[1].id, later[0].id, first.id] and find_action(library).id == later[1].id


def test_marks_of_others_are_only_told(library: Path, tmp_path: Path) -> None:
    """As of an earlier version on another machine, which signs nothing."""
    journal = signed(library, tmp_path)
    with journal.file.open("a") as file:
        file.write('{"op": "undone", "at": "2026-01-01T00:00:00+00:00", "kept": 1}\n')
    assert [(one.origin, one.state) for one in actions(library)] == [("", "partly undone")]
    assert undo(library, journal.id).exit_code == 0 and not (tmp_path / "a.txt").exists()
    assert [(one.origin, one.state) for one in actions(library)] == [("", "undone")]
    assert [one["op"] for one in read_lines(journal.file) if "mac" not in one] == ["undone"]


def test_a_lock_that_is_a_link_is_not_followed(library: Path, tmp_path: Path) -> None:
    """Nor removed. Held before too."""
    journal, mine = signed(library, tmp_path), tmp_path / "mine"
    mine.write_text("a person's")
    lock = journal.file.with_suffix(".lock")
    lock.symlink_to(mine)
    result = undo(library)
    assert result.exit_code == 1 and result.stderr.count("\n") == 1 and "Traceback" not in result.stderr
    assert mine.read_text() == "a person's" and lock.is_symlink() and (tmp_path / "a.txt").exists()


def test_no_edit_of_a_journal_makes_undo_do_anything_else(library: Path, tmp_path: Path) -> None:
    """Bytes are changed, put in, left out, and lines moved, at random; held are all files but the action's own."""
    draw = random.Random(7)
    victim = tmp_path / "photo.jpg"
    victim.write_bytes(b"a")
    for _ in range(150):
        journal = signed(library, tmp_path)
        content = bytearray(journal.file.read_bytes())
        for _ in range(draw.randint(1, 3)):
            start = draw.randrange(len(content))
            end = min(len(content), start + draw.choice([0, 1, 1, 40, 400]))
            piece = draw.choice([b"", b"\n", b"null\n", bytes([draw.randrange(256)]), bytes(content[end : end + 300])])
            content[start:end] = piece
        content = content.replace(b"a.txt", b"photo.jpg") if draw.random() < 0.2 else content
        journal.file.write_bytes(content)
        left_before = {path.name for path in tmp_path.glob("*.txt")}
        result = undo(library, journal.id)
        assert "Traceback" not in result.output and isinstance(result.exception, SystemExit | None), result.output
        assert victim.read_bytes() == b"a"
        if result.exit_code:
            assert {path.name for path in tmp_path.glob("*.txt")} == left_before
        for path in tmp_path.glob("*.txt"):
            path.unlink()
        journal.file.unlink()
