"""Tests of indexer.indexing.origins: from where a file has moved, and where it has not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from indexer.files.mounts import file_is_gone
from indexer.indexing import origins
from indexer.store.pictures import image_at
from indexer.store.store import Store
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder
from tests.indexer.indexing.contents import assert_sound, id_of, label_all, labels, without_model


def test_each_place_is_looked_at_once_however_many_files_are_alike(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = picture("old/0.png", "red")
    for number in range(1, 60):
        (photos / "old" / f"{number}.png").write_bytes(first.read_bytes())
    run(store, photos, encoder)
    for number in range(0, 60, 2):
        (photos / "old" / f"{number}.png").rename(photos / f"{number}.png")
    looks: list[str] = []

    def look(root: Path, path: str) -> bool:
        looks.append(path)
        return file_is_gone(root, path)

    monkeypatch.setattr(origins, "file_is_gone", look)
    summary, _ = run(store, photos, encoder)
    assert (summary.moved, summary.encoded, summary.forgotten, encoder.images_encoded) == (30, 0, 0, 1)
    assert len(looks) == len(set(looks)) <= 60


def test_a_move_from_one_root_to_another(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    path = picture("one/a.png", "red")
    picture("one/stays.png", "lime")
    picture("two/b.png", "blue")
    run(store, photos / "one", encoder)
    run(store, photos / "two", encoder)
    image = id_of(store, path)
    moved = path.rename(photos / "two" / "sub.png")
    assert without_model(store, photos / "one", photos / "two").moved == 1
    assert (id_of(store, moved), image_at(store, path)) == (image, None)
    back = moved.rename(path)
    assert without_model(store, photos / "one").moved == 1, "also where only the new place is looked at"
    assert id_of(store, back) == image
    assert without_model(store, photos / "two").forgotten == 0
    assert_sound(store, 3)


def test_one_of_two_copies_is_renamed(store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder) -> None:
    first = picture("a.png", "red")
    second = photos / "b.png"
    shutil.copyfile(first, second)
    run(store, photos, encoder)
    stays, moves = id_of(store, first), id_of(store, second)
    known = label_all(store)
    moved = second.rename(photos / "0.png")
    summary = without_model(store, photos)
    assert (summary.moved, summary.copied, summary.forgotten) == (1, 0, 0)
    assert (id_of(store, first), id_of(store, moved), labels(store)) == (stays, moves, known)
    assert_sound(store, 2)


@pytest.mark.parametrize("unmounted", ["emptied", "gone"])
def test_the_files_of_an_unmounted_root_in_another_are_copies(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path, unmounted: str
) -> None:
    """A backup must not take the rows of the drive that is away."""
    for name in ("a", "b"):
        picture(f"drive/{name}.png", "red")
    run(store, photos / "drive", encoder)
    ids, known = {name: id_of(store, photos / "drive" / f"{name}.png") for name in "ab"}, label_all(store)
    shutil.copytree(photos / "drive", photos / "backup")
    (photos / "drive").rename(tmp_path / "unmounted")
    if unmounted == "emptied":
        (photos / "drive").mkdir()
    summary = without_model(store, photos / "backup")
    assert (summary.copied, summary.moved, summary.forgotten) == (2, 0, 0)
    assert_sound(store, 4)
    shutil.rmtree(photos / "drive", ignore_errors=True)
    (tmp_path / "unmounted").rename(photos / "drive")
    assert without_model(store).unchanged == 4
    assert {name: id_of(store, photos / "drive" / f"{name}.png") for name in "ab"} == ids
    assert labels(store) == known
