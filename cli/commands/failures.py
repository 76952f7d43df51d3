"""clipsearch failures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options.basic import check_output, folder_option, library_folder, library_option, output_options

if TYPE_CHECKING:
    from cli.output.rows import Cell


@click.command()
@folder_option
@click.option(
    "--forget",
    is_flag=True,
    help="Forget these failures, so that the next run tries the files again. Example: --forget --in ~/Photos/2024",
)
@output_options
@library_option
def failures(folder: Path | None, forget: bool, form: str, nul: bool, library: Path | None) -> None:
    """List the files that could not be indexed: when, why and path.

    They are not tried again until they change.

    \b
    Example:
      clipsearch failures
      clipsearch failures -0 | xargs -0 ls -l
      clipsearch failures --forget --in ~/Photos/2024
    """
    from cli.output.rows import tell, write_rows
    from indexer.paths import absolute
    from indexer.store.failures import forget_failures, known_failures
    from indexer.store.lock import only_writer
    from indexer.store.store import Store

    check_output(form, nul)
    with Store.open(library_folder(library)) as store:
        found = known_failures(store, absolute(folder) if folder else None)
        if not found:
            tell("No failures.")
        elif forget:
            with only_writer(store):
                count = forget_failures(store, found)
            tell(f"Forgot {count} failure{'s' * (count > 1)}; the next clipsearch index tries again.")
    if not forget:
        rows: list[dict[str, Cell]] = [
            {"failed_at": one.failed_at, "reason": one.reason, "path": one.path, "size": one.size} for one in found
        ]
        write_rows(rows, ("failed_at", "reason", "path"), form, nul)
