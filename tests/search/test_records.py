"""Tests of search.records: the JSON forms; docs/hit.schema.json is checked in tests/cli/output/test_hits.py."""

from __future__ import annotations

import json
import os
from dataclasses import fields
from pathlib import Path

from indexer.files.ignore import ScanRules
from indexer.store.labels import LabelSet, StoredClass
from indexer.store.roots import Root
from search.records import duplicate_record, hit_record, label_set_record, labelled_record, root_record
from search.results import Hit, LabelledPicture

ODD = Path(os.fsdecode(b"/p/caf\xe9.jpg"))


def test_hits_and_duplicates() -> None:
    hit = Hit(ODD, 0.5, id=7, format="JPEG", size=9, width=4, height=3)
    assert set(hit_record(hit)) == {field.name for field in fields(Hit)} | {"path_bytes"}
    assert (hit_record(hit)["path"], hit_record(hit)["path_bytes"]) == ("/p/caf\\xe9.jpg", "L3AvY2Fm6S5qcGc=")
    record = duplicate_record(hit, "near", 12)
    assert (record["path"], record["match"], record["bits"], record["size"]) == ("/p/caf\\xe9.jpg", "near", 12, 9)
    json.dumps(record)


def test_a_labelled_picture_has_its_best_class_or_its_labels() -> None:
    picture = LabelledPicture(Path("/p/a.jpg"), {"cup": 0.12345678, "car": 0.2}, labels=(("car", 0.2),), margin=0.1)
    one = labelled_record(picture, multi=False)
    assert (one["path"], one["class"], one["probabilities"]["cup"]) == ("/p/a.jpg", "car", 0.123457)
    several = labelled_record(picture, multi=True)
    assert several["labels"] == [{"class": "car", "probability": 0.2}] and "class" not in several
    json.dumps([one, several])


def test_a_label_set_has_all_its_labels() -> None:
    classes = (StoredClass("cup", ("mug",), 3, 0.5, (), ("9:x:0",)), StoredClass("car", ("car",)))
    made = LabelSet("softmax", classes, ("{}",), True, 0.0, 1.0, "", 1, "mine", "builtin", "2024-01-01T00:00:00+00:00")
    record = label_set_record(made, {"cup": (2, 0.1234567), "other": (1, 1.0)}, {"other": 1})
    assert record["classes"] == [
        {"class": "cup", "pictures": 2, "said": 0, "probability": 0.123457}
        | {"prompts": ["mug"], "examples": 4, "threshold": 0.5, "learnt": 1},
        {"class": "car", "pictures": 0, "said": 0, "probability": None}
        | {"prompts": ["car"], "examples": 0, "threshold": None, "learnt": 0},
        {"class": "other", "pictures": 1, "said": 1, "probability": 1.0},
    ]
    assert (record["name"], record["templates"]) == ("mine", ["{}"])


def test_a_root_has_its_rules() -> None:
    record = root_record(Root(1, ODD, None, ScanRules(("raw/",), True, False)), 5, "mounted")
    assert (record["path"], record["pictures"], record["state"]) == ("/p/caf\\xe9.jpg", 5, "mounted")
    assert record["rules"] == {"exclude": ["raw/"], "include_hidden": True, "follow_links": False}
