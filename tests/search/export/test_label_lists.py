"""Tests of search.export.label_selection, label_lists, label_files and label_folders: labels for other programs."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest

from indexer.errors import FolderError, InvalidRequest, OutputError
from indexer.store.labels import LabelSet, StoredClass, find_label_set
from indexer.store.store import Store
from search.export.label_folders import folder_names, sort_into
from search.export.label_selection import LabelledHit, labelled_pictures, labels_by_file
from search.export.list_formats import to_coco, to_csv, to_imagenet, to_json
from search.export.list_writing import write_lists
from search.filters.filters import make_filters
from search.journal.undo import find_action, take_back
from search.results import Hit
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder
from tests.label_sets import store_labels

KITCHEN = LabelSet(
    kind="softmax",
    classes=tuple(StoredClass(name, (name,)) for name in ("cup", "car", "not cup")),
    templates=("{}",),
    other=False,
    threshold=0.0,
    temperature=1.0,
    recipe="",
    id=1,
    name="kitchen",
    model="colour",
    labelled_at="2026-01-02T03:04:05+00:00",
)
LATIN = os.fsdecode(b"/p/caf\xe9.jpg")


def labelled(path: str, *labels: tuple[str, float], at: float | None = None, number: int = 0) -> LabelledHit:
    hit = Hit(Path(path), labels[0][1] if labels else 0.0, at, number, "JPEG", 9, 800, 600)
    return LabelledHit(hit, labels)


PICTURES = [
    labelled("/p/a, b.jpg", ("car", 0.75), ("cup", 0.5), number=3),
    labelled(LATIN, ("cup", 2 / 3), number=5),
    labelled("/p/v.mp4", ("car", 0.9), at=0.0, number=7),
    labelled("/p/v.mp4", ("car", 0.8), ("cup", 0.7), at=4.5, number=8),
    labelled("/p/x.jpg", ("other", 0.6), number=9),
]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    folder.mkdir()
    return folder


def test_csv_has_a_row_for_each_label_and_names_byte_for_byte() -> None:
    content = to_csv(PICTURES)
    assert b"/p/caf\xe9.jpg,,cup,0.666667\n" in content
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8", "surrogateescape"))))
    assert [(row["path"], row["at"], row["class"]) for row in rows][:2] == [
        ("/p/a, b.jpg", "", "car"),
        ("/p/a, b.jpg", "", "cup"),
    ]
    assert [row["at"] for row in rows if row["path"] == "/p/v.mp4"] == ["0.0", "4.5", "4.5"]


def test_json_has_the_set_and_its_pictures() -> None:
    content = json.loads(to_json(PICTURES, KITCHEN))
    assert (content["label_set"], content["model"], content["classes"]) == (
        "kitchen",
        "colour",
        ["cup", "car", "not cup"],
    )
    assert content["pictures"][0]["labels"][0] == {"class": "car", "probability": 0.75}
    assert content["pictures"][1]["path"] == "/p/caf\\xe9.jpg" and "path_bytes" in content["pictures"][1]


def test_coco_is_what_its_readers_need() -> None:
    content = json.loads(to_coco(PICTURES, KITCHEN))
    assert [one["name"] for one in content["categories"]] == ["cup", "car", "other"]
    assert [one["id"] for one in content["categories"]] == [1, 2, 3]
    assert [one["id"] for one in content["images"]] == [3, 5, 9], "videos are no images"
    assert [(one["image_id"], one["category_id"]) for one in content["annotations"]] == [(3, 2), (3, 1), (5, 1), (9, 3)]
    assert len({one["id"] for one in content["annotations"]}) == 4
    first = content["annotations"][0]
    assert (first["bbox"], first["area"], first["iscrowd"]) == ([0, 0, 800, 600], 480_000, 0)


def test_imagenet_lists_are_path_and_index_of_the_best_class() -> None:
    files = to_imagenet([*PICTURES, labelled("/p/line\nbreak.jpg", ("cup", 1.0))], KITCHEN)
    assert files["classes.txt"] == b"cup\ncar\nother\n"
    assert files["train.txt"] == b"/p/a, b.jpg 1\n/p/caf\xe9.jpg 0\n/p/x.jpg 2\n"


def test_lists_are_written_whole_and_undone(library: Path, tmp_path: Path) -> None:
    old, new = tmp_path / "old.csv", tmp_path / "lists" / "train.txt"
    old.write_bytes(b"mine")
    action = write_lists({old: b"labels", new: b"labels"}, library, make=new.parent)
    assert old.read_bytes() == new.read_bytes() == b"labels"
    assert write_lists({old: b"labels"}, library) == "", "nothing has changed"
    take_back(find_action(library, action))
    assert old.read_bytes() == b"mine" and not new.parent.exists()


def test_lists_write_over_no_picture_and_make_no_folder(library: Path, tmp_path: Path, picture: MakePicture) -> None:
    path = picture("a.png", "red")
    before = path.read_bytes()
    with pytest.raises(OutputError, match="there already"):
        write_lists({path: b"labels"}, library)
    with pytest.raises(OutputError, match="there already"):
        write_lists({tmp_path / "new.csv": b"labels", tmp_path: b"labels"}, library)
    with pytest.raises(FolderError, match="no folder"):
        write_lists({tmp_path / "nowhere" / "l.csv": b""}, library)
    assert path.read_bytes() == before and not (tmp_path / "new.csv").exists()


def test_pictures_are_sorted_into_folders_and_back(library: Path, tmp_path: Path, picture: MakePicture) -> None:
    red, blue = picture("a/x.png", "red"), picture("b/x.png", "blue")
    pictures = [labelled(str(red), ("cup", 0.9), ("car", 0.8)), labelled(str(blue), ("cup", 0.7)), labelled("/gone.png", ("car", 1.0))]  # fmt: skip # noqa: E501
    done = sort_into(pictures, tmp_path / "sorted", library, copy=False, title="labels kitchen")
    assert sorted(path.relative_to(tmp_path / "sorted").as_posix() for _, path, _ in done.made) == [
        "car/x.png",
        "cup/x-2.png",
        "cup/x.png",
    ]
    assert (tmp_path / "sorted/car/x.png").samefile(red) and (tmp_path / "sorted/cup/x-2.png").samefile(blue)
    assert [str(path) for path, _ in done.problems] == ["/gone.png"]
    manifest = json.loads((tmp_path / "sorted/clipsearch-manifest.json").read_text())
    assert {(one["name"], one["score"]) for one in manifest["files"]} == {
        ("cup/x.png", 0.9),
        ("car/x.png", 0.8),
        ("cup/x-2.png", 0.7),
    }
    again = sort_into(pictures, tmp_path / "sorted", library, copy=False, title="")
    assert (again.made, len(again.there)) == ([], 3)
    take_back(find_action(library, done.action))
    assert not (tmp_path / "sorted").exists() and red.stat().st_nlink == 1
    copies = sort_into(pictures[:1], tmp_path / "copies", library, copy=True, title="")
    assert [how for _, _, how in copies.made] == ["copy", "copy"] and red.stat().st_nlink == 1


def test_a_video_is_sorted_once_into_each_folder(library: Path, tmp_path: Path) -> None:
    video = tmp_path / "v.mp4"
    video.write_bytes(b"moments")
    moments = [
        labelled(str(video), ("car", 0.9), at=0.0),
        labelled(str(video), ("car", 0.8), ("cup", 0.7), at=4.5),
    ]
    done = sort_into(moments, tmp_path / "sorted", library, copy=False, title="")
    assert [(path.parent.name, hit.score) for hit, path, _ in done.made] == [("car", 0.9), ("cup", 0.7)]


def test_folder_names_fit_every_file_system() -> None:
    labels = [
        "cup",
        "Cup",
        "a/b",
        "a:b",
        "..",
        "con",
        " x. ",
        "é" * 300,
        "é" * 301,
        "杯",
        '"*?"',
        "x" * 199 + ". y",
        "\udc80",
    ]
    names = folder_names(labels)
    assert list(names.values())[:7] == ["cup", "Cup-2", "a_b", "a_b-2", "_", "_con", "x"]
    assert len({name.casefold() for name in names.values()}) == len(labels)
    assert all(len(name.encode()) <= 255 and name not in (".", "..") and "/" not in name for name in names.values())
    assert all(name.strip(" .?") == name for name in names.values())
    assert names["杯"] == "杯"


@pytest.fixture
def colours(store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder) -> dict[str, int]:
    """Pictures in the library, and their ids by their names."""
    for name in ("2023/a.png", "2024/b.png", "2024/c.png"):
        picture(name, "red")
    run(store, photos, encoder)
    return {path.rpartition("/")[2]: key for key, path in store.db.execute("SELECT id, path FROM images")}


def test_which_labels_go_out(store: Store, photos: Path, colours: dict[str, int]) -> None:
    rows = [(colours["a.png"], "cup", 0.9), (colours["b.png"], "other", 0.8), (colours["c.png"], "not cup", 0.4)]
    store_labels(store, ["cup", "car", "not cup"], rows)
    label_set = find_label_set(store, None)

    def found(**options: object) -> dict[str, list[str]]:
        pictures = labelled_pictures(store, label_set, **options)  # type: ignore[arg-type]
        return {path.name: labels for path, labels in labels_by_file(pictures).items()}

    assert found() == {"a.png": ["cup"], "b.png": [], "c.png": []}
    assert found(with_other=True) == {"a.png": ["cup"], "b.png": ["other"], "c.png": ["not cup"]}
    assert found(with_other=True, threshold=0.8) == {"a.png": ["cup"], "b.png": ["other"], "c.png": []}
    assert found(filters=make_filters(folder=photos / "2024")) == {"b.png": [], "c.png": []}


def test_sets_are_found_by_name(store: Store, colours: dict[str, int]) -> None:
    with pytest.raises(InvalidRequest, match="clipsearch label"):
        find_label_set(store, None)
    first = store_labels(store, ["cup", "car"], [])
    assert find_label_set(store, None).name == find_label_set(store, first).name == first
    second = store_labels(store, ["red", "blue"], [])
    for name in (None, "nonsense"):
        with pytest.raises(InvalidRequest, match=f'"{first}", "{second}"'):
            find_label_set(store, name)
