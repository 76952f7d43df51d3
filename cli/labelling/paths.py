"""Label files and folders that are named, and write what came of it; nothing is stored."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.labelling.pictures import shown_of, write_pictures
from cli.labelling.view import TYPED, View, write_labels
from cli.output.bars import CountBar, text_bar
from cli.output.rows import tell

if TYPE_CHECKING:
    from search.labels.recipe import Recipe
    from search.library.library import Library

FILES_WITHOUT_BAR = 8


def label_paths(opened: Library, recipe: Recipe, paths: Sequence[Path], view: View, library: Path) -> None:
    """Label files and folders, and write the results; raises click's Exit if some can't be read."""
    if any(map(os.path.isdir, paths)) or view.summary or view.uncertain:
        has_failed = _label_folders(opened, recipe, paths, view, library)
    else:
        has_failed = _label_files(opened, recipe, paths, view)
    if has_failed:
        raise click.exceptions.Exit(1)


def _label_files(opened: Library, recipe: Recipe, paths: Sequence[Path], view: View) -> bool:
    """Label pictures, each for itself, and return whether some can't be read."""
    from indexer.installation import advised
    from search.unindexed.named_files import label_named

    shown = shown_of(view.top, len(recipe.classes))
    labelled, has_failed = [], False
    with text_bar() as texts, CountBar("Encoding", "pictures", FILES_WITHOUT_BAR) as encoded:
        results = label_named(opened, recipe, paths, top=shown, tell=tell, texts=texts, encoded=encoded)
    for result in results:
        if isinstance(result, tuple):
            tell(f"{result[0]}: {advised(result[1])}")
            has_failed = True
        else:
            labelled.append(result)
    write_pictures(labelled, recipe.columns, shown, recipe.multi, view.output, with_times=False)
    return has_failed


def _label_folders(opened: Library, recipe: Recipe, paths: Sequence[Path], view: View, library: Path) -> bool:
    """Label what is below folders, and files beside them, and return whether some can't be read."""
    from cli.labelling.unindexed import tell_problem, tell_unindexed, tell_unindexed_steps
    from search.unindexed.labelling import label_unindexed

    with text_bar() as texts, CountBar("Encoding", "pictures", FILES_WITHOUT_BAR) as encoded:
        done = label_unindexed(opened, recipe, paths, tell_problem, tell=tell, texts=texts, encoded=encoded)
    tell_unindexed(done)
    write_labels(done.labelled, recipe, view)
    if view.is_table and view.sums_up and done.labelled.total:
        folder = next((path for path in paths if os.path.isdir(path)), None)
        tell_unindexed_steps(click.get_current_context().meta[TYPED], folder, library)
    return bool(done.problems)
