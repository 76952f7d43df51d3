"""Tests of search.evaluation.records; tests/cli/commands/test_eval.py reads what is measured on real pictures."""

from __future__ import annotations

import csv
import io
import json

from search.evaluation.classification import evaluation_of
from search.evaluation.records import as_csv, as_json
from search.evaluation.run import EvalReport
from tests.cli.reports.truths import MODEL, drawn, scored


def test_what_is_not_a_number_is_null_or_empty() -> None:
    truth = drawn(2, 1)  # one of the classes has no picture
    report = EvalReport([evaluation_of(MODEL, "simple", truth, scored(truth), 1.0)])
    classes = json.loads(as_json(report))["results"][0]["per_class"]
    assert sorted(record["support"] for record in classes) == [0, 1]
    assert {record["recall"] for record in classes} >= {None}
    rows = list(csv.DictReader(io.StringIO(as_csv(report))))
    assert "" in {row["value"] for row in rows if row["metric"] == "recall"}
