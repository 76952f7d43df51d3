"""Tests of indexer.data_sets.known."""

from __future__ import annotations

from pathlib import Path

from indexer.data_sets.failures_table import FailedPicture, FailuresTable
from indexer.data_sets.known import find, known_signatures
from indexer.data_sets.pictures_table import PicturesTable
from indexer.data_sets.texts import to_column
from indexer.installation import needs_extra
from tests.data_sets import DESCRIPTION, rows_of, unit

ODD = "/photos/caf\udce9.jpg"


def failed(address: str, reason: str, lasting: bool = True) -> FailedPicture:
    return FailedPicture(address, "1", "s", None, reason, lasting, "2026-01-01T00:00:00")


def test_what_is_encoded_or_failed_for_good_is_known(tmp_path: Path) -> None:
    table = PicturesTable.create(str(tmp_path), DESCRIPTION)
    addresses = [f"a{number}" for number in range(500)]
    sources, signatures = ["s"] * 499 + ["other"], [str(number) for number in range(500)]
    table.commit([rows_of(addresses, unit(500), source=sources, signature=signatures)])
    table.commit([rows_of([to_column(ODD)], unit(1), source=["s"], signature=["1"])])
    again = failed("gave an extra", needs_extra("lance"))  # which is installed now
    FailuresTable(str(tmp_path)).replace([failed("bad", "truncated"), failed("away", "timeout", False), again])
    known = known_signatures(table, "s")
    assert len(known) == 501
    found = [find(known, address, signature) for address, signature in zip(addresses, signatures, strict=True)]
    assert sorted(place for place in found[:499] if place is not None) == sorted(set(range(501)) - {*_rest(known)})
    assert found[499] is None
    assert find(known, "a1", "2") is None
    assert [find(known, name, "1") is not None for name in ("away", "gave an extra")] == [False, False]
    assert len(known_signatures(table)) == 502


def _rest(known: object) -> list[int]:
    places = [find(known, name, "1") for name in (ODD, "bad")]  # type: ignore[arg-type]
    assert None not in places
    return [place for place in places if place is not None]


def test_a_library_without_pictures_knows_nothing(tmp_path: Path) -> None:
    known = known_signatures(PicturesTable.create(str(tmp_path), DESCRIPTION), "s")
    assert (len(known), find(known, "a", "1")) == (0, None)
