"""Tests of truth: folders and CSV files of pictures whose class or caption is known, and their faults."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.errors import FolderError, InvalidRequest
from indexer.files.found import Problem
from search.evaluation.truth import Captions, Truth, read_captions, read_truth
from tests.conftest import MakePicture


def refuse(problem: Problem) -> None:
    raise AssertionError(problem)


def pairs(truth: Truth, folder: Path) -> dict[str, str]:
    """Return the class of each picture by its path in a folder."""
    return {
        path.relative_to(folder).as_posix(): truth.classes[label]
        for path, label in zip(truth.paths, truth.labels, strict=True)
    }


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "truth.csv"
    file.write_text(text, encoding=encoding)
    return file


@pytest.fixture
def colours(photos: Path, picture: MakePicture) -> Path:
    """Three pictures of two classes, in a folder each."""
    for name, colour in (("red/a.png", "red"), ("red/deep/er/b.png", "red"), ("blue/c.png", "blue")):
        picture(name, colour)
    return photos


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
    assert [problem.reason for problem in problems] == ["left out, 1 pictures are in no class's folder"]


def test_csv_paths_are_relative_to_the_file(colours: Path, tmp_path: Path) -> None:
    absolute = colours / "blue" / "c.png"
    file = write(
        colours, f'Class, path ,more\nred,red/a.png,x\n"sky, blue",{absolute},\nred,red/a.png,twice\n', "utf-8-sig"
    )
    truth = read_truth(file, refuse)
    assert pairs(truth, colours) == {"red/a.png": "red", "blue/c.png": "sky, blue"}
    assert len(truth.paths) == 2


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_as_spreadsheets_save_it(colours: Path, sign: str, encoding: str) -> None:
    rows = (("path", "class"), ("red/a.png", '"r, ""é"";"'), ("", ""), ("blue/c.png", "blue"), ("", ""))
    text = "".join(sign.join(row) + "\r\n" for row in rows)
    truth = read_truth(write(colours, text, encoding), refuse)
    assert pairs(truth, colours) == {"red/a.png": 'r, "é";', "blue/c.png": "blue"}


def test_pictures_that_are_not_there_are_reported(colours: Path) -> None:
    file = write(colours, "path,class\nred/a.png,red\nnowhere.png,red\nblue/c.png,blue\n")
    problems: list[Problem] = []
    truth = read_truth(file, problems.append)
    assert (len(truth.paths), truth.missing) == (2, 1)
    assert [(one.path.name, one.reason) for one in problems] == [("nowhere.png", f"no such file (line 3 of {file})")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("red/a.png,red\nblue/c.png,blue\n", ("header", "path,class")),
        ("path,caption\nred/a.png,red\n", ("header", "path,class")),
        ("", ("header",)),
        ("path,class\n", ("no rows",)),
        ("path,class\nred/a.png\n", ("Line 2", "has no class")),
        ("path,class\n,red\n", ("Line 2", "has no path")),
        ("path,class\nred/a.png,red\nred/a.png,blue\n", ("Line 3", "a.png", "'blue'", "'red'")),
        ("path,class\nred/a.png,red\nblue/../red/a.png,blue\n", ("Line 3", "a.png", "'blue'", "'red'")),
        ("path,class,note\nred/a.png,red,\n,,see above\n", ("Line 3", "has no class")),
        ("path,class\nred/a.png,red\n", ("only one class", "'red'")),
    ],
)
def test_a_csv_that_is_not_as_it_should_be(colours: Path, text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(InvalidRequest) as caught:
        read_truth(write(colours, text), refuse)
    assert all(word in str(caught.value) for word in words), caught.value


def test_csv_of_unknown_pictures(colours: Path) -> None:
    with pytest.raises(FolderError, match="None of the pictures"):
        read_truth(write(colours, "path,class\na,red\nb,blue\n"), lambda _: None)


def test_what_is_no_csv(colours: Path) -> None:
    for file in (colours / "red" / "a.png", write(colours, "path,class\nä,ö\n", "latin-1")):
        with pytest.raises(InvalidRequest, match="no CSV file in UTF-8"):
            read_truth(file, refuse)


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
