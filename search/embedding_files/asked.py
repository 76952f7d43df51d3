"""What an export is asked with in Python, looked at before any work is done."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, cast

from indexer.arguments import AnyPath, path_of, shown, text_of
from indexer.errors import InvalidRequest
from indexer.store.labels import find_label_set, keep_set
from search.embedding_files.added_columns import Labels
from search.embedding_files.exporting import ExportRequest
from search.embedding_files.writing import LAYOUTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.store.store import Store
    from search.embedding_files.exported_columns import Precision
    from search.embedding_files.writing import Layout
    from search.filters.filters import Filters

PRECISIONS = ("fp16", "fp32")


def export_request(
    target: AnyPath,
    filters: Filters,
    store: Store | None,
    *,
    layout: str | None,
    precision: str | None,
    labels: str | None,
    projection: bool,
    force: bool,
) -> ExportRequest:
    """Return a request; a label set of a local library that is exported is kept. Raises InvalidRequest."""
    path_of(target, "target")
    layout, precision = _one_of(layout, LAYOUTS, "layout"), _one_of(precision, PRECISIONS, "precision")
    return ExportRequest(
        os.fspath(target),
        filters,
        cast("Layout | None", layout),
        cast("Precision | None", precision),
        projection,
        None if labels is None or store is None else labels_of(store, text_of(labels, "labels")),
        force,
    )


def labels_of(store: Store, name: str) -> Labels:
    """Return the columns of a label set, which is kept from now on; raises InvalidRequest for an unknown one."""
    label_set = find_label_set(store, name)
    keep_set(store, label_set)
    return Labels(store, label_set)


def _one_of(value: str | None, known: Sequence[str], name: str) -> str | None:
    """Return a value that is among those that are known, or None."""
    if value is not None and text_of(value, name) not in known:
        raise InvalidRequest(f"{name} is {' or '.join(known)}, not {shown(value)}.")
    return value
