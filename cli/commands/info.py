"""clipsearch info."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options.basic import library_folder, library_option

if TYPE_CHECKING:
    from search.results import LibraryInfo


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="Lines for people, or JSON. Example: --format json",
)
@library_option
def info(form: str, library: Path | None) -> None:
    """Show the library: its model, counts, sizes and roots.

    \b
    Example:
      clipsearch info
    """
    import dataclasses
    import json

    from indexer.paths import readable
    from indexer.store.store import Store
    from search.library.info import library_info

    with Store.open(library_folder(library)) as store:
        found = library_info(store)
    if form == "json":
        click.echo(json.dumps(dataclasses.asdict(found), default=lambda path: readable(str(path)), indent=2))
        return
    lines = [
        ("library", readable(str(found.folder))),
        ("model", f"{found.model} ({found.dim} dimensions)" if found.model else "none yet"),
        ("fingerprint", (found.fingerprint or "none yet")[:16]),
        ("pictures", f"{found.pictures} ({found.embeddings} embedded)"),
        ("texts cached", str(found.texts)),
        ("labels", str(found.labels)),
        ("failures", f"{found.failures} (clipsearch failures)" if found.failures else "0"),
        ("database", f"{found.database_bytes / 1e6:.1f} MB"),
        ("index", _index(found)),
    ]
    lines += [
        ("root", f"{readable(root.path)}: {root.pictures} pictures, indexed {root.indexed_at or 'not completely'}")
        for root in found.roots
    ]
    for name, value in lines:
        click.echo(f"{name + ':':<14} {value}")


def _index(found: LibraryInfo) -> str:
    """Say what kind of index there is, and how well it finds."""
    if found.index == "exact":
        return "exact: every picture is looked at"
    return (
        f"compressed FAISS file, {found.faiss_bytes / 1e6:.1f} MB, recall@10 {found.index_recall:.3f} when measured;"
        f" {found.index_changes} changes since are searched besides it"
    )
