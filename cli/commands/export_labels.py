"""clipsearch export-labels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.completion import completers
from cli.help.commands import HelpedCommand
from cli.help.headings import WHICH, WRITTEN, headed
from cli.options.basic import WrittenPath, library_option, option_group
from cli.options.filters import filter_options
from cli.output.exported import into_folders, into_lists, tell_said, tell_unlabelled, unsure_note
from cli.output.exported_sidecars import SidecarWriting, into_sidecars, out_of_sidecars
from cli.output.rows import tell
from cli.output.unjudged import tell_unjudged

if TYPE_CHECKING:
    from search.filters.filters import Filters

_FILE = WrittenPath(dir_okay=False, allow_dash=True, path_type=Path)
_FOLDER = WrittenPath(file_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class Targets:
    """Where labels go instead of sidecars; raises click.UsageError for what makes no sense together."""

    sort_into: Path | None
    copy: bool
    csv_file: Path | None
    spreadsheet: Path | None
    json_file: Path | None
    coco: Path | None
    imagenet: Path | None

    def __post_init__(self) -> None:
        from indexer.paths import absolute

        if self.copy and not self.sort_into:
            raise click.UsageError("--copy is for --sort-into DIR; give that too.")
        files = [file if str(file) == "-" else absolute(file) for file in self.lists.values()]
        if len(set(files)) < len(files):
            raise click.UsageError("Each list needs a file of its own.")

    def __bool__(self) -> bool:
        return bool(self.sort_into or self.has_lists)

    @property
    def lists(self) -> dict[str, Path]:
        """The files of lists, by format."""
        files = {
            "csv": self.csv_file,
            "spreadsheet": self.spreadsheet,
            "json": self.json_file,
            "coco": self.coco,
        }
        return {form: file for form, file in files.items() if file}

    @property
    def has_lists(self) -> bool:
        """Whether lists are to be written."""
        return bool(self.lists or self.imagenet)


@click.command("export-labels", cls=HelpedCommand)
@click.argument("name", metavar="[SET]", required=False, shell_complete=completers.label_sets)
@headed(
    WHICH,
    click.option(
        "--threshold",
        metavar="P",
        type=click.FloatRange(0, 1),
        help="Only labels that are at least so probable: by default 0.5, unless SET or the class was made with a"
        " threshold of its own, or with --multi; 0 takes all. What a person said is certain. Example: --threshold 0.8",
    ),
    click.option("--with-other", is_flag=True, help='Also "other" and classes such as "not cup".'),
)
@headed(
    WRITTEN,
    click.option("--dry-run", is_flag=True, help="Only list what would be written."),
    click.option("--yes", is_flag=True, help="Write many sidecars without asking."),
    click.option(
        "--remove",
        is_flag=True,
        help="Take the labels of SET, even of one that is gone, out of the sidecars again.",
    ),
)
@option_group(
    "targets",
    Targets,
    click.option(
        "--sort-into",
        metavar="DIR",
        type=_FOLDER,
        help="Instead of sidecars: a folder for each label, with hard links (symbolic ones where those can't be).",
    ),
    click.option("--copy", is_flag=True, help="With --sort-into: copies instead of links."),
    click.option("--csv", "csv_file", metavar="FILE", type=_FILE, help="A row for each label."),
    click.option(
        "--spreadsheet",
        metavar="FILE",
        type=_FILE,
        help="The same for a spreadsheet: no cell is a formula.",
    ),
    click.option("--json", "json_file", metavar="FILE", type=_FILE, help="The set and its pictures."),
    click.option(
        "--coco",
        metavar="FILE",
        type=_FILE,
        help="A COCO file in which each label is a box around the whole picture.",
    ),
    click.option(
        "--imagenet",
        metavar="DIR",
        type=_FOLDER,
        help="train.txt (path and class index, the best class alone) and classes.txt.",
    ),
    heading=WRITTEN,
)
@filter_options
@library_option
def export_labels(
    name: str | None,
    threshold: float | None,
    with_other: bool,
    dry_run: bool,
    yes: bool,
    remove: bool,
    targets: Targets,
    filters: Filters,
    library: Path,
) -> None:
    """Write the labels of SET (not needed if there is only one) into XMP sidecars, folders by label, or lists.

    Sidecars are merged: what other programs and you wrote stays as it is, labels that no longer apply go, and labels
    that you took out do not come back. On a terminal, 50 sidecars or more are written only after a question; --yes
    answers it, and without a terminal there is none. Pictures are never changed. A set that is exported is no draft
    any more. "-" as FILE is stdout; clipsearch undo takes all of it back.

    \b
    Example:
      clipsearch export-labels --dry-run
      clipsearch export-labels kitchen --threshold 0.8 --in ~/Photos/2024
      clipsearch export-labels kitchen --sort-into ~/sorted --copy
      clipsearch export-labels kitchen --csv labels.csv --imagenet lists
    """
    from indexer.store.labels import find_label_set, keep_set
    from indexer.store.store import Store
    from search.export.label_selection import count_unlabelled, labelled_pictures

    _check(targets, dry_run, remove, threshold is not None or with_other)
    has_failed = False
    with Store.open(library) as store:
        if remove:
            out_of_sidecars(store, name, filters, SidecarWriting(library, dry_run, yes))
            tell_unjudged(store, filters)
            return
        label_set = find_label_set(store, name)
        if not dry_run:
            keep_set(store, label_set)  # before anything outside the library counts on it
        pictures = labelled_pictures(store, label_set, filters, threshold=threshold, with_other=with_other)
        tell_unlabelled(label_set, count_unlabelled(store, label_set, filters))
        tell_unjudged(store, filters)
        tell_said(pictures)
        unsure = unsure_note(pictures, threshold)
        if not targets:
            into_sidecars(store, pictures, label_set, SidecarWriting(library, dry_run, yes, unsure))
        elif unsure:
            tell(f"{unsure}.")
    if targets.sort_into:
        folder = targets.sort_into.expanduser()
        has_failed = into_folders(pictures, label_set, folder, library, targets.copy, dry_run)
    if targets.has_lists:
        into_lists(pictures, label_set, targets.lists, targets.imagenet, library)
    if has_failed:
        raise click.exceptions.Exit(1)


def _check(targets: Targets, dry_run: bool, remove: bool, choosing: bool) -> None:
    """Refuse options that do not go together."""
    if remove and targets:
        raise click.UsageError("--remove is for sidecars alone; clipsearch undo takes folders and lists back.")
    if remove and choosing:
        raise click.UsageError(
            "--remove takes all labels of SET; to take out some, export again with another --threshold or --with-other."
        )
    if dry_run and targets.has_lists:
        raise click.UsageError('--dry-run is for sidecars and --sort-into; write a list to stdout with "-" instead.')
