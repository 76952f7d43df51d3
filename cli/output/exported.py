"""Export labels to sidecars, folders and lists, and say what was done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.output.bars import step_bar
from cli.output.collected import tell_collected, warn_inside_root
from cli.output.rows import counted, tell, write_bytes, write_rows

if TYPE_CHECKING:
    from cli.output.rows import Cell
    from indexer.store.labels import LabelSet
    from indexer.store.store import Store
    from search.export.label_selection import LabelledHit
    from search.filters.filters import Filters
    from search.sidecars.writer import Exported

BAR_FROM = 200  # files


def tell_unlabelled(label_set: LabelSet, count: int) -> None:
    """Say how many pictures have no label in a set, so that nothing is written for them."""
    if count:
        tell(
            f'{counted(count, "picture", ",")} {"are" if count > 1 else "is"} without a label in "{label_set.name}",'
            " being new or changed since, and left as they are; run clipsearch label again to have them, too."
        )


def into_sidecars(store: Store, pictures: list[LabelledHit], label_set: LabelSet, library: Path, dry_run: bool) -> None:
    """Merge the labels of a set into the sidecars of its pictures."""
    from indexer.store.labels import remember_export
    from search.export.label_selection import labels_by_file
    from search.sidecars.export import sidecar_name_of

    name = sidecar_name_of(store, label_set)
    if not (dry_run or store.read_only):
        remember_export(store, label_set, name)
    _export(labels_by_file(pictures), name, library, dry_run)


def out_of_sidecars(store: Store, name: str | None, filters: Filters, library: Path, dry_run: bool) -> None:
    """Take the labels of a set out of the sidecars of all pictures that pass."""
    from indexer.store.labels import label_set_named, remember_export
    from indexer.store.pictures import paths_of
    from search.filters.filters import Filters
    from search.filters.passing import Passing

    if name is None:
        raise click.UsageError("--remove needs the name of the set whose labels are to go.")
    known = label_set_named(store, name)
    name = name if known is None else known.sidecar_name
    files = paths_of(store, Passing.of(store, filters).listed(store)).values()
    done = _export({path: [] for path in files}, name, library, dry_run, forget=True)
    if known is not None and not dry_run and filters == Filters():
        remember_export(store, known, None)
    if not done.changes:
        tell(f'None of these sidecars holds a label of a set called "{name}".')


def _export(files: dict[Path, list[str]], name: str, library: Path, dry_run: bool, forget: bool = False) -> Exported:
    """Write sidecars, say what was done, and return it."""
    from search.sidecars.export import export_sidecars

    with step_bar("Sidecars", len(files), BAR_FROM) as step:
        done = export_sidecars(files, name, library, dry_run=dry_run, forget=forget, report=step)
    if dry_run:
        _list(done)
    _tell(done, dry_run)
    if done.problems or done.folders:
        raise click.exceptions.Exit(1)
    return done


def _list(done: Exported) -> None:
    rows: list[dict[str, Cell]] = [
        {
            "sidecar": "new" if change.new else "merge",
            "add": ", ".join(change.added),
            "remove": ", ".join(change.removed),
            "path": change.sidecar,
        }
        for change in done.changes
    ]
    write_rows(rows, ("sidecar", "add", "remove", "path"))


def _tell(done: Exported, dry_run: bool) -> None:
    """Say what was written, and what was not."""
    for path, reason in done.problems:
        tell(f"{path}: {reason}")
    for (folder, reason), count in done.folders.items():
        tell(f"{folder}: {counted(count, 'sidecar')} left out: {reason}.")
    new = sum(change.new for change in done.changes)
    added, removed = (sum(len(getattr(change, kind)) for change in done.changes) for kind in ("added", "removed"))
    verb = "Would write" if dry_run else "Wrote"
    parts = [f"{verb} {counted(len(done.changes), 'sidecar')} ({new} new): {counted(added, 'label')} added"]
    if removed:
        parts[0] += f", {removed} removed"
    if done.unchanged:
        parts.append(f"{done.unchanged} as they should be")
    if done.left_out:
        parts.append(f"{counted(done.left_out, 'label')} left out that you had taken away")
    if done.changes and not dry_run:
        parts.append(f"clipsearch undo {done.action} takes that back")
    tell("; ".join(parts) + ".")


def into_folders(
    pictures: list[LabelledHit], label_set: LabelSet, folder: Path, library: Path, copy: bool, dry_run: bool
) -> None:
    """Sort pictures into folders and say what was done."""
    from search.export.label_folders import sort_into, sorted_targets

    if dry_run:
        targets = sorted_targets(pictures, folder)
        rows: list[dict[str, Cell]] = [{"folder": target.folder, "path": target.hit.path} for target in targets]
        write_rows(rows, ("folder", "path"))
        return
    warn_inside_root(library, folder)
    done = sort_into(pictures, folder, library, copy=copy, title=f"labels {label_set.name}")
    if tell_collected(done, copied=copy):
        raise click.exceptions.Exit(1)


def into_lists(
    pictures: list[LabelledHit], label_set: LabelSet, lists: dict[str, Path], imagenet: Path | None, library: Path
) -> None:
    """Write lists of labels, by format, and say so."""
    from search.export.list_formats import fits_a_line, to_coco, to_csv, to_imagenet, to_json
    from search.export.list_writing import write_lists

    labelled = [picture for picture in pictures if picture.labels]
    makers = {
        "csv": lambda: to_csv(labelled),
        "json": lambda: to_json(labelled, label_set),
        "coco": lambda: to_coco(labelled, label_set),
    }
    files: dict[Path, bytes] = {}
    for kind, path in lists.items():
        if str(path) == "-":
            write_bytes(makers[kind]())
        else:
            files[path.expanduser()] = makers[kind]()
    folder = imagenet.expanduser() if imagenet else None
    if folder:
        files |= {folder / name: content for name, content in to_imagenet(labelled, label_set).items()}
        if broken := sum(not fits_a_line(picture) for picture in labelled):
            tell(f"{counted(broken, 'picture')} with a line break in the path left out of train.txt; --csv has all.")
    if files:
        action = write_lists(files, library, make=folder)
        names = " and ".join(map(str, files))
        tell(
            f"Wrote {names}; clipsearch undo {action} takes that back." if action else f"{names}: nothing has changed."
        )
