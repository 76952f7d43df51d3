"""Tests of clipsearch labels correct, undo and learn, and of what other commands say of corrections."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Invoke, one_sentence
from tests.conftest import MakePicture
from tests.hostile import PROGRAM
from tests.terminal_sessions import on_terminal

SET = "red,blue"
CLASSES = ("--classes", SET, "--no-other")


def labels_of(indexed: Invoke, *arguments: str) -> dict[str, str]:
    """Return the label of each picture, by its name, as label lists them."""
    rows = json.loads(indexed("label", *CLASSES, *arguments, "--format", "json").stdout)
    return {Path(row["path"]).name: row["class"] for row in rows}


def test_a_correction_is_a_fact_until_it_is_undone(indexed: Invoke, photos: Path) -> None:
    before = labels_of(indexed)
    said = indexed("labels", "correct", SET, "blue", photos / "red.png", photos / "sub" / "white.png")
    assert said.exit_code == 0 and '2 pictures are "blue" in "red,blue" from now on.' in said.stderr
    assert labels_of(indexed) == {"red.png": "blue", "blue.png": "blue", "white.png": "blue"} != before
    again = indexed("label", *CLASSES, "--all")
    assert "2 pictures keep what a person said." in again.stderr and "Labelled 1 picture" in again.stderr
    anew = indexed("label", *CLASSES, "--threshold", "0.9", "--name", SET)
    assert "labelled 1 picture anew" in anew.stderr and "2 pictures keep" in anew.stderr
    found = indexed("query", "--label", "blue", "--format", "paths").stdout.splitlines()
    assert {Path(path).name for path in found} == {"red.png", "blue.png", "white.png"}
    undone = indexed("labels", "undo", SET)
    assert 'Took the last correction of "red,blue" back, of 2 pictures.' in undone.stderr
    assert "2 pictures to be judged again" in undone.stderr
    assert labels_of(indexed) == before
    one_sentence(indexed("labels", "undo", SET), "Nothing was corrected", code=1)


def test_other_several_labels_and_what_can_not_be_said(indexed: Invoke, photos: Path) -> None:
    indexed("label", *CLASSES)
    indexed("label", "--classes", SET, "--multi", "--name", "several")
    assert 'is "other"' in indexed("labels", "correct", SET, "other", photos / "red.png").stderr
    both = indexed("labels", "correct", "several", "blue,red", photos / "red.png")
    assert 'is "red", "blue"' in both.stderr
    one_sentence(indexed("labels", "correct", SET, "green", photos / "red.png"), 'no label "green"', code=2)
    one_sentence(indexed("labels", "correct", "none", "red", photos / "red.png"), "no label set", code=2)
    one_sentence(indexed("labels", "correct", SET, "red", photos / "none.png"), "not in the library", code=2)
    other = indexed("query", "--label", f"{SET}:other", "--format", "paths").stdout
    assert Path(other.strip()).name == "red.png", "a label that the set has by a person alone"


def test_lists_and_questions_tell_of_corrections(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    indexed("label", *CLASSES)
    assert "said" not in indexed("labels", "show", SET, "--format", "csv").stdout
    indexed("labels", "correct", SET, "blue", photos / "red.png", photos / "sub" / "blue.png")
    (row,) = [line.split("\t") for line in indexed("labels", "list").stdout.splitlines()]
    assert row[-2:] == ["kept", "2"], "a corrected set is no draft"
    shown = indexed("labels", "show", SET)
    assert "Of 2 corrected pictures the model has 1 right: 50% (" in shown.stderr
    (record,) = json.loads(indexed("labels", "show", SET, "--format", "json").stdout)
    assert {one["class"]: one["said"] for one in record["classes"]} == {"red": 0, "blue": 2}
    assert record["accuracy"]["right"] == 1 and record["accuracy"]["note"] and record["waiting"] == 0
    indexed("label", "--classes", "red,lime", "--no-other", "--name", SET)
    assert "of 2 pictures does not count now" in indexed("labels", "show", SET).stderr
    asked = ("labels", "remove", SET)
    with on_terminal(*asked, library=tmp_path / "lib", folder=photos, program=PROGRAM, columns=200) as session:
        session.wait_for("2 of which a person corrected")
        session.type("n\r")
        assert session.end() == 1
    assert "with 2 corrections" in indexed("labels", "remove", SET, "--yes").stderr


def test_exports_take_what_a_person_said_whatever_the_threshold(indexed: Invoke, photos: Path) -> None:
    indexed("label", *CLASSES)
    indexed("labels", "correct", SET, "blue", photos / "sub" / "white.png")
    exported = indexed("export-labels", SET, "--threshold", "1", "--csv", "-")
    assert exported.stdout.splitlines()[1:] == [f"{photos / 'sub' / 'white.png'},,blue,1.0"]
    assert "1 picture with labels that a person gave, which are certain." in exported.stderr
    indexed("labels", "correct", SET, "other", photos / "sub" / "white.png")
    assert len(indexed("export-labels", SET, "--threshold", "1", "--csv", "-").stdout.splitlines()) == 1
    with_other = indexed("export-labels", SET, "--threshold", "1", "--with-other", "--csv", "-")
    assert with_other.stdout.splitlines()[1:] == [f"{photos / 'sub' / 'white.png'},,other,1.0"]


def test_learning_is_tried_first_and_taken_when_asked(indexed: Invoke, photos: Path, picture: MakePicture) -> None:
    for shade in range(10):
        picture(f"shades/{shade}.png", f"rgb({250 - 25 * shade}, 0, {25 * shade})")
    indexed("index", photos)
    indexed("label", *CLASSES)
    one_sentence(indexed("labels", "learn", SET), "Nothing was said", code=2)
    indexed("labels", "correct", SET, "red", *(photos / "shades" / f"{shade}.png" for shade in range(2)))
    indexed("labels", "correct", SET, "blue", *(photos / "shades" / f"{shade}.png" for shade in range(2, 10)))
    tried = indexed("labels", "learn", SET)
    assert "With 10 examples" in tried.stderr and "10 held-out corrections" in tried.stderr
    assert "Nothing was changed; --take learns." in tried.stderr and "(95%)" in tried.stderr
    taken = indexed("labels", "learn", SET, "--take")
    assert '"red,blue" has learnt; labelled 3 pictures anew.' in taken.stderr
    assert "and 2 examples" in indexed("labels", "show", SET).stdout
    kept = indexed("label", *CLASSES)
    assert "what it has learnt from 10 corrected pictures" in kept.stderr and "dropped" not in kept.stderr
    forgotten = indexed("labels", "learn", SET, "--forget")
    assert "has forgotten what it learnt" in forgotten.stderr and "example" not in indexed("labels", "show", SET).stdout
    one_sentence(indexed("labels", "learn", SET, "--take", "--forget"), "don't go together", code=2)


def test_eval_measures_on_corrections_and_calibrates(indexed: Invoke, photos: Path, picture: MakePicture) -> None:
    for shade in range(10):
        picture(f"shades/{shade}.png", f"rgb({250 - 25 * shade}, 0, {25 * shade})")
    indexed("index", photos)
    indexed("label", *CLASSES)
    one_sentence(indexed("eval", "--from-corrections"), "Nothing was corrected", code=2)
    indexed("labels", "correct", SET, "red", *(photos / "shades" / f"{shade}.png" for shade in range(3)))
    indexed("labels", "correct", SET, "blue", *(photos / "shades" / f"{shade}.png" for shade in range(3, 10)))
    measured = indexed("eval", "--from-corrections", SET, "--format", "json")
    record = json.loads(measured.stdout)
    assert (record["pictures"], record["classes"]) == (10, ["red", "blue"])
    assert record["results"][0]["confusion"] == [[3, 0], [3, 4]] and record["results"][0]["top1"] == 0.7
    assert "the whole does better" in measured.stderr
    compared = indexed("eval", "--from-corrections", "--templates", "simple")
    assert "simple" in compared.stdout and "Confusion" in compared.stdout
    calibrated = indexed("eval", "--from-corrections", "--calibrate")
    assert "Stored: labels by colour use the temperature" in calibrated.stderr and "Calibrated on" in calibrated.stdout
    wrong = indexed("eval", "--from-corrections", SET, "--model", "builtin")
    assert wrong.exit_code == 2 and "leave the pictures" in wrong.stderr


def test_eval_of_several_labels_has_each_label_and_no_confusion(indexed: Invoke, photos: Path) -> None:
    indexed("label", "--classes", SET, "--multi", "--name", "several")
    indexed("labels", "correct", "several", "red", photos / "red.png")
    indexed("labels", "correct", "several", "red,blue", photos / "sub" / "blue.png")
    shown = indexed("eval", "--from-corrections", "several")
    assert "all right" in shown.stdout and "Confusion" not in shown.stdout and "recall" in shown.stdout
    record = json.loads(indexed("eval", "--from-corrections", "several", "--format", "json").stdout)
    assert record["results"][0]["confusion"] is None and record["classes"] == ["red", "blue", "other"]
    assert [one["support"] for one in record["results"][0]["per_class"]] == [2, 1, 0]
