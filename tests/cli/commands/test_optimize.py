"""Tests of clipsearch optimize."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.data_sets import optimizing
from indexer.data_sets.pictures_table import PicturesTable
from indexer.data_sets.vector_index import LEAST_ROWS, ROWS_OF_PART, vector_index
from tests.cli.conftest import Invoke, one_sentence
from tests.data_sets import DESCRIPTION, rows_of, unit


@pytest.fixture
def data_set(tmp_path: Path) -> str:
    """The address of a data set of three commits."""
    table = PicturesTable.create(str(tmp_path / "data-set"), DESCRIPTION)
    for number in range(3):
        table.commit([rows_of([f"{number}/{row}" for row in range(9)], unit(9, seed=number))])
    return table.address


def test_a_local_library(indexed: Invoke) -> None:
    result = indexed("optimize")
    assert result.exit_code == 0
    assert result.stderr.startswith("Optimized: 3 pictures; index up to date; database ")
    assert result.stdout == ""


@pytest.mark.parametrize("option", [["--keep-versions", "3"], ["--engine", "ray"]])
def test_what_only_a_data_set_has(indexed: Invoke, option: list[str]) -> None:
    result = indexed("optimize", *option)
    assert result.exit_code == 2
    assert "for data sets" in result.stderr


def test_a_data_set(clipsearch: Invoke, data_set: str) -> None:
    result = clipsearch("optimize", "--library", data_set)
    assert result.exit_code == 0, result.output
    assert result.stderr == (
        "Optimized: 27 rows; 3 files now 1; no index, as few pictures need none; 0 old versions dropped, 0 B freed.\n"
    )


def test_versions_of_a_data_set_are_dropped(clipsearch: Invoke, data_set: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimizing, "KEPT_ALWAYS", optimizing.timedelta(microseconds=1))
    assert "0 old versions" in clipsearch("optimize", "--library", data_set, "--keep-versions", "1").stderr
    dropped = clipsearch("optimize", "--library", data_set, "--keep-versions", "0")
    assert " old versions dropped, " in dropped.stderr and "0 old versions" not in dropped.stderr
    assert PicturesTable.open(data_set).count() == 27


@pytest.mark.parametrize("days", ["-1", "many"])
def test_days_that_make_no_sense(clipsearch: Invoke, data_set: str, days: str) -> None:
    assert clipsearch("optimize", "--library", data_set, "--keep-versions", days).exit_code == 2


def test_where_there_is_no_library(clipsearch: Invoke, tmp_path: Path, bucket: str) -> None:
    for place in (tmp_path / "none", f"{bucket}/none"):
        result = clipsearch("optimize", "--library", place)
        assert result.exit_code == 1
        one_sentence(result)


def test_the_index_is_made_by_a_cluster(tmp_path: Path) -> None:
    table = PicturesTable.create(str(tmp_path), DESCRIPTION)
    vectors = unit(LEAST_ROWS)
    for start in range(0, LEAST_ROWS, LEAST_ROWS // 2):
        part = range(start, start + LEAST_ROWS // 2)
        table.commit([rows_of([str(row) for row in part], vectors[start : part.stop])])
    command = [sys.executable, "-m", "clipsearch", "optimize", "--library", str(tmp_path), "--engine", "ray"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert re.fullmatch(r"Optimized: 20,000 rows; 2 files now 1; index made; .*\n", done.stderr)
    index = vector_index(PicturesTable.open(str(tmp_path)).dataset)
    assert index is not None
    assert (index.rows, index.partitions) == (LEAST_ROWS, LEAST_ROWS // ROWS_OF_PART)
    before = table.nearest(vectors[7:9], 3, exact=True)[0].tolist()
    assert PicturesTable.open(str(tmp_path)).nearest(vectors[7:9], 3)[0].tolist() == before
