"""Which files the library knows in a root, or at or below a relative path in it."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from indexer.files.found import FoundFile, Signature
from indexer.paths import from_columns
from indexer.spelling import FINDS_EITHER, composed, decomposed
from indexer.store.embeddings import all_embedded
from indexer.store.models import StoredModel
from indexer.store.roots import AT_PATH, PATH, Root, path_key, roots
from indexer.store.soundness import READABLE
from indexer.store.store import Store

FILES_PER_TRANSACTION = 10_000  # so that the write-ahead log of a million does not grow without end


def known_files(store: Store, root: Root, paths: Sequence[str] = ("",)) -> set[Signature]:
    """Return the files of a root at or below relative paths, in one read for each path.

    They equal the FoundFile of a file that has not changed, unless their ctime is not known.
    """
    known: set[Signature] = set()
    for path in paths:
        for condition, values in _in_root(store, root, path):
            rest = f"size, mtime_ns, ctime_ns FROM images WHERE {condition} AND"
            known.update(store.db.execute(f"SELECT path, {rest} path_bytes IS NULL AND {READABLE}", values))
            bytes_only = f"{PATH} >= x''"  # which the index finds: blobs come after all texts
            rows = store.db.execute(
                f"SELECT path_bytes, {rest} root = ? AND {bytes_only} AND {READABLE}", [*values, root.id]
            )
            known.update((os.fsdecode(raw), *signature) for raw, *signature in rows)
    return known


def take_over_ctimes(store: Store, root: Root, files: Sequence[FoundFile]) -> None:
    """Store the ctimes that files of a root have now, of pictures and failures, some thousands in a transaction."""
    for start in range(0, len(files), FILES_PER_TRANSACTION):
        rows = [(file.ctime_ns, root.id, path_key(file.path)) for file in files[start : start + FILES_PER_TRANSACTION]]
        with store.writing():
            for table in ("images", "failures"):
                store.db.conn.executemany(f"UPDATE {table} SET ctime_ns = ? WHERE {AT_PATH}", rows)


def digests_at(store: Store, root: Root, paths: Sequence[str]) -> dict[str, bytes]:
    """Return the hashes of the bytes that are known at relative paths, of pictures that have one."""
    select = f"SELECT content_hash FROM images WHERE {AT_PATH} AND content_hash IS NOT NULL"
    rows = ((path, store.db.execute(select, [root.id, path_key(path)]).fetchone()) for path in paths)
    return {path: row[0] for path, row in rows if row is not None and type(row[0]) is bytes}


def incomplete_files(store: Store, root: Root, model: StoredModel | None, paths: Sequence[str] = ("",)) -> set[str]:
    """Return the paths of the known files that have no hash, or no embedding by the model."""
    if all_embedded(store, model):
        return set()
    incomplete: set[str] = set()
    for path in paths:
        for condition, values in _in_root(store, root, path):
            rows = store.db.execute(
                f"SELECT path, path_bytes FROM images WHERE {condition} AND (content_hash IS NULL OR NOT EXISTS"
                f" (SELECT 1 FROM embeddings WHERE image = images.id AND model = ?)) AND {READABLE}",
                [*values, model.id if model else None],
            )
            incomplete.update(from_columns(*row) for row in rows)
    return incomplete


def _in_root(store: Store, root: Root, path: str) -> list[tuple[str, list[int | str | bytes]]]:
    """Return conditions that together find what is at a path in a root or below it, each answered from the index."""
    if path:
        conditions = [(f"{PATH} = ?", [path_key(path)]), *below(path)]
        return [(f"root = ? AND {condition}", [root.id, *values]) for condition, values in conditions]
    alone = len(roots(store)) == 1
    return [("+root = ?" if alone else "root = ?", [root.id])]  # "+": reading all is quicker without the index


def spelled_as_stored(store: Store, root: Root, path: str) -> str:
    """Return the relative path of a file or folder as the library spells it; the very same one wins.

    One that is spelled partly so and partly otherwise is looked for among the paths that begin alike.
    """
    if path.isascii() or _is_known(store, root, path) or (not FINDS_EITHER and os.path.lexists(root.path / path)):
        return path
    wanted = composed(path)
    if (whole := next((form for form in (wanted, decomposed(path)) if _is_known(store, root, form)), None)) is not None:
        return whole
    start = re.split(r"[^\0-\x7f]", path, maxsplit=1)[0][:-1]  # an accent belongs to the letter before it
    between = f"root = ? AND {PATH} >= ? AND {PATH} < ? AND path_bytes IS NULL"
    rows = store.db.execute(f"SELECT path FROM images WHERE {between}", [root.id, start, start + "\U0010ffff"])
    depth = path.count("/") + 1
    heads = ("/".join(stored.split("/", depth)[:depth]) for (stored,) in rows)
    return next((head for head in heads if composed(head) == wanted), path)


def _is_known(store: Store, root: Root, path: str) -> bool:
    """Return whether the library has a file at a relative path or below it."""
    select = "SELECT 1 FROM images WHERE root = ? AND {} LIMIT 1"
    conditions = [(f"{PATH} = ?", [path_key(path)]), *below(path)]
    return any(store.db.execute(select.format(sql), [root.id, *values]).fetchone() for sql, values in conditions)


def below(path: str) -> list[tuple[str, list[str | bytes]]]:
    """Return conditions, each answered from the index, that together find all below a relative path.

    They are of no use without a condition on the root. A name that is not UTF-8 may be below a folder whose own name
    is.
    """
    raw = os.fsencode(path)
    between = f"{PATH} >= ? AND {PATH} < ?"
    conditions: list[tuple[str, list[str | bytes]]] = [(between, [raw + b"/", raw + b"0"])]  # "0" follows "/"
    if isinstance(path_key(path), str):
        conditions.append((between, [path + "/", path + "0"]))
    return conditions
