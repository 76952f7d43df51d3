"""clipsearch failures."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.completion import completers
from cli.help.commands import HelpedCommand
from cli.options.basic import AnyPlace, any_library_option, output_options
from cli.output.rows import OutputOptions, tell, write_rows
from indexer.wording import counted

if TYPE_CHECKING:
    from cli.output.rows import Cell
    from indexer.store.failures import KnownFailure


@click.command(cls=HelpedCommand)
@click.option(
    "--in",
    "folder",
    metavar="DIR",
    type=AnyPlace(path_type=Path),
    shell_complete=completers.folders,
    help="Only pictures below this folder.",
)
@click.option("--here", is_flag=True, help="Only below the current folder.")
@click.option(
    "--forget",
    is_flag=True,
    help="Forget these failures, so that the next run tries the files again.",
)
@click.option(
    "--notes",
    is_flag=True,
    help="Instead, list pictures that were indexed without a part of their file that can't be read, such as a broken"
    " profile.",
)
@output_options
@any_library_option
def failures(
    folder: Path | str | None, here: bool, forget: bool, notes: bool, output: OutputOptions, library: Path | str
) -> None:
    """List what could not be indexed, files and folders: when, why and path.

    A bad file is not tried again until it changes. What may go better without that, such as a file without permission
    or a folder that can't be read, is tried again by each run, and marked so ("lasting" is false in JSON).

    \b
    Example:
      clipsearch failures
      clipsearch failures -0 | xargs -0 ls -l
      clipsearch failures --forget --in ~/Photos/2024
    """
    from indexer.paths import absolute, current_folder

    if folder and here:
        raise click.UsageError("Use --in or --here, not both.")
    folder = current_folder() if here else folder
    if notes and forget:
        raise click.UsageError("--notes are no failures; leave --forget out.")
    if isinstance(library, str):
        _of_data_set(library, folder, forget, notes, output)
        return
    folder = None if folder is None else Path(folder)
    if notes:
        _list_notes(folder, output, library)
        return
    from indexer.installation import advised
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


def _of_data_set(address: str, place: Path | str | None, forget: bool, notes: bool, output: OutputOptions) -> None:
    from cli.data_sets.failures import forget_failures, list_failures, list_notes

    if forget:
        forget_failures(address, place)
    else:
        (list_notes if notes else list_failures)(address, place, output)


def _list_notes(folder: Path | None, output: OutputOptions, library: Path) -> None:
    from indexer.paths import absolute
    from indexer.store.pictures import noted_pictures
    from indexer.store.store import Store

    with Store.open(library) as store:
        noted = noted_pictures(store, absolute(folder) if folder else None)
    if not noted:
        tell("No notes.")
    records = [dataclasses.asdict(picture) for picture in noted]
    write_rows([{"note": picture.note, "path": picture.path} for picture in noted], ("note", "path"), output, records)


def _mark(failure: KnownFailure) -> str:
    """Return what a reason ends with: whether another run may do better without the file having changed."""
    return "" if failure.lasting else " (tried again by each run)"
