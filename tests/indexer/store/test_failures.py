"""Tests of indexer.store.failures: bad files are remembered, not tried again, and forgotten in time."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from indexer.errors import FolderError
from indexer.files.found import FoundFile
from indexer.files.ignore import ScanRules
from indexer.indexing.run import index, index_paths
from indexer.indexing.summary import Summary
from indexer.store.failures import (
    drop_gone_failures,
    failed_signatures,
    forget_failures,
    known_failures,
    remember_failure,
)
from indexer.store.roots import claim_root, set_rules
from indexer.store.store import Store
from tests.conftest import MakePicture, cut, indexed_names, run
from tests.fakes import ColourEncoder, Recorder


def failed(store: Store) -> list[Path]:
    return [one.path for one in known_failures(store)]


def run_without_model(store: Store, *folders: Path) -> Summary:
    """Index where nothing must be decoded."""
    return index(store, folders, lambda: pytest.fail("nothing is to be encoded"), Recorder(), workers=0)


def test_a_truncated_picture_is_remembered_and_not_tried_again(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    bad = cut(picture("bad.png", "red", (300, 300)))
    picture("good.png", "red")
    summary, listener = run(store, photos, encoder)
    (failure,) = known_failures(store)
    assert (failure.path, failure.size) == (bad, bad.stat().st_size)
    assert failure.reason and [problem.reason for problem in listener.problems] == [failure.reason]
    assert failure.failed_at.endswith("+00:00")
    again = run_without_model(store, photos)
    assert (summary.failed, again.failed, again.failed_before, again.unchanged, again.problems) == (1, 0, 1, 1, 0)


def test_a_failure_is_tried_again_when_it_changes_and_forgotten_when_it_succeeds(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    bad = cut(picture("bad.png", "red", (300, 300)))
    run(store, photos, encoder)
    first = failed_signatures(store, claim_root(store, photos)[0])
    os.utime(bad, ns=(1, 1))
    assert run(store, photos, encoder)[0].failed == 1
    assert failed_signatures(store, claim_root(store, photos)[0]) != first
    assert len(failed(store)) == 1
    picture("bad.png", "lime")
    assert run(store, photos, encoder)[0].encoded == 1
    assert failed(store) == []


def test_a_reindex_tries_failures_again(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    cut(picture("bad.png", "red", (300, 300)))
    picture("good.png", "red")
    run(store, photos, encoder)
    assert run(store, photos, encoder, reindex=True)[0].failed == 1
    assert len(failed(store)) == 1


def test_failures_of_files_that_are_gone_are_dropped(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    picture("good.png", "red")
    gone, kept = cut(picture("gone.png", "red", (300, 300))), cut(picture("kept.png", "red", (300, 300)))
    cut(picture("sub/gone.png", "red", (300, 300)))
    run(store, photos, encoder)
    gone.unlink()
    shutil.rmtree(photos / "sub")
    assert run_without_model(store, photos).failed_before == 1
    assert failed(store) == [kept]


def test_a_run_over_a_part_drops_only_what_was_there(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    picture("good.png", "red")
    gone = [cut(picture(name, "red", (300, 300))) for name in ("a/1.png", "b/1.png", "b/2.png")]
    picture("a/good.png", "red")
    picture("b/good.png", "red")
    run(store, photos, encoder)
    for path in gone:
        path.unlink()
    run_without_model(store, photos / "a")
    assert failed(store) == gone[1:]
    index_paths(store, [gone[1]], lambda: pytest.fail("nothing is to be encoded"), Recorder(), workers=0)
    assert failed(store) == gone[2:]


def test_failures_out_of_reach_are_kept(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    cut(picture("drive/bad.png", "red", (300, 300)))
    cut(picture(".hidden/bad.png", "red", (300, 300)))
    picture("good.png", "red")
    run(store, photos, encoder)
    run(store, photos / ".hidden", encoder)
    before = failed(store)
    assert len(before) == 2
    (photos / "drive").rename(tmp_path / "away")
    (photos / "drive").mkdir()
    run_without_model(store, photos)
    assert failed(store) == before, "an empty folder may be a drive that is not mounted"
    photos.rename(tmp_path / "photos away")
    photos.mkdir()
    run_without_model(store, photos)
    assert failed(store) == before
    photos.rmdir()
    with pytest.raises(FolderError):
        run_without_model(store, photos)
    assert failed(store) == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_failures_in_a_folder_that_can_not_be_read_are_kept(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    bad = cut(picture("closed/bad.png", "red", (300, 300)))
    picture("good.png", "red")
    run(store, photos, encoder)
    (photos / "closed").chmod(0)
    try:
        run_without_model(store, photos)
    finally:
        (photos / "closed").chmod(0o700)
    assert failed(store) == [bad]


def test_failures_of_files_that_are_left_out_now_are_dropped(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    cut(picture("raw/bad.png", "red", (300, 300)))
    picture("good.png", "red")
    run(store, photos, encoder)
    set_rules(store, claim_root(store, photos)[0], ScanRules(exclude=("raw/",)))
    run_without_model(store, photos)
    assert failed(store) == []


def test_a_failure_has_one_row_and_is_dropped_only_if_its_file_is_surely_gone(
    store: Store, photos: Path, picture: MakePicture
) -> None:
    root, _ = claim_root(store, photos)
    remember_failure(store, root, FoundFile("gone/a.png", 1, 2), "truncated")
    remember_failure(store, root, FoundFile("gone/a.png", 3, 4, 5), "truncated again")
    assert failed_signatures(store, root) == {"gone/a.png": FoundFile("gone/a.png", 3, 4, 5)}
    drop_gone_failures(store, root, ["gone/a.png"])
    assert len(failed(store)) == 1, "the root is empty, so it may not be mounted"
    picture("here.png", "red")
    drop_gone_failures(store, root, ["gone/a.png", "never/known.png"])
    assert failed(store) == []


def test_below_a_folder_and_names_that_are_not_utf8(store: Store, photos: Path, tmp_path: Path) -> None:
    root, _ = claim_root(store, photos)
    odd = os.fsdecode(b"sub/caf\xe9.png")
    for path in (odd, "sub/b.png", "submarine.png"):
        remember_failure(store, root, FoundFile(path, 1, 2), "truncated")
    assert failed(store) == [photos / "sub" / "b.png", photos / odd, photos / "submarine.png"]
    below = known_failures(store, photos / "sub")
    assert [one.path.name for one in below] == ["b.png", odd[4:]]
    assert len(known_failures(store, tmp_path)) == 3
    with pytest.raises(FolderError, match="check the name"):
        known_failures(store, tmp_path / "unknown")
    assert forget_failures(store, below) == 2
    assert failed(store) == [photos / "submarine.png"]


def test_a_picture_that_breaks_becomes_a_failure(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    path = picture("a.png", "red", (300, 300))
    picture("b.png", "red")
    run(store, photos, encoder)
    cut(path)
    run(store, photos, encoder)
    assert (indexed_names(store), failed(store)) == ({"b.png"}, [path]), "a file is a picture or a failure"
