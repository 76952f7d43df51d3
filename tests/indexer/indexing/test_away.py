"""Tests of runs over pictures that a sync client has put away: they stay known and are not read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.indexing.run import index_paths
from indexer.store.store import Store
from search.library.library import Library
from search.query.similar import similar
from tests.conftest import MakePicture, count, cut, run
from tests.fakes import ColourEncoder, Recorder
from tests.indexer.indexing.contents import assert_sound, id_of, label_all, labels, without_model

PLACEHOLDERS: list[Callable[[str], str]] = [
    *("{}.nextcloud".format, "{}.owncloud".format, "{}.opencloud".format, "{}.cloud".format, ".{}.icloud".format)
]
NAMES = ("a.png", "sub/b.png", "sub/Größe.png")


def put_away(path: Path, placeholder: Callable[[str], str]) -> Path:
    """Replace a picture by a placeholder, as sync clients do, and return where its bytes are now."""
    cloud = path.parents[1] / "cloud" if path.parent.name != "sub" else path.parents[2] / "cloud"
    cloud.mkdir(exist_ok=True)
    shutil.copy2(path, cloud / path.name)
    path.with_name(placeholder(path.name)).write_bytes(b" ")
    path.unlink()
    return cloud / path.name


@pytest.mark.parametrize("placeholder", PLACEHOLDERS)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_away_stays_known_and_comes_back(
    store: Store,
    photos: Path,
    picture: MakePicture,
    encoder: ColourEncoder,
    name: str,
    placeholder: Callable[[str], str],
) -> None:
    for other in NAMES:
        picture(other, "red")
    run(store, photos, encoder)
    known, image = label_all(store), id_of(store, photos / name)
    cloud = put_away(photos / name, placeholder)
    for _ in range(2):  # compared with the library, and by the hash of the root
        summary = without_model(store, photos)
        assert (summary.found, summary.unchanged, summary.away) == (2, 2, 1)
        assert (summary.forgotten, summary.problems, summary.kept) == (0, 0, [])
    assert labels(store) == known and id_of(store, photos / name) == image
    shutil.copy2(cloud, photos / name)
    (photos / name).with_name(placeholder(Path(name).name)).unlink()
    summary = without_model(store, photos)
    assert (summary.unchanged, summary.away, summary.moved) == (3, 0, 0)
    assert labels(store) == known and id_of(store, photos / name) == image
    assert_sound(store, 3)


def test_a_placeholder_that_goes_takes_the_picture_along(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    for name in NAMES:
        picture(name, "red")
    run(store, photos, encoder)
    put_away(photos / "a.png", PLACEHOLDERS[0])
    without_model(store, photos)
    without_model(store, photos)
    (photos / "a.png.nextcloud").unlink()
    summary = without_model(store, photos)
    assert (summary.forgotten, summary.away, count(store, "images")) == (1, 0, 2)


@pytest.mark.parametrize("placeholder", PLACEHOLDERS)
def test_all_of_a_root_may_be_away(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, placeholder: Callable[[str], str]
) -> None:
    for number in range(12):
        picture(f"sub/{number}.png", "red")
    run(store, photos, encoder)
    for number in range(12):
        put_away(photos / "sub" / f"{number}.png", placeholder)
    summary = without_model(store, photos)
    assert (summary.found, summary.away, summary.forgotten, summary.kept) == (0, 12, 0, [])
    (photos / "sub" / placeholder("3.png")).unlink()
    assert without_model(store, photos).forgotten == 1
    assert_sound(store, 11)


def test_a_placeholder_of_an_unknown_picture_is_only_counted(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    picture("a.png", "red")
    (photos / "b.png.nextcloud").write_bytes(b" ")
    (photos / ".c.png.icloud").write_bytes(b"bplist00")
    summary, listener = run(store, photos, encoder)
    assert (summary.found, summary.encoded, summary.away, listener.problems) == (1, 1, 2, [])
    shutil.rmtree(photos)
    photos.mkdir()
    (photos / "sub").mkdir()
    (photos / "sub" / "b.png.nextcloud").write_bytes(b" ")
    assert run(store, photos / "sub", encoder)[0].without_pictures == []


def test_a_copy_of_what_is_away_is_a_copy(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    picture("a.png", "red")
    run(store, photos, encoder)
    image = id_of(store, photos / "a.png")
    cloud = put_away(photos / "a.png", PLACEHOLDERS[0])
    shutil.copy2(cloud, photos / "copy.png")
    summary = without_model(store, photos)
    assert (summary.copied, summary.moved) == (1, 0)
    assert id_of(store, photos / "a.png") == image
    assert_sound(store, 2)


def test_a_failure_that_is_away_is_remembered(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    picture("a.png", "red")
    cut(picture("bad.png", "red"))
    run(store, photos, encoder)
    put_away(photos / "bad.png", PLACEHOLDERS[4])
    without_model(store, photos)
    assert count(store, "failures") == 1


@pytest.mark.parametrize("placeholder", PLACEHOLDERS)
def test_a_watcher_names_the_picture_or_nothing(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, placeholder: Callable[[str], str]
) -> None:
    path = picture("a.png", "red")
    run(store, photos, encoder)
    put_away(path, placeholder)
    summary = index_paths(store, [path], lambda: encoder, Recorder(), workers=0)
    assert (summary.forgotten, summary.away, count(store, "images")) == (0, 1, 1)
    path.with_name(placeholder("a.png")).unlink()
    (photos / "stays.txt").touch()
    assert index_paths(store, [path], lambda: encoder, Recorder(), workers=0).forgotten == 1


def test_a_picture_that_is_away_can_be_asked_with(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    picture("a.png", "red")
    picture("b.png", "red")
    run(store, photos, encoder)
    put_away(photos / "a.png", PLACEHOLDERS[0])
    (hit,) = similar(Library.with_encoder(store, encoder), photos / "a.png", 1)
    assert hit.path == photos / "b.png"
