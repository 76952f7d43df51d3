"""CSV files with the classes of pictures, as spreadsheets write them, and their faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.errors import FolderError, InvalidRequest
from indexer.files.found import Problem
from search.evaluation.truth import read_captions, read_truth
from tests.bounded import grows_linearly
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


FORMS = {
    "as it is": "path,class\nred/a.png,red\nblue/c.png,blue\n",
    "sep=;": "sep=;\r\npath;class\r\nred/a.png;red\r\nblue/c.png;blue\r\n",
    "sep= of another case": "SEP=;\npath;class\nred/a.png;red\nblue/c.png;blue\n",
    "sep= in quotes": '"sep=;"\npath;class\nred/a.png;red\nblue/c.png;blue\n',
    "sep=tab": "sep=\t\npath\tclass\nred/a.png\tred\nblue/c.png\tblue\n",
    "sep=|": "sep=|\npath|class\nred/a.png|red\nblue/c.png|blue\n",
    "sep=; filled up by a spreadsheet": "sep=;;;\npath;class;;\nred/a.png;red;;\nblue/c.png;blue;;\n",
    "blank lines first": "\r\n\r\npath,class\r\nred/a.png,red\r\nblue/c.png,blue\r\n",
    "old Mac line ends": "path,class\rred/a.png,red\rblue/c.png,blue\r",
    "backslashes": "path;class\nred\\a.png;red\nblue\\c.png;blue\n",
    "backslashes after a dot": "path,class\n.\\red\\a.png,red\nred\\..\\blue\\c.png,blue\n",
    "sep=; and backslashes": "sep=;\r\npath;class\r\nred\\a.png;red\r\nblue\\c.png;blue\r\n",
    "all in quotes": '"path";"class"\n"red\\a.png";"red"\n"blue\\c.png";"blue"\n',
    "blanks": "path , class\n red/a.png , red \nblue/c.png  ,blue\n",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_form_says_the_same(colours: Path, form: str, encoding: str) -> None:
    file = colours / "truth.csv"
    file.write_bytes(FORMS[form].encode(encoding))
    assert pairs(read_truth(file, refuse), colours) == {"red/a.png": "red", "blue/c.png": "blue"}


@pytest.mark.parametrize("form", FORMS)
def test_captions_are_read_from_every_form(colours: Path, form: str) -> None:
    file = write(colours, FORMS[form].replace("class", "caption"))
    captions = read_captions(file, refuse)
    assert [path.relative_to(colours).as_posix() for path in captions.paths] == ["red/a.png", "blue/c.png"]
    assert captions.texts == ("red", "blue")


NAMES = ["two\nlines.png", "b\\s.png", 'quo"te.png', "semi;colon.png", "#1.png", " blank.png", "sep=;.png", "'.png"]


@pytest.mark.parametrize("name", NAMES)
def test_odd_names_are_found_and_the_very_name_wins(colours: Path, name: str) -> None:
    (colours / "red" / "a.png").rename(colours / name)
    if name == "b\\s.png":
        (colours / "b").mkdir()
        (colours / "b" / "s.png").touch()
    quoted = '"' + name.replace('"', '""') + '"'
    truth = read_truth(write(colours, f"path;class\n{quoted};red\nblue/c.png;blue\n"), refuse)
    assert pairs(truth, colours) == {name: "red", "blue/c.png": "blue"}


LETTERS = ("\u00e4", "a\u0308")  # the same in NFC and NFD


@pytest.mark.parametrize("on_disk", LETTERS)
@pytest.mark.parametrize("typed", LETTERS)
@pytest.mark.parametrize(
    "name", ["{}.png", "K{}fer/x.png", "K{}fer/{}{}.png", "sub/K{}fer/{}.png", "K{}fer/\u00e9{}.png"]
)
def test_names_in_either_spelling(colours: Path, on_disk: str, typed: str, name: str) -> None:
    file = colours / name.replace("{}", on_disk)
    file.parent.mkdir(parents=True, exist_ok=True)
    (colours / "red" / "a.png").rename(file)
    written = name.replace("{}", typed)
    text = f"path,class\n{written},K{on_disk}fer\nblue/c.png,blue\n{written},K{typed}fer\n"
    truth = read_truth(write(colours, text), refuse)
    assert pairs(truth, colours) == {name.replace("{}", on_disk): "K\u00e4fer", "blue/c.png": "blue"}


def test_of_two_spellings_on_the_disk_the_very_name_is_meant(colours: Path) -> None:
    for letter in LETTERS:
        (colours / f"{letter}.png").write_bytes((colours / "red" / "a.png").read_bytes())
    text = "path,class\n" + "".join(f"{letter}.png,{number}\n" for number, letter in enumerate(LETTERS))
    truth = read_truth(write(colours, text), refuse)
    assert pairs(truth, colours) == {f"{letter}.png": str(number) for number, letter in enumerate(LETTERS)}


def test_many_names_list_each_folder_once(colours: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import indexer.spelling

    for number in range(50):
        (colours / f"a\u0308{number}.png").touch()
    listed: list[object] = []
    real = indexer.spelling.os.listdir
    monkeypatch.setattr(indexer.spelling.os, "listdir", lambda folder: listed.append(folder) or real(folder))
    text = "path,class\n" + "".join(f"\u00e4{number}.png,{number % 2}\n" for number in range(50))
    assert len(read_truth(write(colours, text), refuse).paths) == 50
    assert listed == [colours]


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no devices here")
def test_a_truth_without_end_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="/dev/zero is larger than 64 MiB"):
        read_truth(Path("/dev/zero"), refuse)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("é/" * 3000 + "a.png,red", "Line 2 of .* has a path of more than 4,096 characters"),
        ("a.png," + "x" * 21_000, "Line 2 of .* has a caption of more than 20,000 characters"),
        ("a.png," + "x" * 200_000, "field larger than field limit"),
        ("a\0.png,red", "is not text"),
    ],
)
def test_cells_that_mean_nothing_are_refused(colours: Path, row: str, reason: str) -> None:
    with pytest.raises((InvalidRequest, FolderError), match=reason):
        read_captions(write(colours, f"path,caption\n{row}\n"), lambda _: None)


@pytest.mark.parametrize("text", ["'path' + ',class' * n + '\\na,b\\n' * n", "'path,class\\n' + ',' * n", "'\\n' * n"])
def test_work_grows_with_the_length(text: str, tmp_path: Path) -> None:
    assert grows_linearly(
        f"""
from pathlib import Path
from indexer.errors import ClipsearchError
from search.evaluation.truth import read_truth
file = Path({str(tmp_path / "truth.csv")!r})
def read(text):
    file.write_text(text)
    try:
        read_truth(file, lambda _: None)
    except ClipsearchError as reason:
        assert len(str(reason)) < 800
compare(lambda n: {text}, read, 5_000)
"""
    )
