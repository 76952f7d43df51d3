"""Tests of search.subsets.label_studio: by how Label Studio says that tasks are, and by its SDK."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest

from search.subsets.label_studio import LabelStudio, config
from tests.readers import needs_reader, what_reader_says
from tests.subsets import ODD_NAMES, odd, three, written


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


@needs_reader("label_studio_sdk")
def test_label_studio_takes_it(tmp_path: Path) -> None:
    folders = []
    for name, subset in (("three", three(tmp_path / "photos")), ("odd", odd(tmp_path / "odd photos"))):
        for is_multi in (False, True):
            folders.append(tmp_path / f"{name} {is_multi}")
            written(LabelStudio(), replace(subset, is_multi=is_multi), folders[-1], tmp_path / "lib")
    code = """
    import sys, json
    from pathlib import Path
    from label_studio_sdk.label_interface import LabelInterface
    from label_studio_sdk.label_interface.objects import TaskValue

    def looked_at(folder):
        view = LabelInterface((folder / "config.xml").read_text())
        view.validate()
        counts = {"labels": [len(one) for one in view.labels], "tasks": 0, "predictions": 0, "annotations": 0}
        for task in json.loads((folder / "tasks.json").read_text()):
            for one in task.get("annotations", ()):
                one["completed_by"] = 1  # its import says that it is whoever imports it
            assert TaskValue(**task)
            assert view.validate_task({"data": task["data"]}), "its validate_task fails on any annotation"
            assert all(view.validate_prediction(one) for one in task.get("predictions", ()))
            assert all(view.validate_annotation(one) for one in task.get("annotations", ()))
            counts["tasks"] += 1
            for kind in ("predictions", "annotations"):
                counts[kind] += len(task.get(kind, ()))
        return counts

    print(json.dumps([looked_at(Path(folder)) for folder in sys.argv[1:]]))
    """
    few = {"labels": [2], "tasks": 4, "predictions": 2, "annotations": 1}
    many = {"labels": [1], "tasks": len(ODD_NAMES), "predictions": len(ODD_NAMES), "annotations": 0}
    assert what_reader_says(code, *folders, home=tmp_path / "home") == [few, few, many, many]
