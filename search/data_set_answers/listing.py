"""The pictures of a data set that pass filters, without a query: newest first, and never all in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.data_sets.sentences import sentences
from search.data_set_answers.hits import COLUMNS, DataSetAnswer, hits_of, sorted_hits
from search.data_sets.lance_filters import lance_condition
from search.query.cutoff import ALL_MATCH

if TYPE_CHECKING:
    import pyarrow as pa

    from search.data_sets.opened import OpenDataSet
    from search.filters.filters import Filters

LISTED = 1_000  # pictures, if it is not said how many: a data set may have a hundred million that pass


def listed(opened: OpenDataSet, filters: Filters, k: int | None) -> DataSetAnswer:
    """Return the newest pictures that pass, k or LISTED; those of one date, and then those without one, by address."""
    rows = newest_rows(opened, filters, LISTED if k is None else k)
    hits = sorted_hits(sorted_hits(hits_of(rows, [None] * len(rows)), "path"), "date")
    return DataSetAnswer(tuple(hits), opened.pictures.count(filters), ALL_MATCH)


def newest_rows(opened: OpenDataSet, filters: Filters, count: int) -> pa.Table:
    """Return the rows of the newest pictures that pass, in Lance's order, which keeps no more than these."""
    from lance.dataset import ColumnOrdering

    table = opened.pictures.table
    order = [
        ColumnOrdering("taken_at", ascending=False, nulls_first=False),
        ColumnOrdering("address"),
        ColumnOrdering("at_ms"),
    ]
    where = lance_condition(table, filters)
    with sentences(table.address):
        return table.dataset.scanner(columns=list(COLUMNS), filter=where, order_by=order, limit=count).to_table()
