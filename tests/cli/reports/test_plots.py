"""Tests of cli.reports.plots: figures as files."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from cli.reports.plots import write_plots
from search.evaluation.classification import evaluation_of
from search.evaluation.run import EvalReport
from tests.cli.reports.truths import MODEL, drawn, scored


@pytest.mark.parametrize("classes", [2, 31, 130])
def test_plots_of_few_and_many_classes_with_odd_names(classes: int, tmp_path: Path) -> None:
    truth = drawn(classes)
    one = evaluation_of(MODEL, "simple", truth, scored(truth), 1.0)
    files = list(write_plots(EvalReport([one, one]), tmp_path / "plots"))
    assert [file.name for file in files] == ["confusion.png", "reliability.png", "comparison.png"]
    assert len(list((tmp_path / "plots").iterdir())) == 3, "no temporary file is left"
    with Image.open(files[0]) as image:
        assert max(image.size) < 3200
