"""Options that several commands share, and how a group of them becomes one object."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from cli.completion import completers
from cli.help.headings import GENERAL, WORK, Decorator, headed
from cli.output.rows import OutputOptions
from indexer.addresses import is_data_set, is_url
from indexer.models.device import DEVICES

if TYPE_CHECKING:
    from cli.output.run_progress import CommandListener
    from search.library.library import Library

LIBRARY_BEFORE = "cli.library"  # in click's contexts: the library that was named before the command

max_megapixels_option = click.option(
    "--max-megapixels",
    metavar="N",
    type=click.FloatRange(min=0.0, min_open=True),
    help="Refuse larger pictures, which may only pretend to be enormous. Default: 400, or CLIPSEARCH_MAX_MEGAPIXELS.",
)


class NamedPath(click.Path):
    """A path with a name: an empty one, such as of a variable that is not set, would be the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path; fails for an empty one."""
        if not str(value) or value == b"":
            self.fail("The path is empty; name a file or folder, or . for the current folder.", param, ctx)
        return super().convert(_spelled(value), param, ctx)


class WrittenPath(NamedPath):
    """A file or folder that is written to, on this machine."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path; fails for a URL, which would become a folder called s3: here."""
        if isinstance(value, str) and is_url(value):
            scheme = value.partition("://")[0]
            self.fail(f"{scheme}:// is no place on this machine; write to a file or folder, and copy that.", param, ctx)
        return super().convert(value, param, ctx)


class NamedFile(click.File):
    """A file to be opened; its name may be typed in either spelling."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the open file; fails if it can't be opened."""
        return super().convert(_spelled(value), param, ctx)


def _spelled(value: Any) -> Any:
    """Return a typed path as the disk spells it."""
    if not isinstance(value, str | Path) or str(value).isascii():
        return value
    from indexer.spelling import spelled_on_disk

    return type(value)(spelled_on_disk(Path(value)))


def option_group(name: str, make: Callable[..., object], *options: Decorator, heading: str | None = None) -> Decorator:
    """Return a decorator that adds options, which help shows in their order, and hands over one object made of them.

    The command gets as `name` what `make` returns for the options that are called like its parameters. Besides the
    group's own these may be any options and groups that stand above it. In help those
    without a heading stand under `heading` (cli/help/headings.py).
    """

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def with_group(**given: Any) -> Any:
            taken = {part: given.pop(part) for part in inspect.signature(make).parameters if part in given}
            return command(**{name: make(**taken)}, **given)

        return headed(heading, *options)(with_group)

    return add


class AnyPlace(NamedPath):
    """Where a library or pictures are: a folder, or a URL, which stays a text."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return a path, or a URL as it is."""
        return value if isinstance(value, str) and is_url(value) else super().convert(value, param, ctx)


LIBRARY_PLACE = AnyPlace(file_okay=False, path_type=Path)


def _place(context: click.Context, parameter: click.Parameter, chosen: Path | str | None) -> Path | str:
    """Return where the library is: the option's, named before the command, the variable's, or the default.

    A data set is a text, its address; a folder is a path.
    """
    from indexer.paths import default_library

    if context.get_parameter_source(str(parameter.name)) != ParameterSource.COMMANDLINE:
        chosen = context.meta.get(LIBRARY_BEFORE, chosen)
    if isinstance(chosen, str):
        return chosen
    folder = chosen.expanduser() if chosen else default_library()
    return str(folder) if is_data_set(folder) else folder


def _folder(context: click.Context, parameter: click.Parameter, chosen: Path | str | None) -> Path:
    """Return the folder of a library that is no data set; raises LibraryError for one that is."""
    place = _place(context, parameter, chosen)
    if isinstance(place, str):
        from indexer.errors import LibraryError

        command = context.info_name or "this command"
        raise LibraryError(
            f"The library {place} is a data set, which {command} can't work with;"
            " index, query, similar, label, info, failures, optimize and the exports of embeddings and data sets can."
        )
    return place


def _library_option(callback: Callable[..., Path | str], metavar: str, where: str) -> Decorator:
    return headed(
        GENERAL,
        click.option(
            "--library",
            metavar=metavar,
            type=LIBRARY_PLACE,
            envvar="CLIPSEARCH_LIBRARY",
            callback=callback,
            help=f"{where}; or set CLIPSEARCH_LIBRARY.",
        ),
    )


library_option = _library_option(_folder, "DIR", "Where the library is")
any_library_option = _library_option(_place, "DIR", "Its folder or URL")  # Path, or str of a data set

model_option = headed(
    GENERAL,
    click.option(
        "--model",
        metavar="NAME",
        shell_complete=completers.library_models,
        help="Refuse to answer unless this is the library's model.",
    ),
)

device_option = headed(
    GENERAL,
    click.option(
        "--device",
        metavar="DEVICE",
        type=click.Choice(DEVICES),
        default="auto",
        help=f"Where the model computes: {', '.join(DEVICES)}.",
    ),
)


@dataclass(frozen=True, slots=True)
class LibraryOptions:
    """Which library, the model that it must have, and where that computes."""

    folder: Path
    model: str | None
    device: str
    data_set: str | None = None  # the address of a library that is a data set; then there is no folder

    def open(self) -> Library:
        """Open the library to search it; raises LibraryMissing, ModelMismatch and other LibraryErrors."""
        from search.library.library import open_library

        return open_library(self.folder, model=self.model, device=self.device)

    def open_or_offer(self) -> Library:
        """Open the library as `open` does; where there is none, offer on a terminal to index the current folder."""
        from indexer.errors import LibraryMissing

        try:
            return self.open()
        except LibraryMissing:
            from cli.hints.first_library import offer

            if not offer(self.folder, self.model, self.device):
                raise
        return self.open()


def _library_options(library: Path | str, model: str | None, device: str = "auto") -> LibraryOptions:
    return LibraryOptions(Path(library), model, device, library if isinstance(library, str) else None)


library_options = option_group("library", _library_options, library_option)  # below --model and --device
any_library_options = option_group("library", _library_options, any_library_option)  # also a data set


def _output_options(*more: str) -> Decorator:
    """Return the options of a format, which may be some `more`."""
    named = "".join(f"{form}, " for form in more)
    return option_group(
        "output",
        OutputOptions,
        click.option(
            "--format",
            "form",
            metavar="FORMAT",
            type=click.Choice(["table", "json", "jsonl", "csv", "spreadsheet", "paths", *more]),
            default="table",
            help=f"table, json, jsonl, csv, paths, {named}or spreadsheet: CSV in which no cell is a formula.",
        ),
        click.option(
            "-0",
            "nul",
            is_flag=True,
            help="Paths ended by NUL. Example: -0 | xargs -0 ls -l",
        ),
    )


output_options = _output_options()
output_or_parquet_options = _output_options("parquet")


@dataclass(frozen=True, slots=True)
class ListenerOptions:
    """How a run reports what happens."""

    quiet: bool
    log_json: bool
    stop_at_eof: bool

    def open(self) -> CommandListener:
        """Return the listener; use it as a context manager."""
        from cli.output.run_progress import open_listener
        from cli.process.input_end import heed_input

        if self.stop_at_eof:
            heed_input()
        return open_listener(self.quiet, self.log_json)


listener_options = option_group(
    "listening",
    ListenerOptions,
    click.option("--quiet", "-q", is_flag=True, help="Write nothing but problems, for cron."),
    click.option(
        "--log-json",
        is_flag=True,
        help="Write what happens as JSON lines to stderr. Example: --log-json 2> index.log",
    ),
    click.option(
        "--stop-at-eof",
        is_flag=True,
        help="Stop as by Ctrl-C when standard input ends, for a program that starts this one: it never outlives that.",
    ),
    heading=WORK,
)
