"""Tests of search.export.list_formats: CSV, JSON, COCO and ImageNet as their readers need them."""

from __future__ import annotations

import csv
import io
import json
import os

from indexer.store.labels import LabelSet, StoredClass
from search.export.list_formats import to_coco, to_csv, to_imagenet, to_json, to_spreadsheet
from tests.search.export.labelled import labelled

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

PICTURES = [
    labelled("/p/a, b.jpg", ("car", 0.75), ("cup", 0.5), number=3),
    labelled(LATIN, ("cup", 2 / 3), number=5),
    labelled("/p/v.mp4", ("car", 0.9), at=0.0, number=7),
    labelled("/p/v.mp4", ("car", 0.8), ("cup", 0.7), at=4.5, number=8),
    labelled("/p/x.jpg", ("other", 0.6), number=9),
]


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


def test_a_spreadsheet_gets_text_and_no_formulas() -> None:
    odd = [labelled(os.fsdecode(b"caf\xe9.jpg"), ("=cmd()|a", 0.5), ("-1", 0.25)), labelled("@a;=b.jpg", ("car", 1.0))]
    content = to_spreadsheet(odd)
    assert content.startswith(b"\xef\xbb\xbfpath,"), "or Excel takes it for the letters of its own country"
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))[1:]
    assert [(row[0], row[2]) for row in rows] == [
        ("caf\\xe9.jpg", "'=cmd()|a"),
        ("caf\\xe9.jpg", "-1"),
        ("'@a;'=b.jpg", "car"),
    ]
    assert b",=cmd()|a," in to_csv(odd), "programs get what there is"


def test_a_name_with_a_line_break_is_one_line_of_the_classes() -> None:
    assert to_imagenet([labelled("/a.jpg", ("cup\ncar\u2028x", 0.9))], KITCHEN)["classes.txt"].endswith(b"cup car x\n")
