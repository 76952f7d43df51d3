"""Tests of clipsearch export-labels and cli.output.exported; tests/search/sidecars/test_export.py writes sidecars."""

from __future__ import annotations

from pathlib import Path

import pytest

import cli.output.exported_sidecars
from indexer.store.store import Store
from tests.cli.conftest import Invoke, one_sentence
from tests.conftest import MakePicture
from tests.exporting import label

LABEL = ("label", "--classes", "red,blue", "--no-other", "--name", "mine")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--copy"],
        ["--csv", "x.csv", "--dry-run"],
        ["x", "--remove", "--csv", "y.csv"],
        ["x", "--remove", "--threshold", "0.5"],
        ["x", "--remove", "--with-other"],
        ["--csv", "-", "--json", "-"],
        ["--json", "/nowhere/x.json", "--coco", "/nowhere/./x.json"],
    ],
)
def test_options_that_do_not_go_together(indexed: Invoke, arguments: list[str]) -> None:
    indexed(*LABEL)
    assert indexed("export-labels", *arguments).exit_code == 2


def test_without_labels_or_a_library_one_sentence_says_what_to_do(indexed: Invoke, tmp_path: Path) -> None:
    one_sentence(indexed("export-labels"), "clipsearch label", code=2)
    one_sentence(indexed("export-labels", "--library", tmp_path / "nowhere"), "no library")
    indexed(*LABEL)
    one_sentence(indexed("export-labels", "nonsense"), "nonsense", code=2)


def test_folders_and_their_undo(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    indexed(*LABEL)
    target = tmp_path / "sorted"
    dry = indexed("export-labels", "--sort-into", target, "--dry-run")
    assert f"{target / 'blue'}\t{photos / 'sub' / 'blue.png'}\n" in dry.stdout and not target.exists()
    done = indexed("export-labels", "--sort-into", target, "--copy")
    assert done.exit_code == 0 and f"Copied 3 pictures to {target}; clipsearch undo " in done.stderr
    (photos / "red.png").unlink()
    again = indexed("export-labels", "--sort-into", target, "--copy")
    assert (again.exit_code, "red.png: no such file" in again.stderr) == (1, True)
    assert "2 there already; 1 could not be read." in again.stderr


def test_lists_on_stdout_and_in_files(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    indexed(*LABEL)
    done = indexed("export-labels", "--csv", "-", "--json", tmp_path / "l.json")
    assert done.stdout.splitlines()[0] == "path,at,class,probability" and len(done.stdout.splitlines()) == 4
    assert f"Wrote {tmp_path / 'l.json'}; clipsearch undo " in done.stderr and (tmp_path / "l.json").exists()
    assert not list(photos.rglob("*.xmp")), "lists come instead of sidecars"


def many(store_folder: Path, photos: Path, picture: MakePicture, clipsearch: Invoke, count: int = 60) -> None:
    """Index pictures, and label them: a third surely a cup, the rest hardly a car."""
    for number in range(count):
        picture(f"{number:02}.png", "red")
    clipsearch("index", photos)
    with Store.open(store_folder) as store:
        labels = {f"{number:02}.png": ("cup", 0.9) if number % 3 == 0 else ("car", 0.2) for number in range(count)}
        label(store, labels)


def sidecars(photos: Path) -> int:
    return len(list(photos.rglob("*.xmp")))


def test_unsure_labels_are_left_out_and_that_is_said(
    clipsearch: Invoke, photos: Path, picture: MakePicture, tmp_path: Path
) -> None:
    many(tmp_path / "lib", photos, picture, clipsearch)
    said = "40 labels less probable than 0.5 left out (--threshold 0 takes all)"
    dry = clipsearch("export-labels", "--dry-run")
    assert "Would write 20 sidecars (20 new)" in dry.stderr and said in dry.stderr
    done = clipsearch("export-labels")
    assert "Wrote 20 sidecars (20 new): 20 labels added" in done.stderr and said in done.stderr
    assert sidecars(photos) == 20
    for target in (["--csv", "-"], ["--sort-into", tmp_path / "sorted"], ["--imagenet", tmp_path / "lists"]):
        assert said in clipsearch("export-labels", *target).stderr
    assert "Wrote 40 sidecars (40 new)" in clipsearch("export-labels", "--threshold", "0").stderr, (
        "as it is no terminal"
    )
    assert "less probable" not in clipsearch("export-labels", "--threshold", "0.1").stderr
    assert "60 labels less probable than 0.95" in clipsearch("export-labels", "--threshold", "0.95").stderr


@pytest.mark.parametrize("answer", ["y", "n"])
def test_many_sidecars_are_written_on_a_terminal_only_after_a_question(
    clipsearch: Invoke,
    photos: Path,
    picture: MakePicture,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
) -> None:
    many(tmp_path / "lib", photos, picture, clipsearch)
    questions: list[str] = []

    def confirm(question: str, **_: object) -> bool:
        questions.append(question)
        return answer == "y"

    monkeypatch.setattr(cli.output.exported_sidecars, "is_terminal", lambda _: True)
    monkeypatch.setattr(cli.output.exported_sidecars.click, "confirm", confirm)
    assert clipsearch("export-labels").exit_code == 0 and not questions and sidecars(photos) == 20, "20 are few"
    assert clipsearch("export-labels", "--threshold", "0", "--dry-run").exit_code == 0 and not questions
    clipsearch("undo")
    result = clipsearch("export-labels", "--threshold", "0")
    assert questions == ["Write 60 sidecars (60 of them new)?"]
    assert (result.exit_code, sidecars(photos)) == ((0, 60) if answer == "y" else (1, 0))
    assert ("Nothing was written." in result.stderr) == (answer == "n")
    assert clipsearch("export-labels", "--threshold", "0", "--yes").exit_code == 0 and len(questions) == 1
    assert sidecars(photos) == 60
    clipsearch("export-labels", "cup,car", "--remove")
    assert questions[1:] == ["Take labels out of 60 sidecars?"]


def test_lists_are_written_even_if_a_picture_to_be_sorted_is_gone(
    indexed: Invoke, photos: Path, tmp_path: Path
) -> None:
    indexed(*LABEL)
    (photos / "red.png").unlink()
    lists = tmp_path / "lists"
    options = ["--csv", tmp_path / "l.csv", "--json", "-", "--imagenet", lists, "--coco", tmp_path / "c.json"]
    done = indexed("export-labels", "--sort-into", tmp_path / "sorted", "--copy", *options)
    assert done.exit_code == 1 and "red.png: no such file" in done.stderr
    assert (tmp_path / "l.csv").exists() and (tmp_path / "c.json").exists() and (lists / "train.txt").exists()
    assert '"label_set": "mine"' in done.stdout
