"""What a query asks for, from the command line: TEXT, --plus, --minus, --like, --unlike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from indexer.errors import InvalidRequest

if TYPE_CHECKING:
    from search.query.terms import Query

Command = TypeVar("Command", bound=Callable[..., Any])
Split = Callable[[str], tuple[str, float]]


def term_options(command: Command) -> Command:
    """Add the argument TEXT, the options --plus, --minus, --like and --unlike, and --raw."""
    command = click.option(
        "--raw",
        "--no-template",
        "raw",
        is_flag=True,
        help='Embed texts as they are, not also as "a photo of a ...". Example: --raw',
    )(command)
    for name, metavar, words in reversed(
        (
            (
                "plus",
                "TEXT[:WEIGHT]",
                "Also this, with a weight of 1 or what follows the last colon. Example: --plus stripes",
            ),
            ("minus", "TEXT[:WEIGHT]", "But not this. Example: --minus grass:0.5"),
            (
                "like",
                "PICTURE[:WEIGHT]",
                "Like this picture or video, in the library or not. Example: --like beach.jpg",
            ),
            ("unlike", "PICTURE[:WEIGHT]", "But not like this picture or video. Example: --unlike blurred.jpg:0.5"),
        )
    ):
        command = click.option(f"--{name}", metavar=metavar, multiple=True, help=f"{words}")(command)
    return click.argument("text", required=False)(command)


def query_from(
    text: str | None,
    plus: Sequence[str] = (),
    minus: Sequence[str] = (),
    like: Sequence[str] = (),
    unlike: Sequence[str] = (),
) -> Query:
    """Return the query that the options make; raises click.UsageError for one that asks for nothing."""
    from search.query.terms import make_query, split_file_weight, split_weight

    try:
        return make_query(
            text,
            _split("plus", plus, split_weight),
            _split("minus", minus, split_weight),
            _split("like", like, split_file_weight),
            _split("unlike", unlike, split_file_weight),
        )
    except InvalidRequest as error:
        raise click.UsageError(str(error)) from error


def _split(option: str, values: Sequence[str], split: Split) -> list[tuple[str, float]]:
    """Take the weights off an option's values; raises click.BadParameter for a wrong one."""
    try:
        return [split(value) for value in values]
    except InvalidRequest as error:
        raise click.BadParameter(str(error), param_hint=f"'--{option}'") from error


def hints(text: str | None, plus: Sequence[str] = (), minus: Sequence[str] = ()) -> list[str]:
    """Return what may have been meant otherwise: a TEXT that is a picture's name, a ratio read as a weight."""
    from search.query.terms import split_weight

    found = []
    if text is not None and _is_picture_file(text):
        found.append(f"{text!r} is searched as a text, though there is such a picture; to search by it, use --like.")
    for value in (*plus, *minus):
        item, weight = split_weight(value)
        if item != value and item[-1].isdigit():
            found.append(
                f"{value!r} is read as {item!r} with the weight {weight:g}; for the text write {value + ':1'!r}."
            )
    return found


def _is_picture_file(text: str) -> bool:
    from indexer.files.formats import picture_suffixes

    suffix = Path(text).suffix.lower()
    try:
        return suffix in picture_suffixes() and Path(text).expanduser().is_file()
    except (OSError, ValueError, RuntimeError):
        return False
