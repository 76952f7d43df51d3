"""What `clipsearch eval` writes: tables for people; JSON and CSV come from cli/reports/records.py."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cli.output.rows import is_terminal, write_bytes
from cli.reports.records import as_csv, as_json
from cli.reports.titled_tables import Section, as_lines, print_sections

if TYPE_CHECKING:
    from search.evaluation.calibration import Calibration
    from search.evaluation.classification import Evaluation
    from search.evaluation.retrieval import Retrieval
    from search.evaluation.run import EvalReport

WIDEST = 12  # classes whose confusion matrix fits a terminal
PAIRS = 15  # confusions listed where it does not


def write_report(report: EvalReport, form: str) -> None:
    """Write what was measured to stdout."""
    if form == "json":
        text = as_json(report)
    elif form == "csv":
        text = as_csv(report)
    elif is_terminal(sys.stdout):
        print_sections(_sections(report))
        return
    else:
        text = "\n".join(as_lines(section) for section in _sections(report))
    write_bytes(text.encode("utf-8", "surrogateescape"))


def _sections(report: EvalReport) -> Iterator[Section]:
    """Yield the tables, the most general first."""
    if report.evaluations:
        yield _comparison(report.evaluations)
        yield from _details(report.evaluations[0])
    if report.calibration is not None:
        yield _calibration(report.calibration)
    if report.retrievals:
        yield _retrieval(report.retrievals)


def _comparison(found: Sequence[Evaluation]) -> Section:
    """Rank models and sets of templates."""
    from search.evaluation.classification import best_of

    first = found[0]
    columns = ["model", "templates", "top-1", "95% interval", "top-5", "mean F1", "ECE", "NLL", "temp."]
    rows = [
        [
            one.model,
            one.templates,
            _number(one.top1),
            "{:.2f}-{:.2f}".format(*one.interval),
            _number(one.top5),
            _number(one.macro_f1),
            _number(one.calibration_error),
            _number(one.loss),
            _number(one.temperature),
        ]
        for one in best_of(found)
    ]
    title = f"{first.pictures:,} picture{'s' * (first.pictures != 1)} of {len(first.classes):,} classes, best first"
    return Section(title, columns, rows, texts=2)


def _details(one: Evaluation) -> Iterator[Section]:
    """Show each class, and what was taken for what."""
    what = f"{one.model}, templates {one.templates}"
    values = one.per_class
    rows = [
        [name, *(_number(float(column[row])) for column in (values.precision, values.recall, values.f1)), str(support)]
        for row, (name, support) in enumerate(zip(one.classes, values.support, strict=True))
    ]
    yield Section(f"Classes ({what})", ["class", "precision", "recall", "F1", "pictures"], rows)
    if len(one.classes) <= WIDEST:
        matrix = [[name, *map(str, row)] for name, row in zip(one.classes, one.confusion, strict=True)]
        yield Section(
            f"Confusion ({what}): rows are the truth, columns the guess", ["", *one.classes], matrix, is_matrix=True
        )
        return
    pairs = sorted(((n, t, g) for t, row in enumerate(one.confusion) for g, n in enumerate(row) if n and t != g))[::-1]
    named = [[one.classes[truth], one.classes[guess], str(number)] for number, truth, guess in pairs[:PAIRS]]
    yield Section(f"Most confused ({what}); all in --format json and --plots", ["truth", "guess", "pictures"], named, 2)


def _calibration(one: Calibration) -> Section:
    rows = [
        ["before", *map(_number, (one.temperature_before, one.before.calibration_error, one.loss_before))],
        ["after", *map(_number, (one.temperature, one.after.calibration_error, one.loss_after))],
    ]
    title = f"Calibrated on {one.pictures:,} pictures; after is measured on pictures held out from the fit, 5-fold"
    return Section(title, ["", "temperature", "ECE", "NLL"], rows)


def _retrieval(found: Sequence[Retrieval]) -> Section:
    rows = [
        [
            one.model,
            way,
            *(_number(part) for part in side.recall.values()),
            f"{side.median_rank:g}",
            f"{side.queries:,}",
        ]
        for one in found
        for way, side in (("captions find pictures", one.pictures), ("pictures find captions", one.captions))
    ]
    columns = ["model", "direction", *(f"R@{k}" for k in found[0].pictures.recall), "median rank", "queries"]
    return Section(f"Retrieval among {found[0].pictures.candidates:,} pictures", columns, rows, texts=2)


def _number(value: float | None) -> str:
    """Return a number as people read it; a dash for none."""
    return "-" if value is None or math.isnan(value) else f"{value:.3f}"
