"""clipsearch export-labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from cli.options.basic import NamedPath, library_folder, library_option
from cli.options.filters import filter_options, filters_from

_FILE = NamedPath(dir_okay=False, allow_dash=True, path_type=Path)
_FOLDER = NamedPath(file_okay=False, path_type=Path)


@click.command("export-labels")
@click.argument("name", metavar="[SET]", required=False)
@click.option(
    "--threshold",
    metavar="P",
    type=click.FloatRange(0, 1),
    default=0.0,
    help="Only labels that are at least so probable. Example: --threshold 0.8",
)
@click.option("--with-other", is_flag=True, help='Also "other" and classes such as "not cup". Example: --with-other')
@click.option("--dry-run", is_flag=True, help="Only list what would be written. Example: --dry-run")
@click.option(
    "--remove",
    is_flag=True,
    help="Take the labels of SET, even of one that is gone, out of the sidecars again. Example: kitchen --remove",
)
@click.option(
    "--sort-into",
    metavar="DIR",
    type=_FOLDER,
    help="Instead of sidecars: a folder for each label, with hard links (symbolic ones where those can't be)."
    " Example: --sort-into ~/sorted",
)
@click.option("--copy", is_flag=True, help="With --sort-into: copies instead of links. Example: --copy")
@click.option("--csv", "csv_file", metavar="FILE", type=_FILE, help="A row for each label. Example: --csv labels.csv")
@click.option(
    "--json", "json_file", metavar="FILE", type=_FILE, help="The set and its pictures. Example: --json labels.json"
)
@click.option(
    "--coco",
    metavar="FILE",
    type=_FILE,
    help="A COCO file in which each label is a box around the whole picture. Example: --coco labels.json",
)
@click.option(
    "--imagenet",
    metavar="DIR",
    type=_FOLDER,
    help="train.txt (path and class index, the best class alone) and classes.txt. Example: --imagenet lists",
)
@filter_options
@library_option
def export_labels(
    name: str | None,
    threshold: float,
    with_other: bool,
    dry_run: bool,
    remove: bool,
    sort_into: Path | None,
    copy: bool,
    csv_file: Path | None,
    json_file: Path | None,
    coco: Path | None,
    imagenet: Path | None,
    library: Path | None,
    **filters: Any,
) -> None:
    """Write the labels of SET (not needed if there is only one) into XMP sidecars, folders by label, or lists.

    Sidecars are merged: what other programs and you wrote stays as it is, labels that no longer apply go, and labels
    that you took out do not come back. Pictures are never changed. "-" as FILE is stdout; clipsearch undo takes all
    of it back.

    \b
    Example:
      clipsearch export-labels --dry-run
      clipsearch export-labels kitchen --threshold 0.8 --in ~/Photos/2024
      clipsearch export-labels kitchen --sort-into ~/sorted --copy
      clipsearch export-labels kitchen --csv labels.csv --imagenet lists
    """
    from cli.output.exported import into_folders, into_lists, into_sidecars, out_of_sidecars, tell_unlabelled
    from indexer.store.labels import find_label_set
    from indexer.store.store import Store
    from search.export.label_selection import count_unlabelled, labelled_pictures

    lists = {key: path for key, path in {"csv": csv_file, "json": json_file, "coco": coco}.items() if path}
    _check(sort_into, copy, bool(lists or imagenet), dry_run, remove, bool(threshold or with_other))
    _check_different(list(lists.values()))
    chosen, place = filters_from(**filters), library_folder(library)
    with Store.open(place) as store:
        if remove:
            out_of_sidecars(store, name, chosen, place, dry_run)
            return
        label_set = find_label_set(store, name)
        pictures = labelled_pictures(store, label_set, chosen, threshold=threshold, with_other=with_other)
        tell_unlabelled(label_set, count_unlabelled(store, label_set, chosen))
        if not (sort_into or lists or imagenet):
            into_sidecars(store, pictures, label_set, place, dry_run)
    if sort_into:
        into_folders(pictures, label_set, sort_into.expanduser(), place, copy, dry_run)
    if lists or imagenet:
        into_lists(pictures, label_set, lists, imagenet, place)


def _check(sort_into: Path | None, copy: bool, lists: bool, dry_run: bool, remove: bool, choosing: bool) -> None:
    """Refuse options that do not go together."""
    if copy and not sort_into:
        raise click.UsageError("--copy is for --sort-into DIR; give that too.")
    if remove and (sort_into or lists):
        raise click.UsageError("--remove is for sidecars alone; clipsearch undo takes folders and lists back.")
    if remove and choosing:
        raise click.UsageError(
            "--remove takes all labels of SET; to take out some, export again with another --threshold or --with-other."
        )
    if dry_run and lists:
        raise click.UsageError('--dry-run is for sidecars and --sort-into; write a list to stdout with "-" instead.')


def _check_different(files: Sequence[Path]) -> None:
    """Refuse two lists in one file, or both on stdout."""
    from indexer.paths import absolute

    if len({file if str(file) == "-" else absolute(file) for file in files}) < len(files):
        raise click.UsageError("Each list needs a file of its own.")
