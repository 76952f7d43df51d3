"""clipsearch watch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options.basic import NamedPath, device_option, library_folder, library_option, listener_options
from indexer.store.models import active_model

if TYPE_CHECKING:
    from cli.output.run_progress import CommandListener
    from indexer.indexing.summary import Summary
    from indexer.store.models import LibraryModel
    from indexer.store.store import Store


@click.command()
@click.argument("folders", metavar="[PATH]...", nargs=-1, type=NamedPath(path_type=Path))
@click.option(
    "--poll",
    is_flag=True,
    envvar="WATCHFILES_FORCE_POLLING",
    help="Look the folders over every few seconds, for network drives (NFS, SMB) of which the system tells no changes."
    " Example: --poll",
)
@device_option
@listener_options
@library_option
def watch(
    folders: tuple[Path, ...], poll: bool, device: str, quiet: bool, log_json: bool, library: Path | None
) -> None:
    """Index folders, and go on indexing what changes in them, until Ctrl-C.

    New and changed pictures can be found within seconds; files that are still being written are waited for. Without
    PATH all folders of the library are watched. A folder whose drive is gone keeps its pictures and is watched again
    when it is back.

    \b
    Example:
      clipsearch watch ~/Photos
    """
    from cli.output.run_progress import open_listener
    from indexer.store.models import LibraryModel
    from indexer.store.roots import roots
    from indexer.store.store import Store
    from indexer.watching.watch import watch as run_watch

    place = library_folder(library)
    with (
        open_listener(quiet, log_json) as listener,  # while nothing is indexed
        Store.create(place) if folders else Store.open(place) as store,
    ):
        if not folders and not roots(store):
            raise click.UsageError("Name a folder to watch, such as: clipsearch watch ~/Photos")
        encoder = LibraryModel(store, device, listener.warn)

        def open_one() -> CommandListener:
            one = open_listener(quiet, log_json)
            if encoder.kept is not None:
                one.loading = _nothing  # type: ignore[method-assign]  # it is not loaded again
            return one

        run_watch(
            store,
            folders,
            encoder,
            open_one,
            ran=_Teller(store, listener, encoder, log_json).ran,
            tell=listener.tell,
            stopping=listener.stopping,
            poll=poll,
        )
    # Ctrl-C and SIGTERM are the only way to end a watch, so services and scripts get the exit code of success.


def _nothing() -> None:
    """Do nothing."""


class _Teller:
    """Tells what the runs did, the first one at length, and keeps what queries use up to date."""

    def __init__(self, store: Store, listener: CommandListener, encoder: LibraryModel, always_at_length: bool) -> None:
        self.store = store
        self.listener = listener
        self.encoder = encoder
        self.always_at_length = always_at_length
        self.is_first = True

    def ran(self, summary: Summary) -> None:
        """Tell of one run."""
        from cli.commands.index import prepare_texts
        from search.index.refreshing import refresh_index

        if self.is_first or self.always_at_length:
            self.listener.summary(summary)
        else:
            for line in short_lines(summary):
                self.listener.tell(line)
        active = active_model(self.store)
        if active is not None and (self.is_first or summary.changed):
            refresh_index(self.store, active)
        if summary.encoded:
            prepare_texts(self.store, self.encoder.kept, self.listener)
        self.is_first = False


def short_lines(summary: Summary) -> list[str]:
    """Return what a run over a few files did: nothing if nothing."""
    lines = [
        f"The pictures known in {folder} are not there any more; they are kept, in case its drive is not mounted"
        " (clipsearch index --prune forgets them)."
        for folder in summary.kept
    ]
    counts = {
        "encoded": summary.encoded,
        "moved": summary.moved,
        "copied": summary.copied,
        "forgotten": summary.forgotten,
        "with problems": summary.problems,
    }
    parts = [f"{count:,} {name}" for name, count in counts.items() if count]
    return [*lines, f"{', '.join(parts)}."] if parts else lines
