"""Exporting labels to the sidecars of pictures, which can be undone; pictures are never touched.

A sidecar that can't be written is left as it was and reported, once for each folder and reason.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import InvalidRequest
from indexer.files.away import is_away
from indexer.files.ignore import is_photo_library
from indexer.paths import readable
from indexer.store.labels import LabelSet, label_sets
from search.journal.journal import Journal
from search.journal.os_errors import system_words
from search.sidecars.folder import SidecarFolder
from search.sidecars.writer import Exported, SidecarWriter
from search.sidecars.xmp import clean

if TYPE_CHECKING:
    from indexer.store.store import Store

AWAY = "a sync client has put the pictures away; make them available offline"
GONE = "the pictures are not there any more; run clipsearch index"


def export_sidecars(
    files: Mapping[Path, Sequence[str]],
    label_set: str,
    library: Path,
    *,
    dry_run: bool = False,
    forget: bool = False,
    report: Callable[[], object] = lambda: None,
) -> Exported:
    """Merge each file's labels, those of the set of this name, into its sidecar; with `dry_run` only plan it.

    For `forget` see merge_labels. `report` is called for each file. Raises OutputError when the disk is full, with
    what was done kept, LibraryError if the journal can't be written.
    """
    shown = readable(label_set)
    what = f"take the labels {shown} out of sidecars" if forget else f"write the labels {shown} into sidecars"
    with contextlib.nullcontext() if dry_run else Journal.begin(library, what, ()) as journal:
        writer = SidecarWriter(journal, label_set, forget=forget)
        for path, sidecar in _sidecars(files, writer.done):
            if sidecar is not None:
                writer.add(sidecar, files[path])
            report()
        writer.write()
    return writer.done


def _sidecars(files: Iterable[Path], done: Exported) -> Iterator[tuple[Path, Path | None]]:
    """Yield each file and its sidecar, None if there can be none; count the reasons."""
    by_folder = sorted(files, key=lambda path: (path.parent, path.name))  # by path, subfolders would come in between
    for folder, paths in itertools.groupby(by_folder, lambda path: path.parent):
        sidecars = _sidecar_folder(folder)
        for path in paths:
            if isinstance(sidecars, str):
                done.folders[folder, sidecars] += 1
                yield path, None
            elif path.name not in sidecars.names:
                done.folders[folder, AWAY if is_away(path) else GONE] += 1
                yield path, None
            else:
                yield path, sidecars.sidecar_of(path.name)


def _sidecar_folder(folder: Path) -> SidecarFolder | str:
    """Return a folder's sidecars, or why there can be none."""
    if any(is_photo_library(part) for part in folder.parts):
        return "it is inside a library of Apple Photos, where only Photos may write"
    try:
        return SidecarFolder(folder)
    except OSError as error:
        return f"it can't be read ({system_words(error)}); check that its drive is there, and its permissions"


def sidecar_name_of(store: Store, label_set: LabelSet) -> str:
    """Return the name of a set in sidecars; raises InvalidRequest if another set has the same name there."""
    name = label_set.sidecar_name
    for other in label_sets(store):
        if other.id != label_set.id and other.exported_as and clean(other.exported_as) == clean(name):
            raise InvalidRequest(
                f'Sidecars already call the label set "{other.name}" by the name "{clean(name)}", so nothing could tell'
                " the two apart in them; rename this one: clipsearch labels rename"
            )
    return name
