"""Pictures and their embeddings in the store: stored, forgotten, and looked up by path or id.

Each batch is one transaction together with its metadata: whatever happens, the library holds whole batches.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from indexer.decoding.perceptual_hash import looks_alike
from indexer.files.formats import VIDEO_FORMATS
from indexer.files.found import FoundFile
from indexer.paths import from_columns, inside, to_columns
from indexer.spelling import spelled_as_known
from indexer.store.embeddings import MomentVector
from indexer.store.facts import come_back, edited, part
from indexer.store.failures import forget_failure
from indexer.store.known_files import spelled_as_stored
from indexer.store.models import StoredModel
from indexer.store.roots import AT_PATH, Root, path_key, root_paths, roots
from indexer.store.soundness import is_count, is_name
from indexer.store.store import Store, now

if TYPE_CHECKING:
    from indexer.decoding.frame import Frame

KnownPath = tuple[int, str]  # a root's id and a path relative to it
METADATA_COLUMNS = (
    *("taken_at", "taken_ms", "taken_from", "camera_make", "camera_model", "lens"),
    *("latitude", "longitude", "orientation"),
)


class EncodedFile(NamedTuple):
    """A picture, or a video with all its moments, ready to be stored."""

    root: Root
    frame: Frame
    moments: tuple[MomentVector, ...]


def store_batch(store: Store, model: StoredModel, batch: Sequence[EncodedFile]) -> None:
    """Store files with their embeddings and metadata, in one transaction.

    A picture that was known keeps its id; if its bytes have changed, its other embeddings and its labels no longer hold
    and are dropped. What a person said of it stays if it still looks alike, as after an edit. A failure of the file is
    forgotten.
    """
    with store.writing():
        for file in batch:
            forget_failure(store, file.root, file.frame.file.path)
            ids = _image_rows(store, file)
            store.db.conn.executemany(
                "INSERT OR REPLACE INTO embeddings (image, model, vector, precision) VALUES (?, ?, ?, ?)",
                [
                    (image, model.id, moment.vector.astype("<f2").tobytes(), moment.precision)
                    for image, moment in zip(ids, file.moments, strict=True)
                ],
            )


def _image_rows(store: Store, file: EncodedFile) -> list[int]:
    """Insert or update the row of each moment of a file, and return their ids."""
    key = [file.root.id, path_key(file.frame.file.path)]
    known = f"SELECT at_ms, id, content_hash, perceptual_hash FROM images WHERE {AT_PATH}"
    old = store.db.execute(known, key).fetchall()
    if any(digest != file.frame.digest for _, _, digest, _ in old):
        changed = [(image,) for _, image, *_ in old]
        store.db.conn.executemany("DELETE FROM embeddings WHERE image = ?", changed)
        store.db.conn.executemany("DELETE FROM labels WHERE image = ? AND act IS NULL", changed)
        for _, image, _, look in old:
            _follow_change(store, image, look, file.frame)
    ids = {at_ms: image for at_ms, image, *_ in old}
    wanted = {moment.at_ms for moment in file.moments}
    store.db.conn.executemany("DELETE FROM images WHERE id = ?", [(ids[at],) for at in ids if at not in wanted])
    return [_image_row(store, file, ids.get(moment.at_ms), moment.at_ms) for moment in file.moments]


def _follow_change(store: Store, image: int, look: object, frame: Frame) -> None:
    """Keep what a person said of a picture whose bytes have changed, unless its file shows another one now."""
    if type(look) is bytes and frame.perceptual_hash is not None and not looks_alike(look, frame.perceptual_hash):
        part(store, image)
    elif frame.digest is not None:
        edited(store, image, frame.digest)


def _image_row(store: Store, file: EncodedFile, image: int | None, at_ms: int) -> int:
    """Update the row of an id, or insert a new one, and return its id."""
    frame = file.frame
    values = {
        "size": frame.file.size,
        "mtime_ns": frame.file.mtime_ns,
        "ctime_ns": frame.file.ctime_ns,
        "width": frame.width,
        "height": frame.height,
        "format": frame.format,
        "indexed_at": now(),
        "content_hash": frame.digest,
        "perceptual_hash": frame.perceptual_hash,
        "note": frame.note,
        **{column: getattr(frame.metadata, column) for column in METADATA_COLUMNS},
    }
    if image is not None:
        columns = ", ".join(f"{column} = ?" for column in values)
        store.db.execute(f"UPDATE images SET {columns} WHERE id = ?", [*values.values(), image])
        return image
    name, name_bytes = to_columns(frame.file.path)
    values |= {"root": file.root.id, "path": name, "path_bytes": name_bytes, "at_ms": at_ms}
    marks = ", ".join("?" * len(values))
    cursor = store.db.execute(f"INSERT INTO images ({', '.join(values)}) VALUES ({marks})", list(values.values()))
    new = int(cursor.lastrowid or 0)
    if frame.digest is not None:
        come_back(store, new, frame.digest, at_ms)
    return new


def forget_files(store: Store, root: Root, paths: Iterable[str]) -> int:
    """Remove files by their relative paths, with embeddings and labels, in one transaction; return how many rows."""
    keys = [(root.id, path_key(path)) for path in paths]
    if not keys:
        return 0
    with store.writing():
        return store.db.conn.executemany(f"DELETE FROM images WHERE {AT_PATH}", keys).rowcount


def paths_of(store: Store, images: Iterable[int]) -> dict[int, Path]:
    """Return the absolute paths of pictures, by id."""
    folders = root_paths(store)
    rows = store.db.rows_in("SELECT id, root, path, path_bytes FROM images WHERE id IN ({marks})", images)
    return {
        image: folders[root] / from_columns(*columns)
        for image, root, *columns in rows
        if root in folders and is_name(*columns)
    }


def some_stills(store: Store, count: int) -> dict[int, Path]:
    """Return the paths of up to so many stills, from all over the library, by id."""
    chosen = "SELECT id FROM images WHERE at_ms = 0 AND format NOT IN ({formats}) ORDER BY id"
    formats = ", ".join("?" * len(VIDEO_FORMATS))
    ids = [row[0] for row in store.db.execute(chosen.format(formats=formats), sorted(VIDEO_FORMATS))]
    return paths_of(store, ids[:: max(1, len(ids) // count)][:count])


def times_of(store: Store, images: Iterable[int]) -> dict[int, float]:
    """Return the time in seconds of each of these moments in its video, by id; stills are left out."""
    rows = store.db.rows_in("SELECT id, format, at_ms FROM images WHERE id IN ({marks})", images)
    return {image: at_ms / 1000 for image, form, at_ms in rows if is_count(at_ms) and (at_ms or form in VIDEO_FORMATS)}


def image_at(store: Store, path: Path) -> tuple[int, FoundFile] | None:
    """Return the id and the stored signature of the picture at a resolved path, or None if it is not known.

    Of a video, the first moment's.
    """
    for root, relative in _in_roots(store, path):
        row = store.db.execute(
            f"SELECT id, size, mtime_ns, ctime_ns FROM images WHERE {AT_PATH} ORDER BY at_ms",
            [root, path_key(relative)],
        ).fetchone()
        if row is not None and is_count(row[1]) and is_count(row[2]) and (row[3] is None or is_count(row[3])):
            return int(row[0]), FoundFile(relative, *row[1:])
    return None


def digest_of_image(store: Store, image: int) -> bytes | None:
    """Return the hash of the bytes of a picture's file, None if it has none yet or is not in the library."""
    row = store.db.execute("SELECT content_hash FROM images WHERE id = ?", [image]).fetchone()
    return row[0] if row and type(row[0]) is bytes else None


@dataclass(frozen=True, slots=True)
class NotedPicture:
    """A picture of whose file something could not be read, though its pixels could."""

    path: Path  # absolute
    note: str


def noted_pictures(store: Store, folder: Path | None = None) -> list[NotedPicture]:
    """Return the pictures with a note, or those below an absolute folder, sorted by path."""
    folders = root_paths(store)
    rows = store.db.execute("SELECT root, path, path_bytes, note FROM images WHERE note IS NOT NULL")
    noted = (
        NotedPicture(folders[root] / from_columns(path, raw), str(note))
        for root, path, raw, note in rows
        if root in folders and is_name(path, raw)
    )
    below = (picture for picture in noted if folder is None or inside(str(picture.path), str(folder)) is not None)
    return sorted(below, key=lambda picture: picture.path)


def images_at(store: Store, path: Path) -> list[int]:
    """Return the ids of what is at a resolved path: none, a picture's one, or a video's many by time."""
    return list(dict.fromkeys(image for pair in _in_roots(store, path) for image in ids_at(store, *pair)))


def ids_at(store: Store, root: int, path: str) -> list[int]:
    """Return the ids of the rows of a file, by its path relative to a root: one, or a video's many by time."""
    rows = store.db.execute(f"SELECT id FROM images WHERE {AT_PATH} ORDER BY at_ms", [root, path_key(path)])
    return [row[0] for row in rows]


def _in_roots(store: Store, path: Path) -> list[tuple[int, str]]:
    """Return the id of each root that a path is inside, with the path relative to it, as the library spells them."""
    known = roots(store)
    path = spelled_as_known(path, [root.path for root in known])
    pairs = ((root, inside(str(path), str(root.path))) for root in known)
    return [(root.id, spelled_as_stored(store, root, relative)) for root, relative in pairs if relative]
