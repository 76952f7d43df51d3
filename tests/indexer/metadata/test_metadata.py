"""Tests of indexer.metadata.metadata: which source wins."""

from __future__ import annotations

import itertools
from pathlib import Path

from indexer.metadata.metadata import SOURCES, Metadata, Reading, combined, dated, first_time, merged
from indexer.metadata.places import Place
from indexer.metadata.timestamps import Timestamp
from tests.conftest import REPOSITORY

JULY, NOON = Timestamp("2019-07"), Timestamp("2019-07-04T12:30:05", 7)


def test_the_first_source_wins_in_whatever_order_they_are_read() -> None:
    for first, second in itertools.combinations(SOURCES, 2):
        times = dated((first, NOON), (second, Timestamp("2021-01-01T00:00:01")))
        for order in (times, times[::-1]):
            metadata = combined([Reading(order)])
            assert (metadata.taken_at, metadata.taken_ms, metadata.taken_from) == (NOON.text, 7, first)


def test_the_order_is_the_documented_one() -> None:
    page = (REPOSITORY / Path("docs/dates-and-places.md")).read_text(encoding="utf-8")
    assert sorted(SOURCES, key=lambda source: page.index(f"| `{source}` |")) == list(SOURCES)


def test_a_partial_date_is_completed_by_the_next_that_says_the_same() -> None:
    def first(*times: tuple[str, Timestamp | None]) -> tuple[str, str]:
        best = first_time(dated(*times))
        assert best is not None
        return best.source, best.time.text

    assert first(("xmp", JULY), ("file-name", NOON)) == ("file-name", NOON.text)
    assert first(("xmp", JULY), ("gps", Timestamp("2019-07-04")), ("file-name", NOON)) == ("file-name", NOON.text)
    assert first(("xmp", JULY), ("gps", Timestamp("2019-08-04")), ("file-name", NOON)) == ("file-name", NOON.text)
    assert first(("xmp", JULY), ("file-name", Timestamp("2019-06-30"))) == ("xmp", "2019-07")
    assert first(("xmp", Timestamp("2019")), ("iptc", JULY)) == ("iptc", "2019-07")
    # Nothing is added to a time that is known to the second, not even an offset.
    assert first(("xmp", NOON), ("gps", Timestamp(f"{NOON.text}+02:00"))) == ("xmp", NOON.text)
    assert first_time(dated(("xmp", None))) is None


def test_merged() -> None:
    inside = Metadata("2021-01-01T00:00:01", camera_make="Acme", taken_from="exif-changed", orientation=6)
    beside = Metadata(NOON.text, camera_make="Other", lens="50mm", latitude=1.0, longitude=2.0, taken_from="sidecar")
    expected = Metadata(NOON.text, "Acme", None, "50mm", 1.0, 2.0, 6, None, "sidecar")
    assert merged(inside, beside) == expected
    assert merged(Metadata(), Metadata()) == Metadata()


def test_a_place_comes_whole_from_one_source() -> None:
    metadata = combined([Reading(), Reading(place=Place(1.0, 2.0)), Reading(place=Place(3.0, 4.0))])
    assert (metadata.latitude, metadata.longitude) == (1.0, 2.0)
