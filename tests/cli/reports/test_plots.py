"""Tests of cli.reports.plots: figures as files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from cli.reports.plots import write_plots
from search.evaluation.classification import evaluation_of
from search.evaluation.run import EvalReport
from tests.cli.reports.truths import MODEL, drawn, scored

FORMULAS = (
    "$x^{$",
    r"$\frac{1}{$ $$",
    r"\input{/etc/passwd} $\undefined$",
    "\x1b[2J\u202e\n\x00 \u2028",
    "caf\udce9 $",
)


@pytest.mark.parametrize("classes", [2, 31, 130])
def test_plots_of_few_and_many_classes_with_odd_names(classes: int, tmp_path: Path) -> None:
    truth = drawn(classes)
    one = evaluation_of(MODEL, "simple", truth, scored(truth), 1.0)
    files = list(write_plots(EvalReport([one, one]), tmp_path / "plots"))
    assert [file.name for file in files] == ["confusion.png", "reliability.png", "comparison.png"]
    assert len(list((tmp_path / "plots").iterdir())) == 3, "no temporary file is left"
    with Image.open(files[0]) as image:
        assert max(image.size) < 3200


@pytest.mark.parametrize("setting", ["text.usetex", "text.parse_math"])
def test_names_are_no_formulas_whatever_is_set_for_other_plots(
    setting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails with `text.usetex` of before: TeX is run on names, or missing."""
    import matplotlib

    monkeypatch.setitem(matplotlib.rcParams, setting, True)
    truth = drawn(len(FORMULAS))
    one = evaluation_of(MODEL, "simple", truth, scored(truth), 1.0)
    odd = replace(one, model=f"ViT/{FORMULAS[0]}{FORMULAS[3]}", classes=FORMULAS)
    files = list(write_plots(EvalReport([odd, odd]), tmp_path / "plots"))
    assert [file.stat().st_size > 1000 for file in files] == [True] * 3
