"""Where pictures of a data set lie, as a condition in Lance's SQL: below folders, tar files or URLs, and by names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.data_sets.columns import ID
from indexer.data_sets.texts import from_column, to_column
from indexer.errors import FolderError
from indexer.paths import absolute, readable
from indexer.spelling import caseless, composed, decomposed
from search.lance_conditions.sql import both, either, literal, one_of

if TYPE_CHECKING:
    from indexer.data_sets.pictures_table import PicturesTable

# Of an address below its source a name is looked for in what follows the slash before the source's own name, as in a
# local library; else in all of it. This is for addresses of ASCII letters alone.
_SOURCE = "rtrim(source, '/')"
_BELOW_SOURCE = f"starts_with(address, concat({_SOURCE}, '/'))"
_BEFORE_NAME = f"greatest(character_length(regexp_replace({_SOURCE}, '[^/]*$', '')) - 1, 0)"
_NAMES = f"right(address, character_length(address) - {_BEFORE_NAME})"
_IS_PLAIN = "octet_length(address) = character_length(address) AND NOT contains(address, '\x1a')"  # texts.py


def in_folders(table: PicturesTable, folders: Sequence[Path | str]) -> str:
    """Return the condition for pictures below any of the folders or URLs; raises FolderError if one has none."""
    return either([_in_folder(table, folder) for folder in folders])


def _in_folder(table: PicturesTable, folder: Path | str) -> str:
    """Return the condition for one folder: as it is spelled, else as another keyboard would spell it."""
    typed = [folder] if isinstance(folder, str) else [os.fspath(absolute(folder)), os.path.abspath(folder)]
    for spell in (str, composed, decomposed):
        condition = either([_below(path) for path in dict.fromkeys(to_column(spell(path)) for path in typed)])
        if _has_any(table, condition):
            return condition
    shown = folder.partition("?")[0] if isinstance(folder, str) else folder  # what follows may be a key
    raise FolderError(
        f"No picture in the library is below {readable(shown)}; check the name, or index it with --library"
        f" {table.address}"
    )


def _below(address: str) -> str:
    """Return the condition for what is at an address or below it: also what is in a tar or Parquet file there."""
    address = address.rstrip("/")
    below = [f"starts_with({column}, {literal(f'{address}/')})" for column in ("address", "shard")]
    return either([*below, f"shard = {literal(address)}"])


def _has_any(table: PicturesTable, condition: str) -> bool:
    return any(batch.num_rows for batch in table.scan([ID], condition))


def with_names(table: PicturesTable, texts: Iterable[str]) -> str:
    """Return the condition for pictures that have all of the texts in their path.

    SQL knows the case of ASCII letters alone: of other addresses those that have the texts are looked up.
    """
    wanted = [caseless(readable(text.replace(os.sep, "/"))) for text in texts]
    plain = [_in_plain(text) if text.isascii() else "false" for text in wanted]
    others = one_of(ID, _having(table, wanted))
    return either([both([_IS_PLAIN, *plain]), others])


def _in_plain(text: str) -> str:
    """Return the condition for a text in an address of ASCII letters."""
    in_names, in_all = (f"contains(lower({names}), {literal(text)})" for names in (_NAMES, "address"))
    return f"({_BELOW_SOURCE} AND {in_names}) OR (({_BELOW_SOURCE}) IS NOT TRUE AND {in_all})"


def _having(table: PicturesTable, texts: Sequence[str]) -> list[str]:
    """Return the ids of the rows with other than ASCII letters in their address that have all of the texts in it."""
    found = []
    for batch in table.scan([ID, "address", "source"], f"NOT ({_IS_PLAIN})", rows=65_536):
        for identity, address, source in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            names = caseless(readable(names_in(from_column(address), from_column(source))))
            if all(text in names for text in texts):
                found.append(identity)
    return found


def names_in(address: str, source: str | None) -> str:
    """Return what a name is looked for in: the address from the name of its source on, or all of it."""
    source = (source or "").rstrip("/")
    if source and address.startswith(f"{source}/"):
        return address[max(source.rfind("/"), 0) :]
    return address
