"""clipsearch optimize."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.help.commands import HelpedCommand
from cli.options.basic import any_library_option
from cli.output.rows import tell
from indexer.wording import counted, human_size

if TYPE_CHECKING:
    from indexer.data_sets.vector_index import Engine
    from search.index.compacting import Compacted


@click.command(cls=HelpedCommand)
@click.option(
    "--keep-versions",
    "keep_days",
    metavar="DAYS",
    type=click.FloatRange(min=0),
    help="Of a data set: drop versions that are older. Default: 30. The newest and those of the last hour stay."
    " Example: --keep-versions 7",
)
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    metavar="ENGINE",
    help="Of a data set: make the index in this process (local), or by a cluster (ray).",
)
@any_library_option
def optimize(keep_days: float | None, engine: Engine, library: Path | str) -> None:
    """Make the library small and fast again, after many runs.

    Of a data set, small files are merged, the index of embeddings and those of columns are made or brought up to date,
    and old versions are dropped. Others may read and write it meanwhile. Of a local library, the index file is brought
    up to date, and the database is written anew if it has gaps. Nothing that is in the library changes.

    \b
    Example:
      clipsearch optimize
      clipsearch optimize --library s3://bucket/library --keep-versions 7
    """
    if isinstance(library, str):
        from cli.data_sets.optimize import optimize_data_set

        optimize_data_set(library, keep_days, engine)
        return
    if keep_days is not None or engine != "local":
        raise click.UsageError("--keep-versions and --engine are for data sets; leave them out for a local library.")
    from indexer.store.store import Store
    from search.index.compacting import compact

    with Store.open(library) as store:
        tell(_line(compact(store)))


def _line(done: Compacted) -> str:
    parts = [
        counted(done.pictures, "picture", ","),
        "index brought up to date" if done.has_new_index else "index up to date",
        f"database {human_size(done.bytes_before)}, now {human_size(done.bytes)}",
    ]
    lacking = (
        f" It has gaps, but to write it anew takes {human_size(done.lacking)} more room on its disk; make room and run"
        " this again."
        if done.lacking
        else ""
    )
    return f"Optimized: {'; '.join(parts)}.{lacking}"
