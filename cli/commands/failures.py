"""clipsearch failures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options.basic import NamedPath, library_option, output_options
from cli.output.rows import OutputOptions, counted, tell, write_rows

if TYPE_CHECKING:
    from cli.output.rows import Cell


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
    """List the files that could not be indexed: when, why and path.

    They are not tried again until they change.

    \b
    Example:
      clipsearch failures
      clipsearch failures -0 | xargs -0 ls -l
      clipsearch failures --forget --in ~/Photos/2024
    """
    from indexer.paths import absolute
    from indexer.store.failures import forget_failures, known_failures
    from indexer.store.lock import only_writer
    from indexer.store.store import Store

    with Store.open(library) as store:
        known = known_failures(store, absolute(folder) if folder else None)
        if not known:
            tell("No failures.")
        elif forget:
            with only_writer(store):
                count = forget_failures(store, known)
            tell(f"Forgot {counted(count, 'failure')}; the next clipsearch index tries again.")
    if not forget:
        rows: list[dict[str, Cell]] = [
            {"failed_at": failure.failed_at, "reason": failure.reason, "path": failure.path, "size": failure.size}
            for failure in known
        ]
        write_rows(rows, ("failed_at", "reason", "path"), output)
