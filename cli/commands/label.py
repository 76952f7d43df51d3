"""clipsearch label."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.completion import completers
from cli.help.commands import HelpedCommand
from cli.help.headings import GENERAL, LABEL_SET, SHOWN, headed
from cli.labelling.done import tell_what_was_done
from cli.labelling.paths import label_paths
from cli.labelling.view import TYPED, View, write_labels
from cli.options.basic import (
    LibraryOptions,
    NamedPath,
    any_library_options,
    device_option,
    option_group,
    output_or_parquet_options,
)
from cli.options.classes import ClassOptions, class_options
from cli.options.data_sets import AsOf, as_of_option, refuse_as_of
from cli.options.filters import NOT_WITH_PICTURES, filter_options
from cli.output.bars import PICTURES_WITHOUT_BAR, CountBar, text_bar
from cli.output.rows import tell
from cli.output.unjudged import tell_label_sets, tell_unjudged
from cli.process.interrupts import INTERRUPTS
from indexer.wording import counted

if TYPE_CHECKING:
    from indexer.store.store import Store
    from search.filters.filters import Filters
    from search.labels.reading import LabelRun
    from search.labels.recipe import Recipe
    from search.library.library import Library


class _Remembering(HelpedCommand):
    """A command that remembers how it was typed."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments."""
        ctx.meta[TYPED] = tuple(args)
        return super().parse_args(ctx, args)


@click.command(cls=_Remembering)
@click.argument("pictures", metavar="[PATH]...", nargs=-1, type=NamedPath(path_type=Path, readable=False))
@class_options
@headed(
    LABEL_SET,
    click.option(
        "--name",
        shell_complete=completers.label_sets,
        help="Keep the label set, under this name; without classes: go on with that set. Example: --name mugs",
    ),
    click.option("--save", is_flag=True, help="Keep the label set, called by its classes."),
    click.option(
        "--all",
        "again",
        is_flag=True,
        help="Label all pictures again, not only what is new or has changed.",
    ),
)
@headed(
    SHOWN,
    click.option(
        "--top",
        metavar="N",
        type=click.IntRange(min=1),
        help="Show N classes of each picture, with their probabilities.",
    ),
    click.option(
        "--uncertain",
        type=click.IntRange(min=1),
        metavar="N",
        help="Show only the N pictures whose labels are the least certain.",
    ),
    click.option("--list", "listing", is_flag=True, help="List every picture, also on a terminal."),
    click.option("--summary", is_flag=True, help="Show only how many pictures have each label, as a terminal does."),
    output_or_parquet_options,
)
@filter_options
@headed(
    GENERAL,
    click.option(
        "--model",
        shell_complete=completers.models,
        metavar="NAME",
        help="With a library: refuse unless this is its model. Without one: the model to use.",
    ),
)
@as_of_option
@device_option
@any_library_options
@option_group("view", View)
def label(
    pictures: tuple[Path, ...],
    classes: ClassOptions,
    name: str | None,
    save: bool,
    again: bool,
    filters: Filters,
    view: View,
    as_of: AsOf,
    library: LibraryOptions,
) -> None:
    """Label every picture with the most probable class, or with "other".

    The labels are stored in the library as a label set, which query --label, labels and export-labels use; a later
    run labels what is new or has changed; with --name alone it goes on as that set was made. A set that was neither
    named nor saved is a draft, of which the newest 3 are kept. A terminal shows a summary, --list every picture.

    With PATHs, only these pictures, and all below these folders, are labelled; they need not be in the library, and
    nothing is stored of them. Nor is it in a library that is a data set: its labels are only written out.

    \b
    Example:
      clipsearch label --classes cup,car
      clipsearch label --classes "crane=a construction crane on a building site,ship" --multi
      clipsearch label --preset photo-basics --summary
      clipsearch label --name photo-basics
      clipsearch label ~/dataset --classes cup,car --format csv
      clipsearch label --classes cup,car --library s3://bucket/lib --format parquet > labels.parquet
      clipsearch label photo.jpg --classes "a diagram,a dog,a cat" --template "{}" --format json
    """
    refuse_as_of(library, as_of)
    if library.data_set is not None:
        from cli.data_sets.label import label_data_set

        label_data_set(library, as_of, classes, filters, view, pictures=pictures, name=name, save=save, again=again)
        return
    if pictures:
        _refuse_with_pictures(filters, name=name, save=save, all=again)
    recipe = None if name and not pictures and not classes else classes.recipe()
    if recipe is not None:
        _tell_of_classes(recipe, classes)
    with INTERRUPTS.working() if pictures else nullcontext(), _open(library, bool(pictures)) as opened:
        recipe = recipe or _recipe_of_set(opened.store, str(name))
        for note in opened.reader.notes_on_classes(prompt for class_ in recipe.classes for prompt in class_.prompts):
            tell(note)
        if pictures:
            label_paths(opened, recipe, pictures, view, library.folder)
        else:
            set_name = classes.set_name if name is None else name
            keep = save or (name is not None and bool(classes))
            done = _label_library(opened, recipe, filters, set_name, again, keep)
            tell_unjudged(opened.store, filters)
            tell_label_sets(opened.store, filters)
            tell_what_was_done(done)
            write_labels(done, recipe, view)
            if view.is_table and view.sums_up:
                _tell_next(done, library)


def _tell_of_classes(recipe: Recipe, classes: ClassOptions) -> None:
    """Say what may not have been meant."""
    from search.labels.recipe import MOST_WITH_OTHER

    for note in recipe.notes:
        tell(note)
    many = len(recipe.classes)
    if classes.other is None and many > MOST_WITH_OTHER and not (recipe.other or recipe.threshold):
        named = counted(many, "class", ",")
        tell(f"Of {named} every picture gets one; --other or --threshold P leaves out what fits none.")


def _refuse_with_pictures(filters: Filters, **options: Any) -> None:
    """Raise click.UsageError for options that are about the library, if pictures are named."""
    from search.filters.filters import NO_FILTERS

    if filters != NO_FILTERS:
        raise click.UsageError(NOT_WITH_PICTURES)
    given = [option for option, value in options.items() if value]
    if given:
        raise click.UsageError(f"--{given[0]} is about the library; leave it out, or leave the pictures out.")


def _recipe_of_set(store: Store, name: str) -> Recipe:
    """Return how the label set of this name was made; raises InvalidRequest if there is none."""
    from indexer.errors import InvalidRequest
    from indexer.store.labels import label_set_named
    from search.labels.recipe import recipe_again

    label_set = label_set_named(store, name)
    if label_set is None:
        raise InvalidRequest(f'There is no label set "{name}" to go on with; name its classes: --classes cup,car')
    return recipe_again(label_set)


def _label_library(
    opened: Library, recipe: Recipe, filters: Filters, name: str | None, again: bool, keep: bool
) -> LabelRun:
    """Label the library's pictures, with bars where that takes long."""
    from search.labels.labelling import label_library
    from search.progress import Watch

    with (
        text_bar() as texts,
        CountBar("Judging", "pictures", PICTURES_WITHOUT_BAR) as judged,
        CountBar("Storing labels", "pictures", PICTURES_WITHOUT_BAR) as stored,
    ):
        watch = Watch(texts, judged, stored)
        return label_library(opened, recipe, name=name, keep=keep, filters=filters, again=again, tell=tell, watch=watch)


def _tell_next(done: LabelRun, library: LibraryOptions) -> None:
    """Say what can be done with a label set."""
    from cli.labelling.next_steps import said_again, steps_after, tell_steps

    if done.name is None or not done.total:
        return
    again = said_again(click.get_current_context().meta[TYPED], done.name, library.folder)
    tell_steps(steps_after(done.name, done.counts, done.draft, again, library.folder))


def _open(library: LibraryOptions, pictures_named: bool) -> Library:
    """Open the library; for named pictures, where there is none yet, a temporary one with a model of its own."""
    from indexer.errors import LibraryMissing
    from search.library.library import temporary_library

    try:
        return library.open() if pictures_named else library.open_or_offer()
    except LibraryMissing:
        if not pictures_named:
            raise
    return temporary_library(library.model, library.device, tell)
