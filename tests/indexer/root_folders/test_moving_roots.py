"""Tests of indexer.root_folders.moving_roots: the pictures of a moved root keep their ids, embeddings and labels."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from indexer.decoding.frame import Frame
from indexer.errors import FolderError, InvalidRequest
from indexer.files.found import FoundFile
from indexer.files.ignore import ScanRules
from indexer.metadata.metadata import Metadata
from indexer.root_folders.moving_roots import move_root
from indexer.store.embeddings import MomentVector
from indexer.store.failures import known_failures
from indexer.store.pictures import EncodedFile, images_at, store_batch
from indexer.store.roots import claim_root, hand_over, roots, set_rules
from indexer.store.store import Store
from tests.conftest import MakePicture, count, run
from tests.embeddings import DIM, stored_model
from tests.fakes import ColourEncoder
from tests.indexer.store.contents import ids, label_all, root_folders


def test_a_moved_root_keeps_ids_embeddings_and_labels(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    picture("a.png", "red")
    picture(os.fsdecode(b"sub/caf\xe9.png"), "blue")
    run(store, photos, encoder)
    label_all(store)
    new = photos.rename(tmp_path / "pictures")
    done = move_root(store, photos, new)
    assert (done.folder, done.root.path, done.pictures, done.found, done.merged) == (new, new, 2, 2, 0)
    assert root_folders(store) == [new]
    assert ids(store, new / "a.png", new / "sub" / os.fsdecode(b"caf\xe9.png")) == [1, 2]
    assert (count(store, "embeddings"), count(store, "labels")) == (2, 2)
    summary, _ = run(store, new, encoder)
    assert (summary.encoded, summary.unchanged, summary.forgotten, summary.moved) == (0, 2, 0, 0)


def test_a_place_without_the_pictures_is_refused(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    gone = picture("a.png", "red")
    run(store, photos, encoder)
    (tmp_path / "other").mkdir()
    with pytest.raises(FolderError, match=r"None of 1 picture .* --force"):
        move_root(store, photos, tmp_path / "other")
    assert root_folders(store) == [photos]
    assert move_root(store, photos, tmp_path / "other", force=True).found == 0
    assert root_folders(store) == [tmp_path / "other"]
    assert ids(store, gone, tmp_path / "other" / "a.png") == [None, 1]


def test_what_can_not_be_moved(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    file = picture("sub/a.png", "red")
    run(store, photos, encoder)
    with pytest.raises(FolderError, match=r"only whole roots .*: clipsearch index /"):
        move_root(store, photos / "sub", tmp_path)
    with pytest.raises(FolderError, match="not a root of this library; see: clipsearch roots list"):
        move_root(store, tmp_path / "unknown", photos)
    with pytest.raises(FolderError, match="There is no folder"):
        move_root(store, photos, tmp_path / "nowhere")
    with pytest.raises(FolderError, match="is a file"):
        move_root(store, photos, file)
    with pytest.raises(InvalidRequest, match="there already"):
        move_root(store, photos, photos)


def test_a_root_with_nothing_in_it_moves_anywhere(store: Store, photos: Path, tmp_path: Path) -> None:
    claim_root(store, tmp_path / "gone")
    assert move_root(store, tmp_path / "gone", photos).pictures == 0
    assert root_folders(store) == [photos]


def test_a_new_place_that_was_indexed_already_is_merged(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    """Renamed, indexed under the new name, and only then told of."""
    picture("a.png", "red")
    changed = picture("b.png", "red")
    (photos / "bad.png").write_text("text")
    run(store, photos, encoder)
    label_all(store)
    set_rules(store, roots(store)[0], ScanRules(include_hidden=True))
    new = photos.rename(tmp_path / "pictures")
    picture("new.png", "lime")
    shutil.move(photos / "new.png", new / "new.png")
    picture("b.png", "blue", (17, 12))
    shutil.move(changed, new / "b.png")
    photos.rmdir()
    assert run(store, new, encoder)[0].copied == 1
    assert count(store, "images") == 5
    done = move_root(store, photos, new)
    assert (done.pictures, done.merged) == (2, 2)
    assert ids(store, new / "a.png", new / "b.png") == [1, 2], "the rows with labels stay"
    assert ids(store, new / "new.png") != [None]
    assert (count(store, "images"), count(store, "labels"), count(store, "embeddings")) == (3, 2, 3)
    assert [failure.path for failure in known_failures(store)] == [new / "bad.png"]
    assert [root.rules.include_hidden for root in roots(store)] == [True]
    summary, _ = run(store, new, encoder)
    assert (summary.encoded, summary.unchanged, summary.failed_before) == (1, 2, 1), "b.png has other bytes now"
    assert store.db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_failure_gives_way_to_the_picture(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    (photos / "a.png").write_text("text")
    picture("b.png", "red")
    run(store, photos, encoder)
    new = photos.rename(tmp_path / "pictures")
    picture("a.png", "lime")
    shutil.move(photos / "a.png", new / "a.png")
    run(store, new, encoder)
    move_root(store, photos, new)
    assert known_failures(store) == []
    assert run(store, new, encoder)[0].unchanged == 2


def test_into_another_root_the_pictures_become_its_own(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    nas = tmp_path / "nas"
    nas.mkdir()
    picture("x.png", "lime")
    shutil.move(photos / "x.png", nas / "x.png")
    picture("a.png", "red")
    (photos / "bad.png").write_text("text")
    run(store, nas, encoder)
    run(store, photos, encoder)
    label_all(store)
    before = ids(store, photos / "a.png")
    new = photos.rename(nas / "photos")
    run(store, nas, encoder)  # has made a second row of it
    done = move_root(store, photos, new)
    assert (done.root.path, done.folder, done.merged) == (nas, new, 1)
    assert root_folders(store) == [nas]
    assert ids(store, new / "a.png") == before
    assert count(store, "labels") == 2
    assert [failure.path for failure in known_failures(store)] == [new / "bad.png"]
    summary, _ = run(store, nas, encoder)
    assert (summary.encoded, summary.unchanged, summary.forgotten, summary.failed_before) == (0, 2, 0, 1)


def test_into_another_root_that_leaves_the_place_out_is_refused(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    nas = tmp_path / "nas"
    nas.mkdir()
    root, _ = claim_root(store, nas)
    set_rules(store, root, ScanRules(exclude=("private/",)))
    picture("a.png", "red")
    run(store, photos, encoder)
    new = photos.rename(nas / "private")
    with pytest.raises(FolderError, match=r"leaves .* out"):
        move_root(store, photos, new)
    assert root_folders(store) == [nas, photos]
    move_root(store, photos, new, force=True)
    assert root_folders(store) == [nas]


def test_around_other_roots_takes_them_over(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    picture("2024/a.png", "red")
    picture("b.png", "lime")
    run(store, photos, encoder)
    before = ids(store, photos / "2024" / "a.png", photos / "b.png")
    new = photos.rename(tmp_path / "pictures")
    run(store, new / "2024", encoder)
    claim_root(store, new / "unmounted")
    assert move_root(store, photos, new).merged == 1
    assert root_folders(store) == [new, new / "unmounted"]
    assert ids(store, new / "2024" / "a.png", new / "b.png") == before


@pytest.mark.parametrize("inwards", [True, False])
def test_into_or_out_of_itself(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, inwards: bool, tmp_path: Path
) -> None:
    old, new = (photos, photos / "all") if inwards else (photos / "all", photos)
    path = picture("a.png" if inwards else "all/a.png", "red")
    run(store, old, encoder)
    new.mkdir(exist_ok=True)
    shutil.move(path, new / "a.png")
    move_root(store, old, new)
    assert root_folders(store) == [new]
    assert run(store, new, encoder)[0].unchanged == 1


def test_two_roots_change_places_by_way_of_a_third(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    one, other = picture("1/a.png", "red"), picture("2/b.png", "lime")
    run(store, one.parent, encoder)
    run(store, other.parent, encoder)
    one.parent.rename(photos / "3")
    move_root(store, one.parent, photos / "3")
    other.parent.rename(photos / "1")
    move_root(store, other.parent, photos / "1")
    (photos / "3").rename(photos / "2")
    move_root(store, photos / "3", photos / "2")
    assert ids(store, photos / "2" / "a.png", photos / "1" / "b.png") == [1, 2]


def test_a_link_left_behind_is_still_the_roots_old_name(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    picture("a.png", "red")
    run(store, photos, encoder)
    new = photos.rename(tmp_path / "pictures")
    photos.symlink_to(new)
    (tmp_path / "link").symlink_to(tmp_path)
    move_root(store, tmp_path / "link" / "photos", new)
    assert root_folders(store) == [new]


def test_a_move_that_fails_changes_nothing(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    picture("a.png", "red")
    run(store, photos, encoder)
    new = Path(shutil.copytree(photos, tmp_path / "pictures"))
    run(store, new, encoder)
    store.db.execute("CREATE TRIGGER no BEFORE UPDATE OF path ON roots BEGIN SELECT raise(ABORT, 'no'); END")
    before = list(store.db.conn.iterdump())
    with pytest.raises(Exception, match="no"):
        move_root(store, photos, new)
    assert list(store.db.conn.iterdump()) == before


@pytest.mark.parametrize("moves", [True, False])
def test_of_a_video_that_both_roots_know_all_moments_of_one_stay(store: Store, tmp_path: Path, moves: bool) -> None:
    model = stored_model(store)
    inner, outer = tmp_path / "a" / "b", tmp_path / "a"
    inner.mkdir(parents=True)
    roots_of = {folder: claim_root(store, folder)[0] for folder in (inner,)}
    store.db.execute("INSERT INTO roots (path, added_at) VALUES (?, '')", [str(outer)])
    roots_of[outer] = roots(store)[1]
    for folder, name, times in ((inner, "v.mp4", (0, 1000, 2000)), (outer, "b/v.mp4", (0, 500))):
        frame = Frame(FoundFile(name, 1, 1), b"d" * 16, 1, 1, "MP4", Metadata())
        moments = tuple(MomentVector(at, np.ones(DIM, np.float32)) for at in times)
        store_batch(store, model, [EncodedFile(roots_of[folder], frame, moments)])
    assert hand_over(store, roots_of[inner], roots_of[outer], "b", source_wins=moves) == (2 if moves else 3)
    assert images_at(store, inner / "v.mp4") == ([1, 2, 3] if moves else [4, 5])
