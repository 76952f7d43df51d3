"""Labels as lists for other programs: CSV, JSON, COCO and ImageNet.

Every function returns bytes; list_writing.py writes them to files.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from indexer.paths import readable, to_fields
from indexer.store.labels import LabelSet
from indexer.store.store import now
from search.csv_lines import csv_line, guarded
from search.export.label_selection import LabelledHit, each_label
from search.json_text import json_text
from search.labels.negations import is_rest

DIGITS = 6


def to_csv(pictures: Iterable[LabelledHit], shown: Callable[[str], str] = str) -> bytes:
    """Return a row for each label, the names of files byte for byte as the file system has them.

    `shown` is what cells become.
    """
    rows = (
        (hit.path, "" if hit.at is None else hit.at, name, round(probability, DIGITS))
        for hit, name, probability in each_label(pictures)
    )
    lines = (csv_line(shown(str(cell)) for cell in row) for row in (("path", "at", "class", "probability"), *rows))
    return "".join(lines).encode("utf-8", "surrogateescape")


def to_spreadsheet(pictures: Iterable[LabelledHit]) -> bytes:
    """Return the same for a spreadsheet: in UTF-8 that says so, and without formulas."""
    return codecs.BOM_UTF8 + to_csv(pictures, lambda cell: guarded(readable(cell)))


def to_json(pictures: Iterable[LabelledHit], label_set: LabelSet) -> bytes:
    """Return the set and its pictures with their labels; a path that is not UTF-8 has `path_bytes`, in Base64."""
    return _json(
        {
            "label_set": label_set.name,
            "model": label_set.model,
            "labelled_at": label_set.labelled_at,
            "classes": list(label_set.class_names),
            "pictures": [
                {
                    **to_fields(str(picture.hit.path)),
                    "at": picture.hit.at,
                    "said_by": picture.said_by,
                    "labels": [{"class": name, "probability": round(value, DIGITS)} for name, value in picture.labels],
                }
                for picture in pictures
            ],
        }
    )


def to_coco(pictures: Sequence[LabelledHit], label_set: LabelSet) -> bytes:
    """Return a COCO detection file; it can't label whole pictures, so each label is a box around the picture.

    The fields are those of https://cocodataset.org/#format-data, with `score` as in its results format. Category ids
    begin with 1. `file_name` is an absolute path, which stays the same when it is joined to a folder.
    """
    stills = [picture for picture in pictures if picture.hit.at is None]
    ids = {name: number for number, name in enumerate(classes_of(pictures, label_set), start=1)}
    images: list[dict[str, Any]] = [
        {"id": hit.id, "file_name": to_fields(str(hit.path))["path"], "width": hit.width, "height": hit.height}
        for hit in (picture.hit for picture in stills)
    ]
    annotations: list[dict[str, Any]] = [
        {
            "id": number,
            "image_id": hit.id,
            "category_id": ids[name],
            "bbox": [0, 0, hit.width, hit.height],
            "area": hit.width * hit.height,
            "segmentation": [[0, 0, hit.width, 0, hit.width, hit.height, 0, hit.height]],
            "iscrowd": 0,
            "score": round(probability, DIGITS),
        }
        for number, (hit, name, probability) in enumerate(each_label(stills), start=1)
    ]
    info = {"description": f"clipsearch label set {label_set.name}", "date_created": now()}
    categories = [{"id": number, "name": name, "supercategory": ""} for name, number in ids.items()]
    return _json({"info": info, "licenses": [], "images": images, "annotations": annotations, "categories": categories})


def to_imagenet(pictures: Sequence[LabelledHit], label_set: LabelSet) -> dict[str, bytes]:
    """Return train.txt, a line "path index" for the best class of each picture, and classes.txt, a line for each index.

    Indexes begin with 0. A path with a line break does not fit into a line and is left out.
    """
    names = classes_of(pictures, label_set)
    index = {name: number for number, name in enumerate(names)}
    lines = [
        os.fsencode(picture.hit.path) + f" {index[picture.labels[0][0]]}\n".encode()
        for picture in pictures
        if picture.labels and picture.hit.at is None and fits_a_line(picture)
    ]
    return {
        "train.txt": b"".join(lines),
        "classes.txt": "".join(f"{' '.join(name.splitlines())}\n" for name in names).encode(),
    }


def fits_a_line(picture: LabelledHit) -> bool:
    """Return whether a picture's path is without line breaks."""
    return not set("\r\n") & set(str(picture.hit.path))


def classes_of(pictures: Iterable[LabelledHit], label_set: LabelSet) -> list[str]:
    """Return the classes of a set in its order, then other labels of its pictures, such as "other"."""
    used = dict.fromkeys(name for _, name, _ in each_label(pictures))
    return list(dict.fromkeys([*(name for name in label_set.class_names if name in used or not is_rest(name)), *used]))


def _json(content: Mapping[str, Any]) -> bytes:
    return (json_text(content, indent=1) + "\n").encode("utf-8")
