"""Columns as a file, so that a second start has a million pictures in a fraction of a second.

What a file holds is checked before it is believed: numbers that point into lists, ids that ascend, an order that names
each row once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from indexer.store.soundness import MOST_ID
from search.columns.columns import Coded, Columns
from search.columns.folder_tree import FolderTree
from search.kept_arrays import Arrays, keep, kept, kept_path

if TYPE_CHECKING:
    from indexer.store.store import Store

KIND, ORDER_KIND = "columns", "by-path"
CODED = ("months", "cameras", "formats")
TYPES = {
    "ids": "<u4",
    "aspects": "|u1",
    "months": "<u2",
    "cameras": "<u2",
    "formats": "<u2",
    "folders": "<u4",
    "latitudes": "<f4",
    "longitudes": "<f4",
    "newest": "<u4",
}


def keep_columns(store: Store, columns: Columns) -> None:
    """Write columns to their file."""
    path = kept_path(store, KIND)
    if path is None or max(len(getattr(columns, name).names) for name in CODED) > np.iinfo(np.uint16).max:
        return
    arrays = {
        name: (getattr(columns, name).codes if name in CODED else getattr(columns, name)).astype(form)
        for name, form in TYPES.items()
    }
    about = {name: getattr(columns, name).names for name in CODED}
    about |= {"places": columns.tree.places, "roots": list(columns.root_names.items())}
    keep(path, columns.state, about, arrays)


def kept_columns(store: Store, state: str) -> Columns | None:
    """Return the columns of a state from their file; None unless they are there and sound."""
    path = kept_path(store, KIND)
    found = None if path is None else kept(path, state)
    if found is None:
        return None
    about, arrays = found
    try:
        return _columns(state, about, arrays)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def keep_path_order(store: Store, state: str, order: NDArray[np.uint32]) -> None:
    """Write the order by path to its file."""
    path = kept_path(store, ORDER_KIND)
    if path is not None:
        keep(path, state, {}, {"rows": order.astype("<u4")})


def kept_path_order(store: Store, columns: Columns) -> NDArray[np.uint32] | None:
    """Return the rows of columns by path from the file; None unless it is there and sound."""
    path = kept_path(store, ORDER_KIND)
    found = None if path is None else kept(path, columns.state)
    rows = found[1].get("rows") if found else None
    return rows if rows is not None and rows.dtype == "<u4" and _is_order(rows, len(columns)) else None  # type: ignore[return-value]


def _columns(state: str, about: dict[str, Any], arrays: Arrays) -> Columns | None:
    """Return columns from what a file holds, None if it can't be true; may raise for what has another form."""
    forms = {name: (array.dtype.str, array.shape) for name, array in arrays.items()}
    count = len(arrays["ids"])
    if forms != {name: (form, (count,)) for name, form in TYPES.items()}:
        return None
    names = {name: tuple(about[name]) for name in CODED}
    tree = FolderTree.of((int(root), str(path)) for root, path in about["places"])
    texts = [*(text for coded in names.values() for text in coded), *(path for _, path in about["places"])]
    ids: NDArray[Any] = arrays["ids"]
    if not all(type(text) is str for text in texts) or len(tree) != len(about["places"]):
        return None
    if not (_ascend(ids) and _is_order(arrays["newest"], count) and _point_into(arrays["folders"], len(tree))):
        return None
    if not all(_point_into(arrays[name], len(names[name])) for name in CODED):
        return None
    coded = {name: Coded(arrays[name], names[name]) for name in CODED}  # type: ignore[arg-type]
    roots = {int(root): str(name) for root, name in about["roots"]}
    if not {root for root, _ in tree.places} <= roots.keys():
        return None
    rest = {name: arrays[name] for name in TYPES if name not in CODED}
    return Columns(state=state, tree=tree, root_names=roots, **coded, **rest)  # type: ignore[arg-type]


def _ascend(ids: NDArray[Any]) -> bool:
    """Return whether ids are some, and ascend."""
    return not len(ids) or bool(ids[0] > 0 and ids[-1] <= MOST_ID and (ids[1:] > ids[:-1]).all())


def _is_order(rows: NDArray[Any], count: int) -> bool:
    """Return whether numbers are those of all rows, each once."""
    return len(rows) == count and _point_into(rows, count) and bool((np.bincount(rows, minlength=count) == 1).all())


def _point_into(numbers: NDArray[Any], count: int) -> bool:
    """Return whether numbers are below another one."""
    return not len(numbers) or int(numbers.max()) < count
