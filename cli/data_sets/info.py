"""clipsearch info on a library that is a data set."""

from __future__ import annotations

import dataclasses
import sys
from typing import TYPE_CHECKING

import click

from cli.shown.times import local_time
from cli.terminal.streams import is_terminal
from indexer.harmless import harmless
from indexer.wording import counted, human_size

if TYPE_CHECKING:
    from cli.options.data_sets import AsOf
    from search.data_set_answers.info import DataSetInfo


def show_data_set(address: str, as_of: AsOf, form: str) -> None:
    """Show what is in a data set, in lines for people or as JSON."""
    from search.data_set_answers.info import data_set_info
    from search.json_text import json_text

    about = data_set_info(address, as_of)
    if form == "json":
        click.echo(json_text(dataclasses.asdict(about), ensure_ascii=True, indent=2))
        return
    at_terminal = is_terminal(sys.stdout)
    for name, value in _lines(about, at_terminal):
        click.echo(f"{name + ':':<14} {harmless(value) if at_terminal else value}")


def _lines(about: DataSetInfo, at_terminal: bool) -> list[tuple[str, str]]:
    """Return names and what stands after each."""

    def when(text: str) -> str:
        return local_time(text) if at_terminal else text

    moments = f", {counted(about.moments, 'moment', ',')} of videos among them" if about.moments else ""
    pictures = counted(about.pictures, "picture", ",")
    return [
        ("library", f"{about.address} (a data set in Lance)"),
        ("model", f"{about.model} ({about.dim} dimensions)"),
        ("checksum", f"{about.fingerprint[:16]} of the model"),
        ("pictures", f"{about.pictures:,}{moments}"),
        ("dates", f"{about.dated:,} of {pictures}"),
        ("places", f"{about.placed:,} of {pictures}"),
        ("version", f"{about.version} of {when(about.made_at)}; {counted(about.versions, 'version', ',')} kept"),
        ("data", human_size(about.data_bytes)),
        ("index", _index(about)),
        ("shards", f"{about.shards:,}"),
        ("failures", f"{about.failures:,} (clipsearch failures)" if about.failures else "0"),
        *(("source", f"{source.address}: indexed {when(source.indexed_at)}") for source in about.sources),
    ]


def _index(about: DataSetInfo) -> str:
    """Say whether there is an index, and what it does not hold yet."""
    if about.index == "none":
        return "none: every picture is looked at"
    rest = f"; {about.index_rest:,} are searched beside it, until clipsearch optimize" if about.index_rest else ""
    return f"{about.index} of {counted(about.index_rows, 'picture', ',')}{rest}"
