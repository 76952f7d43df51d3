"""Pictures sorted into a folder for each label, as links or copies, with one manifest; all of it can be undone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from indexer.errors import OutputError
from indexer.paths import readable
from search.export.collecting import Collected, collecting_folder, copying, linking, put_hit, stopped, write_manifest
from search.export.labelled_pictures import Labelled
from search.journal.journal import Journal
from search.journal.links_and_copies import make_folders
from search.results import Hit

LONGEST = 200  # bytes of a folder's name, which leaves room for a number
# What some file system takes in no name, and the names that Windows keeps for itself
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def sort_into(pictures: Sequence[Labelled], folder: Path, library: Path, *, copy: bool, title: str) -> Collected:
    """Put each picture into DIR/LABEL for each of its labels; hard links, or symbolic ones where those can't be.

    A video goes once into each folder. `title` says in the manifest what was asked. Raises as copy_hits does.
    """
    folder = collecting_folder(folder)
    targets = sorted_targets(pictures, folder)
    what, place = ("copy", copying) if copy else ("link", linking("auto"))
    action = f"{what} {len(targets)} pictures to {readable(folder)} by label"
    with Journal.begin(library, action) as journal:
        done = Collected(folder, journal.id)
        try:
            for target, hit in targets:
                make_folders(journal, target)
                put_hit(journal, hit, target, place, done)
        except OSError as error:
            raise OutputError(stopped(error, what, done, len(targets), "--copy")) from error
        finally:
            write_manifest(journal, done, what, title)
    return done


def sorted_targets(pictures: Iterable[Labelled], folder: Path) -> list[tuple[Path, Hit]]:
    """Return the label's folder for each label of each picture; the hit's score is the label's probability."""
    labels = dict.fromkeys(name for one in pictures for name, _ in one.labels)
    folders = folder_names(labels)
    targets: dict[tuple[Path, Path], Hit] = {}
    for one in pictures:
        for name, probability in one.labels:
            key = (folder / folders[name], one.picture.path)
            targets.setdefault(key, replace(one.picture, score=probability))
    return [(target, hit) for (target, _), hit in targets.items()]


def folder_names(labels: Iterable[str]) -> dict[str, str]:
    """Return a folder name for each label: one that every file system takes, and that no other label has."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for label in labels:
        base = _UNFIT.sub("_", label).strip().lstrip(".")
        base = base.encode("utf-8", "ignore")[:LONGEST].decode("utf-8", "ignore").rstrip(". ") or "_"
        base = f"_{base}" if _RESERVED.fullmatch(base) else base
        number, name = 1, base
        while name.casefold() in taken:
            number += 1
            name = f"{base}-{number}"
        taken.add(name.casefold())
        names[label] = name
    return names
