"""Tests of search.journal.undo and cli.commands.undo: what was made goes, whatever a crash left; originals stay."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from indexer.errors import UndoError
from search.export.hit_folder import copy_hits, link_hits
from search.export.manifest import MANIFEST
from search.journal import undo as undoing
from search.journal.journal import Journal
from search.journal.journal_files import old_file
from search.journal.recorded import Recorded
from search.journal.undo import actions, find_action, take_back
from search.journal.writing import write_file
from search.results import Hit
from tests.conftest import REPOSITORY
from tests.undo import undo


def test_all_that_was_made_goes_and_the_originals_stay(library: Path, best: Path, pictures: list[Hit]) -> None:
    before = {hit.path: hit.path.read_bytes() for hit in pictures}
    copy_hits(pictures, best, library)
    link_hits(pictures, best.with_name("hard"), library)
    link_hits(pictures, best.with_name("symbolic"), library, "symbolic")
    for folder in ("symbolic", "hard"):
        result = undo(library)
        assert result.exit_code == 0 and "4 files removed, 1 empty folder removed" in result.stderr, result.output
        assert not best.with_name(folder).exists()
    assert "4 files removed, 2 empty folders removed" in undo(library).stderr
    assert not best.parent.exists()
    assert {path: path.read_bytes() for path in before} == before
    assert all(path.stat().st_nlink == 1 for path in before)


def test_a_file_that_a_crash_kept_from_being_replaced_is_as_it_was(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "a.xmp"
    path.write_bytes(b"old")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt), Journal.begin(library, "labels") as journal:
        patch.setattr(os, "replace", crash)
        write_file(journal, path, b"new", b"old")
    undone = take_back(find_action(library))
    assert (undone.kept, undone.restored, path.read_bytes()) == ([], [], b"old")


def test_what_the_system_refuses_can_be_tried_again(
    library: Path, best: Path, pictures: list[Hit], monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_hits(pictures, best, library)
    real = os.unlink

    def refuse(path: str | Path, **options: Any) -> None:
        if os.path.basename(path) == "b.png":
            raise PermissionError(13, "Permission denied")
        real(path, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", refuse)
        result = undo(library)
    assert result.exit_code == 1 and "b.png: permission denied" in result.stderr
    assert "1 failed; run clipsearch undo" in result.stderr
    assert undo(library).exit_code == 0 and not best.exists()


CRASH = """
import os, signal, sys
from pathlib import Path
from search.journal import links_and_copies
from search.export.hit_folder import copy_hits, link_hits
from search.results import Hit

point, library, target, *pictures = sys.argv[1:]
owner, name, calls = {
    "mkdir": (Path, "mkdir", 2), "copying": (os, "utime", 2), "renaming": (os, "link", 2), "manifest": (os, "link", 4),
    "renamed": (Path, "unlink", 2),
}[point]
real = getattr(owner, name)
def dying(*arguments, **options):
    global calls
    calls -= os.path.dirname(target) in str(arguments[0])
    if not calls:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments, **options)
setattr(owner, name, dying)
copy_hits([Hit(Path(one), 0.5) for one in pictures], Path(target), Path(library))
"""


@pytest.mark.parametrize("point", ["mkdir", "copying", "renaming", "renamed", "manifest"])
def test_what_a_crash_left_is_taken_back(library: Path, best: Path, pictures: list[Hit], point: str) -> None:
    command = [sys.executable, "-c", CRASH, point, library, best, *(hit.path for hit in pictures)]
    died = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(REPOSITORY)})
    assert died.returncode == -signal.SIGKILL
    assert best.parent.exists() and [one.state for one in actions(library)] == ["interrupted"]
    assert all(path.read_bytes() for path in best.glob("*.png")), "a file is there whole or not at all"
    result = undo(library)
    assert result.exit_code == 0, result.output
    assert not best.parent.exists()
    assert all(hit.path.exists() for hit in pictures)


CRASH_OF_MANY = """
import os, signal, sys
from pathlib import Path
from search.journal import writing
from search.journal.journal import Journal
from search.journal.journal_files import old_file

point, library, folder = sys.argv[1:]
owner, name, calls = {
    "store": (writing._File, "store", 3), "sync": (writing._File, "sync", 3), "keep": (Journal, "replaced", 2),
    "journal": (Journal, "_append", 2), "replace": (os, "replace", 2), "link": (os, "link", 2),
}[point]
real = getattr(owner, name)
def dying(*arguments, **options):
    global calls
    calls -= 1
    if not calls:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments, **options)
with Journal.begin(Path(library), "labels") as journal:
    setattr(owner, name, dying)
    old = [writing.NewContent(Path(folder, str(number)), b"old", b"new %d" % number) for number in range(4)]
    new = [writing.NewContent(Path(folder, str(number)), None, b"new %d" % number) for number in range(4, 8)]
    writing.write_files(journal, [*old, *new])
"""


@pytest.mark.parametrize("point", ["store", "sync", "keep", "journal", "replace", "link"])
def test_what_a_crash_left_of_many_files_is_taken_back(library: Path, tmp_path: Path, point: str) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(4):
        (folder / str(number)).write_bytes(b"old")
    command = [sys.executable, "-c", CRASH_OF_MANY, point, library, folder]
    died = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(REPOSITORY)})
    assert died.returncode == -signal.SIGKILL
    assert all(path.read_bytes() in (b"old", b"new " + path.name.encode()) for path in folder.glob("[0-9]"))
    result = undo(library)
    assert result.exit_code == 0 and "kept" not in result.stderr, result.output
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == dict.fromkeys("0123", b"old")


def test_what_was_kept_for_undo_goes_when_all_is_undone(library: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a.xmp", tmp_path / "b.xmp"
    for path in (first, second):
        path.write_bytes(b"old")
    with Journal.begin(library, "labels") as journal:
        write_file(journal, first, b"new", b"old")
        write_file(journal, second, b"new", b"old")
    second.write_bytes(b"a person's")
    assert "1 kept" in undo(library).stderr and old_file(journal.file).exists()
    second.write_bytes(b"new")
    assert undo(library, journal.id).exit_code == 0
    assert second.read_bytes() == b"old" and not old_file(journal.file).exists()


def test_all_is_on_the_disk_before_what_was_kept_for_undo_goes(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Restored content before it gets its name, and the names before the journal has it that all is undone."""
    old, new = tmp_path / "old" / "a.xmp", tmp_path / "new" / "b.xmp"
    for folder in (old.parent, new.parent):
        folder.mkdir()
    old.write_bytes(b"old")
    new.with_suffix(".png").touch()
    with Journal.begin(library, "labels") as journal:
        write_file(journal, old, b"newer", b"old")
        write_file(journal, new, b"new")
    fsync, replace, mark = os.fsync, os.replace, undoing.mark_undone
    synced: list[tuple[int, int]] = []  # inode and size of files; of folders the number of entries

    def wait(descriptor: int) -> None:
        fsync(descriptor)
        status = os.fstat(descriptor)
        synced.append((status.st_ino, len(os.listdir(descriptor)) if stat.S_ISDIR(status.st_mode) else status.st_size))

    def check_part(part: str, path: str, **folders: Any) -> None:
        assert (next(old.parent.glob(".clipsearch-*.part")).stat().st_ino, len(b"old")) in synced
        replace(part, path, **folders)

    def check_names(file: Path, kept: int, recorded: Recorded) -> None:
        assert {(old.parent.stat().st_ino, 1), (new.parent.stat().st_ino, 1)} <= set(synced)
        assert old.read_bytes() == b"old" and old_file(file).exists()
        synced.clear()
        if not interrupted:
            interrupted.append(True)
            raise KeyboardInterrupt
        mark(file, kept, recorded)

    interrupted: list[bool] = []
    monkeypatch.setattr(os, "fsync", wait)
    monkeypatch.setattr(os, "replace", check_part)
    monkeypatch.setattr(undoing, "mark_undone", check_names)
    with pytest.raises(KeyboardInterrupt):
        take_back(find_action(library))
    take_back(find_action(library))
    assert (journal.file.stat().st_ino, journal.file.stat().st_size) in synced and not old_file(journal.file).exists()


def test_replaced_files_get_their_old_content_again(library: Path, tmp_path: Path) -> None:
    old, edited, new = tmp_path / "a.xmp", tmp_path / "b.xmp", tmp_path / "c.xmp"
    for path in (old, edited):
        path.write_bytes(b"old")
        path.chmod(0o640)
    os.utime(old, ns=(10**18, 10**18))
    with Journal.begin(library, "labels") as journal:
        for path in (old, edited):
            write_file(journal, path, b"new", b"old")
        write_file(journal, old, b"newer", b"new")
        write_file(journal, new, b"made")
    assert (old.read_bytes(), old.stat().st_mode & 0o777) == (b"newer", 0o640)
    edited.write_bytes(b"a person's")
    undone = take_back(find_action(library))
    assert (old.read_bytes(), old.stat().st_mode & 0o777, old.stat().st_mtime_ns) == (b"old", 0o640, 10**18)
    assert edited.read_bytes() == b"a person's" and [path for path, _ in undone.kept] == [edited]
    assert not new.exists() and undone.restored == [old, old]


def test_an_action_that_is_under_way_is_not_undone(library: Path, tmp_path: Path) -> None:
    """What it would do afterwards could not be undone."""
    path = tmp_path / "a.xmp"
    with Journal.begin(library, "labels") as journal:
        write_file(journal, path, b"new")
        result = undo(library)
        assert result.exit_code == 1 and f"{journal.id} is still under way" in result.stderr and path.exists()
        assert undo(library, "--dry-run").stdout == f"{path}\n"
    assert undo(library).exit_code == 0 and not path.exists()
    assert [file.suffix for file in journal.file.parent.iterdir()] == [".jsonl"]


def test_a_journal_of_a_newer_version_is_refused(library: Path, best: Path, pictures: list[Hit]) -> None:
    copy_hits(pictures, best, library)
    file = actions(library)[0].file
    file.write_text(file.read_text(encoding="utf-8").replace('"clipsearch": 1', '"clipsearch": 2', 1), encoding="utf-8")
    with pytest.raises(UndoError, match="newer clipsearch"):
        take_back(find_action(library))


def test_undoing_twice_is_told(library: Path, best: Path, pictures: list[Hit]) -> None:
    done = copy_hits(pictures, best, library)
    assert undo(library, done.action).exit_code == 0
    named = undo(library, done.action)
    assert (named.exit_code, "was undone already" in named.stderr) == (1, True)
    last = undo(library)
    assert (last.exit_code, "nothing to undo any more" in last.stderr) == (1, True)
    assert "no action" in undo(library, "nonsense").stderr


def test_a_library_without_a_journal_has_nothing_to_undo(tmp_path: Path) -> None:
    result = undo(tmp_path / "nowhere")
    assert (result.exit_code, result.stderr) == (1, "Error: There is nothing to undo.\n")
    assert "Nothing was copied" in undo(tmp_path / "nowhere", "--list").stderr


def test_the_list_and_a_named_action(library: Path, best: Path, pictures: list[Hit]) -> None:
    first = copy_hits(pictures[:1], best, library)
    second = copy_hits(pictures[1:], best.with_name("other"), library)
    lines = [line.split("\t") for line in undo(library, "--list").stdout.splitlines()]
    assert [line[0] for line in lines] == [second.action, first.action]
    assert lines[1][2:] == ["2", "done", f"copy 1 picture to {best}"]
    assert undo(library, first.action).exit_code == 0
    assert not best.exists() and best.with_name("other").exists()
    assert [one.state for one in actions(library)] == ["done", "undone"]
    assert undo(library, "--list", "--dry-run").exit_code == 2


def test_a_dry_run_says_all_and_does_nothing(library: Path, best: Path, pictures: list[Hit]) -> None:
    copy_hits(pictures, best, library)
    (best / "a.png").write_text("mine now")
    result = undo(library, "--dry-run")
    lines = result.stdout_bytes.splitlines()
    assert lines == [os.fsencode(best / name) for name in (MANIFEST, pictures[2].path.name, "b.png")]
    assert "would keep" in result.stderr and "a.png: it has changed since" in result.stderr
    assert len(list(best.iterdir())) == 4 and actions(library)[0].state == "done"
    (best / "a.png").unlink()
    dry = undo(library, "--dry-run").stdout_bytes.splitlines()
    assert dry[-2:] == [os.fsencode(best), os.fsencode(best.parent)], "folders that would be empty"
