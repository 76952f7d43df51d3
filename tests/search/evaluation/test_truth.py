"""Pictures whose class or caption is known, in folders and tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.errors import FolderError, InvalidRequest
from indexer.files.found import Problem
from search.evaluation.truth import Captions, read_captions, read_truth
from tests.conftest import MakePicture
from tests.search.evaluation.truths import pairs, refuse, write


def test_a_folder_per_class_with_pictures_at_any_depth(colours: Path) -> None:
    (colours / "red" / "notes.txt").write_text("no picture")
    (colours / ".hidden").mkdir()
    truth = read_truth(colours, refuse)
    assert truth.classes == ("blue", "red")
    assert pairs(truth, colours) == {"red/a.png": "red", "red/deep/er/b.png": "red", "blue/c.png": "blue"}
    assert truth.without_pictures == []


def test_a_class_behind_a_link_is_one(colours: Path, tmp_path: Path) -> None:
    (colours / "blue").rename(tmp_path / "elsewhere")
    (colours / "sky").symlink_to(tmp_path / "elsewhere")
    assert pairs(read_truth(colours, refuse), colours)["sky/c.png"] == "sky"


def test_a_class_without_pictures_is_a_class(colours: Path) -> None:
    (colours / "green").mkdir()
    truth = read_truth(colours, refuse)
    assert truth.classes == ("blue", "green", "red") and truth.without_pictures == ["green"]


def test_pictures_of_no_class_are_reported(colours: Path, picture: MakePicture) -> None:
    picture("loose.png", "red")
    problems: list[Problem] = []
    assert len(read_truth(colours, problems.append).paths) == 3
    assert [problem.reason for problem in problems] == ["left out, 1 picture in no class's folder"]


def test_nothing_there(photos: Path, tmp_path: Path) -> None:
    with pytest.raises(FolderError, match=r"There is no .*nowhere"):
        read_truth(tmp_path / "nowhere", refuse)
    with pytest.raises(FolderError, match="There is no picture"):
        read_truth(photos, refuse)


def test_one_class_only(photos: Path, picture: MakePicture) -> None:
    picture("red/a.png", "red")
    with pytest.raises(InvalidRequest, match="only one class"):
        read_truth(photos, refuse)


def test_a_picture_may_have_several_captions(colours: Path) -> None:
    file = write(colours, "path,caption\nred/a.png,one\nblue/c.png,two\nred/a.png,three\nred/a.png,one\n")
    captions = read_captions(file, refuse)
    assert captions.texts == ("one", "two", "three") and captions.picture_of.tolist() == [0, 1, 0]
    assert captions.missing == 0
    kept = captions.only(np.array([True, False]))
    assert (kept.texts, kept.picture_of.tolist(), len(kept.paths)) == (("one", "three"), [0, 0], 1)
    kept = captions.only(np.array([False, True]))
    assert (kept.texts, kept.picture_of.tolist(), kept.paths) == (("two",), [0], (captions.paths[1],))


def test_captions_need_a_file_with_captions(colours: Path) -> None:
    with pytest.raises(FolderError, match="columns path,caption"):
        read_captions(colours, refuse)
    with pytest.raises(InvalidRequest, match="path,caption"):
        read_captions(write(colours, "path,class\nred/a.png,red\n"), refuse)


def test_only_keeps_what_belongs_together(colours: Path) -> None:
    truth = read_truth(colours, refuse)
    kept = truth.only(truth.labels == truth.classes.index("red"))
    assert set(pairs(kept, colours).values()) == {"red"} and kept.without_pictures == ["blue"]
    assert isinstance(read_captions(write(colours, "path,caption\nred/a.png,x\n"), refuse), Captions)
