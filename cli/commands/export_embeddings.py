"""clipsearch export-embeddings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.completion import completers
from cli.data_sets.either_library import EitherLibrary, check_extra, open_either
from cli.help.commands import HelpedCommand
from cli.help.headings import WRITTEN
from cli.options.basic import any_library_option, option_group
from cli.options.data_sets import AsOf, as_of_option
from cli.options.filters import filter_options
from cli.output.bars import CountBar
from cli.output.rows import tell
from cli.output.unjudged import tell_unjudged
from cli.process.interrupts import INTERRUPTS
from cli.shown.paths import told_path
from indexer.wording import counted

if TYPE_CHECKING:
    from search.embedding_files.added_columns import Labels
    from search.embedding_files.exporting import Exported
    from search.filters.filters import Filters

FEW = 20_000  # pictures are written in a second or so


class ExportOptions:
    """What is written besides, and how; as `ExportRequest` has it."""

    def __init__(
        self, layout: str | None, precision: str | None, with_labels: str | None, projection: bool, force: bool
    ) -> None:
        """Take the options."""
        self.with_labels = with_labels
        self.how: dict[str, Any] = {
            "layout": layout,
            "precision": precision,
            "projection": projection,
            "force": force,
        }


@click.command("export-embeddings", cls=HelpedCommand)
@click.argument("target", metavar="FILE|DIR/")
@option_group(
    "options",
    ExportOptions,
    click.option(
        "--layout",
        metavar="LAYOUT",
        type=click.Choice(["plain", "clip-retrieval", "img2dataset"]),
        help="What a folder is laid out like: clip-retrieval, the default, or img2dataset; plain is a file's.",
    ),
    click.option(
        "--precision",
        metavar="NUMBERS",
        type=click.Choice(["fp16", "fp32"]),
        help="fp16, as the library has them and NumPy files by default, or fp32, which every program reads.",
    ),
    click.option(
        "--with-labels",
        metavar="SET",
        shell_complete=completers.label_sets,
        help="Also the labels of a label set, with their probability.",
    ),
    click.option(
        "--projection",
        is_flag=True,
        help="Also x and y: the two directions in which the pictures differ most.",
    ),
    click.option("--force", is_flag=True, help="Replace what was exported there before; that is not undone."),
    heading=WRITTEN,
)
@filter_options
@as_of_option
@any_library_option
def export_embeddings(target: str, options: ExportOptions, filters: Filters, as_of: AsOf, library: Path | str) -> None:
    """Write the embeddings of the library, or of what passes the filters, into a file or folder for other programs.

    FILE.parquet, FILE.npy (with FILE.parquet beside it) and FILE.lance have a row for each picture: where it is, what
    is known of it, and its embedding of length 1. A folder gets the layout of clip-retrieval or of img2dataset. The
    model is named in the file. clipsearch undo takes it back; clipsearch import-embeddings reads all of it.

    \b
    Example:
      clipsearch export-embeddings photos.parquet --projection
      clipsearch export-embeddings recent.npy --after 2021 --precision fp32
      clipsearch export-embeddings out/ --layout clip-retrieval --library s3://bucket/library
    """
    from search.embedding_files.exporting import ExportRequest, export_embeddings

    check_extra()
    INTERRUPTS.nothing_stored()
    if as_of is not None and isinstance(library, Path):
        raise click.UsageError("--as-of is for a library that is a data set; a local one keeps no earlier versions.")
    with open_either(library, as_of) as opened, CountBar("Exporting", "pictures", FEW) as bar:
        labels = _labels(opened, options.with_labels)
        request = ExportRequest(target, filters, labels=labels, **options.how)
        done = export_embeddings(opened.pictures, request, opened.folder, bar)
        if opened.store is not None:
            tell_unjudged(opened.store, filters)
    _tell(done)


def _labels(opened: EitherLibrary, name: str | None) -> Labels | None:
    """Return the columns of a label set, which is kept from now on; raises click.UsageError for a data set."""
    if name is None:
        return None
    if opened.store is None:
        raise click.UsageError("--with-labels is for a local library; a data set keeps no labels.")
    from search.embedding_files.asked import labels_of

    return labels_of(opened.store, name)


def _tell(done: Exported) -> None:
    """Say what was written; without any picture that is exit code 1."""
    if not done.rows:
        tell("No picture to export.")
        raise click.exceptions.Exit(1)
    names = " and ".join(map(told_path, done.targets))
    undo = f"; clipsearch undo {done.action} takes that back" if done.action else ""
    tell(f"Wrote {counted(done.rows, 'embedding', ',')} to {names}{undo}.")
