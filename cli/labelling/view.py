"""What is shown of labels: the pictures, how many have each label, or on a terminal a summary."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from cli.labelling.done import tell_counts
from cli.labelling.parquet_output import check_parquet
from cli.labelling.pictures import shown_of, write_pictures
from cli.output.rows import OutputOptions, write_rows
from cli.terminal.streams import is_terminal

if TYPE_CHECKING:
    from search.labels.reading import Labelled
    from search.labels.recipe import Recipe

TYPED = "cli.labelling.typed"  # where the context of the command has its arguments


@dataclass(frozen=True, slots=True)
class View:
    """What is shown of the labels; raises click.UsageError for what makes no sense together."""

    output: OutputOptions
    top: int | None
    uncertain: int | None
    summary: bool
    listing: bool

    def __post_init__(self) -> None:
        if self.output.form == "parquet":
            if self.summary:
                raise click.UsageError("--summary is no table of pictures, so --format parquet doesn't go with it.")
            check_parquet()
        if self.summary and self.listing:
            raise click.UsageError("--summary shows no pictures, so --list doesn't go with it.")
        if self.summary and (self.top or self.uncertain or self.output.nul or self.output.form == "paths"):
            raise click.UsageError(
                "--summary shows no pictures, so --top, --uncertain, -0 and --format paths don't go with it."
            )

    @property
    def is_table(self) -> bool:
        """Whether a person reads it, on a terminal."""
        return self.output == OutputOptions() and is_terminal(sys.stdout)

    @property
    def sums_up(self) -> bool:
        """Whether it is the counts that are shown: where they are asked for, and on a terminal by default."""
        return self.summary or (self.is_table and not (self.listing or self.top or self.uncertain))


def write_labels(done: Labelled, recipe: Recipe, view: View) -> None:
    """Write what was labelled: the pictures, or how many have each label."""
    if view.sums_up and view.is_table:
        from cli.labelling.summary import show_summary

        show_summary(done)
        return
    if view.sums_up:
        rows = [{"class": label, "pictures": str(count)} for label, count in done.counts.items()]
        records = [{"class": label, "pictures": count} for label, count in done.counts.items()]
        write_rows(rows, ("class", "pictures"), view.output, records)
        return
    tell_counts(done.counts)
    shown = shown_of(view.top, len(recipe.classes))
    pictures = done.pictures(shown) if view.uncertain is None else done.uncertain(view.uncertain, shown)
    write_pictures(pictures, recipe.columns, shown, recipe.multi, view.output, done.has_videos)
