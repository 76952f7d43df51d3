"""clipsearch label."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.options.basic import NamedPath, check_output, device_option, library_folder, library_option, output_options
from cli.options.classes import class_options
from cli.options.filters import filter_options, filters_from
from cli.options.label_recipe import is_nothing, only_preset, recipe_from, recipe_of_set, tell_of_classes
from cli.output.bars import FEW_PICTURES, CountBar, text_bar
from cli.output.labelled import shown_of, tell_counts, tell_what_was_done, write_pictures

if TYPE_CHECKING:
    from search.filters.filters import Filters
    from search.labels.recipe import Recipe
    from search.library.library import Library


@click.command()
@click.argument("pictures", metavar="[PICTURE]...", nargs=-1, type=NamedPath(path_type=Path))
@class_options
@click.option("--name", help="What the label set is called, if not by its classes. Example: --name mugs")
@click.option(
    "--all", "again", is_flag=True, help="Label all pictures again, not only what is new or has changed. Example: --all"
)
@click.option(
    "--top",
    type=click.IntRange(min=1),
    help="How many classes with their probabilities are shown of each picture. Example: --top 3",
)
@click.option(
    "--uncertain",
    type=click.IntRange(min=1),
    metavar="N",
    help="Show only the N pictures whose labels are the least certain, to be looked at first. Example: --uncertain 20",
)
@click.option("--summary", is_flag=True, help="Show only how many pictures have each label. Example: --summary")
@filter_options
@output_options
@click.option(
    "--model",
    help="With a library: refuse unless this is its model. Without one: the model to use. Example: --model builtin",
)
@device_option
@library_option
def label(
    pictures: tuple[Path, ...],
    name: str | None,
    again: bool,
    top: int | None,
    uncertain: int | None,
    summary: bool,
    form: str,
    nul: bool,
    model: str | None,
    device: str,
    library: Path | None,
    **options: Any,
) -> None:
    """Label every picture with the most probable class, or with "other"; or only the PICTUREs named.

    The labels are stored in the library as a label set, which query --label, labels and export-labels use; a later
    run labels what is new or has changed; with --name alone it goes on as that set was made. Named pictures need not
    be in the library, and nothing is stored of them.

    \b
    Example:
      clipsearch label --classes cup,car
      clipsearch label --classes "crane=a construction crane on a building site,ship" --multi
      clipsearch label --preset photo-basics --summary
      clipsearch label --name photo-basics
      clipsearch label photo.jpg --classes "a diagram,a dog,a cat" --template "{}" --format json
    """
    from cli.output.rows import tell

    check_output(form, nul)
    if summary and (top or uncertain or nul or form == "paths"):
        raise click.UsageError(
            "--summary shows no pictures, so --top, --uncertain, -0 and --format paths don't go with it."
        )
    of_classes = ("listed", "file", "presets", "examples", "own_templates", "templates", "other", "multi", "thresholds")
    place, preset = library_folder(library), only_preset(options)
    asked = {option: options.pop(option) for option in of_classes}
    recipe = None if name and not pictures and is_nothing(asked) else recipe_from(**asked)
    if recipe is not None:
        tell_of_classes(recipe, asked["other"])
    if pictures:
        _refuse_with_pictures(options, name=name, all=again, uncertain=uncertain, summary=summary)
    filters = filters_from(**options)
    with _library(place, model, device, bool(pictures)) as opened:
        recipe = recipe or recipe_of_set(opened.store, str(name))
        shown = shown_of(top, len(recipe.classes))
        for note in opened.reader.notes_on_classes(prompt for one in recipe.classes for prompt in one.prompts):
            tell(note)
        if pictures:
            _label_named(opened, recipe, pictures, shown, form, nul)
        else:
            if name is None and preset:
                name = f"{preset} (multi)" if recipe.multi else preset
            _label_library(opened, recipe, filters, name, again, uncertain, summary, shown, form, nul)


def _refuse_with_pictures(filters: dict[str, Any], **options: Any) -> None:
    """Raise click.UsageError for options that are about the library, if pictures are named."""
    if any(filters.values()):
        raise click.UsageError("Name pictures or filters such as --in DIR, not both.")
    given = [option for option, value in options.items() if value]
    if given:
        raise click.UsageError(f"--{given[0]} is about the library; leave it out, or leave the pictures out.")


def _label_library(
    opened: Library,
    recipe: Recipe,
    filters: Filters,
    name: str | None,
    again: bool,
    uncertain: int | None,
    summary: bool,
    shown: int | None,
    form: str,
    nul: bool,
) -> None:
    """Label the library's pictures and write the results."""
    from cli.output.rows import tell, write_rows
    from search.labels.labelling import label_library
    from search.progress import Watch

    with (
        text_bar() as texts,
        CountBar("Judging", "pictures", FEW_PICTURES) as judged,
        CountBar("Storing labels", "pictures", FEW_PICTURES) as stored,
    ):
        done = label_library(
            opened,
            recipe,
            name=name,
            filters=filters,
            again=again,
            tell=tell,
            watch=Watch(texts, judged, stored),
        )
    tell_what_was_done(done)
    if summary:
        rows = [{"class": label, "pictures": str(count)} for label, count in done.counts.items()]
        records = [{"class": label, "pictures": count} for label, count in done.counts.items()]
        write_rows(rows, ("class", "pictures"), form, nul, records)
        return
    tell_counts(done.counts)
    found = done.pictures(shown) if uncertain is None else done.uncertain(uncertain, shown)
    write_pictures(found, done.judge.columns, shown, recipe.multi, form, nul, done.has_videos)


def _label_named(
    opened: Library, recipe: Recipe, pictures: tuple[Path, ...], shown: int | None, form: str, nul: bool
) -> None:
    """Label the pictures that were named and write the results; raises click's Exit if some can't be read."""
    from cli.output.rows import tell
    from search.labels.labelling import label_files

    found, failed = [], False
    with text_bar() as bar:
        results = label_files(opened, recipe, pictures, top=shown, tell=tell, progress=bar)
    for result in results:
        if isinstance(result, tuple):
            hint = "; to label what is below it, leave it out and add --in" if os.path.isdir(result[0]) else ""
            tell(f"{result[0]}: {result[1]}{hint}")
            failed = True
        else:
            found.append(result)
    write_pictures(found, recipe.columns, shown, recipe.multi, form, nul, False)
    if failed:
        raise click.exceptions.Exit(1)


def _library(place: Path, model: str | None, device: str, pictures_named: bool) -> Library:
    """Open the library; for named pictures, where there is none yet, a temporary one with a model of its own."""
    from cli.output.rows import tell
    from indexer.errors import LibraryMissing
    from search.library.library import open_library, temporary_library

    try:
        return open_library(place, model=model, device=device)
    except LibraryMissing:
        if not pictures_named:
            raise
    return temporary_library(model, device, tell)
