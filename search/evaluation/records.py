"""What `clipsearch eval` measured, for programs: one JSON object, or CSV with a value a line."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from indexer.paths import readable
from search.json_text import json_text

if TYPE_CHECKING:
    from search.evaluation.calibration import Calibration
    from search.evaluation.classification import Evaluation
    from search.evaluation.metrics import Reliability
    from search.evaluation.retrieval import RankMetrics, Retrieval
    from search.evaluation.run import EvalReport

Row = tuple[str, str, str, str, str]


def as_json(report: EvalReport) -> str:
    """Return everything as one JSON object."""
    return json_text(report_record(report), indent=2) + "\n"


def report_record(report: EvalReport) -> dict[str, Any]:
    """Return everything as JSON takes it."""
    record: dict[str, Any] = _plain(_record(report))
    return record


def as_csv(report: EvalReport, shown: Callable[[str], str] | None = None) -> str:
    """Return a value a line: model, templates, class (empty for all), metric, value; `shown` is what cells become."""
    from search.csv_lines import csv_line

    rows = (*_evaluation_rows(report), *_retrieval_rows(report), *_calibration_rows(report))
    lines = (("model", "templates", "class", "metric", "value"), *rows)
    return "".join(csv_line(line if shown is None else map(shown, line)) for line in lines)


def _evaluation_rows(report: EvalReport) -> Iterator[Row]:
    for evaluation in report.evaluations:
        for metric, value in overall_values(evaluation):
            yield evaluation.model, evaluation.templates, "", metric, _cell(value)
        for name, values in class_values(evaluation):
            for metric, value in values.items():
                yield evaluation.model, evaluation.templates, name, metric, _cell(value)


def _retrieval_rows(report: EvalReport) -> Iterator[Row]:
    for retrievals in report.retrievals:
        for direction, retrieval in _directions(retrievals).items():
            for metric, value in retrieval.items():
                yield retrievals.model, "", "", f"{direction}.{metric}", _cell(value)


def _calibration_rows(report: EvalReport) -> Iterator[Row]:
    if report.calibration is not None:
        record = _calibration_record(report.calibration)
        for metric in ("temperature", "ece_before", "ece_after", "nll_before", "nll_after"):
            yield report.evaluations[0].model, "", "", f"calibration.{metric}", _cell(record[metric])


def _record(report: EvalReport) -> dict[str, Any]:
    """Return everything."""
    from search.evaluation.classification import best_of

    record: dict[str, Any] = {"unread": report.unread}
    if report.evaluations:
        best = best_of(report.evaluations)[0]
        record |= {
            "pictures": best.pictures,
            "classes": best.classes,
            "best": {"model": best.model, "templates": best.templates},
            "results": [_evaluation_record(evaluation) for evaluation in report.evaluations],
        }
    if report.calibration is not None:
        record["calibration"] = _calibration_record(report.calibration)
    if report.retrievals:
        record["retrieval"] = [{"model": measured.model, **_directions(measured)} for measured in report.retrievals]
    return record


def _evaluation_record(evaluation: Evaluation) -> dict[str, Any]:
    return {
        "model": evaluation.model,
        "templates": evaluation.templates,
        **dict(overall_values(evaluation)),
        "top1_interval": evaluation.interval,
        "per_class": [{"class": name, **values} for name, values in class_values(evaluation)],
        "confusion": None if evaluation.confusion is None else evaluation.confusion.tolist(),
        "reliability": _bins(evaluation.reliability),
    }


def overall_values(evaluation: Evaluation) -> Iterator[tuple[str, float | None]]:
    """Yield what is measured over all classes."""
    yield "top1", evaluation.top1
    yield "top5", evaluation.top5
    yield "macro_f1", evaluation.macro_f1
    yield "ece", evaluation.calibration_error
    yield "nll", evaluation.loss
    yield "temperature", evaluation.temperature


def class_values(evaluation: Evaluation) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield what is measured of each class."""
    columns = {name: getattr(evaluation.per_class, name).tolist() for name in ("precision", "recall", "f1", "support")}
    for row, name in enumerate(evaluation.classes):
        yield name, {metric: values[row] for metric, values in columns.items()}


def _bins(reliability: Reliability) -> list[dict[str, Any]]:
    columns = {"count": reliability.counts, "confidence": reliability.confidence, "accuracy": reliability.accuracy}
    rows = zip(*(values.tolist() for values in columns.values()), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _calibration_record(calibration: Calibration) -> dict[str, Any]:
    return {
        "temperature": calibration.temperature,
        "temperature_before": calibration.temperature_before,
        "temperature_of_folds": calibration.spread,
        "pictures": calibration.pictures,
        "ece_before": calibration.before.calibration_error,
        "ece_after": calibration.after.calibration_error,
        "nll_before": calibration.loss_before,
        "nll_after": calibration.loss_after,
    }


def _directions(retrievals: Retrieval) -> dict[str, dict[str, Any]]:
    return {
        "captions_find_pictures": _retrieval_record(retrievals.pictures),
        "pictures_find_captions": _retrieval_record(retrievals.captions),
    }


def _retrieval_record(retrieval: RankMetrics) -> dict[str, Any]:
    recall = {f"recall_at_{k}": share for k, share in retrieval.recall.items()}
    return recall | {name: getattr(retrieval, name) for name in ("median_rank", "queries", "candidates")}


def _plain(value: Any) -> Any:
    """Return a value as JSON takes it: rounded, and null for what is not a number."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, str):
        return readable(value)
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 6)
    return value


def _cell(value: float | None) -> str:
    return "" if value is None or math.isnan(value) else f"{value:.6g}"
