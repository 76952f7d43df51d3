"""Rows of a data set, with their embeddings, as pictures of a local library.

A file that is there is stored with its size and time stamps, and with the hash of its bytes, which is what an index run
compares. So a run keeps the embedding of a file that has not changed since. Where the row says that its embedding is of
other bytes, or the file is not there, no time stamp is stored, and a run encodes the file once it finds one.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from indexer.addresses import is_url
from indexer.data_sets.columns import EMBEDDING
from indexer.data_sets.texts import from_column
from indexer.decoding.frame import Frame
from indexer.decoding.perceptual_hash import BYTES
from indexer.errors import FolderError, InvalidRequest
from indexer.files.away import is_marked
from indexer.files.content import digest_if_unchanged
from indexer.files.found import FoundFile, found_file
from indexer.metadata.metadata import Metadata
from indexer.metadata.timestamps import is_timestamp
from indexer.paths import inside, readable
from indexer.root_folders.named_roots import add_root
from indexer.spelling import NamesOnDisk, spelled_as_known
from indexer.store.embeddings import MomentVector
from indexer.store.pictures import EncodedFile, store_batch
from indexer.store.roots import AT_PATH, Root, covering_root, path_key, roots
from indexer.store.soundness import is_name, is_number, unit_vectors
from search.data_sets.checked import NOTHING_DONE, vectors_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow as pa

    from indexer.store.models import StoredModel
    from indexer.store.store import Store

FILES_AT_ONCE = 256
_TEXTS = ("taken_from", "camera_make", "camera_model", "lens")


def store_rows(store: Store, model: StoredModel, batches: Iterable[pa.RecordBatch], root: Path | None) -> None:
    """Store rows as pictures at their addresses, all or none; `root` is for those outside all roots of the library."""
    with store.writing():
        places = _Places(store, root)
        pending: list[EncodedFile] = []
        for address, rows in groupby(_rows(batches), key=itemgetter("address")):
            pending.append(_file(store, model, *places.of(from_column(address)), list(rows)))
            if len(pending) >= FILES_AT_ONCE:
                store_batch(store, model, pending)
                pending = []
        store_batch(store, model, pending)


def _rows(batches: Iterable[pa.RecordBatch]) -> Iterator[dict[str, Any]]:
    """Yield each row, its embedding as an array."""
    for batch in batches:
        vectors = vectors_of(batch)
        facts = batch.select([name for name in batch.schema.names if name != EMBEDDING])
        for row, vector in zip(facts.to_pylist(), vectors, strict=True):
            yield {**row, EMBEDDING: vector}


@dataclass(slots=True)
class _Places:
    """Which root of the library a path is in."""

    store: Store
    root: Path | None
    known: list[Root] = field(init=False)
    added: tuple[Path, Root, str] | None = None  # the root as it was typed, whose it is, and where in that
    names: NamesOnDisk = field(default_factory=NamesOnDisk)

    def __post_init__(self) -> None:
        self.known = roots(self.store)

    def of(self, address: str) -> tuple[Root, str]:
        """Return the root that a file is in, and its path there; raises InvalidRequest, FolderError for none."""
        shown = readable(address)
        if is_url(address):
            raise InvalidRequest(
                f"{shown.partition('?')[0]} is a URL, and this library holds files of this machine; make one for"
                f" pictures from anywhere with --store lance; {NOTHING_DONE}."
            )
        path = Path(os.path.normpath(address))
        if not path.is_absolute() or "\0" in address:
            raise InvalidRequest(
                f"{shown} is no absolute path, so it is not known which file is meant; {NOTHING_DONE}."
            )
        path = self.names.spelled(path)
        found = self._covering(path)
        if found is None:
            folder = "another folder" if self.root else "a folder"
            raise FolderError(f"{shown} is below no root of this library; name {folder} that holds it; {NOTHING_DONE}.")
        return found

    def _covering(self, path: Path) -> tuple[Root, str] | None:
        """Return the root around a path and the path in it: one that is known, else the one that is added."""
        spelled = spelled_as_known(path, [root.path for root in self.known])
        found = covering_root(self.known, spelled) or self._in_added(path)
        return found if found is not None and is_name(found[1], None) else None

    def _in_added(self, path: Path) -> tuple[Root, str] | None:
        """Return a path in the root that is added for it."""
        if self.root is None:
            return None
        if self.added is None:
            root, below = add_root(self.store, self.root)
            self.added = (Path(os.path.abspath(self.root)), root, below)
            self.known = roots(self.store)
            if (found := covering_root(self.known, path)) is not None:
                return found
        typed, root, below = self.added
        relative = inside(str(path), str(typed))
        return None if relative is None else (root, f"{below}/{relative}".lstrip("/"))


def _file(store: Store, model: StoredModel, root: Root, path: str, rows: list[dict[str, Any]]) -> EncodedFile:
    """Return the rows of one file, with those of its moments that the library has besides."""
    stated = rows[0]["content_hash"]
    file, digest = _on_disk(root.path / path, path, stated, rows[0]["size"])
    given = {row["at_ms"] or 0: MomentVector(row["at_ms"] or 0, row[EMBEDDING]) for row in rows}
    moments = {moment.at_ms: moment for moment in _moments_before(store, model, root, path, digest)} | given
    frame = Frame(
        file,
        cast(bytes, digest),  # null where nobody knows it; the file then is encoded by the next run that finds it
        rows[0]["width"] or 0,
        rows[0]["height"] or 0,
        rows[0]["format"] or "",
        _metadata(rows[0]),
        perceptual_hash=look if len(look := rows[0]["perceptual_hash"] or b"") == BYTES else None,
        note=from_column(rows[0]["note"]),
    )
    return EncodedFile(root, frame, tuple(moments[at_ms] for at_ms in sorted(moments)))


def _on_disk(path: Path, name: str, stated: bytes | None, size: int | None) -> tuple[FoundFile, bytes | None]:
    """Return the signature of a file that an embedding is of, and the hash of its bytes as far as that is known."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return FoundFile(name, size or 0, 0), stated
    found = found_file(name, status)
    if is_marked(status):  # reading it would fetch it
        return found, stated
    digest = digest_if_unchanged(path, found)
    if digest is None or stated not in (None, digest):
        return FoundFile(name, size or 0, 0), stated
    return found, digest


def _moments_before(
    store: Store, model: StoredModel, root: Root, path: str, digest: bytes | None
) -> list[MomentVector]:
    """Return the embeddings that the library has of a file with these bytes."""
    rows = store.db.execute(
        "SELECT i.at_ms, e.vector, e.precision FROM images i JOIN embeddings e ON e.image = i.id AND e.model = ?"
        f" WHERE {AT_PATH} AND i.content_hash IS ?",
        [model.id, root.id, path_key(path), digest],
    ).fetchall()
    if not rows:
        return []
    vectors, sound = unit_vectors([row[1] for row in rows], model.dim, "<f2")
    kept = (row for row, is_sound in zip(rows, sound, strict=True) if is_sound)
    return [MomentVector(row[0], vector, row[2]) for row, vector in zip(kept, vectors, strict=True)]


def _metadata(row: dict[str, Any]) -> Metadata:
    """Return what a row says of when, where and by what a picture was taken, as far as that makes sense."""
    taken_at = row["taken_at"] if is_timestamp(row["taken_at"]) else None
    is_placed = is_number(row["latitude"], -90, 90) and is_number(row["longitude"], -180, 180)
    return Metadata(
        taken_at=taken_at,
        taken_ms=row["taken_ms"] if taken_at is not None and 0 <= (row["taken_ms"] or 0) <= 999 else None,
        latitude=row["latitude"] if is_placed else None,
        longitude=row["longitude"] if is_placed else None,
        orientation=row["orientation"] if row["orientation"] in range(1, 9) else None,
        **{name: from_column(row[name]) for name in _TEXTS},
    )
