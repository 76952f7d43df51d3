"""clipsearch watch."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.completion import completers
from cli.help.commands import HelpedCommand
from cli.options.basic import (
    ListenerOptions,
    NamedPath,
    device_option,
    library_option,
    listener_options,
    max_megapixels_option,
)
from cli.output.damaged import telling_damage
from cli.terminal.streams import is_terminal

if TYPE_CHECKING:
    from cli.output.run_progress import CommandListener
    from indexer.indexing.summary import Summary
    from indexer.library_model.loading import LibraryModel
    from indexer.store.store import Store


@click.command(cls=HelpedCommand)
@click.argument(
    "folders", metavar="[PATH]...", nargs=-1, type=NamedPath(path_type=Path), shell_complete=completers.folders
)
@click.option(
    "--poll",
    is_flag=True,
    envvar="WATCHFILES_FORCE_POLLING",
    help="Look through the folders every few seconds, for network drives (NFS, SMB), whose changes the system does not"
    " report.",
)
@max_megapixels_option
@device_option
@listener_options
@library_option
def watch(
    folders: tuple[Path, ...],
    poll: bool,
    max_megapixels: float | None,
    device: str,
    listening: ListenerOptions,
    library: Path,
) -> None:
    """Index folders, and go on indexing what changes in them, until Ctrl-C.

    New and changed pictures can be found within seconds; files that are still being written are waited for. Without
    PATH all folders of the library are watched. A folder whose drive is gone keeps its pictures and is watched again
    when it is back; one that clipsearch roots removes is left, and without any left, watching ends.

    \b
    Example:
      clipsearch watch ~/Photos
    """
    from indexer.decoding.limits import allowing, most_pixels
    from indexer.library_model.loading import LibraryModel
    from indexer.store.roots import roots
    from indexer.store.store import Store
    from indexer.watching.watch import watch as run_watch

    with (
        allowing(max_megapixels),
        listening.open() as listener,  # while nothing is indexed
        telling_damage(listener.warn),
        Store.create(library) if folders else Store.open(library) as store,
    ):
        most_pixels()  # a bad setting is told before folders are looked through
        if not folders and not roots(store):
            raise click.UsageError("Name a folder to watch, such as: clipsearch watch ~/Photos")
        model = LibraryModel(store, device, listener.warn)

        def open_listener() -> CommandListener:
            run_listener = listening.open()
            if model.kept is not None:
                run_listener.loading = lambda: None  # type: ignore[method-assign]  # it is not loaded again
            return run_listener

        run_watch(
            store,
            folders,
            model,
            open_listener,
            ran=_reporter(store, listener, model, in_full=listening.log_json),
            tell=listener.tell,
            stopping=listener.stopping,
            poll=poll,
        )
    # Ctrl-C, SIGTERM and the removal of the last root are the ways to end a watch, so services and scripts get the exit
    # code of success.


def _reporter(store: Store, listener: CommandListener, model: LibraryModel, in_full: bool) -> Callable[[Summary], None]:
    """Return what says what runs did, the first one in full, and keeps what queries use up to date."""
    from cli.commands.index import prepare
    from cli.output.summaries import short_lines, taken_lines
    from indexer.store.models import active_model
    from search.index.refreshing import refresh_unless_stopped
    from search.places.naming import prepare_names

    is_first = True

    def ran(summary: Summary) -> None:
        nonlocal is_first
        if is_first or in_full:
            listener.summary(summary)
        else:
            named = taken_lines(summary) if is_terminal(sys.stderr) else []
            for line in [*named, *short_lines(summary)]:
                listener.tell(line)
        active = active_model(store)
        if active is not None and (is_first or summary.changed):
            refresh_unless_stopped(store, active, listener.stopping)
        if summary.encoded:
            prepare(store, model.kept, listener)
            prepare_names(store, listener.tell)
        is_first = False

    return ran
