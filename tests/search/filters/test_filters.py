"""Tests of search.filters.filters: filters from what people write, and their description."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from indexer.errors import InvalidRequest
from search.filters.coordinates import Coordinates
from search.filters.filters import Filters, describe, make_filters
from search.places.named import Area, NamedPlace


@pytest.mark.parametrize(("after", "before"), [("2021", "2021"), ("2022", "2021-07")])
def test_a_span_without_a_moment_is_refused(after: str, before: str) -> None:
    with pytest.raises(InvalidRequest, match=f"Nothing is from {after} on and before {before}"):
        make_filters(after=after, before=before)


def test_a_file_with_coordinates_for_a_name_needs_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "48.85,2.35").touch()
    monkeypatch.chdir(tmp_path)
    assert make_filters(near="48.85,2.35").near == Coordinates(48.85, 2.35)
    assert make_filters(near="./48.85,2.35").near == Path("48.85,2.35")


@pytest.mark.parametrize("near", ["", "48,85 2,35", "missing.jpg", "a/Paris", Path("Paris")])
def test_what_is_no_place_and_no_picture(near: str | Path) -> None:
    with pytest.raises(InvalidRequest, match="neither a place nor a picture"):
        make_filters(near=near)


def test_a_file_wins_over_the_place_of_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Paris").mkdir()
    assert isinstance(make_filters(near="Paris").near, NamedPlace)
    (tmp_path / "Paris").rmdir()
    (tmp_path / "Paris").touch()
    assert make_filters(near="Paris").near == Path("Paris")
    assert isinstance(make_filters(near="Paris, France").near, NamedPlace)


def test_a_country_has_no_radius() -> None:
    assert isinstance(make_filters(near="Japan").near, Area)
    with pytest.raises(InvalidRequest, match="Japan has borders, and no radius"):
        make_filters(near="Japan", radius="10km")


def test_a_name_of_several_places_is_told() -> None:
    told: list[str] = []
    make_filters(near="Munich", say=told.append)
    make_filters(near="Paris", say=told.append)
    assert told[-1].startswith("Near Paris, France (2,1") and '"Paris, Texas, United States"' in told[-1]
    assert not any("Munich" in line for line in told)


@pytest.mark.parametrize(
    "wanted",
    [
        {"dated": False, "after": "2021"},
        {"dated": False, "before": "2021"},
        {"placed": False, "near": (1.0, 2.0)},
        {"placed": False, "box": (1, 2, 3, 4)},
        {"dated": "yes"},
        {"placed": 1},
    ],
)
def test_filters_that_nothing_passes_are_refused(wanted: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest, match=r"leave out|True, False or None"):
        make_filters(**wanted)


def test_with_and_without_are_described() -> None:
    assert describe(make_filters(dated=True, placed=False)) == "with a date, without a place"
    assert describe(make_filters(dated=False, placed=True)) == "without a date, with a place"
    assert make_filters(dated=None, placed=None) == Filters()


def test_a_radius_alone_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="A radius needs a place"):
        make_filters(radius="5km")


def test_filters_from_python_take_one_or_several() -> None:
    made = make_filters(
        after="2021-07", near=(48.85, 2.35), radius="5km", label="cup", types=["jpeg", "PNG,jpeg"], folder=Path("/a")
    )
    assert made == Filters(
        folders=(Path("/a"),),
        after=datetime(2021, 7, 1),
        near=Coordinates(48.85, 2.35),
        radius=5000.0,
        labels=("cup",),
        types=("jpeg", "png"),
    )
    assert hash(made) == hash(made)
    assert make_filters(camera=iter(["a", "b"]), folder=["/a", Path("/b")]) == Filters(
        cameras=("a", "b"), folders=(Path("/a"), Path("/b"))
    )


@pytest.mark.parametrize("name", ["camera", "label"])
def test_an_empty_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest, match=f"The name of a {name} is empty"):
        make_filters(**{name: ["x", " "]})  # type: ignore[arg-type]


def test_a_place_from_python_is_checked() -> None:
    with pytest.raises(InvalidRequest, match="is nowhere"):
        make_filters(near=(151.2, -33.86))


@pytest.mark.parametrize(
    ("wanted", "phrase"),
    [
        (
            {"after": 2021, "before": 2022, "near": (48.85, 2.35), "radius": "5km"},
            "in 2021, near 48.85,2.35 within 5 km",
        ),
        ({"near": "münchen", "radius": "5km"}, "near Munich, Germany within 5 km"),
        ({"near": "france"}, "in France"),
        ({"folder": ["/a", "/b"]}, "below /a or /b"),
        ({"camera": "iphone", "label": ["cup", "car"]}, "by a camera iphone, labelled cup or car"),
        ({"types": "jpeg,heic", "min_size": "2mp"}, "of type jpeg or heic, of at least 2 MP"),
        ({"min_size": "1920x1080"}, "of at least 1920x1080"),
        ({"min_size": "500kb"}, "of at least 500 kB"),
        ({"min_size": "2MiB"}, "of at least 2.09715 MB"),
        ({"folder": os.fsdecode(b"/caf\xe9")}, r"below /caf\xe9"),
    ],
)
def test_filters_are_described_in_a_phrase(wanted: dict[str, Any], phrase: str) -> None:
    assert describe(make_filters(**wanted)) == phrase
