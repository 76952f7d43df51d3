"""Tests of indexer.indexing.known_content and indexer.store.moving_files: files known by content keep id and labels."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from indexer.indexing.run import index
from indexer.store.models import models
from indexer.store.pictures import image_at, paths_of
from indexer.store.store import Store
from tests.conftest import MakePicture, count, indexed_names, run
from tests.fakes import ColourEncoder, Recorder
from tests.indexer.indexing.contents import assert_sound, colour_of, id_of, label_all, labels, vector_of, without_model


def test_a_renamed_file_keeps_its_id_embedding_and_labels(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    path = picture("a.png", "red")
    picture("b.png", "blue")
    run(store, photos, encoder)
    image, known = id_of(store, path), label_all(store)
    moved = path.rename(photos / "renamed.png")
    summary = without_model(store, photos)
    assert (summary.moved, summary.encoded, summary.forgotten, summary.unchanged) == (1, 0, 0, 1)
    assert (id_of(store, moved), colour_of(store, moved), labels(store)) == (image, "red", known)
    assert without_model(store, photos).unchanged == 2, "and the next run finds nothing to do"
    assert_sound(store, 2)


def test_a_renamed_folder_of_100_is_100_moves(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    for number in range(100):
        picture(f"2023/{number}.png", "red")
    picture("other.png", "blue")
    run(store, photos, encoder)
    before = {path.name: image for image, path in paths_of(store, range(1, 102)).items()}
    label_all(store)
    (photos / "2023").rename(photos / "Summer")
    summary = without_model(store, photos)
    assert (summary.moved, summary.encoded, summary.forgotten, summary.unchanged) == (100, 0, 0, 1)
    after = paths_of(store, range(1, 102))
    assert {path.name: image for image, path in after.items()} == before
    assert all(path.parent.name == "Summer" for path in after.values() if path.name != "other.png")
    assert len(labels(store)) == 101
    assert_sound(store, 101)


def test_an_old_path_used_by_another_picture(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    path = picture("a.png", "red")
    run(store, photos, encoder)
    image, known = id_of(store, path), label_all(store)
    moved = path.rename(photos / "b.png")
    picture("a.png", "blue", (40, 30))
    summary, _ = run(store, photos, encoder)
    assert (summary.moved, summary.encoded, summary.forgotten) == (1, 1, 0)
    assert (id_of(store, moved), colour_of(store, moved), labels(store)) == (image, "red", known)
    assert id_of(store, path) != image and colour_of(store, path) == "blue"
    assert_sound(store, 2)


def test_an_old_path_used_by_a_known_picture(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    """a moves to c, b to a: each keeps its id."""
    a, b = picture("a.png", "red"), picture("b.png", "blue")
    run(store, photos, encoder)
    red, blue = id_of(store, a), id_of(store, b)
    a.rename(photos / "c.png")
    b.rename(a)
    assert without_model(store, photos).moved == 2
    assert (id_of(store, photos / "c.png"), id_of(store, a)) == (red, blue)
    assert image_at(store, b) is None
    assert_sound(store, 2)


@pytest.mark.parametrize("names", ["ab", "abc", "abcdef"])
@pytest.mark.parametrize("sizes", ["equal", "different"])
def test_files_that_change_places(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, names: str, sizes: str
) -> None:
    for number, name in enumerate(names):
        picture(f"{name}.png", ("red", "lime", "blue")[number % 3], (16 + 9 * number * (sizes != "equal"), 12))
    run(store, photos, encoder)
    ids = {name: id_of(store, photos / f"{name}.png") for name in names}
    colours = {name: colour_of(store, photos / f"{name}.png") for name in names}
    known = label_all(store)
    for name in names:
        (photos / f"{name}.png").rename(photos / f"{name}.aside")
    for number, name in enumerate(names):  # each takes the place of the next
        place = photos / f"{names[(number + 1) % len(names)]}.png"
        (photos / f"{name}.aside").rename(place)
        os.utime(place, ns=(number, 10**18 + number))  # they may have been written in the same tick
    summary = without_model(store, photos)
    assert (summary.moved, summary.forgotten) == (len(names), 0)
    for number, name in enumerate(names):
        place = photos / f"{names[(number + 1) % len(names)]}.png"
        assert (id_of(store, place), colour_of(store, place)) == (ids[name], colours[name])
    assert labels(store) == known
    assert_sound(store, len(names))


def test_a_touched_file_is_not_decoded_again(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    path = picture("a.png", "red")
    run(store, photos, encoder)
    image, known = id_of(store, path), label_all(store)
    os.utime(path, ns=(1, 1))
    summary = without_model(store, photos)
    assert (summary.moved, summary.copied, summary.unchanged) == (0, 0, 1)
    assert (id_of(store, path), labels(store)) == (image, known)
    assert store.db.execute("SELECT mtime_ns FROM images").fetchone() == (1,)
    assert_sound(store, 1)


def test_a_copy_of_a_known_file_is_not_decoded(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    path = picture("a.png", "red")
    run(store, photos, encoder)
    image, known = id_of(store, path), label_all(store)
    copy = photos / "copy.png"
    shutil.copyfile(path, copy)
    summary = without_model(store, photos)
    assert (summary.copied, summary.moved, summary.encoded, summary.unchanged) == (1, 0, 0, 1)
    assert id_of(store, path) == image != id_of(store, copy)
    assert vector_of(store, copy) == vector_of(store, path)
    assert labels(store) == known, "what was said of one is not said of the other"
    assert_sound(store, 2)


def test_copies_that_are_new_in_the_same_run_are_encoded_once(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    path = picture("a.png", "red")
    for number in range(9):
        shutil.copyfile(path, photos / f"copy {number}.png")
    picture("other.png", "blue")
    summary, _ = run(store, photos, encoder)
    assert (encoder.images_encoded, summary.found) == (2, 11)
    assert all(vector_of(store, photos / f"copy {number}.png") == vector_of(store, path) for number in range(9))
    assert without_model(store, photos).unchanged == 11
    assert_sound(store, 11)


def test_a_renamed_and_changed_file_is_another_picture(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    path = picture("a.png", "red")
    picture("b.png", "red")
    run(store, photos, encoder)
    image = id_of(store, path)
    label_all(store)
    path.unlink()
    changed = picture("changed.png", "blue")
    summary, _ = run(store, photos, encoder)
    assert (summary.moved, summary.encoded, summary.forgotten) == (0, 1, 1)
    assert id_of(store, changed) != image and colour_of(store, changed) == "blue"
    assert image not in labels(store)
    assert_sound(store, 2)


def test_a_changed_file_keeps_its_id_and_loses_its_labels(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    path = picture("a.png", "red")
    run(store, photos, encoder)
    image = id_of(store, path)
    label_all(store)
    picture("a.png", "blue")
    os.utime(path, ns=(1, 1))
    assert run(store, photos, encoder)[0].encoded == 1
    assert (id_of(store, path), colour_of(store, path), labels(store)) == (image, "blue", {})


def test_a_rename_while_the_model_is_being_switched(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    path = picture("a.png", "red")
    picture("b.png", "blue")
    run(store, photos, encoder)
    image = id_of(store, path)
    moved = path.rename(photos / "renamed.png")
    other = ColourEncoder("other")
    summary, _ = run(store, photos, other, reindex=True)
    assert (summary.moved, other.images_encoded, summary.forgotten, summary.unswitched) == (1, 2, 0, 0)
    assert (id_of(store, moved), [model.name for model in models(store)]) == (image, ["other"])
    assert_sound(store, 2)


def test_a_rename_before_all_is_encoded_again(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    path = picture("a.png", "red")
    run(store, photos, encoder)
    image = id_of(store, path)
    moved = path.rename(photos / "renamed.png")
    summary, _ = run(store, photos, encoder, reindex=True)
    assert (summary.moved, encoder.images_encoded, id_of(store, moved)) == (1, 2, image)
    assert_sound(store, 1)


def test_a_file_renamed_and_copied_keeps_its_id_once(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    path = picture("a.png", "red")
    run(store, photos, encoder)
    image = id_of(store, path)
    for name in ("x.png", "y.png"):
        shutil.copyfile(path, photos / name)
    path.unlink()
    summary = without_model(store, photos)
    assert (summary.moved, summary.copied, summary.unchanged, summary.forgotten) == (1, 1, 0, 0)
    assert image in (id_of(store, photos / "x.png"), id_of(store, photos / "y.png"))
    assert_sound(store, 2)


def test_a_file_renamed_and_copied_and_its_place_taken(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    """The copy must not get the embedding of the picture that is now where its origin was."""
    a, b = picture("a.png", "red"), picture("b.png", "blue")
    run(store, photos, encoder)
    a.rename(photos / "x.png")
    shutil.copyfile(photos / "x.png", photos / "y.png")
    b.rename(a)
    summary = without_model(store, photos)
    assert (summary.moved, summary.copied, summary.unchanged) == (2, 1, 0)
    assert [colour_of(store, photos / f"{name}.png") for name in "axy"] == ["blue", "red", "red"]
    assert_sound(store, 3)


def test_a_rename_into_a_folder_that_alone_is_indexed(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    path = picture("a.png", "red")
    picture("b.png", "lime")
    picture("sub/c.png", "blue")
    run(store, photos, encoder)
    image = id_of(store, path)
    moved = path.rename(photos / "sub" / "a.png")
    summary = without_model(store, photos / "sub")
    assert (summary.moved, summary.copied) == (1, 0), "the old file is gone, so it is no copy"
    assert (id_of(store, moved), image_at(store, path)) == (image, None)
    assert without_model(store, photos).unchanged == 3
    assert_sound(store, 3)


def test_a_copy_into_a_folder_that_alone_is_indexed(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    path = picture("a.png", "red")
    (photos / "sub").mkdir()
    run(store, photos, encoder)
    shutil.copyfile(path, photos / "sub" / "a.png")
    assert without_model(store, photos / "sub").copied == 1
    assert_sound(store, 2)


def test_a_file_moved_out_of_view_is_forgotten_and_back_is_encoded_again(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    path = picture("a.png", "red")
    picture("b.png", "red")
    run(store, photos, encoder)
    path.rename(tmp_path / "away.png")
    assert run(store, photos, encoder)[0].forgotten == 1
    (tmp_path / "away.png").rename(path)
    assert run(store, photos, encoder)[0].encoded == 1
    assert_sound(store, 2)


def test_a_known_picture_overwritten_by_a_copy_of_another(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    a, b = picture("a.png", "red"), picture("b.png", "blue")
    run(store, photos, encoder)
    red = id_of(store, a)
    shutil.copyfile(a, b)
    os.utime(b, ns=(1, 1))
    summary = without_model(store, photos)
    assert summary.copied == 1
    assert (id_of(store, a), colour_of(store, b)) == (red, "red")
    assert_sound(store, 2)


def test_a_picture_moved_over_another(store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder) -> None:
    a, b = picture("a.png", "red"), picture("b.png", "blue", (40, 30))
    run(store, photos, encoder)
    red = id_of(store, a)
    a.replace(b)
    summary = without_model(store, photos)
    assert (summary.moved, indexed_names(store)) == (1, {"b.png"})
    assert (id_of(store, b), colour_of(store, b)) == (red, "red")
    assert_sound(store, 1)


def test_names_that_are_not_utf8_move_too(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    odd = os.fsdecode(b"caf\xe9.png")
    path = picture("a.png", "red")
    run(store, photos, encoder)
    path.rename(photos / odd)
    assert without_model(store, photos).moved == 1
    assert indexed_names(store) == {odd}
    (photos / odd).rename(path)
    assert without_model(store, photos).moved == 1
    assert indexed_names(store) == {"a.png"}
    assert_sound(store, 1)


def test_being_told_to_stop_while_hashing_loses_nothing(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    path = picture("a.png", "red")
    picture("b.png", "red")
    run(store, photos, encoder)
    image = id_of(store, path)
    moved = path.rename(photos / "c.png")

    class Stopping(Recorder):
        asked = limit = 0

        def stopping(self) -> bool:
            Stopping.asked += 1
            return Stopping.asked > Stopping.limit

    for limit in range(12):
        Stopping.asked, Stopping.limit = 0, limit
        index(store, [photos], lambda: encoder, Stopping(), workers=0)
        assert count(store, "images") == 2
    assert without_model(store, photos).unchanged == 2
    assert (id_of(store, moved), encoder.images_encoded) == (image, 2)


def test_the_moments_of_a_video_move_together(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    from tests.indexer.video.writing import THREE, write

    path = write(photos / "a.mp4", THREE)
    picture("b.png", "red")
    run(store, photos, encoder)
    moments = "SELECT id, at_ms FROM images WHERE path = ? ORDER BY id"
    before, known = store.db.execute(moments, ["a.mp4"]).fetchall(), label_all(store)
    assert len(before) == 3
    path.rename(photos / "sub.mp4")
    summary = without_model(store, photos)
    assert (summary.moved, summary.forgotten) == (1, 0)
    assert store.db.execute(moments, ["sub.mp4"]).fetchall() == before
    assert labels(store) == known
    shutil.copyfile(photos / "sub.mp4", photos / "copy.mp4")
    assert without_model(store, photos).copied == 1
    assert [at for _, at in store.db.execute(moments, ["copy.mp4"])] == [at for _, at in before]
    assert without_model(store, photos).unchanged == 3
    assert_sound(store, 7)


def test_a_new_name_and_a_sidecar_say_when_a_known_file_was_taken(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    from tests.indexer.metadata.sources import packet

    def taken() -> dict[str, list[str | None]]:
        return {name: rest for name, *rest in store.db.execute("SELECT path, taken_at, taken_from FROM images")}

    moved, copied, touched = (picture(f"{name}.png", "red") for name in "abc")
    picture("other.png", "blue")
    run(store, photos, encoder)
    assert taken() == {name: [None, None] for name in ("a.png", "b.png", "c.png", "other.png")}
    moved.rename(photos / "IMG_20190704_123005.png")
    shutil.copy(copied, photos / "2019-07-04 copy.png")
    (photos / "c.xmp").write_bytes(packet(exif__DateTimeOriginal="2020-01-02T03:04:05"))
    os.utime(touched, (1, 1))
    summary = without_model(store, photos)
    assert (summary.moved, summary.copied, summary.encoded) == (1, 1, 0)
    assert taken() == {
        "IMG_20190704_123005.png": ["2019-07-04T12:30:05", "file-name"],
        "b.png": [None, None],
        "2019-07-04 copy.png": ["2019-07-04", "file-name"],
        "c.png": ["2020-01-02T03:04:05", "sidecar"],
        "other.png": [None, None],
    }
