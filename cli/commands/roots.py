"""clipsearch roots: the folders of the library, listed, added, removed and moved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.completion import completers
from cli.help.commands import HelpedGroup
from cli.hints.lost_roots import lost_roots
from cli.options.basic import NamedPath, library_option, output_options
from cli.options.library_before import library_before_option
from cli.options.rules import rule_options
from cli.output.rows import OutputOptions, confirm_forgetting, tell, write_rows
from indexer.wording import agreeing, counted, doing

if TYPE_CHECKING:
    from indexer.files.ignore import ScanRules
    from indexer.root_folders.moving_roots import Move


@click.group(cls=HelpedGroup)
@library_before_option
def roots() -> None:
    """List, add, remove or move the folders whose pictures are in the library.

    \b
    Example:
      clipsearch roots list
      clipsearch roots move ~/Photos /nas/photos
    """


@roots.command("list")
@output_options
@library_option
def list_roots(output: OutputOptions, library: Path) -> None:
    """List the roots: number of pictures, when they were last indexed, state, rules and path.

    The state is "mounted", "empty" (its drive may not be mounted), "not there" or "not readable". A root that can't
    be reached keeps its pictures.

    \b
    Example:
      clipsearch roots list
    """
    from indexer.files.mounts import state_of
    from indexer.store.roots import count_by_root
    from indexer.store.roots import roots as known_roots
    from indexer.store.store import Store
    from search.records import root_record

    with Store.open(library) as store:
        known, counts = known_roots(store), count_by_root(store)
    if not known:
        tell("No roots; add one with: clipsearch index FOLDER")
    records = [root_record(root, counts.get(root.id, 0), state_of(root.path)) for root in known]
    rows = [
        {**record, "path": root.path, "rules": _in_words(root.rules)}
        for root, record in zip(known, records, strict=True)
    ]
    write_rows(rows, ("pictures", "indexed_at", "state", "rules", "path"), output, records)
    for line in lost_roots(root.path for root in known) if output == OutputOptions() else ():
        tell(line)


def _in_words(rules: ScanRules) -> str:
    """Return what a root leaves out and takes in besides the usual, or "-"."""
    parts = [f"without {pattern}" for pattern in rules.exclude]
    parts += ["with hidden files"] * rules.include_hidden + ["follows links"] * rules.follow_links
    return "; ".join(parts) or "-"


@roots.command("add")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=NamedPath(path_type=Path))
@rule_options
@library_option
def add(paths: tuple[Path, ...], rules: Callable[[ScanRules], ScanRules] | None, library: Path) -> None:
    """Make folders known without indexing them yet; or change what known roots leave out.

    \b
    Example:
      clipsearch roots add ~/Photos --exclude "*-edited.jpg"
      clipsearch index
    """
    from indexer.files.mounts import existing_folder
    from indexer.root_folders.named_roots import add_root
    from indexer.store.lock import only_writer
    from indexer.store.roots import roots as known_roots
    from indexer.store.store import Store

    for path in paths:
        existing_folder(path)  # a mistake is reported before a library is made
    with Store.create(library) as store, only_writer(store):
        before = {root.id for root in known_roots(store)}
        with store.writing():
            added = [(path, *add_root(store, path, rules)) for path in paths]
    for path, root, below in added:
        if below:
            tell(f"{path} is inside the root {root.path} and is indexed with it.")
        elif root.id not in before:
            tell(f"Added {root.path}; clipsearch index encodes its pictures.")
        elif rules is None:
            tell(f"{root.path} is a root already.")
        else:
            tell(f"Changed what {root.path} leaves out; the next clipsearch index goes by it.")


@roots.command("remove")
@click.argument("path", type=NamedPath(path_type=Path), shell_complete=completers.roots)
@click.option("--yes", is_flag=True, help="Don't ask.")
@library_option
def remove(path: Path, yes: bool, library: Path) -> None:
    """Forget a root with its pictures' embeddings and labels; the files are not touched.

    It works also for a root whose drive is gone.

    \b
    Example:
      clipsearch roots remove ~/Photos
    """
    from indexer.paths import readable
    from indexer.root_folders.named_roots import how_to_leave_out, named_root
    from indexer.store.lock import only_writer
    from indexer.store.roots import count_by_root, remove_root
    from indexer.store.store import Store

    with Store.open(library) as store:
        root = named_root(store, path, how_to_leave_out)
        pictures = count_by_root(store).get(root.id, 0)
        its = agreeing(pictures, "its", "their")
        confirm_forgetting(f"Forget {counted(pictures, 'picture')} of {readable(root.path)} and {its} labels?", yes)
        with only_writer(store):
            pictures = remove_root(store, root.path) or 0
    tell(f"Forgot {root.path} with {counted(pictures, 'picture')}; the files themselves were not touched.")


@roots.command("move")
@click.argument("old", type=NamedPath(path_type=Path), shell_complete=completers.roots)
@click.argument("new", type=NamedPath(path_type=Path))
@click.option("--force", is_flag=True, help="Also if none of the pictures is found in the new place.")
@library_option
def move(old: Path, new: Path, force: bool, library: Path) -> None:
    """Say that the root OLD is now the folder NEW: renamed, or mounted elsewhere.

    Its pictures keep their embeddings and labels, and nothing is encoded. If NEW was indexed already, it becomes one
    with OLD.

    \b
    Example:
      clipsearch roots move ~/Photos /nas/photos
    """
    from indexer.root_folders.moving_roots import move_root
    from indexer.store.lock import only_writer
    from indexer.store.store import Store

    with Store.open(library) as store, only_writer(store):
        done = move_root(store, old, new, force=force)
    _tell_move(done)


def _tell_move(done: Move) -> None:
    """Say what a move did."""

    keep = agreeing(done.pictures, "keeps its", "keep their")
    tell(f"Moved to {done.folder}: {counted(done.pictures, 'picture')} {keep} labels, and nothing is encoded again.")
    if done.merged:
        tell(f"{counted(done.merged, 'picture')} that the library had there already gave way to them.")
    if done.root.path != done.folder:
        tell(f"They now belong to the root {done.root.path}, whose rules hold for them.")
    if done.found < done.looked_for:
        tell(
            f"Of {doing(done.looked_for, 'picture', 'that was', 'that were')} looked for, {done.found}"
            f" {agreeing(done.found, 'is', 'are')} there; the next clipsearch index forgets those that are gone."
        )
