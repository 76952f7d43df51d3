"""Tests of runs over Parquet files of which the number of rows changes, so that they are cut into other shards."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from indexer.remote_files import patience
from indexer.sources import parquet_images
from indexer.sources.opening import open_source
from tests.indexer.data_set_runs.conftest import DataSetOfTest
from tests.sources import picture
from tests.web import Answer, serving


def write(path: Path, numbers: list[int]) -> None:
    """Write a table of pictures; of a number below zero there is none."""
    pq.write_table(pa.table({"image": [picture(number) if number >= 0 else b"bad" for number in numbers]}), path)


@pytest.mark.parametrize(("before", "after"), [(14, 16), (16, 14), (25, 26), (26, 25), (40, 12), (12, 40)])
def test_rows_are_what_the_table_has_now(
    data_set: DataSetOfTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: int, after: int
) -> None:
    monkeypatch.setattr(parquet_images, "ROWS_PER_SHARD", 10)
    path = tmp_path / "x.parquet"
    numbers = list(range(before))
    numbers[min(before, after) - 1] = -1
    write(path, numbers)
    assert data_set.run(open_source(str(path))).failed == 1
    numbers[5] = 99
    write(path, numbers := (numbers + list(range(200, 260)))[:after])
    summary = data_set.run(open_source(str(path)))
    assert not summary.kept
    rows = [f"{path}#row={row}" for row in range(after)]
    assert data_set.addresses() == sorted(rows[row] for row in range(after) if numbers[row] >= 0)
    assert list(data_set.failures()) == [rows[min(before, after) - 1]]
    again = data_set.run(open_source(str(path)))
    assert (again.found, again.encoded, again.unchanged, again.failed_before) == (after, 0, after - 1, 1)


def test_an_address_that_did_not_answer_is_asked_again_alone(
    data_set: DataSetOfTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "FIRST_PAUSE", 0.001)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    is_down = True

    def respond(method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer | None:
        return (500, {}, b"") if is_down and path == "/2.png" else (200, {}, picture(int(path[1])))

    with serving(respond) as served:
        addresses = [f"{served.url}/{number}.png" for number in range(4)]
        pq.write_table(pa.table({"url": addresses}), tmp_path / "x.parquet")
        source = open_source(str(tmp_path / "x.parquet"))
        first = data_set.run(source)
        assert (first.encoded, first.failed) == (3, 1)
        served.asked.clear()
        away = data_set.run(source)
        assert (away.found, away.encoded, away.unchanged, away.failed) == (4, 0, 3, 1)
        assert {path for _, path in served.asked} == {"/2.png"}
        is_down = False
        back = data_set.run(source)
        assert (back.found, back.encoded, back.unchanged, back.failed) == (4, 1, 3, 0)
    assert data_set.failures() == {} and len(data_set.addresses()) == 4
