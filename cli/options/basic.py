"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from indexer.models.device import DEVICES

if TYPE_CHECKING:
    from indexer.files.ignore import ScanRules

Command = TypeVar("Command", bound=Callable[..., Any])

FORMATS = ("table", "json", "jsonl", "csv", "paths")


class NamedPath(click.Path):
    """A path with a name: an empty one, such as of a variable that is not set, would be the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path; fails for an empty one."""
        if not str(value) or value == b"":
            self.fail("The path is empty; name a file or folder, or . for the current folder.", param, ctx)
        return super().convert(value, param, ctx)


def add_options(command: Command, options: Sequence[Callable[[Any], Any]]) -> Command:
    """Add options to a command, which its help shows in their order."""
    for option in reversed(options):
        command = option(command)
    return command


def library_option(command: Command) -> Command:
    """Add --library."""
    return click.option(
        "--library",
        type=NamedPath(file_okay=False, path_type=Path),
        envvar="CLIPSEARCH_LIBRARY",
        show_envvar=True,
        help="Where the library stands, if not in the platform's data folder. Example: --library /nas/clip",
    )(command)


def device_option(command: Command) -> Command:
    """Add --device."""
    return click.option(
        "--device",
        type=click.Choice(DEVICES),
        default="auto",
        show_default=True,
        help="Where the model computes. Example: --device cpu",
    )(command)


def folder_option(command: Command) -> Command:
    """Add --in."""
    return click.option(
        "--in",
        "folder",
        metavar="DIR",
        type=NamedPath(path_type=Path),
        help="Only pictures below this folder. Example: --in ~/Photos/2024",
    )(command)


def output_options(command: Command) -> Command:
    """Add --format and -0."""
    command = click.option(
        "-0",
        "nul",
        is_flag=True,
        help="Paths alone, each ended by a NUL byte, for xargs -0. Example: -0 | xargs -0 ls -l",
    )(command)
    return click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        default="table",
        show_default=True,
        help="How results are written; a table only on a terminal, else tab-separated. Example: --format jsonl",
    )(command)


def listener_options(command: Command) -> Command:
    """Add --quiet and --log-json."""
    command = click.option(
        "--log-json",
        is_flag=True,
        help="Write what happens as JSON, one object a line, to stderr. Example: --log-json 2> index.log",
    )(command)
    return click.option(
        "--quiet",
        "-q",
        is_flag=True,
        help="Write nothing but problems, for cron. Example: --quiet",
    )(command)


def rule_options(command: Command) -> Command:
    """Add --exclude, --include-hidden and --follow-links, which a root remembers."""
    command = click.option(
        "--follow-links/--no-follow-links",
        default=None,
        help="Follow symbolic links, each picture once. The root remembers it. Example: --follow-links",
    )(command)
    command = click.option(
        "--include-hidden/--no-include-hidden",
        default=None,
        help="Also take names that begin with a dot. The root remembers it. Example: --include-hidden",
    )(command)
    return click.option(
        "--exclude",
        metavar="PATTERN",
        multiple=True,
        help="Leave out what a gitignore pattern names; repeat it for several. They take the place of the root's"
        ' patterns, which it remembers; "" is none. Example: --exclude "*-edited.jpg" --exclude /2019/scans/',
    )(command)


def changed_rules(
    exclude: tuple[str, ...], include_hidden: bool | None, follow_links: bool | None
) -> Callable[[ScanRules], ScanRules] | None:
    """Return what `rule_options` change about a root's rules, or None if none was given.

    Raises click.BadParameter for a pattern that is none.
    """
    if not exclude and include_hidden is None and follow_links is None:
        return None
    patterns = tuple(dict.fromkeys(pattern for pattern in exclude if pattern.strip()))
    _check_patterns(patterns)

    def change(rules: ScanRules) -> ScanRules:
        return replace(
            rules,
            exclude=patterns if exclude else rules.exclude,
            include_hidden=rules.include_hidden if include_hidden is None else include_hidden,
            follow_links=rules.follow_links if follow_links is None else follow_links,
        )

    return change


def _check_patterns(patterns: tuple[str, ...]) -> None:
    """Refuse what gitignore does not take, before it is remembered."""
    from indexer.files.ignore import Ignore

    def refuse(problem: str) -> None:
        raise click.BadParameter(f"{problem}; see the patterns in https://git-scm.com/docs/gitignore")

    Ignore().with_excludes(patterns, refuse)


def check_output(form: str, nul: bool) -> None:
    """Refuse -0 with a format that is not bare paths, before any work is done."""
    if nul and form not in ("table", "paths"):
        raise click.UsageError("-0 writes bare paths; leave --format out.")


def library_folder(library: Path | None) -> Path:
    """Return the library's folder: the option's, or the default one."""
    from indexer.paths import default_library

    return library.expanduser() if library else default_library()
