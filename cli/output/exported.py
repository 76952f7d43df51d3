"""Export labels to folders and lists, and say what was done; exported_sidecars.py does so for sidecars."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cli.output.collected import tell_collected, warn_inside_root
from cli.output.rows import CSV_FORMS, csv_cell, json_shown, tell, write_bytes, write_rows
from cli.shown.paths import told_path
from cli.terminal.streams import is_terminal
from indexer.wording import counted, doing

if TYPE_CHECKING:
    from cli.output.rows import Cell
    from indexer.store.labels import LabelSet
    from search.export.label_selection import LabelledHit


def tell_unlabelled(label_set: LabelSet, count: int) -> None:
    """Say how many pictures have no label in a set, so that nothing is written for them."""
    if count:
        tell(
            f'{doing(count, "picture", "is", "are", ",")} without a label in "{label_set.name}",'
            " being new or changed since, and left as they are; run clipsearch label again to have them, too."
        )


def tell_said(pictures: Sequence[LabelledHit]) -> None:
    """Say of how many of the pictures a person said what they are."""
    count = sum(picture.said_by is not None for picture in pictures)
    if count:
        tell(f"{counted(count, 'picture', ',')} with labels that a person gave, which are certain.")


def unsure_note(pictures: list[LabelledHit], threshold: float | None) -> str:
    """Say how many labels are left out as not probable enough; "" for none."""
    from search.export.label_selection import LEAST

    count = sum(picture.unsure for picture in pictures)
    if not count:
        return ""
    least, all_of_them = LEAST if threshold is None else threshold, "--threshold 0 takes all"
    return f"{counted(count, 'label', ',')} less probable than {least:g} left out ({all_of_them})"


def into_folders(
    pictures: list[LabelledHit], label_set: LabelSet, folder: Path, library: Path, copy: bool, dry_run: bool
) -> bool:
    """Sort pictures into folders, say what was done, and return whether some could not be read."""
    from search.export.label_folders import sort_into, sorted_targets

    if dry_run:
        targets = sorted_targets(pictures, folder)
        rows: list[dict[str, Cell]] = [{"folder": target.folder, "path": target.hit.path} for target in targets]
        write_rows(rows, ("folder", "path"))
        return False
    warn_inside_root(library, folder)
    done = sort_into(pictures, folder, library, copy=copy, title=f"labels {label_set.name}")
    return tell_collected(done, copied=copy)


def into_lists(
    pictures: list[LabelledHit], label_set: LabelSet, lists: dict[str, Path], imagenet: Path | None, library: Path
) -> None:
    """Write lists of labels, by format, and say so."""
    from search.export.list_formats import fits_a_line, to_coco, to_csv, to_imagenet, to_json, to_spreadsheet
    from search.export.list_writing import write_lists

    labelled = [picture for picture in pictures if picture.labels]
    makers = {
        "csv": lambda: to_csv(labelled),
        "spreadsheet": lambda: to_spreadsheet(labelled),
        "json": lambda: to_json(labelled, label_set),
        "coco": lambda: to_coco(labelled, label_set),
    }
    files: dict[Path, bytes] = {}
    for kind, path in lists.items():
        if str(path) == "-":
            _write_out(kind, makers[kind], labelled)
        else:
            files[path.expanduser()] = makers[kind]()
    folder = imagenet.expanduser() if imagenet else None
    if folder:
        files |= {folder / name: content for name, content in to_imagenet(labelled, label_set).items()}
        if broken := sum(not fits_a_line(picture) for picture in labelled):
            tell(f"{counted(broken, 'picture')} with a line break in the path left out of train.txt; --csv has all.")
    if files:
        action = write_lists(files, library, make=folder)
        names = " and ".join(map(told_path, files))
        tell(
            f"Wrote {names}; clipsearch undo {action} takes that back." if action else f"{names}: nothing has changed."
        )


def _write_out(kind: str, make: Callable[[], bytes], labelled: list[LabelledHit]) -> None:
    """Write a list to stdout; a terminal gets it as it shows CSV and JSON."""
    from search.export.list_formats import to_csv

    if not is_terminal(sys.stdout):
        write_bytes(make())
    elif kind in CSV_FORMS:
        write_bytes(to_csv(labelled, csv_cell(kind) or str))
    else:
        write_bytes(json_shown(make().decode()).encode())
