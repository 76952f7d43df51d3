"""What a terminal shows of hits besides score and path: whatever they were filtered or sorted by."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cli.terminal.streams import is_terminal
from search.places.named import Area

if TYPE_CHECKING:
    from cli.shown.columns import Value
    from indexer.store.store import Store
    from search.filters.filters import Filters
    from search.query.sorting import Order
    from search.results import Hit


@dataclass(frozen=True, slots=True)
class Facts:
    """The names of the columns, in their order, and the cells that hits do not have themselves, by id."""

    columns: tuple[str, ...] = ()
    cells: Mapping[int, Mapping[str, Value]] = field(default_factory=dict)


NO_FACTS = Facts()


def facts_of(
    store: Store,
    hits: Sequence[Hit],
    filters: Filters,
    order: Order = "score",
    say: Callable[[str], None] = lambda line: None,
) -> Facts:
    """Return what is shown of hits that were found with filters and in an order; nothing where it is not shown.

    `say` is told before what takes long.
    """
    if not (hits and is_terminal(sys.stdout)):
        return NO_FACTS
    wanted = _wanted(filters, order)
    cells: dict[int, dict[str, Value]] = {hit.id: {} for hit in hits}
    for hit in hits if wanted["pixels"] else ():
        cells[hit.id]["pixels"] = f"{hit.width} x {hit.height}"
    if wanted["distance"]:
        _add_distances(store, hits, filters, cells)
    if wanted["place"]:
        _add_places(hits, cells, say)
    if wanted["label"]:
        _add_labels(store, filters, cells)
    if not any(cell.get("place") for cell in cells.values()):
        wanted["place"] = False  # no name is known, or none is installed
    return Facts(tuple(name for name, is_wanted in wanted.items() if is_wanted), cells)


def _wanted(filters: Filters, order: Order) -> dict[str, bool]:
    """Return which columns are shown, in their order."""
    return {
        "taken_at": order == "date" or filters.after is not None or filters.before is not None or bool(filters.dated),
        "camera": bool(filters.cameras),
        "distance": filters.near is not None and not isinstance(filters.near, Area),
        "place": filters.near is not None or filters.box is not None or bool(filters.placed),
        "label": bool(filters.labels),
        "format": bool(filters.types),
        "pixels": filters.min_size is not None and not filters.min_size.bytes,
        "size": filters.min_size is not None and bool(filters.min_size.bytes),
    }


def wanted_facts(filters: Filters, order: Order) -> tuple[str, ...]:
    """Return what is shown of a data set's hits: without what is not known of them."""
    known = ("taken_at", "camera", "place", "format", "pixels", "size")
    return tuple(name for name, is_wanted in _wanted(filters, order).items() if is_wanted and name in known)


def _add_distances(store: Store, hits: Sequence[Hit], filters: Filters, cells: dict[int, dict[str, Value]]) -> None:
    """Add how far from the place pictures were taken."""
    import numpy as np

    from search.filters.coordinates import distances, shown_distance
    from search.filters.picture_coordinates import centre_of

    centre = centre_of(store, filters.near)
    placed = [hit for hit in hits if hit.latitude is not None and hit.longitude is not None]
    if centre is None or isinstance(centre, Area) or not placed:
        return
    points = np.array([(hit.latitude, hit.longitude) for hit in placed], dtype=np.float64)
    for hit, metres in zip(placed, distances(centre, points).tolist(), strict=True):
        cells[hit.id]["distance"] = shown_distance(metres)


def _add_places(hits: Sequence[Hit], cells: dict[int, dict[str, Value]], say: Callable[[str], None]) -> None:
    """Add the names of the places where pictures were taken."""
    from search.places.naming import with_places

    for hit in with_places(hits, say):
        cells[hit.id]["place"] = hit.place or hit.country


def _add_labels(store: Store, filters: Filters, cells: dict[int, dict[str, Value]]) -> None:
    """Add the labels that let pictures pass, each with the set that it is from if there are several."""
    from search.filters.conditions import passing_labels

    several = store.db.execute("SELECT count(*) FROM label_sets").fetchone()[0] > 1
    found: dict[int, list[str]] = {}
    for image, label, label_set, probability in passing_labels(store, filters.labels, cells):
        found.setdefault(image, []).append(f"{label}{f' ({label_set})' if several else ''} {probability:.2f}")
    for image, labels in found.items():
        cells[image]["label"] = "; ".join(sorted(labels))
