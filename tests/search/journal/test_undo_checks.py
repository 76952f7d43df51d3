"""Tests of search.journal.undo_checks: what a person changed, or would lose, is kept."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from search.export.hit_folder import copy_hits, link_hits
from search.journal.journal import Journal
from search.journal.links_and_copies import make_folders
from search.journal.undo import actions, find_action, take_back
from search.journal.writing import write_file
from search.results import Hit
from tests.undo import undo


def test_what_was_changed_is_kept_and_told(library: Path, best: Path, pictures: list[Hit]) -> None:
    copy_hits(pictures, best, library)
    edited, swapped, touched = (best / hit.path.name for hit in pictures)
    content = bytearray(edited.read_bytes())
    content[-20] ^= 1
    edited.write_bytes(content)
    swapped.unlink()
    swapped.mkdir()
    os.utime(touched)
    (best / "my own.txt").write_text("notes")
    result = undo(library)
    assert result.exit_code == 0 and "2 files removed, 2 kept" in result.stderr, result.output
    assert "a.png: it has changed since" in result.stderr and "b.png: it is no longer a file" in result.stderr
    assert sorted(path.name for path in best.iterdir()) == ["a.png", "b.png", "my own.txt"]


def test_a_copy_is_kept_when_it_is_the_last_one(library: Path, best: Path, pictures: list[Hit]) -> None:
    copy_hits(pictures, best, library)
    pictures[0].path.unlink()
    pictures[1].path.write_text("another picture by now")
    os.utime(pictures[2].path)
    undone = take_back(find_action(library))
    assert [(path.name, reason.partition(":")[0]) for path, reason in undone.kept] == [
        ("b.png", "its original has changed since"),
        ("a.png", "its original is gone"),
    ]
    assert sorted(path.name for path in best.iterdir()) == ["a.png", "b.png"]


def test_what_was_kept_can_be_undone_by_name_when_its_original_is_back(
    library: Path, best: Path, pictures: list[Hit]
) -> None:
    """As of a drive that was not mounted."""
    done = copy_hits(pictures, best, library)
    away = pictures[0].path.rename(pictures[0].path.with_name("away"))
    assert "1 kept" in undo(library).stderr
    assert actions(library)[0].state == "partly undone" and undo(library).exit_code == 1
    away.rename(pictures[0].path)
    assert "1 file removed, 2 empty folders removed" in undo(library, done.action).stderr
    assert not best.exists() and actions(library)[0].state == "undone"


@pytest.mark.parametrize("mount_point", [False, True])
def test_what_was_on_a_drive_that_is_away_can_be_undone_when_it_is_back(
    library: Path, tmp_path: Path, mount_point: bool
) -> None:
    """Whether an empty folder stays where it was mounted, as on Linux, or not."""
    drive, away = tmp_path / "drive", tmp_path / "away"
    (drive / "photos").mkdir(parents=True)
    old, new = drive / "photos" / "old.xmp", drive / "new.xmp"
    old.write_bytes(b"old")
    with Journal.begin(library, "labels") as journal:
        write_file(journal, old, b"new", b"old")
        write_file(journal, new, b"new")
        make_folders(journal, drive / "sorted" / "cups")
        write_file(journal, drive / "sorted" / "cups" / "a.txt", b"new")
        write_file(journal, tmp_path / "c.txt", b"not on the drive")
    drive.rename(away)
    if mount_point:
        drive.mkdir()
    result = undo(library)
    assert result.stderr.count("check that its drive is there") == 3, result.stderr
    assert "1 file removed, 3 kept" in result.stderr and (f"{drive} is empty" in result.stderr) == mount_point
    if mount_point:
        drive.rmdir()
    away.rename(drive)
    assert "2 files removed, 1 file restored, 2 empty folders removed" in undo(library, journal.id).stderr
    assert [path.name for path in drive.rglob("*")] == ["photos", "old.xmp"] and old.read_bytes() == b"old"


def test_a_folder_that_is_empty_but_there_is_no_drive_that_is_away(library: Path, tmp_path: Path) -> None:
    """One that was made with the files, or that held only them until they were taken back."""
    theirs, made = tmp_path / "theirs", tmp_path / "made"
    theirs.mkdir()
    with Journal.begin(library, "lists") as journal:
        make_folders(journal, made)
        for path in (theirs / "a.txt", theirs / "b.txt", made / "c.txt"):
            write_file(journal, path, b"new")
    for path in (theirs / "a.txt", made / "c.txt"):
        path.unlink()
    undone = take_back(find_action(library))
    assert not undone.kept and undone.removed == [theirs / "b.txt"] and undone.folders == [made]


def test_what_a_person_removed_is_only_told_if_it_had_another_content(library: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.xmp"
    old.write_bytes(b"old")
    with Journal.begin(library, "labels") as journal:
        write_file(journal, old, b"new", b"old")
        write_file(journal, tmp_path / "new.xmp", b"new")
        make_folders(journal, tmp_path / "a" / "b")
        write_file(journal, tmp_path / "a" / "b" / "new.xmp", b"new")
    for path in (old, tmp_path / "new.xmp"):
        path.unlink()
    shutil.rmtree(tmp_path / "a")
    assert take_back(find_action(library)).kept == [(old, "it is gone, so it can't have its old content again")]


def test_a_hard_link_is_kept_when_it_is_the_last_name(library: Path, best: Path, pictures: list[Hit]) -> None:
    link_hits(pictures, best, library)
    pictures[0].path.unlink()
    new = pictures[1].path.with_name("edited")
    new.write_text("saved by an editor")
    new.replace(pictures[1].path)
    with pictures[2].path.open("ab") as file:
        file.write(b"changed by either name")
    undone = take_back(find_action(library))
    assert {path.name for path, _ in undone.kept} == {"a.png", "b.png"}
    assert {path.name for path in best.iterdir()} == {"a.png", "b.png"}


def test_a_symbolic_link_that_leads_elsewhere_is_kept(library: Path, best: Path, pictures: list[Hit]) -> None:
    link_hits(pictures, best, library, "symbolic")
    (best / "a.png").unlink()
    (best / "a.png").symlink_to("elsewhere")
    (best / "b.png").unlink()
    (best / "b.png").write_text("a file")
    undone = take_back(find_action(library))
    assert {(path.name, reason) for path, reason in undone.kept} == {
        ("a.png", "it leads elsewhere by now"),
        ("b.png", "it is no longer a link"),
    }
