"""clipsearch failures."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options.basic import NamedPath, library_option, output_options
from cli.output.rows import OutputOptions, tell, write_rows
from indexer.wording import counted

if TYPE_CHECKING:
    from cli.output.rows import Cell
    from indexer.store.failures import KnownFailure


@click.command()
@click.option(
    "--in",
    "folder",
    metavar="DIR",
    type=NamedPath(path_type=Path),
    help="Only pictures below this folder. Example: --in ~/Photos/2024",
)
@click.option(
    "--forget",
    is_flag=True,
    help="Forget these failures, so that the next run tries the files again. Example: --forget --in ~/Photos/2024",
)
@output_options
@library_option
def failures(folder: Path | None, forget: bool, output: OutputOptions, library: Path) -> None:
    """List what could not be indexed, files and folders: when, why and path.

    A bad file is not tried again until it changes. What may go better without that, such as a file without permission
    or a folder that can't be read, is tried again by each run, and marked so ("lasting" is false in JSON).

    \b
    Example:
      clipsearch failures
      clipsearch failures -0 | xargs -0 ls -l
      clipsearch failures --forget --in ~/Photos/2024
    """
    from indexer.installation import advised
    from indexer.paths import absolute
    from indexer.store.failures import forget_failures, known_failures
    from indexer.store.lock import only_writer
    from indexer.store.store import Store

    with Store.open(library) as store:
        known = known_failures(store, *([absolute(folder)] if folder else []))
        if not known:
            tell("No failures.")
        elif forget:
            with only_writer(store):
                count = forget_failures(store, known)
            tell(f"Forgot {counted(count, 'failure')}; the next clipsearch index tries again.")
    if not forget:
        rows: list[dict[str, Cell]] = [
            {"failed_at": failure.failed_at, "reason": advised(failure.reason) + _mark(failure), "path": failure.path}
            for failure in known
        ]
        records = [dataclasses.asdict(failure) for failure in known]
        write_rows(rows, ("failed_at", "reason", "path"), output, records)


def _mark(failure: KnownFailure) -> str:
    """Return what a reason ends with: whether another run may do better without the file having changed."""
    return "" if failure.lasting else " (tried again by each run)"
