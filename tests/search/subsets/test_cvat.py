"""Tests of search.subsets.cvat: by the rules of the page of its format, and by datumaro, CVAT's own reader."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

from search.subsets.cvat import Cvat
from tests.readers import needs_reader, what_reader_says
from tests.subsets import odd, three, written


def unpacked(folder: Path) -> Path:
    """Unpack dataset.zip beside itself."""
    with zipfile.ZipFile(folder / "dataset.zip") as packed:
        assert packed.testzip() is None
        packed.extractall(folder / "unpacked")
    return folder / "unpacked"


Tags = list[tuple[str, str, float]]


def read_plainly(folder: Path) -> dict[str, Tags]:
    """Return (label, source, probability) of each tag of each picture, by the rules of the page of the format."""
    root = ElementTree.parse(folder / "annotations.xml").getroot()
    assert (root.tag, root.findtext("version")) == ("annotations", "1.1")
    labels = [label.findtext("name") for label in root.iterfind("meta/task/labels/label")]
    assert {label.findtext("type") for label in root.iterfind("meta/task/labels/label")} == {"tag"}
    images = root.findall("image")
    assert [image.get("id") for image in images] == [str(number) for number in range(len(images))]
    assert {image.get("name") for image in images} == {path.name for path in (folder / "images").iterdir()}
    assert all(tag.get("label") in labels for image in images for tag in image)
    return {
        str(image.get("name")): [
            (str(tag.get("label")), str(tag.get("source")), float(tag.findtext("attribute") or "")) for tag in image
        ]
        for image in images
    }


EXPECTED: dict[str, Tags] = {
    "cup.jpg": [("cup", "manual", 1.0)],
    "car.png": [("car", "auto", 0.75)],
    "CAR-2.png": [("car", "auto", 0.5)],
    "tree.jpg": [],
}


def test_tags_in_a_zip_and_labels_for_the_project(tmp_path: Path) -> None:
    written(Cvat(), three(tmp_path / "photos"), tmp_path / "out", tmp_path / "lib")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["dataset.zip", "labels.json"]
    folder = unpacked(tmp_path / "out")
    assert read_plainly(folder) == EXPECTED
    assert (folder / "images" / "cup.jpg").read_bytes() == (tmp_path / "photos" / "cup.jpg").read_bytes()
    labels = json.loads((tmp_path / "out" / "labels.json").read_text())
    assert [(label["name"], label["type"]) for label in labels] == [("cup", "tag"), ("car", "tag")]
    assert labels[0]["attributes"][0]["name"] == "probability"


def test_links_are_not_packed(tmp_path: Path) -> None:
    subset = replace(three(tmp_path / "photos"), is_multi=True)
    written(Cvat(packed=False), subset, tmp_path / "out", tmp_path / "lib", link=True)
    assert read_plainly(tmp_path / "out") == {**EXPECTED, "car.png": [("car", "auto", 0.75), ("cup", "auto", 0.6)]}
    assert (tmp_path / "out" / "images" / "car.png").samefile(tmp_path / "photos" / "a" / "car.png")


def test_the_same_pictures_make_the_same_zip(tmp_path: Path) -> None:
    subset = three(tmp_path / "photos")
    for name in ("one", "two"):
        written(Cvat(), subset, tmp_path / name, tmp_path / "lib")
    one, two = (tmp_path / name / "dataset.zip" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_odd_names_and_pictures_that_are_gone(tmp_path: Path) -> None:
    subset = odd(tmp_path / "photos")
    gone = subset.pictures[2].where
    assert isinstance(gone, Path)
    gone.unlink()
    done = written(Cvat(), subset, tmp_path / "out", tmp_path / "lib")
    assert [path for path, _ in done.written.problems] == [gone]
    read = read_plainly(unpacked(tmp_path / "out"))
    assert len(read) == len(subset.pictures) - 1
    assert {tag for tags in read.values() for tag, _, _ in tags} == {'<b>"cup"\\n&'}


@needs_reader("datumaro")
def test_datumaro_reads_it(tmp_path: Path) -> None:
    folders = []
    for subset in (three(tmp_path / "photos"), odd(tmp_path / "odd photos")):
        written(Cvat(), subset, tmp_path / subset.title, tmp_path / "lib")
        folders.append(unpacked(tmp_path / subset.title))
    code = """
    import sys, json
    from pathlib import Path
    import datumaro

    def read(folder):
        rows = datumaro.Dataset.import_from(folder, "cvat")
        names = [one.name for one in rows.categories()[datumaro.AnnotationType.label]]
        assert all(item.media.data is not None for item in rows), "each picture is decoded"
        return {
            Path(item.media.path).name: [[names[one.label], one.attributes["probability"]] for one in item.annotations]
            for item in rows
        }

    print(json.dumps([read(folder) for folder in sys.argv[1:]]))
    """
    for folder, found in zip(folders, what_reader_says(code, *folders, home=tmp_path / "home"), strict=True):
        plain = read_plainly(folder)
        assert {name: [[label, str(p)] for label, _, p in tags] for name, tags in plain.items()} == {
            name: [[label, str(p)] for label, p in tags] for name, tags in found.items()
        }
