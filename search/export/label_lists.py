"""Labels as lists for other programs: CSV, JSON, COCO and ImageNet.

Every function returns bytes; label_files.py puts them into files.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from indexer.paths import to_fields
from indexer.store.labels import LabelSet
from indexer.store.store import now
from search.csv_lines import csv_line
from search.export.labelled_pictures import Labelled
from search.labels.negations import is_rest

DIGITS = 6


def to_csv(pictures: Iterable[Labelled]) -> bytes:
    """Return a row for each label, the names of files byte for byte as the file system has them."""
    rows = (
        (one.picture.path, "" if one.picture.at is None else one.picture.at, name, round(value, DIGITS))
        for one in pictures
        for name, value in one.labels
    )
    lines = map(csv_line, (("path", "at", "class", "probability"), *rows))
    return "".join(lines).encode("utf-8", "surrogateescape")


def to_json(pictures: Iterable[Labelled], label_set: LabelSet) -> bytes:
    """Return the set and its pictures, each with its labels; a name that is not UTF-8 has `path_bytes`, in Base64."""
    return _json(
        {
            "label_set": label_set.name,
            "model": label_set.model,
            "labelled_at": label_set.labelled_at,
            "classes": list(label_set.class_names),
            "pictures": [
                {
                    **to_fields(str(one.picture.path)),
                    "at": one.picture.at,
                    "labels": [{"class": name, "probability": round(value, DIGITS)} for name, value in one.labels],
                }
                for one in pictures
            ],
        }
    )


def to_coco(pictures: Sequence[Labelled], label_set: LabelSet) -> bytes:
    """Return a COCO detection file, which has no labels of whole pictures: each is a box around all of it.

    The fields are those of https://cocodataset.org/#format-data, and `score` as in its results format. Category ids
    begin with 1. `file_name` is an absolute path, which joined to any folder stays what it is.
    """
    stills = [one for one in pictures if one.picture.at is None]
    ids = {name: number for number, name in enumerate(classes_of(pictures, label_set), start=1)}
    labels = [(one.picture, name, value) for one in stills for name, value in one.labels]
    images: list[dict[str, Any]] = [
        {
            "id": one.picture.id,
            "file_name": to_fields(str(one.picture.path))["path"],
            "width": one.picture.width,
            "height": one.picture.height,
        }
        for one in stills
    ]
    annotations: list[dict[str, Any]] = [
        {
            "id": number,
            "image_id": picture.id,
            "category_id": ids[name],
            "bbox": [0, 0, picture.width, picture.height],
            "area": picture.width * picture.height,
            "segmentation": [[0, 0, picture.width, 0, picture.width, picture.height, 0, picture.height]],
            "iscrowd": 0,
            "score": round(value, DIGITS),
        }
        for number, (picture, name, value) in enumerate(labels, start=1)
    ]
    info = {"description": f"clipsearch label set {label_set.name}", "date_created": now()}
    categories = [{"id": number, "name": name, "supercategory": ""} for name, number in ids.items()]
    return _json({"info": info, "licenses": [], "images": images, "annotations": annotations, "categories": categories})


def to_imagenet(pictures: Sequence[Labelled], label_set: LabelSet) -> dict[str, bytes]:
    """Return train.txt, a line "path index" for the best class of each picture, and classes.txt, a line for each index.

    Indexes begin with 0. A path with a line break can't be written so, and is left out.
    """
    names = classes_of(pictures, label_set)
    index = {name: number for number, name in enumerate(names)}
    lines = [
        os.fsencode(one.picture.path) + f" {index[one.labels[0][0]]}\n".encode()
        for one in pictures
        if one.labels and one.picture.at is None and not set("\r\n") & set(str(one.picture.path))
    ]
    return {"train.txt": b"".join(lines), "classes.txt": "".join(f"{name}\n" for name in names).encode()}


def classes_of(pictures: Iterable[Labelled], label_set: LabelSet) -> list[str]:
    """Return the classes of a set in its order, then what else its pictures have, such as other."""
    used = dict.fromkeys(name for one in pictures for name, _ in one.labels)
    return list(dict.fromkeys([*(name for name in label_set.class_names if name in used or not is_rest(name)), *used]))


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
