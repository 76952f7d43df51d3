"""Tests of clipsearch info on data sets, and of what was in them earlier."""

from __future__ import annotations

import json
from pathlib import Path

from indexer.data_sets.pictures_table import PicturesTable
from tests.cli.conftest import Invoke
from tests.data_sets import copied


def test_what_is_in_a_data_set(indexed: Invoke, remote: str) -> None:
    shown = indexed("info", "--library", remote)
    assert shown.exit_code == 0, shown.output
    lines = dict(line.split(":", 1) for line in shown.stdout.splitlines())
    assert lines["model"].strip() == "colour (3 dimensions)" and lines["pictures"].strip() == "3"
    assert f"{remote} (a data set in Lance)" in lines["library"] and "none" in lines["index"]
    about = json.loads(indexed("info", "--library", remote, "--format", "json").stdout)
    assert (about["pictures"], about["moments"], about["failures"], about["shards"]) == (3, 0, 0, 0)
    assert about["versions"] == about["version"] and about["data_bytes"] > 0


def test_earlier_versions(indexed: Invoke, data_set: str, tmp_path: Path) -> None:
    table = PicturesTable.open(data_set)
    before = table.version
    table.delete("address LIKE '%red.png'")
    where = ("--library", data_set)
    listed = ("query", "red", "--all", "--format", "paths")
    assert len(indexed(*listed, *where).stdout.splitlines()) == 2
    then = indexed(*listed, *where, "--as-of", str(before))
    assert len(then.stdout.splitlines()) == 3, then.output
    assert len(indexed(*listed, *where, "--as-of", "2100-01-01").stdout.splitlines()) == 2
    counts = [
        json.loads(indexed("info", *where, *options, "--format", "json").stdout)["pictures"]
        for options in ((), ("--as-of", str(before)))
    ]
    assert counts == [2, 3]
    labelled = ("label", "--classes", "red,blue", "--summary", "--format", "json", *where)
    totals = [
        sum(row["pictures"] for row in json.loads(indexed(*labelled, *options).stdout))
        for options in ((), ("--as-of", str(before)))
    ]
    assert totals == [2, 3]
    for odd in ("99999", "1999-01-01", "yesterday"):
        refused = indexed(*listed, *where, "--as-of", odd)
        assert refused.exit_code == 2 and odd in refused.stderr and refused.stderr.count("\n") == 1, refused.output


def test_a_local_library_has_no_versions(indexed: Invoke) -> None:
    for command in (("query", "red"), ("label", "--classes", "red,blue"), ("info",)):
        refused = indexed(*command, "--as-of", "1")
        assert refused.exit_code == 2 and "--as-of is for a library that is a data set" in refused.stderr


def test_an_empty_data_set(indexed: Invoke, tmp_path: Path) -> None:
    empty = copied(tmp_path / "lib", str(tmp_path / "empty"), only=lambda address: False)
    assert "pictures:      0" in indexed("info", "--library", empty).stdout
