"""What `clipsearch eval` measured, for programs: one JSON object, or CSV with a value a line."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from indexer.paths import readable

if TYPE_CHECKING:
    from search.evaluation.calibration import Calibration
    from search.evaluation.classification import Evaluation
    from search.evaluation.metrics import Reliability
    from search.evaluation.retrieval import RankMetrics
    from search.evaluation.run import EvalReport

Row = tuple[str, str, str, str, str]


def as_json(report: EvalReport) -> str:
    """Return everything as one JSON object."""
    return json.dumps(_plain(_record(report)), ensure_ascii=False, indent=2) + "\n"


def as_csv(report: EvalReport) -> str:
    """Return a value a line: model, templates, class (empty for all), metric, value."""
    from search.csv_lines import csv_line

    rows = (*_evaluation_rows(report), *_retrieval_rows(report), *_calibration_rows(report))
    return "".join(map(csv_line, (("model", "templates", "class", "metric", "value"), *rows)))


def _evaluation_rows(report: EvalReport) -> Iterator[Row]:
    for one in report.evaluations:
        for metric, value in _values(one):
            yield one.model, one.templates, "", metric, _cell(value)
        for name, values in _class_values(one):
            for metric, value in values.items():
                yield one.model, one.templates, name, metric, _cell(value)


def _retrieval_rows(report: EvalReport) -> Iterator[Row]:
    for found in report.retrievals:
        for way, side in (("captions_find_pictures", found.pictures), ("pictures_find_captions", found.captions)):
            for metric, value in _side(side).items():
                yield found.model, "", "", f"{way}.{metric}", _cell(value)


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
            "results": [_evaluation_record(one) for one in report.evaluations],
        }
    if report.calibration is not None:
        record["calibration"] = _calibration_record(report.calibration)
    if report.retrievals:
        record["retrieval"] = [
            {
                "model": one.model,
                "captions_find_pictures": _side(one.pictures),
                "pictures_find_captions": _side(one.captions),
            }
            for one in report.retrievals
        ]
    return record


def _evaluation_record(one: Evaluation) -> dict[str, Any]:
    return {
        "model": one.model,
        "templates": one.templates,
        **dict(_values(one)),
        "top1_interval": one.interval,
        "per_class": [{"class": name, **values} for name, values in _class_values(one)],
        "confusion": one.confusion.tolist(),
        "reliability": _bins(one.reliability),
    }


def _values(one: Evaluation) -> Iterator[tuple[str, float | None]]:
    """Yield what is measured over all classes."""
    yield "top1", one.top1
    yield "top5", one.top5
    yield "macro_f1", one.macro_f1
    yield "ece", one.calibration_error
    yield "nll", one.loss
    yield "temperature", one.temperature


def _class_values(one: Evaluation) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield what is measured of each class."""
    values = one.per_class
    for row, name in enumerate(one.classes):
        yield (
            name,
            {
                "precision": float(values.precision[row]),
                "recall": float(values.recall[row]),
                "f1": float(values.f1[row]),
                "support": int(values.support[row]),
            },
        )


def _bins(one: Reliability) -> list[dict[str, Any]]:
    columns = zip(one.counts.tolist(), one.confidence.tolist(), one.accuracy.tolist(), strict=True)
    return [{"count": count, "confidence": confidence, "accuracy": accuracy} for count, confidence, accuracy in columns]


def _calibration_record(one: Calibration) -> dict[str, Any]:
    return {
        "temperature": one.temperature,
        "temperature_before": one.temperature_before,
        "temperature_of_folds": one.spread,
        "pictures": one.pictures,
        "ece_before": one.before.calibration_error,
        "ece_after": one.after.calibration_error,
        "nll_before": one.loss_before,
        "nll_after": one.loss_after,
    }


def _side(one: RankMetrics) -> dict[str, Any]:
    recall = {f"recall_at_{k}": part for k, part in one.recall.items()}
    return {**recall, "median_rank": one.median_rank, "queries": one.queries, "candidates": one.candidates}


def _plain(value: Any) -> Any:
    """Return a value as JSON takes it: rounded, nothing that is no number."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, str):
        return readable(value)
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 6)
    return value


def _cell(value: float | None) -> str:
    return "" if value is None or math.isnan(value) else f"{value:.6g}"
