"""Tests of search.subsets.label_studio, by its SDK where that is installed (beside all else it can't be)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest

from search.subsets.label_studio import LabelStudio, config
from tests.subsets import odd, three, written


def read_plainly(folder: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the tasks and the classes, after looking at whether they fit together and the pictures are there."""
    tasks = json.loads((folder / "tasks.json").read_text())
    view = ElementTree.fromstring((folder / "config.xml").read_text())
    assert [(tag.tag, tag.get("name")) for tag in view] == [("Image", "image"), ("Choices", "label")]
    choices = [str(choice.get("value")) for choice in view.iter("Choice")]
    for task in tasks:
        (where,) = parse_qs(urlsplit(task["data"]["image"]).query)["d"]
        assert (folder / where).is_file(), "what Label Studio serves below its document root"
        for said in (*task.get("predictions", ()), *task.get("annotations", ())):
            (region,) = said["result"]
            assert (region["from_name"], region["to_name"], region["type"]) == ("label", "image", "choices")
            assert set(region["value"]["choices"]) <= set(choices)
    return tasks, choices


def chosen(said: dict[str, Any]) -> list[str]:
    return list(said["result"][0]["value"]["choices"])


def test_predictions_of_the_model_and_annotations_of_a_person(tmp_path: Path) -> None:
    written(LabelStudio(), three(tmp_path / "photos"), tmp_path / "out", tmp_path / "lib")
    (cup, car, _, tree), choices = read_plainly(tmp_path / "out")
    assert choices == ["cup", "car"]
    assert chosen(cup["annotations"][0]) == ["cup"] and "predictions" not in cup
    (prediction,) = car["predictions"]
    assert (chosen(prediction), prediction["score"]) == (["car"], 0.75)
    assert prediction["model_version"] == "clipsearch colour" and "annotations" not in car
    assert "annotations" not in tree and "predictions" not in tree and tree["meta"]["latitude"] == 48.85


def test_several_labels_a_picture(tmp_path: Path) -> None:
    subset = replace(three(tmp_path / "photos"), is_multi=True)
    written(LabelStudio(), subset, tmp_path / "out", tmp_path / "lib")
    tasks, _ = read_plainly(tmp_path / "out")
    assert chosen(tasks[1]["predictions"][0]) == ["car", "cup"] and 'choice="multiple"' in config(subset)


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("https://host/cups", "https://host/cups/images/cup.jpg"),
        ("s3://bucket/", "s3://bucket/images/cup.jpg"),
        ("/data/local-files/?d=cups/", "/data/local-files/?d=cups/images/cup.jpg"),
    ],
)
def test_addresses_of_pictures_elsewhere(prefix: str, expected: str, tmp_path: Path) -> None:
    written(LabelStudio(prefix), three(tmp_path / "photos"), tmp_path / "out", tmp_path / "lib")
    assert json.loads((tmp_path / "out" / "tasks.json").read_text())[0]["data"]["image"] == expected


def test_odd_names_and_classes(tmp_path: Path) -> None:
    subset = odd(tmp_path / "photos")
    written(LabelStudio(), subset, tmp_path / "out", tmp_path / "lib")
    tasks, choices = read_plainly(tmp_path / "out")
    assert len(tasks) == len(subset.pictures) and choices == ['<b>"cup"\\n&']


def test_without_classes_there_is_something_to_write(tmp_path: Path) -> None:
    subset = replace(three(tmp_path / "photos"), classes=(), pictures=())
    written(LabelStudio(), subset, tmp_path / "out", tmp_path / "lib")
    assert "<TextArea" in (tmp_path / "out" / "config.xml").read_text()
    assert json.loads((tmp_path / "out" / "tasks.json").read_text()) == []


def test_label_studio_takes_it(tmp_path: Path) -> None:
    interface = pytest.importorskip("label_studio_sdk.label_interface", exc_type=ImportError)
    for name, subset in (("three", three(tmp_path / "photos")), ("odd", odd(tmp_path / "odd photos"))):
        for is_multi in (False, True):
            folder = tmp_path / f"{name} {is_multi}"
            written(LabelStudio(), replace(subset, is_multi=is_multi), folder, tmp_path / "lib")
            view = interface.LabelInterface((folder / "config.xml").read_text())
            view.validate()
            assert [len(one) for one in view.labels] == [len(subset.classes)]
            for task in json.loads((folder / "tasks.json").read_text()):
                for one in task.get("annotations", ()):
                    one["completed_by"] = 1  # its import says that it is whoever imports it
                assert interface.objects.TaskValue(**task)
                assert view.validate_task({"data": task["data"]}), "its validate_task fails on any annotation"
                assert all(view.validate_prediction(one) for one in task.get("predictions", ()))
                assert all(view.validate_annotation(one) for one in task.get("annotations", ()))
