"""Hits of a data set on stdout, in the formats of those of a local library, with their addresses."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cli.output.hits import COLUMNS as LOCAL_COLUMNS
from cli.output.hits import NAMING, degrees_of
from cli.output.rows import TABLE, tell, write_rows
from cli.terminal.streams import is_terminal
from search.data_set_answers.hits import with_places
from search.data_set_answers.records import data_set_record

if TYPE_CHECKING:
    from cli.output.rows import Cell, OutputOptions
    from search.data_set_answers.hits import DataSetHit

COLUMNS = (*(name for name in LOCAL_COLUMNS if name != "path_bytes"), "address", "caption")


def write_data_set_hits(hits: Sequence[DataSetHit], output: OutputOptions, facts: Iterable[str] = ()) -> None:
    """Write hits to stdout, in the order they come in; a terminal's table has the `facts` too."""
    at_terminal = output == TABLE and is_terminal(sys.stdout)
    if output.form in NAMING or (at_terminal and "place" in facts):
        hits = with_places(hits, tell)
    has_scores = any(hit.score is not None for hit in hits)
    shown = [*["score"] * has_scores]
    if at_terminal:
        shown += [*["copies"] * any(hit.copies for hit in hits), *facts]
        shown += [*["at"] * any(hit.at is not None for hit in hits), "address"]
    else:
        shown += ["path", *["at"] * any(hit.at is not None for hit in hits)]
    columns = COLUMNS if output.is_csv else tuple(shown)
    write_rows(map(_row, hits), columns, output, map(data_set_record, hits))


def _row(hit: DataSetHit) -> dict[str, Cell]:
    """Return a hit as cells; its address is also its path, for those who read the columns of a local library."""
    names = ("score", "at", "id", "format", "size", "width", "height", "taken_at", "camera", "taken_from", "place")
    known = {name: getattr(hit, name) for name in (*names, "country", "address", "caption")}
    others: dict[str, Cell] = {"path": hit.address, "copies": len(hit.copies)}
    return {**known, **degrees_of(hit), **others, "pixels": f"{hit.width} x {hit.height}"}
