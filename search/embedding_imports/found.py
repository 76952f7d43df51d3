"""Which files of embeddings there are where a person says: of files and folders, one reader for each part."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import SourceError
from indexer.paths import readable
from indexer.wording import counted
from search.embedding_imports.lance_reader import LanceReader
from search.embedding_imports.npy_reader import NpyReader, facts_beside
from search.embedding_imports.parquet_reader import FactsFile, ParquetReader
from search.embedding_imports.reading import EMBEDDINGS, ColumnNames, natural_key

if TYPE_CHECKING:
    from search.embedding_imports.reading import Reader

_WAS_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/(?!/)")  # as a path has it
READ = "a FILE.parquet, .npy or .lance, or a folder of them"


def readers_of(paths: Sequence[Path], names: ColumnNames) -> list[Reader]:
    """Return the readers of all files in their order, each once, those of a folder by their numbers.

    Raises SourceError.
    """
    if (url := next((str(path) for path in paths if _WAS_URL.match(str(path))), None)) is not None:
        raise SourceError(
            f"{readable(url.partition(':')[0])}:// is no file of this machine; copy the files here first."
        )
    once = {os.path.abspath(path): path for path in paths}
    return [reader for path in once.values() for reader in _readers(path, names)]


def _readers(path: Path, names: ColumnNames) -> Iterator[Reader]:
    if path.suffix.lower() == ".lance" or os.path.isdir(path / "_versions"):
        if not os.path.isdir(path):
            raise SourceError(f"There is no Lance dataset {readable(path)}.")
        yield LanceReader(path, names)
    elif os.path.isdir(path):
        yield from _in_folder(path, names)
    elif path.suffix.lower() == ".npy":
        yield NpyReader(path, facts_beside(path)) if os.path.isfile(path) else _missing(path)
    elif path.suffix.lower() in (".parquet", ".pq"):
        yield _of_parquet(path, names) if os.path.isfile(path) else _missing(path)
    elif not os.path.exists(path):
        yield _missing(path)
    else:
        raise SourceError(f"{readable(path)} is of no kind that embeddings are read from: {READ}.")


def _missing(path: Path) -> Reader:
    raise SourceError(f"There is no file or folder {readable(path)}; embeddings are read from {READ}.")


def _of_parquet(path: Path, names: ColumnNames) -> Reader:
    """Return the reader of a Parquet file, whose embeddings may be in a NumPy file beside it."""
    npy = path.with_suffix(".npy")
    if os.path.isfile(npy) and not {*EMBEDDINGS, names.embedding} & {*FactsFile(path).schema.names}:
        return NpyReader(npy, path)
    return ParquetReader(path, names)


def _in_folder(folder: Path, names: ColumnNames) -> Iterator[Reader]:
    """Yield the readers of a folder: clip-retrieval's, one of shards, or one of NumPy files with Parquet beside."""
    if os.path.isdir(folder / "img_emb"):
        yield from _clip_retrieval(folder)
        return
    files = _numbered(folder, ".parquet")
    tables = files or _numbered(folder, ".npy")
    if not tables:
        raise SourceError(f"{readable(folder)} has no embeddings in it; they are read from {READ}.")
    for file in tables:
        yield from _readers(file, names)


def _clip_retrieval(folder: Path) -> Iterator[Reader]:
    """Yield the parts of a folder of clip-retrieval, the tenth after the ninth."""
    arrays, tables = _numbered(folder / "img_emb", ".npy"), _numbered(folder / "metadata", ".parquet")
    numbers = [[_numbers(file) for file in files] for files in (arrays, tables)]
    if not arrays or numbers[0] != numbers[1]:
        raise SourceError(
            f"{readable(folder)} has {counted(len(arrays), 'file')} in img_emb and {len(tables)} in metadata, which do"
            " not belong together: of each img_emb_0.npy there is a metadata_0.parquet."
        )
    for array, table in zip(arrays, tables, strict=True):
        yield NpyReader(array, table)


def _numbered(folder: Path, suffix: str) -> list[Path]:
    """Return the files of a folder by the numbers in their names."""
    if not os.path.isdir(folder):
        return []
    files = (path for path in folder.iterdir() if path.suffix.lower() == suffix and os.path.isfile(path))
    return sorted((path for path in files if not path.name.startswith(".")), key=lambda path: natural_key(path.name))


def _numbers(path: Path) -> list[int]:
    """Return the numbers in a file's name."""
    return [number for is_text, number, _ in natural_key(path.stem) if not is_text]
