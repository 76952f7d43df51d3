"""clipsearch optimize of a data-set library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.output.rows import tell
from indexer.wording import counted, human_size

if TYPE_CHECKING:
    from indexer.data_sets.optimizing import Optimized
    from indexer.data_sets.vector_index import Engine

INDEX = {
    "none": "no index, as few pictures need none",
    "made": "index made",
    "updated": "index extended",
    "merged": "index merged",
    "trained anew": "index trained anew",
    "up to date": "index up to date",
}


def optimize_data_set(address: str, keep_days: float | None, engine: Engine) -> None:
    """Optimize a data-set library, and say what was done; raises LibraryError."""
    from indexer.data_sets.optimizing import KEPT_DAYS
    from indexer.data_sets.pictures_table import PicturesTable

    days = KEPT_DAYS if keep_days is None else keep_days
    table = PicturesTable.open(address)
    if engine == "local":
        tell(_line(table.optimize(days)))
        return
    from indexer.ray_engine.cluster import cluster

    with cluster():
        tell(_line(table.optimize(days, "ray")))


def _line(done: Optimized) -> str:
    parts = [
        counted(done.rows, "row", ","),
        f"{counted(done.files_before, 'file', ',')} now {done.files:,}",
        INDEX[done.index],
        f"{counted(done.versions_dropped, 'old version', ',')} dropped, {human_size(done.bytes_freed)} freed",
    ]
    left = f" Others write at the moment, so left as they are: {', '.join(done.left)}." if done.left else ""
    return f"Optimized: {'; '.join(parts)}.{left}"
