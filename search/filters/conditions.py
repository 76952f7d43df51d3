"""The SQL condition of each filter on the table images.

SQLite has no statistics of a library and would often pick the worse of two indexes. So the filter that probably
leaves the fewest pictures comes first and may use its index; the others only check what it lets through: the "{by}"
in their SQL becomes "+", which keeps SQLite from using an index.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from indexer.errors import InvalidRequest
from indexer.spelling import caseless
from indexer.store.labels import LabelSet, label_sets
from indexer.store.soundness import PROBABLE
from search.filters.coordinates import Box
from search.filters.dates import shown_date
from search.filters.file_types import formats_of
from search.filters.label_sets import read_label
from search.filters.sizes import LeastSize

if TYPE_CHECKING:
    from indexer.store.store import Store

CAMERA = "ifnull(camera_make, '') || ' ' || ifnull(camera_model, '')"  # exactly as in the index images_camera
NEAR, FOLDER, LABEL, CAMERAS, DATE, BYTES, TYPE, PIXELS, ROOT, KNOWN, NAME = range(11)  # the lowest comes first
LABELS_IN_MESSAGE = 20


@dataclass(frozen=True, slots=True)
class Condition:
    """The SQL of one filter, with "{by}" before what has an index, and its parameters."""

    order: int  # among all conditions, from NEAR to NAME
    sql: str
    values: Sequence[Any] = ()


def where(conditions: Sequence[Condition]) -> tuple[str, list[Any]]:
    """Return all conditions as one, the most selective first, with their parameters."""
    ordered = sorted(conditions, key=lambda condition: condition.order)
    parts = [f"({condition.sql.format(by='+' if number else '')})" for number, condition in enumerate(ordered)]
    return " AND ".join(parts) or "1", [value for condition in ordered for value in condition.values]


def any_of(conditions: Sequence[Condition]) -> Condition:
    """Return several conditions as one, with OR; none at all is never true."""
    return Condition(
        max((condition.order for condition in conditions), default=FOLDER),
        " OR ".join(f"({condition.sql})" for condition in conditions) or "0",
        [value for condition in conditions for value in condition.values],
    )


def dated(wanted: bool | None) -> Condition | None:
    """Return the condition for pictures of which it is known when they were taken, or of which it is not."""
    if wanted is None:
        return None
    is_dated = "{by}taken_at IS NOT NULL AND typeof(taken_at) = 'text'"
    return Condition(KNOWN, is_dated if wanted else "typeof(taken_at) <> 'text'")


def placed(wanted: bool | None) -> Condition | None:
    """Return the condition for pictures of which it is known where they were taken, or of which it is not."""
    if wanted is None:
        return None
    is_placed = "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180"
    return Condition(KNOWN, f"{{by}}{is_placed}" if wanted else f"({is_placed}) IS NOT TRUE")


def in_box(box: Box) -> Condition:
    """Return the condition for pictures taken inside the box."""
    spans = " OR ".join(["longitude BETWEEN ? AND ?"] * len(box.meridians)) or "longitude IS NOT NULL"
    values = [box.south, box.north, *(value for span in box.meridians for value in span)]
    return Condition(NEAR, f"{{by}}latitude BETWEEN ? AND ? AND ({spans})", values)


def taken_between(after: datetime | None, before: datetime | None) -> Condition | None:
    """Return the condition for pictures taken at `after` or later and before `before`, by their own clocks.

    Compares texts: an offset from UTC follows the time, so that "2021-07-04T15:30:00+02:00" is not before 15:30:00.
    Of a picture that only knows its month or day the first moment of that counts, as in the filters themselves: bounds
    are written as short as can be, so that "2021-07" is not before the 1st of July.
    """
    bounds = [(sign, moment) for sign, moment in ((">=", after), ("<", before)) if moment is not None]
    if not bounds:
        return None
    sql = " AND ".join(f"{{by}}taken_at {sign} ?" for sign, _ in bounds)
    return Condition(DATE, sql, [shown_date(moment) for _, moment in bounds])


def by_cameras(store: Store, parts: Sequence[str]) -> Condition | None:
    """Return the condition for pictures by a camera whose make and model contain any of the parts."""
    if not parts:
        return None
    wanted = [" ".join(caseless(part).split()) for part in parts]
    names = [name for name in _distinct(store, CAMERA) if any(part in caseless(name) for part in wanted)]
    return Condition(CAMERAS, f"{{by}}({CAMERA}) IN ({_marks(names)})", names)


def of_types(store: Store, names: Sequence[str]) -> Condition | None:
    """Return the condition for files of any of the types; raises InvalidRequest for an unknown one."""
    if not names:
        return None
    formats = formats_of(names, _distinct(store, "format"))
    return Condition(TYPE, f"{{by}}format IN ({_marks(formats)})", formats)


def with_labels(store: Store, labels: Sequence[str]) -> Condition | None:
    """Return the condition for pictures that have any of the labels: CLASS in any label set, or SET:CLASS.

    Raises InvalidRequest, which names the known labels, for an unknown one.
    """
    if not labels:
        return None
    sql, values = _label_tests(store, labels)
    return Condition(LABEL, f"{{by}}id IN (SELECT image FROM labels WHERE {sql})", values)


def passing_labels(store: Store, labels: Sequence[str], images: Iterable[int]) -> Iterator[tuple[int, str, str, float]]:
    """Yield (image, class, label set, probability) of those of the labels that the pictures have; raises as above."""
    sql, values = _label_tests(store, labels)
    select = (
        "SELECT image, class, name, probability FROM labels JOIN label_sets ON label_sets.id = label_set"
        f" WHERE ({sql}) AND {PROBABLE} AND image IN ({{marks}})"
    )
    yield from store.db.rows_in(select, images, *values)


def _label_tests(store: Store, labels: Sequence[str]) -> tuple[str, list[Any]]:
    """Return the SQL test of any of the labels, and its parameters."""
    sets = label_sets(store)
    tests: list[str] = []
    values: list[Any] = []
    for label in labels:
        test, wanted = _label_test(sets, label.strip())
        tests.append(test)
        values += wanted
    return " OR ".join(tests), values


def _label_test(sets: Sequence[LabelSet], label: str) -> tuple[str, list[Any]]:
    """Return the SQL test of a label and its parameters."""
    meant = read_label(sets, label)
    if meant is None:
        raise _unknown_label(label, sorted({name for label_set in sets for name in label_set.label_names}))
    if meant.names_set:
        return "(label_set = ? AND class = ?)", [meant.sets[0].id, *meant.names]
    return f"class IN ({_marks(meant.names)})", list(meant.names)


def _unknown_label(label: str, known: Sequence[str]) -> InvalidRequest:
    if not known:
        return InvalidRequest("No picture has a label yet; run: clipsearch label --classes cup,car")
    more = f" and {len(known) - LABELS_IN_MESSAGE} more" if len(known) > LABELS_IN_MESSAGE else ""
    names = ", ".join(known[:LABELS_IN_MESSAGE]) + more
    unknown = f'There is no label "{label}"'
    return InvalidRequest(
        f"{unknown}; the labels there are: {names}.",
        unnamed=f"{unknown}; the overview of the library tells which there are.",
    )


def of_min_size(size: LeastSize | None) -> Condition | None:
    """Return the condition for files of at least so many bytes, or pictures of at least so many pixels."""
    if size is None:
        return None
    if size.bytes:
        return Condition(BYTES, "{by}size >= ?", [size.bytes])
    if size.pixels:
        return Condition(PIXELS, "width * height >= ?", [size.pixels])
    return Condition(PIXELS, "max(width, height) >= ? AND min(width, height) >= ?", [size.longer, size.shorter])


def _distinct(store: Store, expression: str) -> list[str]:
    """Return the different values of an indexed expression, by jumping from each to the next in its index."""
    rows = store.db.execute(
        f"WITH RECURSIVE found(value) AS (SELECT min({expression}) FROM images UNION ALL"
        f" SELECT (SELECT min({expression}) FROM images WHERE {expression} > value) FROM found WHERE value IS NOT NULL)"
        " SELECT value FROM found WHERE value IS NOT NULL"
    )
    return [row[0] for row in rows]


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))
