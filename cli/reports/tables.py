"""What `clipsearch eval` writes: tables for people; JSON and CSV come from search/evaluation/records.py."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cli.output.rows import CSV_FORMS, csv_cell, csv_mark, json_shown, write_bytes
from cli.reports.titled_tables import Section, as_lines, print_sections
from cli.terminal.streams import is_terminal
from indexer.wording import counted
from search.evaluation.records import as_csv, as_json, class_values, overall_values

if TYPE_CHECKING:
    from search.evaluation.calibration import Calibration
    from search.evaluation.classification import Evaluation
    from search.evaluation.retrieval import Retrieval
    from search.evaluation.run import EvalReport

MATRIX_CLASSES = 12  # whose confusion matrix fits a terminal
PAIRS_SHOWN = 15  # of classes that were confused, where it does not


def write_report(report: EvalReport, form: str) -> None:
    """Write what was measured to stdout."""
    if form == "json":
        text = as_json(report)
        text = json_shown(text) if is_terminal(sys.stdout) else text
    elif form in CSV_FORMS:
        text = csv_mark(form) + as_csv(report, csv_cell(form))
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


def _comparison(evaluations: Sequence[Evaluation]) -> Section:
    """Rank models and sets of templates."""
    from search.evaluation.classification import best_of

    first = evaluations[0]
    exact = "top-1" if first.confusion is not None else "all right"
    columns = ["model", "templates", exact, "95% interval", "top-5", "mean F1", "ECE", "NLL", "temp."]
    rows = []
    for evaluation in best_of(evaluations):
        top1, *others = [_number(value) for _, value in overall_values(evaluation)]
        rows.append(
            [evaluation.model, evaluation.templates, top1, "{:.2f}-{:.2f}".format(*evaluation.interval), *others]
        )
    title = f"{counted(first.pictures, 'picture', ',')} of {counted(len(first.classes), 'class', ',')}, best first"
    return Section(title, columns, rows, texts=2)


def _details(evaluation: Evaluation) -> Iterator[Section]:
    """Show each class, and what was taken for what."""
    what, classes = f"{evaluation.model}, templates {evaluation.templates}", evaluation.classes
    rows = [
        [name, *(_number(values[metric]) for metric in ("precision", "recall", "f1")), str(values["support"])]
        for name, values in class_values(evaluation)
    ]
    yield Section(f"Classes ({what})", ["class", "precision", "recall", "F1", "pictures"], rows)
    if evaluation.confusion is None:
        return
    if len(classes) <= MATRIX_CLASSES:
        matrix = [[name, *map(str, row)] for name, row in zip(classes, evaluation.confusion, strict=True)]
        title = f"Confusion ({what}): rows are the truth, columns the guess"
        yield Section(title, ["", *classes], matrix, is_matrix=True)
        return
    confused = ((n, t, g) for t, row in enumerate(evaluation.confusion) for g, n in enumerate(row) if n and t != g)
    pairs = sorted(confused, reverse=True)[:PAIRS_SHOWN]
    named = [[classes[truth], classes[guess], str(number)] for number, truth, guess in pairs]
    yield Section(f"Most confused ({what}); all in --format json and --plots", ["truth", "guess", "pictures"], named, 2)


def _calibration(calibration: Calibration) -> Section:
    before = calibration.temperature_before, calibration.before.calibration_error, calibration.loss_before
    after = calibration.temperature, calibration.after.calibration_error, calibration.loss_after
    rows = [["before", *map(_number, before)], ["after", *map(_number, after)]]
    pictures = counted(calibration.pictures, "picture", ",")
    title = f"Calibrated on {pictures}; after is measured on pictures held out from the fit, 5-fold"
    return Section(title, ["", "temperature", "ECE", "NLL"], rows)


def _retrieval(models: Sequence[Retrieval]) -> Section:
    rows = [
        [
            retrievals.model,
            direction,
            *(_number(part) for part in retrieval.recall.values()),
            f"{retrieval.median_rank:g}",
            f"{retrieval.queries:,}",
        ]
        for retrievals in models
        for direction, retrieval in (
            ("captions find pictures", retrievals.pictures),
            ("pictures find captions", retrievals.captions),
        )
    ]
    columns = ["model", "direction", *(f"R@{k}" for k in models[0].pictures.recall), "median rank", "queries"]
    return Section(f"Retrieval among {counted(models[0].pictures.candidates, 'picture', ',')}", columns, rows, texts=2)


def _number(value: float | None) -> str:
    """Return a number as people read it; a dash for none."""
    return "-" if value is None or math.isnan(value) else f"{value:.3f}"
