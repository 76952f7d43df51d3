"""clipsearch roots: the folders of the library, listed, added, removed and moved."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options.basic import (
    NamedPath,
    changed_rules,
    check_output,
    library_folder,
    library_option,
    output_options,
    rule_options,
)

if TYPE_CHECKING:
    from cli.output.rows import Cell
    from indexer.files.ignore import ScanRules
    from indexer.store.moving_roots import Move
    from indexer.store.roots import Root


@click.group()
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
def list_roots(form: str, nul: bool, library: Path | None) -> None:
    """List the roots: number of pictures, when they were last indexed, state, rules and path.

    The state is "mounted", "empty" (its drive may not be mounted), "not there" or "not readable". A root that can't
    be reached keeps its pictures.

    \b
    Example:
      clipsearch roots list
    """
    from cli.output.rows import tell, write_rows
    from indexer.store.roots import count_by_root
    from indexer.store.roots import roots as known_roots
    from indexer.store.store import Store

    check_output(form, nul)
    with Store.open(library_folder(library)) as store:
        found, counts = known_roots(store), count_by_root(store)
    if not found:
        tell("No roots; add one with: clipsearch index FOLDER")
    rows = [_row(root, counts.get(root.id, 0)) for root in found]
    records = [{**row, **_rules(root)} for row, root in zip(rows, found, strict=True)]
    write_rows(rows, ("pictures", "indexed_at", "state", "rules", "path"), form, nul, records)


def _row(root: Root, pictures: int) -> dict[str, Cell]:
    """Return what a table shows of a root."""
    from indexer.files.mounts import state_of

    return {
        "path": root.path,
        "pictures": pictures,
        "indexed_at": root.indexed_at,  # None if no run has gone over all of it
        "state": state_of(root.path),
        "rules": _in_words(root.rules),
    }


def _rules(root: Root) -> dict[str, object]:
    """Return what JSON shows of a root's rules."""
    from indexer.paths import readable

    return {
        "rules": {
            "exclude": [readable(pattern) for pattern in root.rules.exclude],
            "include_hidden": root.rules.include_hidden,
            "follow_links": root.rules.follow_links,
        }
    }


def _in_words(rules: ScanRules) -> str:
    """Return what a root leaves out and takes in besides the usual, or "-"."""
    parts = [f"without {pattern}" for pattern in rules.exclude]
    parts += ["with hidden files"] * rules.include_hidden + ["follows links"] * rules.follow_links
    return "; ".join(parts) or "-"


@roots.command("add")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=NamedPath(path_type=Path))
@rule_options
@library_option
def add(
    paths: tuple[Path, ...],
    exclude: tuple[str, ...],
    include_hidden: bool | None,
    follow_links: bool | None,
    library: Path | None,
) -> None:
    """Make folders known without indexing them yet, or change what known roots leave out.

    \b
    Example:
      clipsearch roots add ~/Photos --exclude "*-edited.jpg"
      clipsearch index
    """
    from cli.output.rows import tell
    from indexer.files.mounts import existing_folder
    from indexer.store.lock import only_writer
    from indexer.store.named_roots import add_root
    from indexer.store.roots import roots as known_roots
    from indexer.store.store import Store

    change = changed_rules(exclude, include_hidden, follow_links)
    for path in paths:
        existing_folder(path)  # a mistake is told before a library is made
    with Store.create(library_folder(library)) as store, only_writer(store):
        before = {root.id for root in known_roots(store)}
        with store.writing():
            added = [(path, *add_root(store, path, change)) for path in paths]
    for path, root, below in added:
        if below:
            tell(f"{path} is inside the root {root.path} and is indexed with it.")
        elif root.id not in before:
            tell(f"Added {root.path}; clipsearch index encodes its pictures.")
        elif change is None:
            tell(f"{root.path} is a root already.")
        else:
            tell(f"Changed what {root.path} leaves out; the next clipsearch index goes by it.")


@roots.command("remove")
@click.argument("path", type=NamedPath(path_type=Path))
@click.option("--yes", is_flag=True, help="Don't ask. Example: --yes")
@library_option
def remove(path: Path, yes: bool, library: Path | None) -> None:
    """Forget a root with its pictures' embeddings and labels; the files are not touched.

    It works also for a root whose drive is gone.

    \b
    Example:
      clipsearch roots remove ~/Photos
    """
    from cli.output.rows import is_terminal, tell
    from indexer.paths import readable
    from indexer.store.lock import only_writer
    from indexer.store.named_roots import how_to_leave_out, named_root
    from indexer.store.roots import count_by_root, remove_root
    from indexer.store.store import Store

    with Store.open(library_folder(library)) as store:
        root = named_root(store, path, how_to_leave_out)
        question = f"Forget {count_by_root(store).get(root.id, 0)} pictures of {readable(root.path)} and their labels?"
        if not yes and is_terminal(sys.stdin) and not click.confirm(question, err=True):
            tell("Nothing was forgotten.")
            raise click.exceptions.Exit(1)
        with only_writer(store):
            pictures = remove_root(store, root.path) or 0
    tell(f"Forgot {root.path} with {pictures} pictures; the files themselves were not touched.")


@roots.command("move")
@click.argument("old", type=NamedPath(path_type=Path))
@click.argument("new", type=NamedPath(path_type=Path))
@click.option("--force", is_flag=True, help="Also if none of the pictures is found in the new place. Example: --force")
@library_option
def move(old: Path, new: Path, force: bool, library: Path | None) -> None:
    """Tell that the root OLD is now the folder NEW: renamed, or mounted elsewhere.

    Its pictures keep their embeddings and labels, and nothing is encoded. If NEW was indexed already, it becomes one
    with OLD.

    \b
    Example:
      clipsearch roots move ~/Photos /nas/photos
    """
    from indexer.store.lock import only_writer
    from indexer.store.moving_roots import move_root
    from indexer.store.store import Store

    with Store.open(library_folder(library)) as store, only_writer(store):
        done = move_root(store, old, new, force=force)
    _tell_move(done)


def _tell_move(done: Move) -> None:
    """Say what a move did."""
    from cli.output.rows import tell

    tell(f"Moved to {done.folder}: {done.pictures} pictures keep their embeddings and labels.")
    if done.merged:
        tell(f"{done.merged} pictures that the library had there already gave way to them.")
    if done.root.path != done.folder:
        tell(f"They now belong to the root {done.root.path}, whose rules hold for them.")
    if done.found < done.looked_for:
        tell(
            f"Of {done.looked_for} pictures that were looked for, {done.found} are there; the next clipsearch index"
            " forgets those that are gone."
        )
