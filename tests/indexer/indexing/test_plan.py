"""Tests of indexer.indexing.plan: what is gone, and what is kept since a drive may not be mounted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from indexer.store.store import Store
from tests.conftest import MakePicture, count, indexed_names, run
from tests.fakes import ColourEncoder


def test_an_emptied_root_keeps_its_pictures_unless_pruned(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    picture("a.png", "red").unlink(missing_ok=run(store, photos, encoder)[0].encoded == 1)
    summary, _ = run(store, photos, encoder)
    assert (summary.kept, summary.forgotten, count(store, "images")) == ([photos], 0, 1)
    assert run(store, photos, encoder, prune=True)[0].forgotten == 1
    assert count(store, "images") == count(store, "embeddings") == 0


def test_an_emptied_folder_keeps_its_pictures_and_a_deleted_one_does_not(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    for name in ("mount/a.png", "deleted/b.png", "c.png"):
        picture(name, "red")
    run(store, photos, encoder)
    (photos / "mount" / "a.png").unlink()
    (photos / "deleted" / "b.png").unlink()
    (photos / "deleted").rmdir()
    summary, _ = run(store, photos, encoder)
    assert (summary.kept, indexed_names(store)) == ([photos / "mount"], {"a.png", "c.png"})
    assert run(store, photos, encoder, prune=True)[0].forgotten == 1


def test_a_root_of_which_hardly_anything_is_left_keeps_its_pictures(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    for number in range(12):
        picture(f"{number % 3}/{number}.png", "red")
    run(store, photos, encoder)
    drive = photos.rename(photos.with_name("drive"))
    picture("stray.png", "lime")  # what a program wrote to the bare mount point
    for encoded in (1, 0, 0):
        summary, _ = run(store, photos, encoder)
        assert (summary.kept, summary.encoded, summary.forgotten) == ([photos], encoded, 0)
        assert count(store, "images") == 13
    (photos / "stray.png").unlink()
    photos.rmdir()
    drive.rename(photos)
    summary, _ = run(store, photos, encoder)
    assert (summary.unchanged, summary.forgotten, summary.encoded) == (12, 1, 0)
    (photos / "0").rename(photos / "all")
    for name in "12":
        for path in (photos / name).iterdir():
            path.rename(photos / "all" / path.name)
    assert run(store, photos, encoder)[0].moved == 12, "what has moved within it is no less known"
    for path in sorted((photos / "all").iterdir())[1:]:
        path.unlink()
    assert run(store, photos, encoder)[0].forgotten == 0
    assert run(store, photos, encoder, prune=True)[0].forgotten == 11


def test_what_a_pattern_leaves_out_is_forgotten_however_much(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    for number in range(12):
        picture(f"{number}.png", "red")
    run(store, photos, encoder)
    summary, _ = run(store, photos, encoder, rules=lambda rules: replace(rules, exclude=("*.png",)))
    assert (summary.kept, summary.forgotten) == ([], 12)


def test_a_hidden_folder_that_was_indexed_is_kept_by_a_run_above(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    picture(".hidden/a.png", "red")
    picture("b.png", "red")
    run(store, photos / ".hidden", encoder)
    assert run(store, photos, encoder)[0].forgotten == 0
    assert run(store, photos / ".hidden", encoder)[0].unchanged == 1
    (photos / ".hidden" / "a.png").unlink()
    assert run(store, photos / ".hidden", encoder, prune=True)[0].forgotten == 1
