"""What a name stands for: a place, or an area around whose places its pictures were taken."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A city, town or village that was asked for by its name."""

    name: str  # "Paris, France"
    latitude: float  # degrees
    longitude: float
    note: str = ""  # a sentence on which of several places it is

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Area:
    """A country, or a region of one."""

    name: str  # "Japan", "Texas, United States"
    country: int  # its number among About.countries
    region: int = 0  # among About.regions; 0 is the whole country

    def __str__(self) -> str:
        return self.name
