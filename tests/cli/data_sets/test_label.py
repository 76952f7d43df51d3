"""Tests of clipsearch label on data sets, run as a person would, with the fake model."""

from __future__ import annotations

import csv
import io
import json

import pyarrow.parquet as pq
import pytest
from click.testing import Result

from tests.cli.conftest import Invoke

CLASSES = ("--classes", "red,blue,white", "--no-other")


def table_of(result: Result) -> list[dict[str, object]]:
    """Return the rows of Parquet on stdout."""
    assert result.exit_code == 0, result.stderr
    return list(pq.read_table(io.BytesIO(result.stdout_bytes)).to_pylist())


def test_labels_as_parquet(indexed: Invoke, remote: str, bucket: str) -> None:
    rows = table_of(indexed("label", *CLASSES, "--library", remote, "--format", "parquet"))
    assert {str(row["address"]).rpartition("/")[2]: row["class"] for row in rows} == {
        "red.png": "red",
        "blue.png": "blue",
        "white.png": "white",
    }
    (red,) = (row for row in rows if row["class"] == "red")
    assert red["address"] == f"{bucket}/photos/red.png" and len(str(red["id"])) == 32
    assert red["p(red)"] == red["probability"] and set(red) >= {"at", "margin", "p(blue)", "p(white)"}
    several = table_of(indexed("label", *CLASSES, "--multi", "--top", "1", "--library", remote, "--format", "parquet"))
    for row in several:
        assert row["labels"][0]["class"] == row["class"] and len(row["best"]) == 1  # type: ignore[index,arg-type]
    least = table_of(indexed("label", *CLASSES, "--uncertain", "2", "--library", remote, "--format", "parquet"))
    assert [row["margin"] for row in least] == sorted(row["margin"] for row in rows)[:2]  # type: ignore[type-var]


def test_a_local_library_writes_the_same_table(indexed: Invoke, data_set: str) -> None:
    for options in ((), ("--multi",), ("--top", "2"), ("--uncertain", "2")):
        ask = ("label", *CLASSES, *options, "--format", "parquet")
        local, found = table_of(indexed(*ask)), table_of(indexed(*ask, "--library", data_set))
        named = [{"path" if name == "address" else name: row[name] for name in row if name != "id"} for row in found]
        assert sorted(map(_rounded, local)) == sorted(map(_rounded, named))


def _rounded(row: dict[str, object]) -> str:
    return json.dumps(json.loads(json.dumps(row, sort_keys=True), parse_float=lambda text: round(float(text), 3)))


@pytest.mark.parametrize("options", [(), ("--multi",), ("--top", "2"), ("--uncertain", "2"), ("--threshold", "0.99")])
def test_the_other_formats(indexed: Invoke, data_set: str, options: tuple[str, ...]) -> None:
    def listed(form: str, *where: str) -> list[str]:
        text = indexed("label", *CLASSES, *options, "--format", form, *where).stdout
        if form == "csv":
            records = [dict(row) for row in csv.DictReader(io.StringIO(text))]
        else:
            records = json.loads(text) if form == "json" else [json.loads(line) for line in text.splitlines()]
        known = [{name: value for name, value in record.items() if name not in ("id", "address")} for record in records]
        return sorted(map(_rounded, known))

    for form in ("json", "jsonl", "csv"):
        assert listed(form) == listed(form, "--library", data_set)


def test_the_summary(indexed: Invoke, data_set: str) -> None:
    for form in ("table", "json", "csv"):
        local, found = (
            indexed("label", *CLASSES, "--summary", "--format", form, *where) for where in ((), ("--library", data_set))
        )
        assert found.stdout == local.stdout and found.exit_code == 0
    assert "Labelled 3 pictures; nothing was stored." in found.stderr


def test_what_makes_no_sense_is_refused(indexed: Invoke, data_set: str, bucket: str) -> None:
    where = ("--library", data_set)
    for options, words in (
        (("--name", "x"), "A data set stores no labels, so --name"),
        (("--save",), "so --save"),
        (("--all",), "so --all"),
        (("/tmp",), "PATHs are labelled without a data set"),
        (("--summary", "--format", "parquet"), "--summary"),
        (("--class-from", f"cat={bucket}/none.jpg"), "has no picture"),
        (("--as-of", "99999"), ""),
    ):
        refused = indexed("label", *CLASSES, *options, *where)
        assert refused.exit_code in (1, 2) and words in refused.stderr and refused.stdout == "", refused.output
    none = indexed("label", *CLASSES, "--after", "2100", *where, "--format", "parquet")
    assert none.exit_code == 1 and pq.read_table(io.BytesIO(none.stdout_bytes)).num_rows == 0


def test_classes_from_pictures_of_the_data_set(indexed: Invoke, remote: str, bucket: str) -> None:
    asked = ("label", "--classes", "blue,white", "--class-from", f"crimson={bucket}/photos/red.png", "--no-other")
    rows = table_of(indexed(*asked, "--library", remote, "--format", "parquet"))
    (red,) = (row for row in rows if str(row["address"]).endswith("/red.png"))
    assert "p(crimson)" in red
