"""clipsearch label on a library that is a data set: labels are written out, and nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.data_sets.labels_parquet import NAMED, label_batches
from cli.data_sets.query import open_data_set_of
from cli.labelling.done import tell_counts
from cli.labelling.parquet import labels_batches, labels_schema
from cli.labelling.parquet_output import write_parquet
from cli.labelling.pictures import shown_of, write_pictures
from cli.output.bars import PICTURES_WITHOUT_BAR, CountBar, text_bar
from cli.output.rows import tell, write_rows
from cli.process.interrupts import INTERRUPTS
from indexer.wording import counted

if TYPE_CHECKING:
    from cli.labelling.view import View
    from cli.options.basic import LibraryOptions
    from cli.options.classes import ClassOptions
    from cli.options.data_sets import AsOf
    from search.data_set_answers.labelled import DataSetLabels
    from search.data_sets.opened import OpenDataSet
    from search.filters.filters import Filters
    from search.labels.judge import Judge
    from search.labels.recipe import Recipe


def label_data_set(
    library: LibraryOptions, as_of: AsOf, classes: ClassOptions, filters: Filters, view: View, **refused: Any
) -> None:
    """Label the pictures that pass; `refused` are the options that are about stored labels, and paths."""
    _refuse(**refused)
    INTERRUPTS.is_storing = False
    shown: dict[str, list[str]] = {}
    recipe = classes.recipe(elsewhere=shown)
    for note in recipe.notes:
        tell(note)
    with open_data_set_of(library, as_of) as opened:
        prompts = (prompt for class_ in recipe.classes for prompt in class_.prompts)
        for note in opened.companion.reader.notes_on_classes(prompts):
            tell(note)
        judge = _judge(opened, recipe, shown)
        from search.data_set_answers.labelled import DataSetLabels

        with CountBar("Judging", "pictures", PICTURES_WITHOUT_BAR) as judged:
            _write(DataSetLabels(opened, judge, filters, judged), recipe, view)


def _refuse(pictures: Sequence[Path], name: str | None, save: bool, again: bool) -> None:
    """Raise click.UsageError for what is about stored labels or other pictures."""
    if pictures:
        raise click.UsageError("PATHs are labelled without a data set; leave --library out, or leave the PATHs out.")
    given = [option for option, value in {"--name": name, "--save": save, "--all": again}.items() if value]
    if given:
        raise click.UsageError(
            f"A data set stores no labels, so {given[0]} makes no sense; write them to a file:"
            " --format parquet > labels.parquet"
        )


def _judge(opened: OpenDataSet, recipe: Recipe, shown: dict[str, list[str]]) -> Judge:
    """Return the judge, which has also been shown pictures of the data set."""
    from indexer.store.models import temperature_of
    from search.data_set_answers.terms import example_keys
    from search.labels.judge import Judge

    companion = opened.companion
    temperature = temperature_of(companion.store, companion.model)
    with text_bar() as texts:
        judge = Judge(companion, recipe, temperature, tell, texts)
    return judge.taught_by(example_keys(opened, shown)) if shown else judge


def _write(done: DataSetLabels, recipe: Recipe, view: View) -> None:
    """Write what was labelled: the pictures, or how many have each label."""
    if view.sums_up:
        _write_summary(done, view)
    else:
        _write_pictures(done, recipe, view)
    tell(f"Labelled {counted(done.total, 'picture', ',')}; nothing was stored.")
    if not done.total:
        raise click.exceptions.Exit(1)


def _write_summary(done: DataSetLabels, view: View) -> None:
    from cli.labelling.summary import UNCERTAIN_SHOWN, show_summary

    if view.is_table:
        list(done.uncertain(UNCERTAIN_SHOWN, 2))  # which counts all, and is shown too
        show_summary(done)
        return
    for _ in done.blocks():
        pass  # counted
    rows = [{"class": label, "pictures": str(count)} for label, count in done.counts.items()]
    records = [{"class": label, "pictures": count} for label, count in done.counts.items()]
    write_rows(rows, ("class", "pictures"), view.output, records)


def _write_pictures(done: DataSetLabels, recipe: Recipe, view: View) -> None:
    shown = shown_of(view.top, len(recipe.classes))
    if view.output.form == "parquet":
        schema = labels_schema(NAMED, recipe.columns, shown, recipe.multi)
        least = None if view.uncertain is None else done.uncertain(view.uncertain, shown)
        rows = label_batches(done, schema, shown) if least is None else None
        write_parquet(schema, rows or labels_batches(schema, least or (), NAMED, shown, recipe.multi))
    else:
        pictures = done.pictures(shown) if view.uncertain is None else done.uncertain(view.uncertain, shown)
        write_pictures(pictures, recipe.columns, shown, recipe.multi, view.output, done.has_videos, named=NAMED)
    tell_counts(done.counts)
