"""Tests of clipsearch label and cli.output.labelled, run as a person would, with the fake model."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest

from search.labels.classes import NamedClass
from tests.cli.conftest import Invoke, one_sentence
from tests.conftest import MakePicture

CLASSES = ("--classes", "red,blue", "--no-other")


def test_label_formats(indexed: Invoke, photos: Path) -> None:
    lines = indexed("label", *CLASSES).stdout.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["red", "blue", "red"]
    assert lines[1].split("\t")[2] == str(photos / "sub" / "blue.png")
    records = json.loads(indexed("label", *CLASSES, "--format", "json").stdout)
    assert records[1]["class"] == "blue" and set(records[1]["probabilities"]) == {"red", "blue"}
    assert [json.loads(line) for line in indexed("label", *CLASSES, "--format", "jsonl").stdout.splitlines()] == records
    rows = list(csv.DictReader(io.StringIO(indexed("label", *CLASSES, "--format", "csv").stdout)))
    assert float(rows[1]["p(blue)"]) == float(rows[1]["probability"]) > 0.99
    assert indexed("label", *CLASSES, "-0").stdout.count("\0") == 3
    assert "labels:        3" in indexed("info").stdout


def test_label_top(indexed: Invoke) -> None:
    of_three = ("label", "--classes", "red,blue,lime", "--no-other", "--top", "2")
    rows = list(csv.DictReader(io.StringIO(indexed(*of_three, "--format", "csv").stdout)))
    assert list(rows[0]) == ["class", "probability", "path", "class_2", "probability_2"]
    assert rows[1]["class"] == "blue" and float(rows[1]["probability_2"]) < 0.01
    assert len(indexed(*of_three).stdout.splitlines()[0].split("\t")) == 5
    assert all(len(one["probabilities"]) == 2 for one in json.loads(indexed(*of_three, "--format", "json").stdout))


def test_label_top_shows_the_classes_besides_the_label(indexed: Invoke) -> None:
    unsure = indexed("label", *CLASSES, "--threshold", "0.9", "--top", "2").stdout.splitlines()
    assert unsure[2].split("\t")[::3] == ["other", "red"], "the best class, which is below the threshold"
    several = indexed("label", *CLASSES[:2], "--multi", "--threshold", "0", "--top", "2").stdout.splitlines()
    assert {tuple(line.split("\t")[::3]) for line in several} == {("red", "blue"), ("blue", "red")}


def test_label_summary_and_the_least_certain(indexed: Invoke) -> None:
    done = indexed("label", *CLASSES, "--summary")
    assert done.stdout == "red\t2\nblue\t1\n" and "Labelled 3 pictures" in done.stderr
    assert json.loads(indexed("label", *CLASSES, "--summary", "--format", "json").stdout)[0] == {
        "class": "red",
        "pictures": 2,
    }
    one = indexed("label", *CLASSES, "--uncertain", "1")
    assert one.stdout.split("\t")[0] == "red" and one.stdout.count("\n") == 1
    assert float(one.stdout.split("\t")[1]) == pytest.approx(0.5, abs=0.01)


def test_label_says_what_is_new(indexed: Invoke, photos: Path, picture: MakePicture) -> None:
    assert (
        'Labelled 3 pictures in the label set "red,blue", a draft (--save keeps it).'
        in indexed("label", *CLASSES).stderr
    )
    assert "nothing is new or changed" in indexed("label", *CLASSES).stderr
    picture("new.png", "blue")
    indexed("index", photos)
    again = indexed("label", *CLASSES)
    assert "3 pictures had labels" in again.stderr and "labelled 1 picture, new or changed" in again.stderr
    assert len(again.stdout.splitlines()) == 4, "all are shown all the same"
    assert "Labelled 4 pictures" in indexed("label", *CLASSES, "--all").stderr
    assert "made in another way" in indexed("label", *CLASSES, "--threshold", "0.9").stderr
    assert indexed("query", "red", "--label", "blue", "--cutoff", "none").stdout.count("blue.png") == 1


def test_label_classes_from_a_file_and_with_commas(indexed: Invoke, tmp_path: Path) -> None:
    (tmp_path / "classes.yaml").write_text("warm: [red, yellow]\ncold: a blue\n", encoding="utf-8")
    file = ("label", "--classes-file", tmp_path / "classes.yaml", "--no-other")
    assert [line.split("\t")[0] for line in indexed(*file).stdout.splitlines()] == ["warm", "cold", "warm"]
    asked = indexed("label", "--classes", '"warm, or red", blue,blue', "--no-other", "--format", "json")
    assert set(json.loads(asked.stdout)[0]["probabilities"]) == {"warm, or red", "blue"}
    assert "Named more than once and merged: blue." in asked.stderr


def test_label_named_pictures(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    result = indexed("label", photos / "red.png", tmp_path / "gone.png", *CLASSES)
    assert result.stdout.startswith("red\t") and len(result.stdout.splitlines()) == 1
    assert (result.exit_code, "gone.png: no such file" in result.stderr) == (1, True)
    assert "No label sets" in indexed("labels", "list").stderr


def test_label_named_pictures_without_a_library(
    clipsearch: Invoke,
    picture: MakePicture,
    tmp_path: Path,
) -> None:
    path = picture("a.png", "blue")
    assert clipsearch("label", path, *CLASSES).stdout.startswith("blue\t")
    assert not (tmp_path / "lib").exists()
    one_sentence(clipsearch("label", *CLASSES), "clipsearch index FOLDER")


def test_label_from_examples(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    result = indexed("label", *CLASSES, "--class-from", f"blue={photos / 'sub'}")
    assert [line.split("\t")[0] for line in result.stdout.splitlines()][1] == "blue"
    (tmp_path / "empty").mkdir()
    for written, reason in (
        ("blue", "NAME=DIR"),
        (f"blue={tmp_path / 'empty'}", "no pictures"),
        (f"x={tmp_path / 'none'}", "can't be read"),
    ):
        one_sentence(indexed("label", *CLASSES, "--class-from", written), reason, code=2)


def test_a_preset_names_its_label_set(indexed: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    from search.labels import presets

    monkeypatch.setattr(presets, "preset", lambda name: [NamedClass(one, (one,)) for one in ("red", "blue")])
    assert 'label set "places"' in indexed("label", "--preset", "places", "--no-other").stderr
    assert (
        'label set "lime,red,blue"' in indexed("label", "--preset", "places", "--classes", "lime", "--no-other").stderr
    )


def test_label_mistakes(indexed: Invoke, tmp_path: Path, photos: Path) -> None:
    for arguments, reason in (
        ((), "--classes"),
        (("--classes", ""), "--classes"),
        (("--classes", "a,,b"), "empty"),
        (("--classes", "red", "--no-other"), "One class alone"),
        (("--classes", "red\nblue"), "line break"),
        (("--classes", "red,mug=red"), "same prompt"),
        ((*CLASSES, "--template", "a photo"), "{}"),
        ((*CLASSES, "--threshold", "many"), "not a probability"),
        ((*CLASSES, "--threshold", "7"), "from 0 to 1"),
        ((*CLASSES, "--threshold", "mug=0.5"), "no class"),
        (("--classes", "red,blue,other", "--threshold", "other=0.5"), 'no class "other"'),
        ((*CLASSES, "--name", ""), "name of the label set is empty"),
        ((*CLASSES, "--summary", "--uncertain", "1"), "--summary shows no pictures"),
        ((*CLASSES, "--summary", "--format", "paths"), "--summary shows no pictures"),
        ((*CLASSES, "--summary", "-0"), "--summary shows no pictures"),
        ((*CLASSES, photos / "red.png", "--in", photos), "not both"),
        ((*CLASSES, photos / "red.png", "--name", "x"), "--name"),
        ((*CLASSES, "-0", "--format", "json"), "-0"),
    ):
        one_sentence(indexed("label", *arguments), reason, code=2)
    (tmp_path / "binary").write_bytes(b"\xff\xfe\0\0\x81")
    one_sentence(indexed("label", "--classes-file", tmp_path / "binary"), "not", "text", code=2)
    assert indexed("label", "--classes-file", tmp_path / "gone").exit_code == 2
    assert "No label sets" in indexed("labels", "list").stderr, "nothing is half written"


def test_a_library_that_can_not_be_written_to(indexed: Invoke, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    for path in (tmp_path / "lib", *(tmp_path / "lib").iterdir()):
        path.chmod(0o500 if path.is_dir() else 0o400)
    done = indexed("label", *CLASSES)
    assert done.exit_code == 0 and "not stored" in done.stderr


def test_what_a_person_may_overlook_is_told(indexed: Invoke) -> None:
    quoted = ",".join(f'"rgb({number},0,0)"' for number in range(21))
    assert "Of 21 classes every picture gets one" in indexed("label", "--classes", quoted).stderr
    for option in (["--no-other"], ["--other"], ["--threshold", "0.1"]):
        assert "every picture gets one" not in indexed("label", "--classes", quoted, *option).stderr
    indexed("label", "--classes", "red,blue", "--no-other", "--name", "mine")
    done = indexed("label", "--classes", "red,lime", "--no-other", "--name", "mine", "--min-size", "9mp")
    assert "3 pictures that the filters leave out had labels in it and have none now" in done.stderr


def test_a_model_of_english_is_asked_in_english(indexed: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    from search.texts import prompts

    monkeypatch.setattr(prompts, "english_only", lambda _: True)
    asked = ["label", "--no-other", "--classes", "red=red|blue,дом=lime,blue=собака red"]
    done = indexed(*asked)
    assert done.stderr.count("understands English only") == 1 and "The class 'собака red'" in done.stderr
    assert "English" not in indexed("label", "--no-other", "--classes", "red,blue").stderr


def test_a_set_is_gone_on_with_by_its_name_alone(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    made = ["--classes", "warm=red|yellow,blue", "--multi", "--threshold", "0.4", "--threshold", "blue=0.9"]
    first = indexed("label", *made, "--name", "mine", "--format", "json")
    again = indexed("label", "--name", "mine", "--format", "json")
    assert again.stdout == first.stdout and "nothing is new or changed" in again.stderr
    assert "nothing is new or changed" in indexed("label", *made, "--name", "mine").stderr, "it is still the same set"
    assert "labelled" in indexed("label", "--name", "mine", "--classes", "red,lime", "--no-other").stderr
    none = indexed("label", "--name", "yours")
    assert none.exit_code == 2 and 'no label set "yours" to go on with' in none.stderr
    asked = indexed("label", "--name", "mine", "--multi")
    assert asked.exit_code == 2 and "There are no classes" in asked.stderr
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "a.png").write_bytes((photos / "red.png").read_bytes())
    indexed("label", "--class-from", f"red={tmp_path / 'examples'}", "--classes", "blue", "--no-other", "--name", "t")
    taught = indexed("label", "--name", "t")
    assert taught.exit_code == 2 and "that were not in the library" in taught.stderr


@pytest.mark.parametrize(
    "filters",
    [
        ["--after", "nonsense"],
        ["--before", "04/07/2021"],
        ["--near", "nowhere"],
        ["--radius", "5km"],
        ["--min-size", "0"],
        ["--type", ""],
        ["--camera", " "],
        ["--label", ""],
        ["--after", "2022", "--before", "2021"],
        ["--after", "2021"],
        ["--in", "/nowhere"],
    ],
)
def test_filters_don_t_go_with_pictures_right_or_wrong(indexed: Invoke, photos: Path, filters: list[str]) -> None:
    """A wrong one is not to be mended first, only to be refused then."""
    result = indexed("label", photos / "red.png", "--classes", "red,blue", *filters)
    assert result.exit_code == 2 and "Name pictures or filters such as --in DIR, not both." in result.stderr
    assert result.stdout == ""


def names_and_states(indexed: Invoke) -> list[tuple[str, str]]:
    """Return the label sets, each with its state."""
    rows = [line.split("\t") for line in indexed("labels", "list").stdout.splitlines()]
    return [(row[4], row[5]) for row in rows]


def test_the_newest_drafts_are_kept_and_all_that_was_named_saved_or_exported(indexed: Invoke, tmp_path: Path) -> None:
    indexed("label", "--classes", "red,blue", "--no-other", "--save")
    indexed("label", "--classes", "red,lime", "--no-other", "--name", "mine")
    indexed("label", "--classes", "blue,lime", "--no-other")
    indexed("export-labels", "blue,lime", "--csv", tmp_path / "labels.csv")
    kept = [("red,blue", "kept"), ("mine", "kept"), ("blue,lime", "kept")]
    assert names_and_states(indexed) == kept
    for number in range(4):
        done = indexed("label", "--classes", f'"rgb({number},0,0)",blue', "--no-other", "--summary")
        assert ('Forgot the draft "rgb(0,0,0),blue", since there are 3 newer' in done.stderr) == (number == 3)
    assert names_and_states(indexed) == [*kept, *((f"rgb({number},0,0),blue", "draft") for number in (1, 2, 3))]
    assert "kept from now on" in indexed("labels", "keep", "rgb(1,0,0),blue").stderr
    assert "kept anyway" in indexed("labels", "keep", "rgb(1,0,0),blue").stderr
    indexed("labels", "rename", "rgb(2,0,0),blue", "dark")
    assert [state for _, state in names_and_states(indexed)] == ["kept"] * 5 + ["draft"]
    one_sentence(indexed("labels", "keep", "nothing"), 'no label set "nothing"', code=2)


def test_a_draft_stays_one_until_it_is_named_or_saved(indexed: Invoke) -> None:
    indexed("label", *CLASSES)
    for arguments, state in (((), "draft"), (("--all",), "draft"), (("--save",), "kept"), ((), "kept")):
        indexed("label", *CLASSES, *arguments)
        assert names_and_states(indexed) == [("red,blue", state)]
    indexed("label", "--classes", "red,lime", "--no-other")
    indexed("label", "--name", "red,lime", "--summary")
    assert names_and_states(indexed)[1] == ("red,lime", "draft"), "to go on with a set is not to keep it"
    indexed("label", "--name", "red,lime", "--classes", "red,lime", "--no-other")
    assert names_and_states(indexed)[1] == ("red,lime", "kept")


def test_a_draft_that_the_same_command_uses_is_not_forgotten(indexed: Invoke) -> None:
    for number in range(3):
        indexed("label", "--classes", f'"rgb({number},0,0)",blue', "--no-other")
    done = indexed("label", *CLASSES, "--label", "rgb(0,0,0)")
    assert done.exit_code == 0 and 'Forgot the draft "rgb(1,0,0),blue"' in done.stderr
    assert ("rgb(0,0,0),blue", "draft") in names_and_states(indexed)


def test_nothing_is_exported_of_a_draft_by_a_dry_run(indexed: Invoke) -> None:
    indexed("label", *CLASSES)
    indexed("export-labels", "--dry-run")
    assert names_and_states(indexed) == [("red,blue", "draft")]
    indexed("export-labels", "--yes")
    assert names_and_states(indexed) == [("red,blue", "kept")]


def test_saving_is_about_the_library(indexed: Invoke, photos: Path) -> None:
    one_sentence(indexed("label", photos / "red.png", *CLASSES, "--save"), "--save is about the library", code=2)
    one_sentence(indexed("label", *CLASSES, "--summary", "--list"), "--summary shows no pictures", code=2)
