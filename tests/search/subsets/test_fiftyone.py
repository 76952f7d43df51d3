"""Tests of search.subsets.fiftyone: by the rules of the page of its format, and by FiftyOne itself."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from search.subsets.fiftyone import FiftyOne
from tests.readers import needs_reader, what_reader_says
from tests.subsets import odd, subset_picture, three, written


def read_plainly(folder: Path) -> dict[str, Any]:
    """Return the label of each picture of the folder, by the rules of the page of its format."""
    said = json.loads((folder / "labels.json").read_text())
    assert set(said) == {"classes", "labels"}
    files = {path.stem: path for path in (folder / "data").iterdir()}
    assert set(said["labels"]) == set(files), "a picture for each, and a label or null for each picture"

    def named(label: Any) -> Any:
        if isinstance(label, list):
            return [named(one) for one in label]
        return label and {**label, "label": said["classes"][label["label"]]}

    return {files[stem].name: named(label) for stem, label in said["labels"].items()}


def test_labels_with_how_certain_they_are(tmp_path: Path) -> None:
    written(FiftyOne(), three(tmp_path / "photos"), tmp_path / "out", tmp_path / "lib")
    assert read_plainly(tmp_path / "out") == {
        "cup.jpg": {"label": "cup", "confidence": 1.0, "attributes": {"said_by": "ann"}},
        "car.png": {"label": "car", "confidence": 0.75},
        "CAR-2.png": {"label": "car", "confidence": 0.5},
        "tree.jpg": None,
    }
    assert (tmp_path / "out" / "data" / "cup.jpg").read_bytes() == (tmp_path / "photos" / "cup.jpg").read_bytes()


def test_several_labels_a_picture_are_a_list(tmp_path: Path) -> None:
    subset = replace(three(tmp_path / "photos"), is_multi=True)
    written(FiftyOne(), subset, tmp_path / "out", tmp_path / "lib")
    car = read_plainly(tmp_path / "out")["car.png"]
    assert car == [{"label": "car", "confidence": 0.75}, {"label": "cup", "confidence": 0.6}]


def test_names_that_differ_in_their_suffix_alone_are_kept_apart(tmp_path: Path) -> None:
    pictures = [subset_picture(tmp_path / "photos" / name, ("cup", 0.9)) for name in ("a.jpg", "a.png")]
    subset = replace(three(tmp_path / "photos"), pictures=pictures)
    assert [name for _, name in FiftyOne().plan(subset)] == ["data/a.jpg", "data/a-2.png"]


def test_odd_names_and_pictures_that_are_gone(tmp_path: Path) -> None:
    subset = odd(tmp_path / "photos")
    gone = subset.pictures[0].where
    assert isinstance(gone, Path)
    gone.unlink()
    done = written(FiftyOne(), subset, tmp_path / "out", tmp_path / "lib", link=True)
    assert [path for path, _ in done.written.problems] == [gone]
    assert {label["label"] for label in read_plainly(tmp_path / "out").values()} == {'<b>"cup"\n&'}


@needs_reader("fiftyone")
def test_fiftyone_reads_it(tmp_path: Path) -> None:
    """Its importer, without the database that a dataset would be stored in."""
    written(FiftyOne(), three(tmp_path / "photos"), tmp_path / "three", tmp_path / "lib")
    written(FiftyOne(), replace(three(tmp_path / "photos"), is_multi=True), tmp_path / "several", tmp_path / "lib")
    written(FiftyOne(), odd(tmp_path / "odd photos"), tmp_path / "odd", tmp_path / "lib")
    code = """
    import sys, json
    from pathlib import Path
    from fiftyone.utils.data.importers import FiftyOneImageClassificationDatasetImporter as Importer

    def plain(label):
        if label is None:
            return None
        if hasattr(label, "classifications"):
            return [plain(one) for one in label.classifications]
        said = {"said_by": label["said_by"]} if label.has_field("said_by") else {}
        return [label.label, label.confidence, said]

    def read(folder):
        with Importer(dataset_dir=folder) as importer:
            rows = {Path(path).name: plain(label) for path, _, label in importer}
            return {"classes": importer.get_dataset_info()["classes"], "labels": rows}

    print(json.dumps([read(folder) for folder in sys.argv[1:]]))
    """
    folders = [tmp_path / name for name in ("three", "several", "odd")]
    one, several, strange = what_reader_says(code, *folders, home=tmp_path / "home")
    assert one["classes"] == ["cup", "car"]
    assert one["labels"] == {
        "cup.jpg": ["cup", 1.0, {"said_by": "ann"}],
        "car.png": ["car", 0.75, {}],
        "CAR-2.png": ["car", 0.5, {}],
        "tree.jpg": None,
    }
    assert several["labels"]["car.png"] == [["car", 0.75, {}], ["cup", 0.6, {}]]
    assert strange["labels"].keys() == read_plainly(tmp_path / "odd").keys()
    assert all(label == ['<b>"cup"\n&', 0.9, {}] for label in strange["labels"].values())
