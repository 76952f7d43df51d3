"""Tests of search.filters.conditions: dates, cameras, labels and sizes, each answered from its index."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from indexer.errors import InvalidRequest
from indexer.store.models import remember_model
from indexer.store.store import Store
from search.library.hits import hits_of
from tests.fakes import ColourEncoder
from tests.label_sets import save_labels
from tests.search.filters.rows import JULY, add, passing_ids, plan, random_library


@pytest.fixture
def dated(store: Store) -> Store:
    """Pictures 1 to 6: five dates, and none."""
    for number, taken_at in enumerate(
        ["2020-12-31T23:59:59", "2021-01-01T00:00:00", JULY, f"{JULY}+09:00", "2022-01-01T00:00:00-08:00", None]
    ):
        add(store, f"{number}.jpg", taken_at=taken_at)
    return store


@pytest.mark.parametrize(
    ("after", "before", "ids"),
    [
        ("2021", None, [2, 3, 4, 5]),
        (None, "2021", [1]),
        ("2021", "2022", [2, 3, 4]),
        ("2021-07", "2021-08", [3, 4]),
        ("2021-07-04T15:30", None, [3, 4, 5]),
        (None, "2021-07-04T15:30", [1, 2]),
        (None, "2021-07-04T15:30:01", [1, 2, 3, 4]),
        ("2021-07-04T15:30:01", None, [5]),
        ("1900", None, [1, 2, 3, 4, 5]),
        (date(2021, 7, 4), datetime(2021, 7, 5), [3, 4]),
        (2022, None, [5]),
    ],
)
def test_dates_are_compared_by_the_pictures_own_clock_and_none_is_no_date(
    dated: Store, after: Any, before: Any, ids: list[int]
) -> None:
    assert passing_ids(dated, after=after, before=before) == ids


@pytest.mark.parametrize(
    ("after", "before", "ids"),
    [
        ("2021", "2022", [1, 2, 3, 4, 5]),
        ("2021-07", "2021-08", [2, 3, 4, 5]),
        ("2021-07-01", "2021-07-04", [2]),
        ("2021-07-04", "2021-07-05", [3, 4, 5]),
        ("2021-07-04T00:00:01", None, [4, 5, 6]),
        ("2021-07-04T12:30", "2021-07-04T12:31", [4, 5]),
        (None, "2021-07", [1]),
        (None, "2021", []),
        ("2022", None, [6]),
    ],
)
def test_a_partial_date_counts_as_its_first_moment(
    store: Store, after: str | None, before: str | None, ids: list[int]
) -> None:
    forms = ["2021", "2021-07", "2021-07-04", "2021-07-04T12:30:00", "2021-07-04T12:30:59+02:00", "2022"]
    for number, taken_at in enumerate(forms):
        add(store, f"{number}.jpg", taken_at=taken_at)
    assert passing_ids(store, after=after, before=before) == ids


@pytest.fixture
def cameras(store: Store) -> Store:
    """Pictures 1 to 6, by five cameras and none."""
    for number, (make, model) in enumerate(
        [
            ("Apple", "iPhone 12 mini"),
            ("Canon", "Canon EOS R5"),
            ("NIKON CORPORATION", "NIKON D750"),
            (None, "Pixel 5"),
            ("ÉCLAIR", None),
            (None, None),
        ]
    ):
        add(store, f"{number}.jpg", camera_make=make, camera_model=model)
    return store


@pytest.mark.parametrize(
    ("camera", "ids"),
    [
        ("iphone", [1]),
        ("APPLE", [1]),
        ("apple iphone 12", [1]),
        ("apple  iphone", [1]),
        ("canon eos", [2]),
        ("nikon", [3]),
        ("nikon d750", [3]),
        ("pixel 5", [4]),
        ("éclair", [5]),
        ("on", [1, 2, 3]),
        (["pixel", "canon"], [2, 4]),
        ("%", []),
        ("leica", []),
    ],
)
def test_a_camera_is_part_of_make_and_model_whatever_the_case(cameras: Store, camera: Any, ids: list[int]) -> None:
    assert passing_ids(cameras, camera=camera) == ids


@pytest.fixture
def labelled(store: Store, encoder: ColourEncoder) -> Store:
    """Pictures 1 to 4: cup, car, and in a second set Cup, mug."""
    model = remember_model(store, encoder)
    for number in range(4):
        add(store, f"{number}.jpg")
    save_labels(store, model, ["cup", "car", "unseen"], [(1, "cup", 0.9), (2, "car", 0.9)])
    save_labels(store, model, ["Cup", "mug"], [(3, "Cup", 0.9), (4, "mug", 0.9), (1, "mug", 0.9)])
    return store


@pytest.mark.parametrize(
    ("label", "ids"),
    [("cup", [1, 3]), ("CUP", [1, 3]), ("mug", [1, 4]), (["car", "mug"], [1, 2, 4]), ("unseen", []), (" car ", [2])],
)
def test_a_label_is_the_stored_best_class_in_any_set(labelled: Store, label: Any, ids: list[int]) -> None:
    assert passing_ids(labelled, label=label) == ids


@pytest.mark.parametrize(
    ("label", "ids"),
    [
        ("cup,car,unseen:cup", [1]),
        ("Cup,mug:CUP", [3]),
        ("cup,mug:mug", [1, 4]),
        (["cup,car,unseen:cup", "Cup,mug:cup"], [1, 3]),
        (["car", "cup,mug:cup"], [2, 3]),
    ],
)
def test_a_label_of_one_set_alone(labelled: Store, label: Any, ids: list[int]) -> None:
    assert passing_ids(labelled, label=label) == ids


@pytest.mark.parametrize("label", ["cup,mug:car", ":cup", "cup,mug:"])
def test_a_set_without_such_a_label(labelled: Store, label: str) -> None:
    with pytest.raises(InvalidRequest, match=f'no label "{label}"'):
        passing_ids(labelled, label=label)


@pytest.mark.parametrize("label", ["cu", "cup,car", "plate"])
def test_an_unknown_label_names_those_there_are(labelled: Store, label: str) -> None:
    with pytest.raises(InvalidRequest, match=f'no label "{label}"; the labels there are: Cup, car, cup, mug, unseen'):
        passing_ids(labelled, label=["cup", label])


def test_of_many_labels_some_are_named(store: Store, encoder: ColourEncoder) -> None:
    save_labels(store, remember_model(store, encoder), [f"c{number:02}" for number in range(25)], [])
    with pytest.raises(InvalidRequest, match=r"c00, c01, .*, c19 and 5 more\.$"):
        passing_ids(store, label="x")


def test_without_labels_it_is_said_how_to_get_some(store: Store) -> None:
    with pytest.raises(InvalidRequest, match="No picture has a label yet; run: clipsearch label"):
        passing_ids(store, label="cup")


def test_the_least_size_of_pixels_whichever_way_up_and_of_bytes(store: Store) -> None:
    for width, height, size in ((1920, 1080, 10), (1080, 1920, 20), (1919, 2000, 30), (3000, 1000, 999_999)):
        add(store, f"{width}.jpg", width=width, height=height, size=size)
    assert passing_ids(store, min_size="1920x1080") == [1, 2, 3]
    assert passing_ids(store, min_size="1920x1200") == [3]
    assert passing_ids(store, min_size="3mp") == [3, 4]
    assert passing_ids(store, min_size="3.1mp") == [3]
    assert passing_ids(store, min_size="20b") == [2, 3, 4]
    assert passing_ids(store, min_size="1MB") == []
    assert passing_ids(store, min_size="100000 TB") == []


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ({"folder": "/photos/a"}, "images_root_path"),
        ({"after": 2020}, "COVERING INDEX images_taken_at"),
        ({"camera": "one"}, "images_camera"),
        ({"near": (10, 20)}, "images_place"),
        ({"label": "cup"}, "COVERING INDEX labels_class"),
        ({"types": "png"}, "COVERING INDEX images_type"),
        ({"min_size": "1mp"}, "COVERING INDEX images_type"),
        ({"min_size": "1mb"}, "COVERING INDEX images_content"),
        ({"types": "jpeg", "camera": "one", "after": 2020}, "images_camera"),
        ({"types": "jpeg", "after": 2020, "before": 2021}, "images_taken_at"),
        ({"types": "jpeg", "near": (10, 20), "folder": "/photos/a"}, "images_place"),
        ({"types": "jpeg", "folder": "/photos/a", "after": 2020}, "images_root_path"),
        ({"types": "jpeg", "folder": "/photos", "after": 2020}, "images_taken_at"),
        ({"types": "jpeg", "label": "cup", "after": 2020}, "labels_class"),
    ],
)
def test_the_most_selective_filter_is_answered_from_its_index(
    store: Store, encoder: ColourEncoder, wanted: dict[str, Any], index: str
) -> None:
    random_library(store, encoder, 20)
    used = plan(store, **wanted)
    assert index in used
    others = {"images_root_path", "images_taken_at", "images_camera", "images_place", "images_type", "images_content"}
    assert not [other for other in others if other in used and other not in index]


def test_with_and_without_date_and_place_are_all_whatever_the_rows_hold(store: Store) -> None:
    add(store, "0.jpg", taken_at="2021")
    add(store, "1.jpg", taken_at=JULY, latitude=1.0, longitude=2.0)
    add(store, "2.jpg", latitude=-90.0, longitude=180.0)
    add(store, "3.jpg")
    for number, (when, latitude, longitude) in enumerate(
        [(b"2021", 91.0, 0.0), (5, "x", 0.0), (None, 1.0, None), (0.5, float("inf"), 0.0), (b"", b"1", 1.0)]
    ):
        add(store, f"damaged {number}.jpg", taken_at=when, latitude=latitude, longitude=longitude)
    everything = set(range(1, 10))
    known = {hit.id: hit for hit in hits_of(store, [(image, None) for image in everything])}
    dated = [image for image, hit in known.items() if hit.taken_at is not None]
    placed = [image for image, hit in known.items() if hit.latitude is not None]
    assert passing_ids(store, dated=True) == dated and {1, 2} <= set(dated) < everything
    assert passing_ids(store, placed=True) == placed and {2, 3} <= set(placed) < everything
    assert set(passing_ids(store, dated=False)) == everything - set(dated)
    assert set(passing_ids(store, placed=False)) == everything - set(placed)
    assert passing_ids(store, dated=False, placed=True) == [3]


def test_with_a_date_or_place_is_answered_from_its_index(store: Store) -> None:
    assert "images_taken_at" in plan(store, dated=True) and "images_place" in plan(store, placed=True)
    assert "images_place" in plan(store, box=(1, 2, 3, 4), dated=True)
