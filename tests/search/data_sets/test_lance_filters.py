"""Tests of search.data_sets.lance_filters: in a data set the same pictures pass as in a local library."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.data_sets.pictures_table import PicturesTable
from indexer.data_sets.texts import to_column
from indexer.errors import FolderError, InvalidRequest
from indexer.store.store import Store
from search.data_sets.lance_filters import lance_condition
from search.filters.filters import Filters, describe, make_filters
from search.filters.passing import matching_ids
from search.filters.subtrees import Subtree
from search.lance_conditions.places import boxes_of, in_box
from search.lance_conditions.sql import either
from tests.conftest import MakePicture
from tests.data_sets import DESCRIPTION, rows_of, unit
from tests.search.filters.rows import add

PARIS, LYON, GENEVA, BERN = (48.85, 2.35), (45.76, 4.84), (46.2, 6.15), (46.95, 7.45)
LARGE = {"width": 60_000, "height": 60_000}
ODD: list[tuple[str, str, dict[str, Any]]] = [
    ("/photos", "2019/rome/IMG_1.jpg", {"taken_at": "2019", "camera_make": "Canon", "camera_model": "EOS 5D"}),
    (
        "/photos",
        "2019 trip/IMGx1.jpg",
        {"taken_at": "2019-07", "camera_make": "CANON", **LARGE},
    ),
    ("/photos", "x2019/50%.png", {"taken_at": "2019-07-04T15:30:00+02:00", "format": "PNG", "size": 2**40}),
    ("/photos", 'it\'s "odd"\\n.jpg', {"taken_at": "2019-07-04T15:29:59.9", "camera_model": "It's 50% \\ µ"}),
    ("/photos", "tab\t\x01 \x1a line\n.jpg", {"camera_make": "", "camera_model": ""}),
    ("/photos", "e\u0301te\u0301/Straße.jpg", {"latitude": 0.0, "longitude": 179.99}),
    ("/photos", "\u00e9t\u00e9/STRASSE.jpg", {"latitude": 0.0, "longitude": -179.99, "format": "DNG"}),
    ("/photos", "nul/2020/\U0001f600.jpg", {"latitude": 89.99, "longitude": 120.0}),
    ("/photos", "bytes-\udcff.jpg", {"latitude": 91.0, "longitude": 5.0}),
    ("/photos", "none.jpg", {"latitude": math.nan, "longitude": math.nan, "width": 1920, "height": 1080}),
    ("/photos", "half.jpg", {"latitude": 48.85, "camera_model": "ÉCLAIR", "width": 1080, "height": 1920}),
    ("/scans/Été", "2019/a.jpg", {"latitude": PARIS[0], "longitude": PARIS[1], "format": "MPO"}),
    ("/scans/Été", "lyon.mp4", {"latitude": LYON[0], "longitude": LYON[1], "format": "MP4", "taken_at": "2020-01-01"}),
    ("/scans/Été", "geneva.jpg", {"latitude": GENEVA[0], "longitude": GENEVA[1], "taken_at": "2019-12-31T23:59:59"}),
    ("/scans/Été", "bern.jpg", {"latitude": BERN[0], "longitude": BERN[1], "format": "jpeg 'x'"}),
]
FILTERS: dict[str, list[Any]] = {
    "folder": [
        *("/photos", "/photos/2019", "/photos/2019 trip/", "/scans", "/", "/scans/Été", "/scans/E\u0301te\u0301"),
        *("/photos/e\u0301te\u0301", "/photos/\u00e9t\u00e9", ["/scans", "/photos/nul"], ["/photos", "/none"]),
        *('/photos/it\'s "odd"\\n.jpg', "/photos/bytes-\udcff.jpg", "/phot", "/' OR 1"),
    ],
    "after": ["2019", "2019-07", "2019-07-04T15:30", "2019-12-31T23:59:59", "1900", "2021"],
    "before": ["2019", "2019-07-04", "2019-07-04T15:30", "2020-01-01", "2020-01-02"],
    "camera": ["canon", "canon eos", "It's", "50%", "\\", "éclair", "\u039c", "_", ["eos", "éc"]],
    "named": [
        *(
            "2019",
            "2019/",
            "/2019/",
            "2019/ROME",
            "IMG_1",
            "%",
            "\\",
            " ",
            "'",
            '"',
            "\t",
            "\x01",
            "\n",
            "home",
            "scans",
        ),
        *(
            "photos",
            "/Photos/2019",
            "tos/2019/r",
            "photo/",
            "ÉTÉ",
            "\u00e9t\u00e9",
            "e\u0301",
            "e",
            "strasse",
            "straße",
        ),
        *("\U0001f600", "xff", "\udcff", "s/\u00c9t\u00e9/2", "/ÉTÉ/", ["2019", "jpg"], ["strasse", "été"], "/scans/"),
    ],
    "types": ["jpeg", "png,raw", "video", "mp4", "jpeg 'x'", "heic", "mp5"],
    "min_size": ["1920x1080", "1080x1920", "300x400", "3000mp", "0.1mp", "2kb", "1000b", "1tb"],
    "dated": [True, False],
    "placed": [True, False],
    "box": ["45,2,49,7.4", "-1,179,1,-179", "-90,-180,90,180", "46.2,6.15,46.2,6.15", "-90,0,90,1"],
    "near": [
        PARIS,
        (0, 180),
        (90, 0),
        "Paris, France",
        "France",
        "Switzerland",
        "Fiji",
        "Antarctica",
        "Alps",
        "none.jpg",
    ],
}
RADII = [((48.8, 2.3), "6.6km"), ((48.8, 2.3), "6.7km"), ((0, 180), "2km"), ((0, -180), "1km"), ((90, 0), "1.2km")]
TOGETHER: list[dict[str, Any]] = [
    {},
    {"after": "2019-07-04", "before": "2020"},
    {"near": PARIS, "radius": "30000km", "types": "jpeg", "min_size": "1x1", "named": "2019", "folder": "/scans"},
    *({"near": near, "radius": radius} for near, radius in RADII),
]
EACH = [{name: value} for name, values in FILTERS.items() for value in values]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, PicturesTable]]:
    """The odd rows in both stores."""
    folder = tmp_path_factory.mktemp("both")
    table = PicturesTable.create(str(folder / "lance"), DESCRIPTION)
    usual = {"size": 1000, "width": 400, "height": 300, "format": "JPEG"}
    known = [usual | columns for _, _, columns in ODD]
    names = ("taken_at", "camera_make", "camera_model", "latitude", "longitude", *usual)
    columns = {name: [row.get(name) for row in known] for name in names}
    addresses = [to_column(f"{root}/{path}") for root, path, _ in ODD]
    table.commit([rows_of(addresses, unit(len(ODD)), source=[root for root, _, _ in ODD], **columns)])
    with Store.create(folder / "sqlite") as store:
        for root, path, given in ODD:
            add(store, path, root, **given)
        yield store, table


def in_sqlite(store: Store, filters: Filters) -> list[str]:
    ids = matching_ids(store, filters)
    numbers = range(1, len(ODD) + 1) if ids is None else map(int, ids)
    return sorted(to_column(f"{root}/{path}") for root, path, _ in (ODD[number - 1] for number in numbers))


def in_lance(table: PicturesTable, filters: Filters) -> list[str]:
    return sorted(row["address"] for row in rows_in(table, filters))


def rows_in(table: PicturesTable, filters: Filters) -> list[dict[str, Any]]:
    return [row for batch in table.scan(["address"], lance_condition(table, filters)) for row in batch.to_pylist()]


def outcome(passing: Callable[[Any, Filters], list[str]], place: Any, wanted: dict[str, Any]) -> list[str]:
    """Return what passes, or what is said of what is wrong."""
    try:
        return passing(place, make_filters(**wanted))
    except (InvalidRequest, FolderError) as error:
        return [type(error).__name__, str(error).partition(";")[0]]


@pytest.mark.parametrize("wanted", EACH + TOGETHER, ids=ascii)
def test_the_same_pass_in_both_stores(both: tuple[Store, PicturesTable], wanted: dict[str, Any]) -> None:
    store, table = both
    assert outcome(in_lance, table, wanted) == outcome(in_sqlite, store, wanted)


def test_each_filter_of_the_table_lets_some_pass_and_some_not(both: tuple[Store, PicturesTable]) -> None:
    for name, values in FILTERS.items():
        counts = {len(outcome(in_sqlite, both[0], {name: value})) for value in values}
        assert any(0 < count < len(ODD) for count in counts), name


@pytest.fixture
def table(tmp_path: Path) -> PicturesTable:
    """An empty data set."""
    return PicturesTable.create(str(tmp_path / "lance"), DESCRIPTION)


def test_what_is_not_known_of_a_picture_passes_no_filter_by_it(table: PicturesTable) -> None:
    table.commit([rows_of(["s3://b/1.jpg", "s3://b/2.jpg"], unit(2), width=[None, 9], height=[9, None])])
    for wanted in (
        {"min_size": "1x1"},
        {"min_size": "0.000001mp"},
        {"min_size": "1b"},
        {"camera": "a"},
        {"after": "1900"},
    ):
        assert in_lance(table, make_filters(**wanted)) == []  # type: ignore[arg-type]
    assert len(in_lance(table, make_filters(dated=False, placed=False))) == 2


def test_urls_are_folders_too_also_of_what_was_in_a_file_there(table: PicturesTable) -> None:
    addresses = ["s3://b/a/1.jpg", "s3://b/ab/2.jpg", "tar://3.jpg::s3://b/a/0.tar", "https://x.org/4.jpg"]
    shards = [None, None, "s3://b/a/0.tar", "s3://b/list.parquet"]
    table.commit([rows_of(addresses, unit(4), shard=shards, source=["s3://b/a/", "s3://b", "s3://b/{0..9}.tar", None])])
    expected = {"s3://b/a": [0, 2], "s3://b/a/": [0, 2], "s3://b/a/0.tar": [2], "s3://b/list.parquet": [3]}
    for folder, numbers in {**expected, "https://x.org": [3], "s3://b": [0, 1, 2, 3]}.items():
        assert in_lance(table, make_filters(folder=folder)) == sorted(addresses[number] for number in numbers), folder
    assert in_lance(table, make_filters(folder=["s3://b/ab", "https://x.org/"])) == [addresses[3], addresses[1]]
    assert in_lance(table, make_filters(named="/a/")) == [addresses[0], addresses[2]]
    assert in_lance(table, make_filters(named="b/ab/")) == [addresses[1]]
    with pytest.raises(FolderError, match=r"below s3://c/x; check the name, or index it"):
        lance_condition(table, make_filters(folder="s3://c/x?X-Amz-Signature=secret"))


def test_a_url_is_below_no_local_library(store: Store) -> None:
    add(store, "a.jpg")
    with pytest.raises(FolderError, match="only data-set libraries"):
        matching_ids(store, make_filters(folder="s3://c/x"))
    with pytest.raises(InvalidRequest, match="s3://c/x is no picture of this library"):
        matching_ids(store, make_filters(near="s3://c/x?token=secret"))
    assert describe(make_filters(near="s3://c/x?token=secret")) == "near s3://c/x within 10 km"


def test_a_picture_says_where_others_were_taken(table: PicturesTable, photos: Path, picture: MakePicture) -> None:
    here, nowhere, other = (str(picture(f"{name}.png", "red")) for name in ("here", "nowhere", "other"))
    latitudes, longitudes = [*PARIS[:1], None, 48.86], [*PARIS[1:], None, 2.35]
    table.commit([rows_of([here, nowhere, "s3://b/c"], unit(3), latitude=latitudes, longitude=longitudes)])
    assert in_lance(table, make_filters(near=here)) == sorted([here, "s3://b/c"])
    table.commit([rows_of(["s3://b/d"], unit(1), latitude=[48.0], longitude=[2.0])])
    assert in_lance(table, make_filters(near="s3://b/d")) == ["s3://b/d"]
    with pytest.raises(InvalidRequest, match=r"^There is no picture s3://b/e in the library; name one"):
        lance_condition(table, make_filters(near="s3://b/e?token=secret"))
    for path in (nowhere, other):
        with pytest.raises(InvalidRequest, match="does not say where it was taken"):
            lance_condition(table, make_filters(near=path))


@pytest.mark.parametrize(
    ("filters", "says"),
    [(Filters(labels=("cup",)), "label --classes cup,car --format parquet"), (Filters(subtrees=(Subtree(1),)), "--in")],
)
def test_what_only_a_local_library_has_is_refused(table: PicturesTable, filters: Filters, says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        lance_condition(table, filters)


def test_borders_become_boxes_that_hold_what_is_inside_and_nothing_else(table: PicturesTable) -> None:
    points = np.unique(np.random.default_rng(3).uniform(-5, 5, (5000, 2)).round(1), axis=0)
    inside = np.hypot(points[:, 0], points[:, 1]) < 4
    boxes = boxes_of(points, inside)
    assert 100 < len(boxes) < 1000
    table.commit(
        [
            rows_of(
                [str(p) for p in range(len(points))],
                unit(len(points)),
                latitude=points[:, 0].tolist(),
                longitude=points[:, 1].tolist(),
            )
        ]
    )
    found = table.scan(["address"], either([in_box(box) for box in boxes]))
    addresses = [int(address) for batch in found for address in batch["address"].to_pylist()]
    assert sorted(addresses) == np.flatnonzero(inside).tolist()
    assert boxes_of(points[:0], inside[:0]) == []


def test_many_names_that_sql_cannot_compare(table: PicturesTable) -> None:
    addresses = [f"s3://b/ü{number}.jpg" for number in range(3000)]
    table.commit([rows_of(addresses, unit(3000))])
    assert len(in_lance(table, make_filters(named="Ü1"))) == 1111
