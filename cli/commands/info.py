"""clipsearch info."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.help.commands import HelpedCommand
from cli.hints.lost_roots import lost_roots
from cli.options.basic import any_library_option
from cli.options.data_sets import AsOf, as_of_option, no_as_of
from cli.output.rows import tell
from cli.shown.paths import told_path
from cli.shown.times import local_time
from cli.terminal.streams import is_terminal
from indexer.harmless import harmless
from indexer.wording import counted, doing, human_size

if TYPE_CHECKING:
    from search.results import LibraryInfo, RootInfo

MOST = 5  # countries and cities that are named

BITS = {"fp32": "32 bits", "bf16": "16 bits (bf16)", "fp16": "16 bits", "int8": "8 bits"}


@click.command(cls=HelpedCommand)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    metavar="FORMAT",
    help="table, lines for people; or json.",
)
@as_of_option
@any_library_option
def info(form: str, as_of: AsOf, library: Path | str) -> None:
    """Show the library: its model, counts, sizes and roots.

    \b
    Example:
      clipsearch info
      clipsearch info --library s3://bucket/lib
    """
    if isinstance(library, str):
        from cli.data_sets.info import show_data_set

        show_data_set(library, as_of, form)
        return
    no_as_of(as_of)
    import dataclasses

    from indexer.paths import readable
    from indexer.store.store import Store
    from search.json_text import json_text
    from search.library.info import library_info

    with Store.open(library) as store:
        about = library_info(store, tell)
    if form == "json":
        click.echo(
            json_text(dataclasses.asdict(about), default=lambda path: readable(str(path)), ensure_ascii=True, indent=2)
        )
        return
    lines = [
        ("library", readable(str(about.folder))),
        ("model", f"{about.model} ({about.dim} dimensions)" if about.model else "none yet"),
        *([("checksum", f"{about.fingerprint[:16]} of the model")] if about.fingerprint else []),
        ("pictures", f"{about.pictures} ({about.embeddings} encoded)"),
        *([("encoded", _precisions(about))] if any(about.precisions) else []),
        ("dates", f"{about.dated} of {counted(about.pictures, 'picture')}"),
        ("places", f"{about.placed} of {counted(about.pictures, 'picture')}"),
        *([("countries", _most(about.countries))] if about.countries else []),
        *([("cities", _most(about.cities))] if about.cities else []),
        ("texts cached", str(about.texts)),
        ("labels", str(about.labels)),
        ("failures", f"{about.failures} (clipsearch failures)" if about.failures else "0"),
        ("database", human_size(about.database_bytes)),
        ("index", _index(about)),
    ]
    lines += [
        ("root", f"{told_path(readable(root.path), sys.stdout)}: {counted(root.pictures, 'picture')}, {_when(root)}")
        for root in about.roots
    ]
    at_terminal = is_terminal(sys.stdout)
    for name, value in lines:
        click.echo(f"{name + ':':<14} {harmless(value) if at_terminal else value}")
    for line in lost_roots(root.path for root in about.roots):
        tell(line)


def _precisions(about: LibraryInfo) -> str:
    """Say in what the embeddings were computed, and what was found of 8 bits."""
    shown = ", ".join(
        f"{count} in {BITS.get(precision, precision or 'unknown')}" for precision, count in about.precisions.items()
    )
    if about.int8 is None or not {"least_cosine", "overlap"} <= about.int8.keys():
        return shown
    verdict = "good enough for these pictures" if about.int8["taken"] else "not good enough for these pictures"
    return f"{shown}; 8 bits are {verdict} ({about.int8['overlap']:.0%} of the nearest stay)"


def _most(counts: dict[str, int]) -> str:
    """Name the countries or cities of the most pictures."""
    return "; ".join(f"{name} ({count})" for name, count in list(counts.items())[:MOST])


def _when(root: RootInfo) -> str:
    """Say when a root was indexed."""
    if root.indexed_at is None:
        return "indexed not completely"
    return f"indexed {local_time(root.indexed_at) if is_terminal(sys.stdout) else root.indexed_at}"


def _index(about: LibraryInfo) -> str:
    """Say what kind of index there is, and how well it finds."""
    if about.index == "exact":
        return "exact: every picture is looked at"
    found = f"{about.index_recall:.1%} of the ten nearest when measured"
    return (
        f"compressed FAISS file, {human_size(about.faiss_bytes)}, which found {found};"
        f" {doing(about.index_changes, 'later change', 'is', 'are')} searched beside it"
    )
