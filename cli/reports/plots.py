"""The plots of `clipsearch eval`, as PNG files: what is taken for what, how sure against how right, and a comparison.

matplotlib comes with the extra `plots`. Figures are drawn by its Agg backend, without a display and
without pyplot's global state.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from cli.reports.figures import comparison_figure, confusion_figure, reliability_figure, subject
from indexer.errors import InvalidRequest, OutputError
from indexer.files.whole import written_whole
from indexer.installation import install_command
from indexer.paths import absolute, readable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from search.evaluation.run import EvalReport

DPI = 150
WIDE_FONTS = (  # for names of classes in other scripts
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Hiragino Sans",
    "Microsoft YaHei",
    "Arial Unicode MS",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
)


def check_plots(folder: Path, source: Path | None) -> None:
    """Raise before any work if plots can't be drawn, or would be among the pictures that are measured."""
    if find_spec("matplotlib") is None:
        raise OutputError(f"Plots need matplotlib; leave --plots out, or run: {install_command('plots')}")
    if source is not None and source.is_dir():
        target, truth = absolute(folder), absolute(source)
        if target == truth or truth in target.parents:
            raise InvalidRequest(
                f"Plots in {readable(folder)} would be pictures of {readable(source)} the next time; "
                "give another folder."
            )


def write_plots(report: EvalReport, folder: Path) -> Iterator[Path]:
    """Write the plots of a report into a folder, made if needed, and yield each file; older plots are replaced.

    Raises OutputError if they can't be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _fonts():
            for name, figure in _figures(report):
                _save(figure, folder / name)
                yield folder / name
    except OSError as error:
        raise OutputError(
            f"The plots can't be written to {readable(folder)} ({error.strerror}); give another --plots folder."
        ) from error


def _figures(report: EvalReport) -> Iterator[tuple[str, Figure]]:
    if not report.evaluations:
        return
    first = report.evaluations[0]
    if first.confusion is not None:
        yield "confusion.png", confusion_figure(first, first.confusion)
    if report.calibration is None:
        panels = {subject(first): first.reliability}
    else:
        fitted = report.calibration
        panels = {
            f"before: temperature {fitted.temperature_before:.2f}": fitted.before,
            f"after: temperature {fitted.temperature:.2f}, held-out pictures": fitted.after,
        }
    yield "reliability.png", reliability_figure(panels)
    if len(report.evaluations) > 1:
        yield "comparison.png", comparison_figure(report.evaluations)


@contextlib.contextmanager
def _fonts() -> Iterator[None]:
    """Take letters that matplotlib's own font lacks from those of WIDE_FONTS that the system has."""
    from matplotlib import font_manager, rc_context

    installed = set(font_manager.get_font_names())
    fonts = ["DejaVu Sans", *(name for name in WIDE_FONTS if name in installed)]
    with rc_context({"font.family": fonts, "text.parse_math": False, "text.usetex": False}):
        yield  # whatever is set for other plots, names are no formulas and no TeX


def _save(figure: Figure, path: Path) -> None:
    """Write a figure, whole or not at all."""
    with written_whole(path) as part, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of letters that the font lacks
        figure.savefig(part, format="png", dpi=DPI, metadata={"Software": None})
