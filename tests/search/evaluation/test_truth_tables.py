"""CSV files with the classes of pictures, as spreadsheets write them, and their faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.errors import FolderError, InvalidRequest
from indexer.files.found import Problem
from search.evaluation.truth import read_truth
from tests.search.evaluation.truths import pairs, refuse, write


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
