"""Tests of indexer.row_sets.passing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from indexer.row_sets import passing
from indexer.row_sets.passing import KeptPassing, Passing

lance = pytest.importorskip("lance")
ROWS = 1000


@pytest.fixture
def dataset(tmp_path: Path) -> Any:
    """A table of three fragments, in two of which rows were deleted."""
    for start in range(0, ROWS, 400):
        numbers = range(start, min(start + 400, ROWS))
        made = lance.write_dataset(pa.table({"n": list(numbers)}), tmp_path / "t", mode="append" if start else "create")
    made.delete("n % 7 = 0 AND n < 800")
    return made


def found(dataset: Any, kept: Passing) -> list[int]:
    """Return the numbers of the rows that a scan with the options gives."""
    rows: list[int] = dataset.scanner(columns=["n"], **kept.options).to_table()["n"].to_pylist()
    return rows


@pytest.mark.parametrize(
    ("where", "option"), [("n < 10", "row_addr_blocklist"), ("n % 2 = 0", "row_addr_allowlist"), ("n > 950", None)]
)
def test_the_rows_of_a_set_are_those_that_pass(dataset: Any, where: str, option: str | None) -> None:
    kept = KeptPassing().passing(dataset, where, with_rows=True)
    assert option is None or list(kept.rows) == [option]
    wanted = dataset.to_table(columns=["n"], filter=where)["n"].to_pylist()
    assert found(dataset, kept) == wanted
    assert kept.count == len(wanted)


def test_a_condition_is_worked_out_once_for_each_version(dataset: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, scanned = KeptPassing(), []
    rows_passing = passing.rows_passing
    monkeypatch.setattr(passing, "rows_passing", lambda *given: scanned.append(given[1]) or rows_passing(*given))
    for _ in range(2):
        first = kept.passing(dataset, "n < 500", with_rows=True)
    assert scanned == ["n < 500"]
    dataset.delete("n < 100")
    later = kept.passing(dataset, "n < 500", with_rows=True)
    assert scanned == ["n < 500"] * 2
    assert (min(found(dataset, later)), first.count - later.count) == (100, 85)


def test_sets_are_only_made_where_they_are_wanted_and_not_too_large(
    dataset: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not KeptPassing().passing(dataset, None, with_rows=True).rows
    assert not KeptPassing().passing(dataset, "n < 5", with_rows=False).rows
    for limit in ("MOST_ROWS", "MOST_PASSING"):
        with monkeypatch.context() as changed:
            changed.setattr(passing, limit, 100)
            plain = KeptPassing().passing(dataset, "n < 500", with_rows=True)
        assert plain.options == {"filter": "n < 500"}
        assert found(dataset, plain) == [number for number in range(500) if number % 7]


def test_without_pyroaring_lance_works_out_what_passes(dataset: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.row_sets.roaring.find_spec", lambda _: None)
    assert KeptPassing().passing(dataset, "n < 5", with_rows=True).options == {"filter": "n < 5"}


def test_few_sets_and_counts_are_kept(dataset: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passing, "MOST_BYTES", 1)
    monkeypatch.setattr(passing, "MOST_COUNTS", 2)
    kept = KeptPassing()
    for most in range(1, 6):
        assert kept.passing(dataset, f"n <= {most}", with_rows=True).count == most
    assert len(kept._rows) == 1
    assert len(kept._counts) <= 2


def test_rows_that_are_known_by_other_than_their_place_are_left_to_lance(tmp_path: Path) -> None:
    made = lance.write_dataset(pa.table({"n": list(range(50))}), tmp_path / "s", enable_stable_row_ids=True)
    assert not KeptPassing().passing(made, "n < 5", with_rows=True).rows
