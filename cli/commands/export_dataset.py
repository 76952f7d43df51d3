"""clipsearch export-dataset."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.data_sets.subsets import list_subset, tell_left_out, write_subset
from cli.help.commands import HelpedCommand
from cli.help.headings import HOW_MANY, headed
from cli.options.basic import LibraryOptions, WrittenPath, any_library_options, device_option, model_option
from cli.options.filters import filter_options, fold_option
from cli.options.subsets import KindOptions, LabelOptions, kind_options, label_options
from cli.options.terms import TermOptions, term_options
from cli.output.collected import warn_inside_root
from cli.output.rows import tell
from cli.output.unjudged import tell_label_sets, tell_unjudged
from cli.shown.paths import told_path

if TYPE_CHECKING:
    from search.data_sets.opened import OpenDataSet
    from search.filters.filters import Filters
    from search.query.ask import QueryRequest
    from search.subsets.format import Format
    from search.subsets.selection import Labels
    from search.subsets.subset import Subset

UNREAD = 3  # the exit code if some pictures could not be read


@click.command("export-dataset", cls=HelpedCommand)
@click.argument("target", metavar="DIR", type=WrittenPath(path_type=Path))
@kind_options
@label_options
@term_options
@headed(
    HOW_MANY,
    click.option("-k", metavar="N", type=click.IntRange(min=1), help="How many; by default all that match."),
)
@filter_options
@fold_option
@model_option
@device_option
@any_library_options
def export_dataset(
    target: Path,
    kind: KindOptions,
    labelling: LabelOptions,
    terms: TermOptions,
    k: int | None,
    filters: Filters,
    fold: bool,
    library: LibraryOptions,
) -> None:
    """Write the pictures that match TEXT or pass the filters, or all, as a data set in DIR, with their labels.

    DIR must be new or empty. Pictures are copied as they are in their files; originals are only read, and clipsearch
    undo takes all of it back. Exit code 3 means that some pictures are gone or can't be read; they are named and left
    out. A label set that is exported is no draft any more.

    \b
    Example:
      clipsearch export-dataset ~/shards --as webdataset --after 2021
      clipsearch export-dataset ~/cups --as imagefolder --label-set kitchen --threshold 0.8 --link
      clipsearch export-dataset ~/dogs --as webdataset dog on a beach -k 500 --no-labels
    """
    from indexer.store.labels import find_label_set, keep_set
    from search.subsets.selection import choose
    from search.subsets.target import checked_target

    form, labels = kind.format(), labelling.labels(kind)
    folder = checked_target(target.expanduser())
    filters = terms.narrowed(filters)
    if library.data_set is not None:
        _of_data_set(library, folder, kind, labels, _request(terms, filters, k, fold), terms.title)
        return
    with library.open_or_offer() as opened:
        for line in terms.hints():
            tell(line)
        subset = choose(opened, _request(terms, filters, k, fold), labels, terms.title)
        tell_unjudged(opened.store, filters)
        tell_label_sets(opened.store, filters)
        if subset.label_set is not None and not kind.dry_run:
            keep_set(opened.store, find_label_set(opened.store, subset.label_set))
    _write(subset, kind, form, folder, library.folder)


def _of_data_set(
    library: LibraryOptions, folder: Path, kind: KindOptions, labels: Labels, request: QueryRequest, title: str
) -> None:
    """Do the same for a library that is a data set, which stores no labels."""
    from search.data_sets.opened import open_data_set
    from search.subsets.data_set_selection import choose_in_data_set

    assert library.data_set is not None
    _refuse_labels(kind, labels)
    form = kind.format()
    with open_data_set(library.data_set, model=library.model, device=library.device) as opened:
        journal = _journal_of(opened)
        subset = choose_in_data_set(opened, request, title)
    _write(subset, kind, form, folder, journal, f" --library {told_path(journal)}")


def _write(
    subset: Subset, kind: KindOptions, form: Format, folder: Path, journal: Path, elsewhere: str | None = None
) -> None:
    """Write a subset, or list it; `elsewhere` is what undo needs where the journal is none of a local library."""
    tell_left_out(subset)
    planned = form.plan(subset)
    if not planned:
        tell("No picture to write.")
        raise click.exceptions.Exit(1)
    if kind.dry_run:
        list_subset(planned, subset, folder)
        return
    if elsewhere is None:
        warn_inside_root(journal, folder)
    if write_subset(subset, planned, form, folder, journal, link=kind.link, elsewhere=elsewhere or ""):
        raise click.exceptions.Exit(UNREAD)


def _refuse_labels(kind: KindOptions, labels: Labels) -> None:
    """Raise click.UsageError for options that need labels."""
    given = {
        "--label-set": labels.name is not None,
        "--threshold": labels.threshold is not None,
        "--with-other": labels.with_other,
        "--labelled-only": labels.only and (kind.form != "imagefolder" or kind.unlabelled is not None),
    }
    for option, is_given in given.items():
        if is_given:
            raise click.UsageError(f"A data set stores no labels; leave {option} out.")
    if labels.needed:
        raise click.UsageError(
            "A data set stores no labels, which an imagefolder is sorted by; give --unlabelled NAME."
        )


def _journal_of(opened: OpenDataSet) -> Path:
    """Return the folder with the journal of what is written from a data set; raises OutputError where there is none."""
    from indexer.errors import OutputError
    from indexer.paths import cache_folder

    folder = opened.companion.store.folder
    if folder is None:  # kept in memory
        raise OutputError(
            f"The cache folder {told_path(cache_folder())} can't be written to, so undo could not take anything back;"
            " set CLIPSEARCH_CACHE to another folder."
        )
    return folder


def _request(terms: TermOptions, filters: Filters, k: int | None, fold: bool) -> QueryRequest:
    """Return what is asked for; raises click.UsageError."""
    from search.query.ask import QueryRequest

    asked = terms.query() if terms else None
    if asked is None and terms.raw:
        raise click.UsageError("--raw is about a query; give a TEXT, --plus TEXT or --like PICTURE too.")
    return QueryRequest(asked, k, filters, "auto", terms.raw, fold)
