"""clipsearch failures of a data-set library."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.output.rows import OutputOptions, tell, write_rows
from indexer.wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.output.rows import Cell
    from indexer.data_sets.failures_table import FailedPicture


def list_failures(address: str, place: Path | str | None, output: OutputOptions) -> None:
    """List what could not be taken in, of the whole library or below a folder or URL."""
    from indexer.installation import advised

    known = _known(address, place)
    if not known:
        tell("No failures.")
    rows: list[dict[str, Cell]] = [
        {
            "failed_at": failure.failed_at,
            "reason": advised(failure.reason) + ("" if failure.lasting else " (tried again by each run)"),
            "path": failure.address,
        }
        for failure in known
    ]
    write_rows(rows, ("failed_at", "reason", "path"), output, map(_record, known))


def forget_failures(address: str, place: Path | str | None) -> None:
    """Forget failures, so that the next run tries them again; a tar or Parquet file is then read as a whole."""
    from indexer.data_set_runs.known import is_of_a_shard
    from indexer.data_sets.failures_table import FailuresTable
    from indexer.data_sets.shards_table import ShardsTable

    known = _known(address, place)
    if not known:
        tell("No failures.")
        return
    shards = {failure.shard for failure in known if failure.shard is not None and not is_of_a_shard(failure)}
    if shards:  # first: a shard that is read once too often does no harm
        table = ShardsTable(address)
        table.put([dataclasses.replace(shard, signature="") for shard in table.all() if shard.name in shards])
    FailuresTable(address).forget([failure.address for failure in known])
    tell(f"Forgot {counted(len(known), 'failure')}; the next clipsearch index tries again.")


def list_notes(address: str, place: Path | str | None, output: OutputOptions) -> None:
    """List pictures that were taken in without a part of their file."""
    from indexer.data_sets.pictures_table import PicturesTable
    from indexer.data_sets.texts import from_column

    rows = {
        (from_column(row["address"]), from_column(row["note"]))
        for batch in PicturesTable.open(address).scan(["address", "shard", "note"], "note IS NOT NULL")
        for row in batch.to_pylist()
        if _is_in(from_column(row["address"]), from_column(row["shard"]), place)
    }
    noted = sorted(rows)
    if not noted:
        tell("No notes.")
    write_rows([{"note": note, "path": path} for path, note in noted], ("note", "path"), output)


def _known(address: str, place: Path | str | None) -> Sequence[FailedPicture]:
    """Return the failures, sorted by address; raises LibraryMissing."""
    from indexer.data_sets.failures_table import FailuresTable
    from indexer.data_sets.pictures_table import PicturesTable

    PicturesTable.open(address)
    failures = (one for one in FailuresTable(address).all() if _is_in(one.address, one.shard, place))
    return sorted(failures, key=lambda failure: failure.address)


def _is_in(address: str, shard: str | None, place: Path | str | None) -> bool:
    """Return whether a picture is in a place: a folder, a URL, or a file with many pictures, there or below."""
    if place is None:
        return True
    address = shard or address
    from indexer.paths import absolute

    within = (place if isinstance(place, str) else str(absolute(place))).rstrip("/")
    return address == within or (address.startswith(within) and address[len(within)] in "/\\#!?:")


def _record(failure: FailedPicture) -> dict[str, Any]:
    fields = dataclasses.asdict(failure)
    return {"path": fields.pop("address"), **fields}
