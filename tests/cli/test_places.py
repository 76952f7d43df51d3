"""Places by name, from pictures with GPS to what each command says of them."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest
from PIL import Image

from tests.cli.conftest import Invoke, one_sentence
from tests.indexer.metadata.sources import exif_of

TAKEN = {
    "louvre.jpg": (48.8606, 2.3376),
    "lyon.jpg": (45.764, 4.8357),
    "marienplatz.jpg": (48.1374, 11.5755),
    "texas.jpg": (33.661, -95.556),
    "tokyo.jpg": (35.6812, 139.7671),
    "ocean.jpg": (30.0, -40.0),
    "ubud.jpg": (-8.507, 115.263),
    "soller.jpg": (39.767, 2.715),
}


@pytest.fixture
def travelled(clipsearch: Invoke, photos: Path) -> Invoke:
    """The command line with pictures from around the world, and one from nowhere."""
    for number, (name, (latitude, longitude)) in enumerate(TAKEN.items()):
        gps = {1: "NS"[latitude < 0], 2: (abs(latitude), 0, 0), 3: "EW"[longitude < 0], 4: (abs(longitude), 0, 0)}
        Image.new("RGB", (8, 8), (number, 0, 0)).save(photos / name, exif=exif_of(gps=gps))
    Image.new("RGB", (8, 8), "blue").save(photos / "nowhere.png")
    assert clipsearch("index", photos).exit_code == 0
    return clipsearch


def names(text: str) -> list[str]:
    return sorted(os.path.basename(line) for line in text.splitlines())


@pytest.mark.parametrize(
    ("near", "found"),
    [
        ("Paris", ["louvre.jpg"]),
        ("Paris, Texas", ["texas.jpg"]),
        ("Paris, US", ["texas.jpg"]),
        ("münchen", ["marienplatz.jpg"]),
        ("MUENCHEN", ["marienplatz.jpg"]),
        ("Munich", ["marienplatz.jpg"]),
        ("France", ["louvre.jpg", "lyon.jpg"]),
        ("Japan", ["tokyo.jpg"]),
        ("Texas", ["texas.jpg"]),
        ("東京", ["tokyo.jpg"]),
        ("Spain", ["soller.jpg"]),
        ("Chile", []),
        ("Bali", ["ubud.jpg"]),
        ("Bavaria", ["marienplatz.jpg"]),
        ("Mallorca", ["soller.jpg"]),
        ("Balearic Islands", ["soller.jpg"]),
        ("Ibiza", []),
    ],
)
def test_near_a_name(travelled: Invoke, near: str, found: list[str]) -> None:
    assert names(travelled("query", "--near", near, "--format", "paths").stdout) == found


def test_what_is_said_of_a_name(travelled: Invoke) -> None:
    said = travelled("query", "--near", "Paris").stderr
    assert "Near Paris, France (2," in said and '"Paris, Texas, United States"' in said
    assert "1 picture has no place and so can't pass --near." in said
    assert "largest of that name" not in travelled("query", "--near", "Paris, France").stderr
    assert "No picture near Berlin, Germany within 10 km" in travelled("query", "--near", "Berlin").stderr
    assert "No picture in Chile" in travelled("query", "--near", "Chile").stderr
    assert '"Bāli, India"' in travelled("query", "--near", "Bali").stderr
    assert "No picture near Ibiza within 28 km" in travelled("query", "--near", "Ibiza").stderr
    assert "No picture near Mallorca within 1 km" in travelled("query", "--near", "Mallorca", "--radius", "1km").stderr
    one_sentence(travelled("query", "--near", "Muenchenn"), 'perhaps "', code=2)
    one_sentence(travelled("query", "--near", "France", "--radius", "5km"), "no radius", code=2)


def test_places_in_json_csv_and_contact_sheets(travelled: Invoke, tmp_path: Path) -> None:
    hits = json.loads(travelled("query", "red", "--all", "--format", "json").stdout)
    places = {Path(hit["path"]).name: (hit["place"], hit["country"]) for hit in hits}
    assert places["louvre.jpg"] == ("Paris, France", "France")
    assert places["texas.jpg"] == ("Paris, Texas, United States", "United States")
    assert places["ocean.jpg"] == places["nowhere.png"] == (None, None)
    rows = csv.DictReader(io.StringIO(travelled("query", "--near", "Japan", "--format", "csv").stdout))
    assert [(row["place"], row["country"]) for row in rows] == [("Tokyo, Japan", "Japan")]
    sheet = tmp_path / "sheet.html"
    travelled("query", "--near", "Munich", "--html", sheet)
    assert "Munich, Germany" in sheet.read_text(encoding="utf-8")


def test_info_counts_places(travelled: Invoke) -> None:
    info = json.loads(travelled("info", "--format", "json").stdout)
    once = dict.fromkeys(("Germany", "Indonesia", "Japan", "Spain", "United States"), 1)
    assert info["countries"] == {"France": 2, **once}
    assert info["cities"]["Lyon, France"] == 1 and info["placed"] == len(TAKEN)
    shown = travelled("info").stdout
    assert "countries:     France (2); " in shown and "Paris, France (1)" in shown


def test_from_python(travelled: Invoke, tmp_path: Path) -> None:
    import clipsearch

    with clipsearch.open(tmp_path / "lib") as library:
        (hit,) = library.query(near="Paris")
        assert (hit.path.name, hit.place, hit.country) == ("louvre.jpg", "Paris, France", "France")
        assert len(library.query(near="France")) == 2
        with pytest.raises(clipsearch.InvalidRequest, match="No place called"):
            library.query(near="Nowhere at all")
        assert library.info().countries["France"] == 2
