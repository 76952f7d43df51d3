"""Tests of indexer.store.facts: what a person said stays with a picture, whatever becomes of its file."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from indexer.store.corrections import correct, undo_last
from indexer.store.facts import fact_images, fact_images_under, facts_in, holds_under
from indexer.store.pictures import image_at
from indexer.store.store import Store
from search.checking.run import Check
from tests.conftest import count, run
from tests.fakes import ColourEncoder
from tests.label_sets import store_labels
from tests.shots import save_shot

Edit = Callable[[Image.Image], Image.Image]


@pytest.fixture
def shot(store: Store, photos: Path) -> Path:
    """A picture of which a person said that it is a car; there is another one."""
    path = save_shot(photos, 1, "shot.jpg")
    save_shot(photos, 2, "more/another.jpg")
    run(store, photos, ColourEncoder())
    rows = store.db.execute("SELECT id FROM images").fetchall()
    store_labels(store, ["cup", "car"], [(image, "cup", 0.7) for (image,) in rows])
    correct(store, 1, [id_of(store, path)], ["car"], "ann")
    return path


def id_of(store: Store, path: Path) -> int:
    found = image_at(store, path)
    assert found is not None
    return found[0]


def said(store: Store) -> dict[str, tuple[str, ...]]:
    names = dict(store.db.execute("SELECT id, path FROM images").fetchall())
    return {names[image]: fact.labels for image, fact in facts_in(store, 1).items()}


def test_a_statement_holds_as_long_as_its_classes_are_there() -> None:
    assert holds_under(["cup", "car"], ["cup"], ["cup"]) and not holds_under(["car"], ["cup"], ["cup"])
    assert holds_under(["cup"], [], ["cup", "car"]) and not holds_under(["cup", "plate"], [], ["cup", "car"])


def test_a_moved_file_keeps_its_facts_and_a_copy_has_them_too(store: Store, photos: Path, shot: Path) -> None:
    shot.rename(photos / "moved.jpg")
    shutil.copy(photos / "moved.jpg", photos / "more" / "copy.jpg")
    run(store, photos, ColourEncoder())
    assert said(store) == {"moved.jpg": ("car",), "more/copy.jpg": ("car",)}
    assert set(undo_last(store, 1).images) == {id_of(store, photos / name) for name in ("moved.jpg", "more/copy.jpg")}
    assert not said(store)


@pytest.mark.parametrize(
    "edit",
    [
        lambda picture: picture.transpose(Image.Transpose.ROTATE_90),
        lambda picture: picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        lambda picture: picture.transpose(Image.Transpose.ROTATE_180),
        lambda picture: picture.resize((640, 480)).point(lambda value: min(255, value + 40)),
        lambda picture: picture.crop((10, 10, 310, 230)),
    ],
    ids=["turned", "mirrored", "upside down", "larger and brighter", "cropped"],
)
def test_an_edited_picture_keeps_its_facts(store: Store, photos: Path, shot: Path, edit: Edit) -> None:
    with Image.open(shot) as opened:
        edited = edit(opened)
    edited.save(shot, quality=80)
    run(store, photos, ColourEncoder())
    assert said(store) == {"shot.jpg": ("car",)}
    shot.rename(photos / "moved.jpg")
    run(store, photos, ColourEncoder())
    assert said(store) == {"moved.jpg": ("car",)}


def test_a_file_that_shows_another_picture_now_has_none_of_the_facts(store: Store, photos: Path, shot: Path) -> None:
    before = shot.read_bytes()
    save_shot(photos, 3, "shot.jpg")
    run(store, photos, ColourEncoder())
    assert said(store) == {} and count(store, "labels") == 1, "the other picture's"
    (photos / "came back.jpg").write_bytes(before)
    run(store, photos, ColourEncoder())
    assert said(store) == {"came back.jpg": ("car",)}


def test_what_leaves_the_library_has_its_facts_again_when_it_comes_back(
    store: Store, photos: Path, shot: Path, tmp_path: Path
) -> None:
    shot.rename(tmp_path / "aside.jpg")
    run(store, photos, ColourEncoder())
    assert said(store) == {} and count(store, "corrections") == 1
    (tmp_path / "aside.jpg").rename(photos / "more" / "again.jpg")
    run(store, photos, ColourEncoder())
    assert said(store) == {"more/again.jpg": ("car",)}
    assert undo_last(store, 1).images == (id_of(store, photos / "more" / "again.jpg"),) and not said(store)


def test_check_writes_facts_again_that_the_labels_have_lost(store: Store, shot: Path) -> None:
    assert not [finding for finding in Check(store) if finding.area == "labels"]
    store.db.execute("DELETE FROM labels WHERE act IS NOT NULL")
    (finding,) = [finding for finding in Check(store) if finding.area == "labels"]
    assert finding.state == "repaired" and said(store) == {"shot.jpg": ("car",)}


def test_check_finds_statements_that_can_not_be(store: Store, shot: Path) -> None:
    store.db.execute("UPDATE corrections SET before = 'no json'")
    store.db.execute(
        "INSERT INTO correction_acts SELECT 9, label_set, 'x', 'y', recipe, 5, said_at, NULL FROM correction_acts"
    )
    assert facts_in(store, 1), "the others are read all the same"
    states = [(finding.area, finding.state) for finding in Check(store)]
    assert states.count(("labels", "repaired")) == 2
    assert undo_last(store, 1).unjudged == (id_of(store, shot),), "what the model had found is not known any more"


def test_odd_values_of_a_library_from_elsewhere_cost_nothing_but_themselves(store: Store, shot: Path) -> None:
    act = store.db.execute("SELECT id FROM correction_acts").fetchone()[0]
    for labels in ("[5]", "[{}]", "5", "null"):
        store.db.execute(
            "INSERT INTO correction_acts (label_set, labels, classes, recipe, said_by, said_at)"
            " VALUES (1, ?, '[]', '', x'ff', 7)",
            [labels],
        )
    store.db.execute("PRAGMA foreign_keys = OFF")
    store.db.execute(
        "INSERT INTO corrections (act, label_set, image, at_ms, before, standing) VALUES (?, 1, 'x', 0, '[[1]]', 1)",
        [act],
    )
    store.db.execute("INSERT INTO labels VALUES (1, 'y', 'car', 1.0, ?)", [act])
    assert said(store) == {"shot.jpg": ("car",)} and fact_images(store, 1).size == 1
    assert fact_images_under(store, 1, ["cup", "car"]).size == 1
    for _ in range(4):
        undo_last(store, 1)
    assert undo_last(store, 1).images == (id_of(store, shot),)
