"""The offer to who asks before anything is indexed: the pictures in the current folder, and then the answer."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import click

from cli.output.error_sentences import SOME_FAILED
from cli.output.rows import confirmed
from cli.shown.paths import short_path
from cli.terminal.streams import is_terminal
from indexer.errors import FolderError, LibraryMissing
from indexer.paths import current_folder, default_library, home_expanded
from indexer.wording import counted

SECONDS = 1.5  # for which pictures are counted


def offer(library: Path, model: str | None, device: str) -> bool:
    """Ask whether to index the current folder, and do it; return whether there is a library now.

    Nobody is asked without a terminal, where a library has folders already, or where there is nothing to index. Ends
    as the run does, if that was stopped or failed.
    """
    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)) or _has_roots(library):
        return False
    try:
        folder = current_folder()
    except FolderError:
        return False
    if folder.parent == folder:
        return False  # the whole disk
    pictures = _Pictures(folder)
    pictures.start()
    pictures.join(SECONDS)
    if not pictures.count:
        return False
    is_usual = library == default_library() and not os.environ.get("CLIPSEARCH_LIBRARY")
    where = "" if is_usual else f" in {short_path(os.path.abspath(library))}"  # which may be a drive that is away
    what = counted(pictures.count, "picture", ",")
    amount = f"the {what}" if pictures.is_whole else f"the pictures (more than {pictures.count:,})"
    shown = "your home folder" if folder == home_expanded(Path("~")) else short_path(folder)
    if not confirmed(f"There is no library{where} yet. Index {amount} in {shown} now?"):
        return False
    pictures.is_over = True
    return _index(folder, library, model, device)


def _has_roots(library: Path) -> bool:
    """Return whether a library is there and knows a folder, which is what should be indexed."""
    from indexer.store.roots import roots
    from indexer.store.store import Store

    try:
        with Store.open(library) as store:
            return bool(roots(store))
    except LibraryMissing:
        return False


class _Pictures(threading.Thread):
    """Counts the pictures in a folder, in a thread, since a large folder without any would tell nothing meanwhile."""

    def __init__(self, folder: Path) -> None:
        super().__init__(name="pictures", daemon=True)
        self.folder, self.count, self.is_whole, self.is_over = folder, 0, False, False

    def run(self) -> None:
        """Count until all are counted or nobody asks any more."""
        from indexer.files.found import FolderPictures
        from indexer.files.scan import scan

        for entry in scan(self.folder, "", lambda _: None):
            if self.is_over:
                return
            if isinstance(entry, FolderPictures):
                self.count += len(entry.files)
        self.is_whole = True


def _index(folder: Path, library: Path, model: str | None, device: str) -> bool:
    """Run clipsearch index; return True if something may be found now, else end as it did."""
    context = click.get_current_context()
    group = context.find_root().command
    command = group.get_command(context, "index") if isinstance(group, click.Group) else None
    if command is None:
        return False
    chosen = [] if model is None else ["--model", model]
    arguments = ["--library", str(library), "--device", device, *chosen, "--", str(folder)]
    code = command.main(arguments, prog_name="clipsearch index", standalone_mode=False)
    if code not in (0, SOME_FAILED):
        raise click.exceptions.Exit(code)
    return True
