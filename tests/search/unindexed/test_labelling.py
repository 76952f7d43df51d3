"""Tests of search.unindexed.labelling and what it stands on: what is below folders is labelled and nothing stored."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from indexer.files.found import Problem
from indexer.indexing.run import index
from indexer.store.store import Store
from search.labels.labelling import label_library
from search.labels.make_recipe import make_recipe
from search.library.library import Library
from search.unindexed.labelling import Unindexed, label_unindexed
from tests.conftest import MakePicture, count, cut, run
from tests.fakes import ColourEncoder, Recorder

RED_BLUE = make_recipe(["red", "blue"], other=False)
TABLES = ("images", "embeddings", "labels", "label_sets", "failures", "roots")


def label(library: Library, *paths: Path) -> tuple[Unindexed, list[Problem]]:
    """Label files and folders; return what came of it, and the problems."""
    problems: list[Problem] = []
    return label_unindexed(library, RED_BLUE, paths, problems.append), problems


def names(done: Unindexed) -> list[tuple[str, str]]:
    """Return the names of the pictures with their labels, in their order."""
    return [(one.path.name, one.best) for one in done.labelled.pictures()]


def test_a_folder_is_labelled_as_the_library_would_be(library: Library, photos: Path, encoder: ColourEncoder) -> None:
    done, problems = label(library, photos)
    asked = label_library(library, RED_BLUE)
    assert list(done.labelled.pictures()) == list(asked.pictures()) and not problems
    assert list(done.labelled.uncertain(2, 1)) == list(asked.uncertain(2, 1))
    assert (dict(done.labelled.counts), done.labelled.total) == (dict(asked.counts), asked.total)


def test_what_the_library_knows_is_not_encoded_and_nothing_is_stored(
    library: Library, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    before = [count(library.store, table) for table in TABLES]
    encoded = encoder.images_encoded
    label(library, photos)
    shutil.copytree(photos, tmp_path / "copy")
    label(library, tmp_path / "copy")
    label(library, tmp_path)
    assert encoder.images_encoded == encoded, "known by path, by content, and with the root inside what is named"
    picture("a/new.png", "blue")
    picture("a/red.png", "blue", (20, 20))
    done, _ = label(library, photos / "a")
    assert names(done) == [("blue.png", "blue"), ("new.png", "blue"), ("red.png", "blue")]
    assert encoder.images_encoded == encoded + 2
    assert [count(library.store, table) for table in TABLES] == before


def test_the_rules_of_an_index_hold(library: Library, photos: Path, picture: MakePicture, tmp_path: Path) -> None:
    picture("a/.hidden.png", "red")
    picture("a/skipped/one.png", "red")
    picture("a/.away/two.png", "red")
    (photos / ".clipsearchignore").write_text("skipped/\n", encoding="utf-8")
    (photos / "a" / "link.png").symlink_to(photos / "b" / "lime.png")
    (photos / "a" / "notes.txt").write_text("no picture", encoding="utf-8")
    done, problems = label(library, photos / "a")
    assert [name for name, _ in names(done)] == ["blue.png", "red.png"] and done.found.links == 1 and not problems
    named, _ = label(library, photos / "a" / ".away", photos / "a" / ".hidden.png")
    assert [name for name, _ in names(named)] == ["two.png", ".hidden.png"], "what is named is meant"


def test_the_rules_of_a_root_hold(store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder) -> None:
    from indexer.files.ignore import ScanRules

    picture("keep.png", "red")
    picture("draft-1.png", "red")
    index(store, [photos], lambda: encoder, Recorder(), workers=0, rules=lambda _: ScanRules(exclude=("draft-*",)))
    done, _ = label(Library.with_encoder(store, encoder), photos)
    assert names(done) == [("keep.png", "red")]


def test_nothing_is_given_twice(library: Library, photos: Path) -> None:
    red = photos / "a" / "red.png"
    done, _ = label(library, red, photos / "a", photos, photos / "a", red)
    assert [name for name, _ in names(done)] == ["red.png", "blue.png", "lime.png"]


def test_what_can_not_be_read_is_reported_once(library: Library, photos: Path, picture: MakePicture) -> None:
    bad = cut(picture("a/bad.png", "red", (300, 300)))
    (photos / "a" / "text.jpg").write_text("no picture", encoding="utf-8")
    done, problems = label(library, photos / "a", photos / "gone", photos / "a" / "text.jpg")
    assert {problem.path for problem in problems} == {bad, photos / "a" / "text.jpg", photos / "gone"}
    assert done.problems == len(problems) == 3
    assert [name for name, _ in names(done)] == ["blue.png", "red.png"]


def test_an_empty_folder_is_named(library: Library, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done, problems = label(library, tmp_path / "empty")
    assert (done.found.without_pictures, done.labelled.total, problems) == ([tmp_path / "empty"], 0, [])
    assert list(done.labelled.pictures()) == list(done.labelled.uncertain(3)) == []
    assert dict(done.labelled.counts) == {"red": 0, "blue": 0}


def test_a_video_is_labelled_moment_by_moment(
    library: Library, photos: Path, encoder: ColourEncoder, store: Store, tmp_path: Path
) -> None:
    pytest.importorskip("av")
    from tests.indexer.video.writing import BLUE, RED, scene, write

    write(photos / "b" / "clip.mp4", [*scene(RED, 4), *scene(BLUE, 4)])
    for known in (False, True):
        done, _ = label(library, photos / "b")
        found = [(one.path.name, one.at is not None, one.best) for one in done.labelled.pictures()]
        assert found[0] == ("clip.mp4", True, "red") and ("clip.mp4", True, "blue") in found
        assert found[-1][:2] == ("lime.png", False) and done.labelled.has_videos
        if not known:
            run(store, photos, encoder)
