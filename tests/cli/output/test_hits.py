"""Tests of cli.output.hits: hits in every format."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from cli.output.hits import COLUMNS, write_hits
from cli.output.rows import OutputOptions
from indexer.store.store import Store
from search.library.library import Library
from search.results import Hit
from tests.conftest import REPOSITORY, MakePicture, run
from tests.fakes import ColourEncoder
from tests.queries import nearest

SCHEMA = json.loads((REPOSITORY / "docs" / "hit.schema.json").read_text(encoding="utf-8"))
ODD = Path(os.fsdecode(b"/p/caf\xe9\n.jpg"))
FULL = Hit(
    Path("/p/a.jpg"),
    0.25,
    None,
    7,
    "JPEG",
    9,
    4,
    3,
    "2024-05-18T16:42:07+02:00",
    "Apple iPhone",
    43.7694123,
    -11.25,
    "xmp",
)


def written(hits: Sequence[Hit], form: str, nul: bool = False) -> bytes:
    """Return what write_hits writes."""

    @click.command()
    def show() -> None:
        write_hits(hits, OutputOptions(form, nul))

    result = CliRunner().invoke(show)
    assert result.exit_code == 0, result.output
    return result.stdout_bytes


def check(record: dict[str, Any]) -> None:
    """Assert that an object is as documented, with all required fields and none that is not documented."""
    Draft202012Validator(SCHEMA).validate(record)
    assert set(record) <= set(SCHEMA["properties"])


def test_the_schema_is_one_and_refuses_what_is_no_hit() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    good = json.loads(written([FULL], "json"))[0]
    for field, wrong in (("score", "0.3"), ("at", -1), ("size", 1.5), ("taken_at", "yesterday"), ("latitude", 91)):
        assert not Draft202012Validator(SCHEMA).is_valid({**good, field: wrong}), field
    assert not Draft202012Validator(SCHEMA).is_valid({name: good[name] for name in good if name != "id"})


@pytest.mark.parametrize("taken_at", ["2024", "2024-05", "2024-05-18", "2024-05-18T16:42:07", None])
def test_dates_end_where_no_more_is_known(taken_at: str | None) -> None:
    (record,) = json.loads(written([Hit(Path("/p/a.jpg"), 0.5, taken_at=taken_at)], "json"))
    check(record)
    assert record["taken_at"] == taken_at


@pytest.mark.parametrize("hit", [FULL, Hit(Path("/p/b.mp4"), -0.5, 12.25), Hit(ODD, 1.0000001)])
def test_json_is_as_its_schema_says(hit: Hit) -> None:
    (record,) = json.loads(written([hit], "json"))
    check(record)
    (line,) = written([hit], "jsonl").splitlines()
    assert json.loads(line) == record
    assert record["score"] == pytest.approx(hit.score, abs=1e-6)
    assert all(record[name] == getattr(hit, name) for name in ("at", "id", "format", "size", "taken_at", "camera"))


def test_json_of_a_real_library(
    store: Store, picture: MakePicture, photos: Path, encoder: ColourEncoder, tmp_path: Path
) -> None:
    picture("red.png", "red")
    picture(os.fsdecode(b"caf\xe9.png"), "blue")
    run(store, photos, encoder)
    hits = nearest(Library.with_encoder(store, encoder), "red")
    records = json.loads(written(hits, "json"))
    for record in records:
        check(record)
    assert [Path(one["path"]).name for one in records] == ["red.png", "caf\\xe9.png"]
    assert records[0]["width"] == 16 and "path_bytes" not in records[0]


def test_no_hits_are_an_empty_list_and_no_lines() -> None:
    assert json.loads(written([], "json")) == []
    assert written([], "jsonl") == written([], "paths") == written([], "table") == b""
    assert written([], "csv").decode() == ",".join(COLUMNS) + "\n"


def test_names_that_are_not_utf8_come_out_byte_for_byte() -> None:
    raw = os.fsencode(ODD)
    assert written([ODD_HIT, FULL, ODD_HIT], "table", nul=True) == raw + b"\0/p/a.jpg\0"
    assert raw in written([ODD_HIT], "csv")
    (record,) = json.loads(written([ODD_HIT], "json"))
    assert record["path"] == "/p/caf\\xe9\n.jpg"
    assert base64.b64decode(record["path_bytes"]) == raw


ODD_HIT = Hit(ODD, 0.5)


def test_csv_has_the_same_columns() -> None:
    (row,) = csv.DictReader(io.StringIO(written([FULL], "csv").decode()))
    assert set(row) == set(SCHEMA["properties"]) - {"address", "caption"}  # which only data sets have
    assert (row["latitude"], row["longitude"], row["at"], row["id"]) == ("43.769412", "-11.250000", "", "7")


def test_the_table_has_seconds_only_where_there_are_videos() -> None:
    assert written([FULL], "table") == b"0.2500\t/p/a.jpg\n"
    assert written([FULL, Hit(Path("/p/b.mp4"), 0.2, 1.5)], "table").splitlines()[1] == b"0.2000\t/p/b.mp4\t1.5000"
