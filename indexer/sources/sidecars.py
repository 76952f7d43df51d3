"""Which of the files beside a picture speak of it: the rule of local files, for lists of names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.files.formats import suffix_of
from indexer.files.ignore import ScanRules
from indexer.metadata.takeout import takeout_name
from indexer.remote_files.objects import Entry
from indexer.sources.names import base_name, is_picture

XMP, JSON = ".xmp", ".json"


@dataclass(frozen=True, slots=True)
class Listed:
    """A picture as it was listed, and what lies beside it, by suffix."""

    picture: Entry
    beside: tuple[tuple[str, Entry], ...] = ()

    @property
    def signature(self) -> str:
        """What shows whether it, or what is said of it, has changed."""
        return "+".join((self.picture.signature, *(entry.signature for _, entry in self.beside)))


def with_sidecars(entries: Sequence[Entry], start: int, rules: ScanRules) -> Iterator[Listed]:
    """Yield the pictures among the files of one folder; their paths below the place begin at a letter of the keys."""
    names = {base_name(entry.key).lower(): entry for entry in entries}
    side = {name: entry for name, entry in names.items() if name.endswith((XMP, JSON))}
    for entry in entries:
        if is_picture(entry.key[start:].lstrip("/"), rules):
            yield Listed(entry, tuple(_beside(base_name(entry.key).lower(), names, side)) if side else ())


def _beside(name: str, names: dict[str, Entry], side: dict[str, Entry]) -> Iterator[tuple[str, Entry]]:
    """Yield the sidecar IMG.jpg.xmp, or IMG.xmp, which speaks of all files of one shot; and Takeout's JSON."""
    stem = os.path.splitext(name)[0]
    # Of IMG.jpg.png the sidecar IMG.jpg.xmp would be that of the picture IMG.jpg beside it.
    sidecar = side.get(name + XMP) or (side.get(stem + XMP) if stem not in names else None)
    if sidecar is not None:
        yield XMP, sidecar
    json = takeout_name(name, side)
    if json is not None and suffix_of(json) == JSON:
        yield JSON, side[json]
