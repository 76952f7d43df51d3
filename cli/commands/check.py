"""clipsearch check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.help.commands import HelpedCommand
from cli.options.basic import library_option, output_options
from cli.output.rows import OutputOptions, tell, write_rows
from indexer.wording import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cli.output.rows import Cell
    from indexer.store.store import Store
    from search.checking.findings import Finding

COLUMNS = ("area", "state", "what", "path")
FEW = 50_000  # embeddings and pictures that need no bar
RESCUE = (
    "to save what can still be read, labels too, run: sqlite3 library.db .recover | sqlite3 saved.db, put saved.db in"
    " its place under the name library.db, and run clipsearch check again; else move it away and run clipsearch index"
)


@click.command(cls=HelpedCommand)
@click.option("--dry-run", is_flag=True, help="Only say what is wrong; repair nothing.")
@click.option(
    "--files",
    is_flag=True,
    help="Also read every picture, to find files that have decayed on their disk; they are named, never touched.",
)
@output_options
@library_option
def check(dry_run: bool, files: bool, output: OutputOptions, library: Path) -> None:
    """Check everything that the library holds, and repair what can be made again.

    Looks at the database, every embedding and label, the index file, the exports of the model, the journals, and
    whether the folders are there. What is derived is repaired, or dropped so that the next clipsearch index makes it
    again; what is not is named. A line for each finding: its area, what became of it, and what it is. Exit code 0 means
    that the library is sound, perhaps after repairs; 1 that something remains, so that cron tells of it.

    \b
    Example:
      clipsearch check
      clipsearch check --dry-run --format json
      clipsearch check --files
    """
    from indexer.store.store import Store
    from search.checking.run import is_sound

    with _opened(library, Store) as store:
        if store.read_only and not dry_run:
            tell("The library can't be written to, so that nothing is repaired.")
        findings = _findings(store, dry_run, files, output)
    if not is_sound(findings):
        raise click.exceptions.Exit(1)


def _opened(library: Path, kind: type[Store]) -> Store:
    """Open a library; of one that can't be read, say what can be saved."""
    from indexer.errors import LibraryDamaged

    try:
        return kind.open(library)
    except LibraryDamaged as error:
        raise LibraryDamaged(
            f"{str(error.__cause__ or error).rstrip('.')}: the database is damaged; {RESCUE}."
        ) from error


def _findings(store: Store, dry_run: bool, files: bool, output: OutputOptions) -> list[Finding]:
    """Check a library and write what is found, also if it is stopped."""
    from cli.output.bars import CountBar
    from indexer.damage import noticing
    from search.checking.run import Check

    checking = Check(store, not dry_run, files, lambda title: CountBar(title, "rows", FEW))
    findings: list[Finding] = []
    try:
        with noticing():  # each is a finding of its own here
            for finding in checking:
                findings.append(finding)
    finally:
        _write(findings, output)
    tell(_summary(findings, checking.verified))
    return findings


def _write(findings: list[Finding], output: OutputOptions) -> None:
    if output.nul or output.form == "paths":
        findings = [finding for finding in findings if finding.path is not None]
    rows: list[dict[str, Cell]] = [
        {"area": finding.area, "state": finding.state, "what": finding.what, "path": finding.path}
        for finding in findings
    ]
    write_rows(rows, ("area", "state", "what", "path"), output)


def _summary(findings: list[Finding], verified: Mapping[str, int]) -> str:
    """Say what was looked at, and what was found."""
    names = {
        "images": "picture",
        "label_sets": "label set",
        "embeddings": "embedding",
        "texts": "text",
        "labels": "label",
    }
    looked = ", ".join(counted(count, names.get(table, table[:-1]), ",") for table, count in verified.items())
    states = [finding.state for finding in findings if finding.state != "note"]
    if not states:
        return f"Nothing is wrong. Checked {looked}."
    each = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    return f"{counted(len(states), 'finding')}: {each}. Checked {looked}."
