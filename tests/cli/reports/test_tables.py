"""Tests of cli.reports.tables: what a person reads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import cli.reports.tables
from search.evaluation.classification import evaluation_of
from search.evaluation.run import EvalReport
from tests.cli.reports.truths import MODEL, drawn, scored


def test_many_classes_are_summed_up_as_the_most_confused(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    truth = drawn(40)
    one = evaluation_of(MODEL, "simple", truth, scored(truth), 1.0)
    cli.reports.tables.write_report(EvalReport([one]), "table")
    text = capsysbinary.readouterr().out.decode()
    assert "# Most confused (builtin, templates simple)" in text and "# Confusion" not in text
    rows = text.split("truth\tguess\tpictures\n")[1].splitlines()
    counts = [int(row.split("\t")[2]) for row in rows]
    assert (
        counts == sorted(counts, reverse=True)
        and len(counts) == 15
        and counts[0] == np.max(one.confusion - np.diag(np.diag(one.confusion)))
    )


def test_on_a_terminal_tables_are_drawn(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(cli.reports.tables, "is_terminal", lambda _: True)
    monkeypatch.setenv("COLUMNS", "120")
    truth = drawn(8)
    cli.reports.tables.write_report(EvalReport([evaluation_of(MODEL, "simple", truth, scored(truth), 1.0)]), "table")
    text = capsys.readouterr().out
    assert "─" in text and "500 pictures of 8 classes" in text and "class 3" in text
    assert "\x1b[31m" not in text, "control characters are escaped"


@pytest.mark.parametrize("columns", ["40", "80"])
def test_tables_are_whole_on_a_narrow_terminal(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli.reports.tables, "is_terminal", lambda _: True)
    monkeypatch.setenv("COLUMNS", columns)
    truth = drawn(12, 5000)
    model = replace(MODEL, name="ViT-B-32-256/datacomp_s34b_b86k")
    found = [evaluation_of(one, "openai80", truth, scored(truth), 1.0) for one in (MODEL, model)]
    cli.reports.tables.write_report(EvalReport(found), "table")
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    first = next(line.split() for line in lines if line.startswith(" builtin"))
    low, high = found[0].interval
    numbers = (found[0].top1, found[0].top5, found[0].macro_f1, found[0].calibration_error, found[0].loss, 1.0)
    told = [f"{one:.3f}" for one in numbers if one is not None]
    assert first == ["builtin", "openai80", told[0], f"{low:.2f}-{high:.2f}", *told[1:]]
    matrix = lines[next(row for row, line in enumerate(lines) if line.startswith("Confusion")) :]
    assert matrix[2].split() == [str(number) for number in range(1, 13)], "numbers, where names are too long"
    row = next(line.split() for line in matrix if line.startswith(" 2 class 1"))
    assert row[3:] == [str(count) for count in found[0].confusion[1]]
