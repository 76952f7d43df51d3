"""Pictures sorted into a folder for each label, as links or copies, with one manifest; all of it can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from indexer.paths import readable
from indexer.wording import counted
from search.export.collected import Collected
from search.export.hit_folder import PutKind, Target, checked_folder, put_all
from search.export.label_selection import LabelledHit, each_label
from search.export.names import folder_names


def sort_into(pictures: Sequence[LabelledHit], folder: Path, library: Path, *, copy: bool, title: str) -> Collected:
    """Put each picture into DIR/LABEL for each of its labels: hard links, symbolic ones where those are impossible.

    A video goes once into each folder. `title` names the labels in the manifest. Raises as copy_hits does.
    """
    folder = checked_folder(folder)
    targets = sorted_targets(pictures, folder)
    description = f"{counted(len(targets), 'picture')} to {readable(folder)} by label"
    kind: PutKind = "copy" if copy else "auto"
    return put_all(targets, folder, library, kind, description=description, title=title, alternative="--copy")


def sorted_targets(pictures: Iterable[LabelledHit], folder: Path) -> list[Target]:
    """Return a target for each label of each picture; the hit's score is the label's probability."""
    labels = list(each_label(pictures))
    folders = folder_names(dict.fromkeys(name for _, name, _ in labels))
    targets: dict[tuple[str, Path], Target] = {}
    for hit, name, probability in labels:
        targets.setdefault((name, hit.path), Target(replace(hit, score=probability), folder / folders[name]))
    return list(targets.values())
