"""Tests of search.unindexed.named_files: many files that are named get what a few would, in the order named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from search.labels.labelling import label_files
from search.labels.make_recipe import make_recipe
from search.library.library import Library
from search.unindexed.labelling import label_unindexed
from search.unindexed.named_files import MANY, label_named
from tests.conftest import MakePicture
from tests.fakes import ColourEncoder

RED_BLUE = make_recipe(["red", "blue"], other=False)


def test_many_get_what_a_few_get_and_each_is_encoded_once(
    library: Library, photos: Path, picture: MakePicture, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = [picture(f"new/{number}.png", "red" if number % 3 else "blue") for number in range(MANY)]
    (photos / "text.jpg").write_text("no picture", encoding="utf-8")
    (photos / ".away.jpg.icloud").touch()
    monkeypatch.chdir(photos)
    first = Path(os.path.relpath(new[0]))
    asked = [*new[::-1], photos / "gone.png", first, photos / "text.jpg", photos / "a" / "red.png", first, new[5]]
    asked.append(photos / "away.jpg")
    before = encoder.images_encoded
    many = list(label_named(library, RED_BLUE, asked, top=1))
    assert encoder.images_encoded == before + MANY, "what is named twice is encoded once, what is known not at all"
    assert many == list(label_files(library, RED_BLUE, asked, top=1))
    assert [one[0] if isinstance(one, tuple) else one.path for one in many] == asked
    monkeypatch.setattr("search.unindexed.labelling.label_unindexed", pytest.fail)
    assert len(list(label_named(library, RED_BLUE, new[1:], top=1))) == MANY - 1


def test_a_video_that_is_named_is_labelled_as_a_whole(library: Library, photos: Path, tmp_path: Path) -> None:
    pytest.importorskip("av")
    from tests.indexer.video.writing import BLUE, RED, scene, write

    clip = write(photos / "b" / "clip.mp4", [*scene(RED, 4), *scene(BLUE, 2)])
    (alone,) = label_files(library, RED_BLUE, [clip])
    (*_, last) = label_named(library, RED_BLUE, [photos / "b" / "lime.png"] * MANY + [clip])
    for paths in ([clip, photos / "b"], [photos / "b", clip]):
        done = label_unindexed(library, RED_BLUE, paths, pytest.fail)
        pictures = list(done.labelled.pictures())
        assert [(one.path.name, one.at) for one in pictures].count(("clip.mp4", None)) == 1 and len(pictures) == 2
        for one in (last, next(one for one in pictures if one.path == clip)):
            assert not isinstance(one, tuple) and not isinstance(alone, tuple)
            assert (one.at, one.best) == (None, alone.best) and one.probability == pytest.approx(
                alone.probability, 0.02
            )
