"""Tests of cli.commands.duplicates: what is printed of groups."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image, ImageOps

from cli.main import main
from indexer.store.store import Store
from search.library.library import Library
from tests.shots import index, library_of, save_shot


def invoke(library: Library | Path, *arguments: str) -> tuple[int, bytes, str]:
    folder = library if isinstance(library, Path) else library.store.folder
    result = CliRunner().invoke(main, ["duplicates", *arguments, "--library", str(folder)])
    return result.exit_code, result.stdout_bytes, result.stderr


@pytest.fixture
def library(store: Store, photos: Path) -> Library:
    """A library with one plain picture."""
    return library_of(store, photos)


@pytest.fixture
def odd_library(library: Library, photos: Path) -> Library:
    """Two groups, one with a name that is not UTF-8 and one with a line break."""
    odd = photos / os.fsdecode(b"caf\xe9.jpg")
    odd.write_bytes(save_shot(photos, 1, "a.jpg", (640, 480)).read_bytes())
    save_shot(photos, 2, "b\n.jpg", (640, 480))
    save_shot(photos, 2, "small.jpg")
    index(library, photos)
    return library


def test_paths_come_out_byte_for_byte(odd_library: Library, photos: Path) -> None:
    folder = os.fsencode(photos)
    all_of_them = [folder + b"/" + name for name in (b"a.jpg", b"caf\xe9.jpg", b"b\n.jpg", b"small.jpg")]
    assert invoke(odd_library, "-0")[:2] == (0, b"".join(path + b"\0" for path in all_of_them))
    assert invoke(odd_library, "-0", "--others")[1] == b"".join(path + b"\0" for path in all_of_them[1::2])
    assert invoke(odd_library, "-0", "--others", "--exact")[1] == all_of_them[1] + b"\0"


def test_json_has_a_group_each(odd_library: Library, photos: Path) -> None:
    exit_code, stdout, stderr = invoke(odd_library, "--format", "json")
    groups = json.loads(stdout)
    assert exit_code == 0 and "2 groups" in stderr and "2 pictures" in stderr
    assert [group["group"] for group in groups] == [1, 2]
    first, second = groups[0]["pictures"]
    assert (first["path"], first["match"], first["width"], first["format"]) == (
        str(photos / "a.jpg"),
        "best",
        640,
        "JPEG",
    )
    assert second["path"].endswith("caf\\xe9.jpg") and (second["match"], second["score"]) == ("identical", 1.0)
    assert groups[1]["pictures"][1]["match"] == "same"
    others = json.loads(invoke(odd_library, "--format", "json", "--others")[1])
    assert [[one["match"] for one in group["pictures"]] for group in others] == [["identical"], ["same"]]


def test_csv_and_lines_have_a_row_for_each_picture(odd_library: Library) -> None:
    rows = list(csv.DictReader(io.StringIO(invoke(odd_library, "--format", "csv")[1].decode("utf-8", "replace"))))
    assert [(row["group"], row["match"]) for row in rows] == [
        ("1", "best"),
        ("1", "identical"),
        ("2", "best"),
        ("2", "same"),
    ]
    assert rows[2]["path"].endswith("b\n.jpg") and int(rows[2]["size"]) > 0
    assert all(row["bits"].isdigit() for row in rows)
    assert invoke(odd_library)[1].count(b"\t") == 9 * 4


def test_json_lines(odd_library: Library) -> None:
    lines = invoke(odd_library, "--format", "jsonl")[1].splitlines()
    assert [json.loads(line)["group"] for line in lines] == [1, 2]


def test_others_can_be_moved_without_a_loss(library: Library, photos: Path) -> None:
    original = save_shot(photos, 1, "a.jpg", (640, 480), quality=95)
    save_shot(photos, 1, "small.jpg")
    with Image.open(original) as image:
        ImageOps.grayscale(image).save(photos / "bw.jpg")
        image.crop((14, 0, 640, 480)).save(photos / "crop.jpg")
    os.link(original, photos / "link.jpg")
    index(library, photos)
    rows = csv.DictReader(io.StringIO(invoke(library, "--format", "csv", "--hard-links")[1].decode()))
    assert {row["path"].rpartition("/")[2]: row["match"] for row in rows} == {
        "a.jpg": "best",
        "link.jpg": "hard link",
        "small.jpg": "same",
        "bw.jpg": "black and white",
        "crop.jpg": "cropped",
    }
    _, stdout, stderr = invoke(library, "--others", "-0", "--hard-links")
    assert stdout == os.fsencode(photos / "small.jpg") + b"\0"
    assert "1 group" in stderr and "1 picture," in stderr.splitlines()[1] and "--others" in stderr


def test_a_group_of_edits_has_nothing_to_move(library: Library, photos: Path) -> None:
    with Image.open(save_shot(photos, 1, "a.jpg", (640, 480))) as image:
        ImageOps.grayscale(image).save(photos / "bw.jpg")
    index(library, photos)
    assert invoke(library, "-0", "--others")[1] == b"" and invoke(library, "--others", "--format", "json")[1] == b"[]\n"
    assert invoke(library, "-0")[1].count(b"\0") == 2


def test_a_terminal_gets_a_table(odd_library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.output.rows.is_terminal", lambda stream: True)
    monkeypatch.setattr("cli.commands.duplicates.is_terminal", lambda stream: True)
    monkeypatch.setenv("COLUMNS", "200")
    _, stdout, _ = invoke(odd_library)
    text = stdout.decode()
    assert "640 x 480" in text and "kB" in text and "caf\\xe9.jpg" in text and "b\\n.jpg" in text
    assert text.count("best") == 2


def test_wrong_usage_and_nothing_found(library: Library, tmp_path: Path) -> None:
    assert invoke(library)[2] == "No duplicates.\n"
    assert invoke(library, "--exact", "--threshold", "0.9")[0] == 2
    assert invoke(library, "--threshold", "1.5")[0] == 2
    assert invoke(library, "-0", "--format", "json")[0] == 2
    assert invoke(library, "--in", str(tmp_path / "elsewhere"))[0] == 1
    exit_code, _, stderr = invoke(tmp_path / "none")
    assert exit_code == 1 and "clipsearch index" in stderr
