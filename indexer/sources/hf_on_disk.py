"""Data sets that the package `datasets` of Hugging Face has saved to a folder, here or anywhere, read without it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.addresses import is_url
from indexer.errors import SourceError
from indexer.files.foreign import Unfit, read_foreign
from indexer.files.ignore import ScanRules
from indexer.paths import readable
from indexer.remote_files.file_systems import file_system
from indexer.remote_files.patience import patiently
from indexer.remote_files.sentences import is_gone, sentence_of
from indexer.sources.item import Known, Shard
from indexer.sources.names import base_name, joined
from indexer.sources.table_rows import Rows
from indexer.sources.whole_files import Found, WholeFile, address_of, found_files, unless_all_are_lost

SPLITS, STATE = "dataset_dict.json", "state.json"
LARGEST = 16 * 1024 * 1024  # bytes of such a file


@dataclass(frozen=True, slots=True)
class SavedDataset:
    """A folder of `Dataset.save_to_disk` or `DatasetDict.save_to_disk`."""

    url: str
    column: str | None = None

    @property
    def address(self) -> str:
        """The folder, without secrets."""
        return address_of(self.url) + ("" if self.column is None else f"#column={self.column}")

    def shards(self, known: Known) -> Iterator[Shard]:
        """Yield the files of all splits that are not known; raises SourceError if there is none."""
        splits: dict[str, str | None] = {}

        def files() -> Iterator[Found]:
            for split, folder in self._splits():
                for name in self._names(folder):
                    splits[_below(folder, name)] = split
                    yield from found_files(_below(folder, name), (".arrow",), ScanRules())

        def make(file: WholeFile) -> Iterator[Shard]:
            rows = Rows(file, self.column, is_parquet=False, split=splits[file.url])
            if not known.has_shard(rows.name, rows.signature):
                yield rows

        yield from unless_all_are_lost(files(), make, self.address)

    def _splits(self) -> Iterator[tuple[str | None, str]]:
        """Yield the splits and their folders; of a single one no name."""
        try:
            splits = _read(self.url, SPLITS)
        except FileNotFoundError:
            yield None, self.url
            return
        for split in splits.get("splits") or ():
            yield str(split), _below(self.url, self._inner(str(split), self.url, SPLITS))

    def _names(self, folder: str) -> list[str]:
        """Return the names of the files of a split, of which none leads out of its folder."""
        try:
            files = _read(folder, STATE)["_data_files"]
            return [self._inner(base_name(str(file["filename"])), folder, STATE) for file in files]
        except FileNotFoundError as error:
            raise SourceError(f"The data set {readable(address_of(folder))} has no {STATE}; save it again.") from error
        except (KeyError, TypeError) as error:
            raise SourceError(_damaged(folder, STATE)) from error

    def _inner(self, name: str, folder: str, told_by: str) -> str:
        """Return a name of what is in a folder; raises SourceError for one that leads elsewhere."""
        if name in ("", ".", "..") or any(sign in name for sign in "/\\\0"):
            raise SourceError(_damaged(folder, told_by))
        return name


def is_saved(names: set[str]) -> bool:
    """Return whether these are names in the folder of a saved data set."""
    return SPLITS in names or {STATE, "dataset_info.json"} <= names


def _below(folder: str, name: str) -> str:
    return joined(folder, name) if is_url(folder) else os.path.join(folder, name)


def _read(folder: str, name: str) -> dict[str, Any]:
    """Return what one of the JSON files says; raises FileNotFoundError, SourceError."""
    try:
        is_far = is_url(folder)
        record = json.loads(_remote(_below(folder, name)) if is_far else read_foreign(Path(folder, name), LARGEST))
    except (Unfit, ValueError, RecursionError) as error:
        raise SourceError(_damaged(folder, name)) from error
    if not isinstance(record, dict):
        raise SourceError(_damaged(folder, name))
    return record


def _remote(url: str) -> bytes:
    fs, path = file_system(url)
    try:
        return bytes(patiently(lambda: fs.cat_file(path)))
    except Exception as error:
        if is_gone(error):
            raise FileNotFoundError(url) from error
        raise SourceError(sentence_of(error, url)) from error


def _damaged(folder: str, name: str) -> str:
    return f"The file {name} of the data set {readable(address_of(folder))} is damaged; save the data set again."
