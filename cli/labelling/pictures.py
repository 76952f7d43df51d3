"""How labelled pictures are written: a row for each, or for each label, or an object in JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from cli.labelling.parquet import labels_batches, labels_schema
from cli.labelling.parquet_output import write_parquet
from cli.output.rows import OutputOptions, write_rows
from search.records import labelled_record

if TYPE_CHECKING:
    from cli.output.rows import Cell
    from search.results import AnyLabelled

ALL_SHOWN = 100  # classes up to which JSON and CSV have the probability of each
BEST_SHOWN = 5  # classes of which they have it if there are more


def shown_of(top: int | None, classes: int) -> int | None:
    """Return how many classes' probabilities are shown of each picture, None for all."""
    return top if top is not None else None if classes <= ALL_SHOWN else BEST_SHOWN


def write_pictures(
    pictures: Iterable[AnyLabelled],
    columns: Sequence[str],
    top: int | None,
    multi: bool,
    output: OutputOptions,
    with_times: bool = True,
    named: Sequence[str] = (),
) -> None:
    """Write label, probability and path; with `top` the next best classes, in CSV and JSON all there are.

    With `multi` there is a row for each label; JSON has an object for each picture in any case. CSV and JSON also have
    what else a picture is `named` by.
    """
    if output.form == "parquet":
        schema = labels_schema(["path"], columns, top, multi)
        write_parquet(schema, labels_batches(schema, pictures, ["path"], top, multi))
        return
    if output.form in ("json", "jsonl"):
        known = (({name: getattr(picture, name) for name in named}, picture) for picture in pictures)
        write_rows((), (), output, (names | labelled_record(picture, multi) for names, picture in known))
        return
    names = ["class", "probability", "path", *["at"] * with_times]
    names += named if output.is_csv else []
    if output.is_csv and top is None:
        names += [f"p({name})" for name in columns]
    elif top is not None:
        ranks = range(2, min(top, len(columns)) + 1)
        names += [f"{part}_{rank}" for rank in ranks for part in ("class", "probability")]
    rows = (row for picture in pictures for row in _rows(picture, names, multi, named))
    write_rows(rows, names, output)


def _rows(picture: AnyLabelled, names: Sequence[str], multi: bool, named: Sequence[str]) -> Iterator[dict[str, Cell]]:
    given = picture.labels if multi else ((picture.best, picture.probability),)
    ranked = sorted(picture.probabilities.items(), key=lambda pair: -pair[1])
    row: dict[str, Cell] = dict.fromkeys(names)
    row |= {name: getattr(picture, name) for name in (*named, "path", "at")}
    row |= {f"p({name})": value for name, value in picture.probabilities.items()}
    for label, probability in given:
        others = [(name, value) for name, value in ranked if name != label]  # the label need not be the best class
        for rank, (name, value) in enumerate(others, 2):
            row |= {f"class_{rank}": name, f"probability_{rank}": value}
        yield {**row, "class": label, "probability": probability}
