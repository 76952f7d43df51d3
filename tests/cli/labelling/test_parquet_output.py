"""Tests of cli.labelling.parquet_output: Parquet on a stdout that may be a pipe."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

import click
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cli.labelling import parquet_output
from cli.labelling.parquet_output import check_parquet, write_parquet
from indexer.errors import OutputError

SCHEMA = pa.schema([("id", pa.string()), ("probability", pa.float32())])


def batches(count: int, fails: bool = False) -> Iterator[pa.RecordBatch]:
    for number in range(count):
        yield pa.record_batch([[f"{number}"], [0.5]], schema=SCHEMA)
    if fails:
        raise RuntimeError("broken off")


@pytest.fixture(autouse=True)
def _few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_output, "ROWS", 10)


def test_it_is_written_in_row_groups(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write_parquet(SCHEMA, batches(25))
    file = pq.ParquetFile(io.BytesIO(capsysbinary.readouterr().out))
    assert (file.num_row_groups, file.metadata.num_rows) == (3, 25)
    assert file.read()["id"].to_pylist() == [f"{number}" for number in range(25)]
    assert not sys.stdout.buffer.closed


def test_half_a_table_is_no_file(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    with pytest.raises(RuntimeError, match="broken off"):
        write_parquet(SCHEMA, batches(25, fails=True))
    written = capsysbinary.readouterr().out
    assert written
    with pytest.raises(pa.ArrowInvalid):
        pq.ParquetFile(io.BytesIO(written))


def test_it_is_not_for_terminals_and_needs_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    check_parquet()
    monkeypatch.setattr(parquet_output, "is_terminal", lambda stream: True)
    with pytest.raises(click.UsageError, match="not for terminals"):
        check_parquet()
    monkeypatch.setattr(parquet_output, "is_terminal", lambda stream: False)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(OutputError, match=r"needs the extra lance; run: .*\[lance\]"):
        check_parquet()
