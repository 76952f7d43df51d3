"""clipsearch eval."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.completion import completers
from cli.help.commands import HelpedCommand
from cli.help.headings import MEASURED, SHOWN, headed
from cli.options.basic import NamedPath, WrittenPath, device_option, library_option, option_group
from cli.output.error_sentences import SOME_FAILED
from cli.output.rows import tell
from indexer.wording import doing
from search.texts.class_templates import TEMPLATE_SETS

if TYPE_CHECKING:
    from indexer.indexing.listener import Listener
    from search.evaluation.run import EvalReport, EvalRequest


@dataclass(frozen=True, slots=True)
class Measured:
    """What is measured, and with what; raises click.UsageError for what makes no sense together."""

    source: Path | None
    overrides: tuple[str, ...]
    templates: tuple[str, ...]
    models: tuple[str, ...]
    captions: Path | None
    calibrate: bool
    reset: bool
    plots: Path | None
    corrections: str | None  # the name of a label set, "" for the only one

    def __post_init__(self) -> None:
        if self.corrections is not None:
            if self.source or self.captions or self.reset or self.overrides or self.models:
                raise click.UsageError(
                    "--from-corrections measures a label set as it was made; leave the pictures, --captions, --class,"
                    " --model and --reset-calibration out."
                )
            return
        if self.reset:
            if self.source or self.captions or self.calibrate:
                raise click.UsageError("--reset-calibration measures nothing; leave the pictures and --calibrate out.")
        elif self.source is None and self.captions is None:
            raise click.UsageError(
                "Name a folder with a folder per class, a CSV file with path,class, --captions FILE, or"
                " --from-corrections."
            )
        elif self.source is None and (self.overrides or self.templates or self.calibrate or self.plots):
            raise click.UsageError(
                "--class, --templates, --calibrate and --plots are about classes; name a folder or CSV of them."
            )

    def request(self, library: Path, device: str, listener: Listener) -> EvalRequest:
        """Read the truth and the captions; raises InvalidRequest and FolderError for what can't be read."""
        from search.evaluation.run import EvalRequest
        from search.evaluation.truth import read_captions, read_truth

        truth = read_truth(self.source, listener.problem) if self.source is not None else None
        for name in truth.without_pictures if truth is not None else ():
            tell(f"The class {name!r} has no picture; it is still one to choose from.")
        captions = read_captions(self.captions, listener.problem) if self.captions is not None else None
        templates = self.templates or tuple(TEMPLATE_SETS)
        return EvalRequest(library, truth, captions, self.overrides, templates, self.models, device, self.calibrate)


@click.command("eval", cls=HelpedCommand)
@option_group(
    "measured",
    Measured,
    click.argument("source", metavar="[DIR|TRUTH.csv]", required=False, type=NamedPath(path_type=Path)),
    click.option(
        "--class",
        "overrides",
        metavar="NAME=PROMPT|...",
        multiple=True,
        help="What stands for a class in the templates, instead of its name; several times for several classes. "
        'Example: --class "crane=construction crane|tower crane"',
    ),
    click.option(
        "--templates",
        type=click.Choice(tuple(TEMPLATE_SETS)),
        multiple=True,
        metavar="SET",
        help=f"Sets of templates to compare: {', '.join(TEMPLATE_SETS)}; all if none is named. Details are of the"
        " first.",
    ),
    click.option(
        "--model",
        "models",
        shell_complete=completers.models,
        metavar="NAME",
        multiple=True,
        help="Models to compare; without it the library's. Example: --model builtin --model ViT-B-32/openai",
    ),
    click.option(
        "--captions",
        metavar="FILE",
        type=NamedPath(path_type=Path),
        help="A CSV file with the columns path,caption: measure retrieval with it.",
    ),
    click.option(
        "--calibrate",
        is_flag=True,
        help="Fit the temperature of the library's model to the pictures and keep it for labels.",
    ),
    click.option(
        "--reset-calibration",
        "reset",
        is_flag=True,
        help="Forget the temperature that --calibrate has stored.",
    ),
    click.option(
        "--plots",
        metavar="DIR",
        type=WrittenPath(file_okay=False, path_type=Path),
        help="Also write confusion.png, reliability.png and comparison.png into this folder.",
    ),
    click.option(
        "--from-corrections",
        "corrections",
        metavar="[SET]",
        is_flag=False,
        flag_value="",
        shell_complete=completers.label_sets,
        help="Measure a label set on the pictures that you corrected in it; SET may be left out if there is only one.",
    ),
    heading=MEASURED,
)
@headed(
    SHOWN,
    click.option(
        "--format",
        "form",
        type=click.Choice(["table", "json", "csv", "spreadsheet"]),
        default="table",
        metavar="FORMAT",
        help="table, json (one object with everything), csv (a value a line), or spreadsheet (CSV in which no cell is a"
        " formula).",
    ),
)
@device_option
@library_option
def evaluate(measured: Measured, form: str, device: str, library: Path) -> None:
    """Measure how right labels and queries are, on pictures whose classes or captions are known.

    DIR has a folder for each class, named like it; TRUTH.csv has the columns path and class. The pictures need not
    be in the library; what is there unchanged is not encoded again.

    \b
    Example:
      clipsearch eval ~/truth --plots plots
      clipsearch eval truth.csv --model builtin --model ViT-B-32-256/datacomp_s34b_b86k
      clipsearch eval ~/truth --calibrate
      clipsearch eval --captions captions.csv
      clipsearch eval --from-corrections cup,car
    """
    from cli.output.run_progress import open_listener
    from cli.reports.plots import check_plots, write_plots
    from cli.reports.tables import write_report
    from search.evaluation.run import measure

    if measured.reset:
        _reset(library)
        return
    if measured.plots is not None:
        check_plots(measured.plots, measured.source)
    with open_listener(quiet=False, log_json=False) as listener:
        if measured.corrections is not None:
            report = _of_corrections(measured, library, device)
        else:
            report = measure(measured.request(library, device, listener), listener, tell)
    write_report(report, form)
    _tell_calibration(report)
    if measured.plots is not None:
        for file in write_plots(report, measured.plots):
            tell(f"Written: {file}")
    if report.unread or report.not_calibrated:
        raise click.exceptions.Exit(1 if report.not_calibrated else SOME_FAILED)


def _of_corrections(measured: Measured, library: Path, device: str) -> EvalReport:
    """Measure a label set on what a person said in it."""
    from indexer.store.labels import find_label_set
    from search.corrections.accuracy import NOTE
    from search.corrections.evaluating import evaluate_corrections
    from search.library.library import open_library

    with open_library(library, device=device) as opened:
        label_set = find_label_set(opened.store, measured.corrections or None)
        report = evaluate_corrections(opened, label_set, measured.templates, measured.calibrate)
    tell(NOTE)
    return report


def _tell_calibration(report: EvalReport) -> None:
    """Say what was stored and how far it can be relied on, or why nothing was."""
    from search.evaluation.calibration import ENOUGH_PICTURES

    if report.not_calibrated:
        tell(f"Not calibrated: {report.not_calibrated}")
    if report.calibration is None:
        return
    fitted = report.calibration
    tell(
        f"Stored: labels by {report.evaluations[0].model} use the temperature {fitted.temperature:.3f} from now on; "
        "clipsearch eval --reset-calibration takes it back."
    )
    low, high = fitted.spread
    if fitted.pictures < ENOUGH_PICTURES:
        tell(
            f"{doing(fitted.pictures, 'picture', 'is', 'are')} few: four fifths of them at a time gave {low:.3f} to"
            f" {high:.3f}; with {ENOUGH_PICTURES} or more it is more reliable."
        )


def _reset(library: Path) -> None:
    from search.evaluation.run import reset_calibration

    model, before = reset_calibration(library)
    if before == 1.0:
        tell(f"{model} was not calibrated; nothing has changed.")
    else:
        tell(f"The temperature {before:.3f} of {model} is taken back; labels have the model's own probabilities again.")
