"""Tests of filters with what they stand on (conditions, folders, file types, sizes), and of their options."""

from __future__ import annotations

import itertools
import os
import random
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from indexer.errors import FolderError, InvalidRequest, PictureError
from indexer.paths import to_columns
from indexer.store.models import remember_model
from indexer.store.store import Store
from search.filters.filters import RADIUS, Filters, describe, make_filters
from search.filters.passing import matching_ids
from search.filters.places import Point, distances
from search.filters.sizes import LeastSize, parse_size
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder
from tests.label_sets import save_labels

JULY = "2021-07-04T15:30:00"


def add(store: Store, path: str, root: str = "/photos", **columns: Any) -> int:
    """Insert a picture's row, and its root's if that is new; return its id."""
    name, raw = to_columns(root)
    store.db.execute("INSERT OR IGNORE INTO roots (path, path_bytes, added_at) VALUES (?, ?, '2024')", [name, raw])
    key = [name if raw is None else raw]
    (number,) = store.db.execute("SELECT id FROM roots WHERE ifnull(path_bytes, path) = ?", key).fetchone()
    name, raw = to_columns(path)
    values = {"root": number, "path": name, "path_bytes": raw, "size": 1000, "mtime_ns": 0, "width": 400, "height": 300}
    values |= {"format": "JPEG", "indexed_at": "2024"} | columns
    marks = ", ".join("?" * len(values))
    cursor = store.db.execute(f"INSERT INTO images ({', '.join(values)}) VALUES ({marks})", list(values.values()))
    return int(cursor.lastrowid or 0)


def found(store: Store, **wanted: Any) -> list[int]:
    """Return the ids that pass, as a list."""
    ids = matching_ids(store, make_filters(**wanted))
    assert ids is not None
    assert ids.dtype == np.int64
    return ids.tolist()


def plan(store: Store, **wanted: Any) -> str:
    """Return how SQLite answers the last statement of a filter."""
    statements: list[str] = []
    store.db.conn.set_trace_callback(statements.append)
    matching_ids(store, make_filters(**wanted))
    store.db.conn.set_trace_callback(None)
    return " ".join(row[3] for row in store.db.execute(f"EXPLAIN QUERY PLAN {statements[-1]}"))


# -- no filter -------------------------------------------------------------------------------------------


def test_no_filter_is_none(store: Store) -> None:
    add(store, "a.jpg")
    assert make_filters() == Filters()
    assert matching_ids(store, Filters()) is None
    assert describe(Filters()) == ""


def test_a_filter_that_nothing_passes_gives_no_ids(store: Store) -> None:
    add(store, "a.jpg")
    assert found(store, after=2021) == []


# -- folders ---------------------------------------------------------------------------------------------


def test_in_a_folder_is_all_below_it_and_nothing_beside_it(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    for name in ("a/1.png", "a/b/2.png", "a-z/3.png", "a.png", "A/4.png", "a0/5.png"):
        picture(name, "red")
    run(store, photos, encoder)
    ids = dict(store.db.execute("SELECT path, id FROM images"))
    assert found(store, folder=photos / "a") == sorted([ids["a/1.png"], ids["a/b/2.png"]])
    assert found(store, folder=f"{photos}/a/b/") == [ids["a/b/2.png"]]
    assert found(store, folder=[photos / "a/b", photos / "a-z"]) == sorted([ids["a/b/2.png"], ids["a-z/3.png"]])


def test_a_relative_folder_and_one_by_a_link_are_found(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture("a/1.png", "red")
    picture("2.png", "red")
    run(store, photos, encoder)
    (photos.parent / "link").symlink_to(photos / "a")
    monkeypatch.chdir(photos)
    assert found(store, folder="a") == found(store, folder=photos.parent / "link") == found(store, folder=photos / "a")
    assert len(found(store, folder="a")) == 1


def test_a_root_that_has_become_a_link_is_found_by_its_own_name(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    picture("a/1.png", "red")
    picture("b/2.png", "red")
    run(store, photos, encoder)
    photos.rename(photos.parent / "moved")
    photos.symlink_to(photos.parent / "moved")
    assert len(found(store, folder=photos / "a")) == 1


def test_a_folder_that_holds_all_pictures_leaves_nothing_out(store: Store) -> None:
    add(store, "1.jpg", "/photos")
    add(store, "2.jpg", "/photos", taken_at=JULY)
    for folder in ("/photos", "/", ["/photos", "/photos/.."]):
        assert matching_ids(store, make_filters(folder=folder)) is None
    assert found(store, folder="/photos", after=2021) == [2]


def test_a_whole_root_of_several(store: Store) -> None:
    ids = [add(store, "1.jpg", "/photos"), add(store, "2.jpg", "/photos"), add(store, "3.jpg", "/scans/old")]
    assert found(store, folder="/photos") == ids[:2]
    assert found(store, folder="/scans") == ids[2:]
    assert matching_ids(store, make_filters(folder=["/photos", "/"])) is None


def test_two_folders_that_together_hold_all(store: Store) -> None:
    ids = [add(store, "1.jpg", "/photos"), add(store, "3.jpg", "/scans")]
    assert found(store, folder=["/photos", "/scans"]) == ids


def test_names_that_are_not_utf8_are_found_by_their_bytes(store: Store) -> None:
    bad = os.fsdecode(b"caf\xe9")
    ids = [
        add(store, f"{bad}/1.jpg"),
        add(store, f"plain/{bad}.jpg"),
        add(store, "plain/2.jpg"),
        add(store, "café/3.jpg"),
        add(store, f"plain/{bad}/4.jpg"),
    ]
    assert found(store, folder=f"/photos/{bad}") == [ids[0]]
    assert found(store, folder="/photos/plain") == [ids[1], ids[2], ids[4]]
    assert found(store, folder=f"/photos/plain/{bad}") == [ids[4]]
    assert found(store, folder="/photos/café") == [ids[3]]
    with pytest.raises(FolderError, match=r"below /photos/caf\\xff;"):
        found(store, folder=f"/photos/{os.fsdecode(bytes([99, 97, 102, 255]))}")


def test_a_root_whose_name_is_not_utf8(store: Store) -> None:
    root = os.fsdecode(b"/ph\xf6tos")
    ids = [add(store, "a/1.jpg", root), add(store, "b/2.jpg", root)]
    assert found(store, folder=f"{root}/a") == ids[:1]


@pytest.mark.parametrize("name", ["100%", "under_score", "a*b", "it's", 'quo"te', "{by}", "a?", "[x]"])
def test_no_sign_in_a_folders_name_means_anything(store: Store, name: str) -> None:
    own, _ = add(store, f"{name}/1.jpg"), add(store, "under-score100 a b/2.jpg")
    assert found(store, folder=f"/photos/{name}") == [own]


@pytest.mark.parametrize("folder", ["/elsewhere", "/photos/b", "/photos/a/1.jpg", "/phot"])
def test_a_folder_without_pictures_is_an_error(store: Store, folder: str) -> None:
    add(store, "a/1.jpg")
    with pytest.raises(FolderError, match=f"No picture in the library is below {folder}; check the name"):
        found(store, folder=["/photos/a", folder])


def test_an_empty_library_has_no_folders(store: Store) -> None:
    with pytest.raises(FolderError, match="No picture in the library"):
        found(store, folder="/photos")


# -- dates -----------------------------------------------------------------------------------------------


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
    assert found(dated, after=after, before=before) == ids


@pytest.mark.parametrize(("after", "before"), [("2021", "2021"), ("2022", "2021-07")])
def test_a_span_without_a_moment_is_refused(after: str, before: str) -> None:
    with pytest.raises(InvalidRequest, match=f"Nothing is from {after} on and before {before}"):
        make_filters(after=after, before=before)


# -- cameras ---------------------------------------------------------------------------------------------


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
    assert found(cameras, camera=camera) == ids


# -- places ----------------------------------------------------------------------------------------------


@pytest.fixture
def placed(store: Store) -> Store:
    """Pictures 1 to 7, at places around the globe and nowhere."""
    places: list[tuple[float | None, float | None]] = [
        (48.85, 2.35),
        (48.89, 2.35),
        (48.99, 2.35),
        (0.0, 179.99),
        (0.0, -179.99),
        (89.99, 120.0),
        (None, None),
        (48.85, None),
    ]
    for number, (latitude, longitude) in enumerate(places):
        add(store, f"{number}.jpg", latitude=latitude, longitude=longitude)
    return store


@pytest.mark.parametrize(
    ("near", "radius", "ids"),
    [
        ("48.85,2.35", None, [1, 2]),
        ((48.85, 2.35), "4.4km", [1]),
        ([48.85, 2.35], "4.5km", [1, 2]),
        (Point(48.85, 2.35), "1m", [1]),
        ("48°51'N 2°21'E", "10mi", [1, 2, 3]),
        ("0,180", "5km", [4, 5]),
        ("0,-180", "5km", [4, 5]),
        ("0,179.98", "2km", [4]),
        ("90,0", "5km", [6]),
        ("89.99,-60", "3km", [6]),
        ("-90,0", "5km", []),
        ("0,0", "30000km", [1, 2, 3, 4, 5, 6]),
    ],
)
def test_near_is_a_circle_also_across_the_date_line_and_the_poles(
    placed: Store, near: Any, radius: str | None, ids: list[int]
) -> None:
    assert found(placed, near=near, radius=radius) == ids


def test_a_corner_of_the_box_is_not_in_the_circle(store: Store) -> None:
    add(store, "corner.jpg", latitude=0.08, longitude=0.08)
    assert found(store, near="0,0", radius="10km") == []
    assert found(store, near="0,0", radius="13km") == [1]


def gps(latitude: float, longitude: float) -> Image.Exif:
    """Return EXIF with a place in the north-east."""
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (latitude, 0.0, 0.0), 3: "E", 4: (longitude, 0.0, 0.0)})
    return exif


def test_near_a_picture_in_the_library_or_outside_it(
    store: Store, photos: Path, encoder: ColourEncoder, tmp_path: Path
) -> None:
    for name, latitude in (("here.jpg", 48.85), ("there.jpg", 50.0)):
        Image.new("RGB", (8, 8), "red").save(photos / name, exif=gps(latitude, 2.35))
    run(store, photos, encoder)
    outside = tmp_path / "outside.jpg"
    Image.new("RGB", (8, 8), "red").save(outside, exif=gps(48.86, 2.35))
    here = [row[0] for row in store.db.execute("SELECT id FROM images WHERE path = 'here.jpg'")]
    assert found(store, near=str(photos / "here.jpg")) == here
    assert found(store, near=outside) == here
    assert describe(make_filters(near=outside)) == f"near {outside} within 10 km"


def test_near_a_picture_that_tells_no_place_or_is_none(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    known = picture("known.png", "red")
    run(store, photos, encoder)
    for path in (known, picture("new.png", "blue")):
        with pytest.raises(InvalidRequest, match=f"{path} does not say where it was taken"):
            found(store, near=path)
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    with pytest.raises(PictureError, match=r"bad\.jpg: not a picture"):
        found(store, near=tmp_path / "bad.jpg")


def test_a_file_with_coordinates_for_a_name_needs_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "48.85,2.35").touch()
    monkeypatch.chdir(tmp_path)
    assert make_filters(near="48.85,2.35").near == Point(48.85, 2.35)
    assert make_filters(near="./48.85,2.35").near == Path("48.85,2.35")


@pytest.mark.parametrize("near", ["Paris", "", "48,85 2,35", "missing.jpg"])
def test_what_is_no_place_and_no_picture(near: str) -> None:
    with pytest.raises(InvalidRequest, match="neither a place nor a picture"):
        make_filters(near=near)


def test_a_radius_alone_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="A radius needs a place"):
        make_filters(radius="5km")


# -- labels ----------------------------------------------------------------------------------------------


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
    assert found(labelled, label=label) == ids


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
    assert found(labelled, label=label) == ids


@pytest.mark.parametrize("label", ["cup,mug:car", ":cup", "cup,mug:"])
def test_a_set_without_such_a_label(labelled: Store, label: str) -> None:
    with pytest.raises(InvalidRequest, match=f'no label "{label}"'):
        found(labelled, label=label)


@pytest.mark.parametrize("label", ["cu", "cup,car", "plate"])
def test_an_unknown_label_names_those_there_are(labelled: Store, label: str) -> None:
    with pytest.raises(InvalidRequest, match=f'no label "{label}"; the labels there are: Cup, car, cup, mug, unseen'):
        found(labelled, label=["cup", label])


def test_of_many_labels_some_are_named(store: Store, encoder: ColourEncoder) -> None:
    save_labels(store, remember_model(store, encoder), [f"c{number:02}" for number in range(25)], [])
    with pytest.raises(InvalidRequest, match=r"c00, c01, .*, c19 and 5 more\.$"):
        found(store, label="x")


def test_without_labels_it_is_said_how_to_get_some(store: Store) -> None:
    with pytest.raises(InvalidRequest, match="No picture has a label yet; run: clipsearch label"):
        found(store, label="cup")


# -- types -----------------------------------------------------------------------------------------------

FORMATS = ("JPEG", "MPO", "HEIF", "TIFF", "DNG", "CR2", "MP4", "MOV", "JPEG2000", "PNG", "JXL", "ODD")


@pytest.mark.parametrize(
    ("types", "formats"),
    [
        ("jpeg", "JPEG MPO"),
        ("jpg", "JPEG MPO"),
        (".JPG", "JPEG MPO"),
        ("mpo", "MPO"),
        ("heic", "HEIF"),
        ("heif", "HEIF"),
        ("tif", "TIFF"),
        ("jp2", "JPEG2000"),
        ("jpeg2000", "JPEG2000"),
        ("raw", "DNG CR2"),
        ("dng", "DNG"),
        ("video", "MP4 MOV"),
        ("qt", "MOV"),
        ("jxl", "JXL"),
        ("odd", "ODD"),
        ("jpeg,heic", "JPEG MPO HEIF"),
        (" jpeg , heic ,", "JPEG MPO HEIF"),
        (["png", "raw,video"], "PNG DNG CR2 MP4 MOV"),
        ("gif", ""),
        ("nef", ""),
        ("webm", ""),
    ],
)
def test_a_type_is_all_that_people_mean_by_it(store: Store, types: Any, formats: str) -> None:
    ids = {form: add(store, f"{form}.x", format=form) for form in FORMATS}
    assert found(store, types=types) == sorted(ids[form] for form in formats.split())


def test_an_unknown_type_tells_what_the_library_has(store: Store) -> None:
    add(store, "a.jpg")
    add(store, "b.heic", format="HEIF")
    with pytest.raises(InvalidRequest, match=r'no type "docx"; this library has: heif, jpeg \(and raw'):
        found(store, types="jpeg,docx")
    with pytest.raises(InvalidRequest, match="No type is named"):
        make_filters(types=" , ")


def test_every_type_that_is_indexed_is_known_by_its_suffix(store: Store) -> None:
    from indexer.files.formats import JXL_SUFFIXES, PICTURE_SUFFIXES, RAW_SUFFIXES, VIDEO_SUFFIXES

    for suffix in PICTURE_SUFFIXES | RAW_SUFFIXES | JXL_SUFFIXES | VIDEO_SUFFIXES:
        assert found(store, types=suffix) == []


# -- sizes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1920x1080", LeastSize(longer=1920, shorter=1080)),
        ("1080X1920", LeastSize(longer=1920, shorter=1080)),
        ("1920 \u00d7 1080", LeastSize(longer=1920, shorter=1080)),
        ((1920, 1080), LeastSize(longer=1920, shorter=1080)),
        ("2mp", LeastSize(pixels=2_000_000)),
        ("2.5 MP", LeastSize(pixels=2_500_000)),
        ("12 megapixels", LeastSize(pixels=12_000_000)),
        ("500kb", LeastSize(bytes=500_000)),
        ("2MB", LeastSize(bytes=2_000_000)),
        ("2mb", LeastSize(bytes=2_000_000)),
        ("1.5 GB", LeastSize(bytes=1_500_000_000)),
        ("2MiB", LeastSize(bytes=2 * 1024**2)),
        ("1kib", LeastSize(bytes=1024)),
        ("800b", LeastSize(bytes=800)),
        ("800 bytes", LeastSize(bytes=800)),
    ],
)
def test_sizes_as_people_write_them(text: Any, size: LeastSize) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "500", "2m", "2k", "x", "1920x", "-2mp", "0mb", "0x0", "big", "1e3kb", "2,5mp"])
def test_what_may_be_pixels_or_bytes_is_no_size(text: str) -> None:
    with pytest.raises(InvalidRequest, match="is no size; write pixels as 1920x1080"):
        parse_size(text)


def test_the_least_size_of_pixels_whichever_way_up_and_of_bytes(store: Store) -> None:
    for width, height, size in ((1920, 1080, 10), (1080, 1920, 20), (1919, 2000, 30), (3000, 1000, 999_999)):
        add(store, f"{width}.jpg", width=width, height=height, size=size)
    assert found(store, min_size="1920x1080") == [1, 2, 3]
    assert found(store, min_size="1920x1200") == [3]
    assert found(store, min_size="3mp") == [3, 4]
    assert found(store, min_size="3.1mp") == [3]
    assert found(store, min_size="20b") == [2, 3, 4]
    assert found(store, min_size="1MB") == []
    assert found(store, min_size="100000 TB") == []


# -- together --------------------------------------------------------------------------------------------

CHOICES: dict[str, list[Any]] = {
    "folder": ["/photos/a", ["/photos/b", "/scans"]],
    "after": ["2020-06"],
    "before": ["2021-03"],
    "camera": ["one", ["two", "three"]],
    "near": [(10.0, 20.0)],
    "label": ["cup"],
    "types": ["jpeg", "png,raw"],
    "min_size": ["500x300", "0.2mp", "5kb"],
}


def random_library(store: Store, encoder: ColourEncoder, count: int = 600) -> list[dict[str, Any]]:
    """Insert pictures with all kinds of metadata and return what is known of them."""
    rng = random.Random(4)
    with store.writing():
        rows = [random_picture(store, rng, number) for number in range(count)]
    labels = [(row["id"], row["label"], 0.5) for row in rows if row["label"]]
    save_labels(store, remember_model(store, encoder), ["cup", "car"], labels)
    return rows


def random_picture(store: Store, rng: random.Random, number: int) -> dict[str, Any]:
    root, folder = rng.choice([("/photos", "a"), ("/photos", "b"), ("/photos", "c"), ("/scans", "a")])
    columns = {
        "taken_at": rng.choice([None, f"202{rng.randrange(3)}-0{rng.randrange(1, 10)}-15T10:00:00"]),
        "camera_make": rng.choice([None, "One", "Two"]),
        "camera_model": rng.choice([None, "Two 2", "Three"]),
        "latitude": rng.choice([None, rng.uniform(9.8, 10.2)]),
        "longitude": rng.choice([None, rng.uniform(19.8, 20.2)]),
        "format": rng.choice(["JPEG", "MPO", "PNG", "DNG", "MP4"]),
        "width": rng.randrange(100, 900),
        "height": rng.randrange(100, 900),
        "size": rng.randrange(10_000),
    }
    image = add(store, f"{folder}/{number}.x", root, **columns)
    return {"id": image, "place": f"{root}/{folder}", "label": rng.choice([None, "cup", "car"]), **columns}


def passes(row: dict[str, Any], name: str, value: Any) -> bool:
    """Say, without SQL, whether a picture passes one filter."""
    shorter, longer = sorted([row["width"], row["height"]])
    several = [value] if isinstance(value, str) else value
    match name:
        case "folder":
            return any(row["place"].startswith(folder) for folder in several)
        case "after":
            return row["taken_at"] is not None and row["taken_at"] >= value
        case "before":
            return row["taken_at"] is not None and row["taken_at"] < value
        case "camera":
            camera = f"{row['camera_make'] or ''} {row['camera_model'] or ''}".lower()
            return any(part in camera for part in several)
        case "near":
            if row["latitude"] is None or row["longitude"] is None:
                return False
            return bool(distances(Point(*value), np.array([[row["latitude"], row["longitude"]]]))[0] <= RADIUS)
        case "label":
            return bool(row["label"] == value)
        case "types":
            return row["format"] in {"jpeg": {"JPEG", "MPO"}, "png,raw": {"PNG", "DNG"}}[value]
    sides, pixels = longer >= 500 and shorter >= 300, longer * shorter >= 200_000
    return bool({"500x300": sides, "0.2mp": pixels, "5kb": row["size"] >= 5000}[value])


def test_filters_go_together_in_any_combination(store: Store, encoder: ColourEncoder) -> None:
    rows = random_library(store, encoder)
    choices = [(name, value) for name, values in CHOICES.items() for value in values]
    passing = [{row["id"] for row in rows if passes(row, *choice)} for choice in choices]
    counts = set()
    for some in itertools.chain.from_iterable(itertools.combinations(range(len(choices)), n) for n in (1, 2, 3)):
        wanted = dict(choices[place] for place in some)
        if len(wanted) == len(some):
            expected = sorted(set.intersection(*(passing[place] for place in some)))
            assert found(store, **wanted) == expected, wanted
            counts.add(len(expected))
    assert len(counts) > 50


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


# -- from Python and the command line --------------------------------------------------------------------


def test_filters_from_python_take_one_or_several() -> None:
    made = make_filters(
        after="2021-07", near=(48.85, 2.35), radius="5km", label="cup", types=["jpeg", "PNG,jpeg"], folder=Path("/a")
    )
    assert made == Filters(
        folders=(Path("/a"),),
        after=datetime(2021, 7, 1),
        near=Point(48.85, 2.35),
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
