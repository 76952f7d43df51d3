"""Hits on stdout, in every format; docs/hit.schema.json describes the JSON.

Bare paths and those in CSV come out byte for byte; JSON, which is UTF-8, writes others as \\xNN and adds the bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Protocol

from cli.output.rows import CSV_FORMS, TABLE, tell, write_rows
from cli.shown.facts import NO_FACTS, Facts
from cli.terminal.streams import is_terminal
from indexer.paths import to_fields
from search.records import hit_record

if TYPE_CHECKING:
    from cli.output.rows import Cell, OutputOptions
    from search.results import Hit

COLUMNS = (
    "score",
    "path",
    "at",
    "id",
    "format",
    "size",
    "width",
    "height",
    "taken_at",
    "camera",
    "latitude",
    "longitude",
    "path_bytes",
    "taken_from",
    "place",
    "country",
    "copies",
)
NAMING = ("json", "jsonl", *CSV_FORMS)  # the formats that name places


def write_hits(hits: Sequence[Hit], output: OutputOptions, facts: Facts = NO_FACTS) -> None:
    """Write hits to stdout, in the order they come in; a terminal's table has the facts too."""
    if output.form in NAMING:
        from search.places.naming import with_places

        hits = with_places(hits, tell)
    has_scores = any(hit.score is not None for hit in hits)
    has_moments = any(hit.at is not None for hit in hits)
    shown = (*["score"] * has_scores, "path", *["at"] * has_moments)
    if output == TABLE and is_terminal(sys.stdout):
        copies = ["copies"] * any(hit.copies for hit in hits)
        shown = (*["score"] * has_scores, *copies, *facts.columns, *["at"] * has_moments, "path")
    columns = COLUMNS if output.is_csv else shown
    rows = [{**dict.fromkeys(facts.columns), **_row(hit), **facts.cells.get(hit.id, {})} for hit in hits]
    write_rows(rows, columns, output, [hit_record(hit) for hit in hits])


def _row(hit: Hit) -> dict[str, Cell]:
    """Return a hit as cells, of copies their number."""
    others = {"copies": len(hit.copies), "path_bytes": to_fields(str(hit.path)).get("path_bytes")}
    return {**asdict(hit), **degrees_of(hit), **others}


class Placed(Protocol):
    """What may have been taken at a place."""

    @property
    def latitude(self) -> float | None:
        """Degrees, north is positive."""

    @property
    def longitude(self) -> float | None:
        """Degrees, east is positive."""


def degrees_of(hit: Placed) -> dict[str, Cell]:
    """Return the cells of coordinates, with six places, a tenth of a metre."""
    degrees = {"latitude": hit.latitude, "longitude": hit.longitude}
    return {name: None if value is None else f"{value:.6f}" for name, value in degrees.items()}
