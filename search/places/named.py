"""What a name stands for: a place or landscape with a middle, or an area whose places its pictures are nearest to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A city, town, village, island or landscape that was asked for by its name."""

    name: str  # "Paris, France"
    latitude: float  # degrees
    longitude: float
    note: str = ""  # a sentence on which of several places it is
    radius: float | None = None  # metres, if it is so large that the usual one would leave most of it out

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Area:
    """A country, or a region: some of the parts of one country or of several."""

    name: str  # "Japan", "Texas, United States", "Patagonia"
    country: int = -1  # its number among About.countries; -1 for a region
    regions: tuple[int, ...] = ()  # numbers among About.regions
    note: str = ""  # a sentence on what else has this name

    def __str__(self) -> str:
        return self.name
