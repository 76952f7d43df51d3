"""Filters: which pictures a query searches.

A picture must pass every filter that is given; of several folders, cameras, labels or types, any will do. Of several
parts of names all must be there.
This module reads filters and describes them; passing.py applies them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from numbers import Real
from os import PathLike
from pathlib import Path

from indexer.addresses import is_url
from indexer.arguments import AnyPath, path_of, several, shown, text_of, texts_of
from indexer.errors import InvalidRequest
from indexer.files.formats import JXL_SUFFIXES, PICTURE_SUFFIXES, RAW_SUFFIXES, VIDEO_SUFFIXES, suffix_of
from indexer.paths import home_expanded, readable
from indexer.spelling import spelled_on_disk
from search.filters.coordinates import Coordinates, checked_coordinates, parse_coordinates, parse_radius, shown_radius
from search.filters.dates import parse_date, shown_date, shown_span
from search.filters.file_types import parse_types
from search.filters.names import names_of
from search.filters.rectangles import Rectangle, parse_rectangle
from search.filters.sizes import LeastSize, parse_size
from search.filters.subtrees import Subtree
from search.places.named import Area, NamedPlace

RADIUS = 10_000.0  # metres, if none is given
_SUFFIXES = PICTURE_SUFFIXES | RAW_SUFFIXES | JXL_SUFFIXES | VIDEO_SUFFIXES


@dataclass(frozen=True, slots=True)
class Filters:
    """What pictures must be to pass; the defaults let all pass."""

    folders: tuple[Path | str, ...] = ()  # below any of these; a text is a URL
    after: datetime | None = None  # taken at this moment or later, on the picture's own clock
    before: datetime | None = None  # taken earlier than this
    cameras: tuple[str, ...] = ()  # with any of these in make and model
    near: Coordinates | NamedPlace | Path | str | Area | None = None  # a picture, or its URL; inside a country
    radius: float = RADIUS  # metres; not around an area
    labels: tuple[str, ...] = ()  # with any of these
    types: tuple[str, ...] = ()  # any of these, such as jpeg or raw
    min_size: LeastSize | None = None
    named: tuple[str, ...] = ()  # with all of these in the path below and with the root's name
    dated: bool | None = None  # whether it is known when
    placed: bool | None = None  # whether it is known where
    box: Rectangle | None = None  # taken inside it
    subtrees: tuple[Subtree, ...] = ()  # below any of these, which no one looks for on the disk


NO_FILTERS = Filters()


def make_filters(
    *,
    folder: AnyPath | Iterable[AnyPath] = (),
    after: str | int | date | None = None,
    before: str | int | date | None = None,
    camera: str | Iterable[str] = (),
    near: str | PathLike[str] | tuple[float, float] | Coordinates | None = None,
    radius: str | None = None,
    label: str | Iterable[str] = (),
    types: str | Iterable[str] = (),
    min_size: str | tuple[int, int] | None = None,
    named: str | Iterable[str] = (),
    dated: bool | None = None,
    placed: bool | None = None,
    box: str | Sequence[float] | Rectangle | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> Filters:
    """Return filters from values as people write them: make_filters(after="2021-07", near="48.85,2.35", radius="5km").

    Dates count from their first moment: `after` 2021 lets all of 2021 pass, `before` 2021 none of it. `say` is told
    what takes long, and which of several places of a name is meant. Raises InvalidRequest, with one sentence, for what
    can't be understood or lets nothing pass.
    """
    start = None if after is None else parse_date(after)
    end = None if before is None else parse_date(before)
    if start is not None and end is not None and start >= end:
        raise InvalidRequest(
            f"Nothing is from {shown_date(start)} on and before {shown_date(end)}: dates count from their first"
            " moment, so that all of 2021 is --after 2021 --before 2022."
        )
    _check_known(dated, start is not None or end is not None, placed, near is not None or box is not None)
    if radius is not None and near is None:
        raise InvalidRequest("A radius needs a place; give it with --near, such as --near 48.85,2.35.")
    place = None if near is None else _place(near, say)
    if radius is not None and isinstance(place, Area):
        raise InvalidRequest(f"{place} has borders, and no radius; leave --radius out, or name a city.")
    if isinstance(place, NamedPlace | Area) and place.note:
        say(place.note)
    usual = place.radius if isinstance(place, NamedPlace) and place.radius else RADIUS
    return Filters(
        folders=tuple(_folders(folder)),
        after=start,
        before=end,
        cameras=_texts(camera, "camera"),
        near=place,
        radius=usual if radius is None else parse_radius(text_of(radius, "radius")),
        labels=_texts(label, "label"),
        types=tuple(dict.fromkeys(name for text in texts_of(types, "types") for name in parse_types(text))),
        min_size=None if min_size is None else parse_size(min_size),
        named=names_of(named),
        dated=dated,
        placed=placed,
        box=None if box is None else parse_rectangle(box),
    )


def _folders(value: AnyPath | Iterable[AnyPath]) -> list[Path | str]:
    """Return folders as paths, and URLs, of which a path would lose a slash, as texts."""
    return [
        text_of(item, "folder") if isinstance(item, str) and is_url(item) else path_of(item, "folder")
        for item in several(value, "folder")
    ]


def _check_known(dated: bool | None, asks_when: bool, placed: bool | None, asks_where: bool) -> None:
    """Raise InvalidRequest for filters that nothing passes, since they ask for what they leave out."""
    for name, wanted in (("dated", dated), ("placed", placed)):
        if wanted is not None and not isinstance(wanted, bool):
            raise InvalidRequest(f"{name} is True, False or None, not {shown(wanted)}.")
    if dated is False and asks_when:
        raise InvalidRequest("A picture without a date is of no time; leave out the dates, or --undated.")
    if placed is False and asks_where:
        raise InvalidRequest("A picture without a place is nowhere; leave out the place, or --unplaced.")


def _texts(value: str | Iterable[str], what: str) -> tuple[str, ...]:
    """Return the texts without blanks around them; raises InvalidRequest for an empty one."""
    texts = tuple(text.strip() for text in texts_of(value, what))
    if "" in texts:
        raise InvalidRequest(f"The name of a {what} is empty; give one, or leave the filter out.")
    return texts


def _place(
    value: str | PathLike[str] | tuple[float, float] | Coordinates, say: Callable[[str], None]
) -> Coordinates | NamedPlace | Path | str | Area:
    """Return coordinates, the path or URL of a picture that was taken there, or a place or area by its name.

    A file wins over a place of its name, which "Paris, France" still means. Raises InvalidRequest for none of these.
    """
    if isinstance(value, Coordinates):
        return checked_coordinates(value.latitude, value.longitude)
    if isinstance(value, tuple | list):
        return _pair_of_numbers(value)
    if isinstance(value, str) and (coordinates := parse_coordinates(value)):
        return coordinates
    if isinstance(value, str) and is_url(value):
        return text_of(value, "near")
    path = Path() if isinstance(value, str) and not value else spelled_on_disk(home_expanded(path_of(value, "near")))
    if os.path.isfile(path):
        return path
    if isinstance(value, str) and _may_be_a_name(value):
        from search.places.lookup import find_place

        return find_place(value, say)
    raise InvalidRequest(
        f'"{readable(value)}" is neither a place nor a picture; write a name or latitude and longitude, such as'
        " Paris or 48.85,2.35, or name a picture that was taken there."
    )


def _may_be_a_name(text: str) -> bool:
    """Return whether a text may be the name of a place: it has a letter, and looks like no path of a picture."""
    is_path = any(separator in text for separator in ("/", "\\")) or suffix_of(text) in _SUFFIXES
    return any(map(str.isalpha, text)) and not is_path


def _pair_of_numbers(value: Sequence[object]) -> Coordinates:
    """Return the coordinates of (latitude, longitude); raises InvalidRequest for anything else."""
    numbers = [float(number) for number in value if isinstance(number, Real) and not isinstance(number, bool)]
    if len(numbers) != 2 or len(value) != 2:
        raise InvalidRequest(
            f"near takes latitude and longitude as two numbers, such as (48.85, 2.35), not {shown(value)}."
        )
    return checked_coordinates(*numbers)


def describe(filters: Filters) -> str:
    """Return a phrase for messages, such as "in 2021, near 48.85,2.35 within 5 km"; "" for no filter."""
    parts = [
        shown_span(filters.after, filters.before),
        _where(filters),
        _any_of("below", [readable(folder) for folder in filters.folders]),
        _any_of("by a camera", filters.cameras),
        _any_of("labelled", filters.labels),
        _any_of("of type", filters.types),
        f"of at least {filters.min_size}" if filters.min_size is not None else "",
        _in_path(filters.named),
        _any_of("below", map(str, filters.subtrees)),
        {True: "with a date", False: "without a date", None: ""}[filters.dated],
        {True: "with a place", False: "without a place", None: ""}[filters.placed],
        f"in the box {filters.box}" if filters.box is not None else "",
    ]
    return ", ".join(filter(None, parts))


def _where(filters: Filters) -> str:
    """Return where pictures must have been taken, as a phrase; "" for anywhere."""
    if filters.near is None:
        return ""
    near = readable(str(filters.near)).partition("?")[0]  # in a URL, what follows may be a key
    return f"in {near}" if isinstance(filters.near, Area) else f"near {near} within {shown_radius(filters.radius)}"


def _any_of(before: str, names: Iterable[str]) -> str:
    joined = " or ".join(names)
    return f"{before} {joined}" if joined else ""


def _in_path(texts: Iterable[str]) -> str:
    quoted = " and ".join(f'"{readable(text)}"' for text in texts)
    return f"with {quoted} in the path" if quoted else ""
