"""What a query asks for, from the command line: TEXT, --plus, --minus, --like, --unlike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options.basic import option_group
from indexer.errors import InvalidRequest

if TYPE_CHECKING:
    from search.query.terms import Query

Split = Callable[[str], tuple[str, float]]


@dataclass(frozen=True, slots=True)
class TermOptions:
    """The terms of a query, as they were written."""

    text: str | None = None
    plus: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    raw: bool = False

    def __bool__(self) -> bool:
        return self.text is not None or bool(self.plus or self.minus or self.like or self.unlike)

    def query(self) -> Query:
        """Return the query; raises click.UsageError for one that asks for nothing."""
        from search.query.terms import make_query, split_file_weight, split_weight

        try:
            return make_query(
                self.text,
                _split("plus", self.plus, split_weight),
                _split("minus", self.minus, split_weight),
                _split("like", self.like, split_file_weight),
                _split("unlike", self.unlike, split_file_weight),
            )
        except InvalidRequest as error:
            raise click.UsageError(str(error)) from error

    def hints(self) -> list[str]:
        """Return hints at what may not be meant: a TEXT that is a picture's name, a ratio read as a weight."""
        from search.query.terms import split_weight

        hints = []
        if self.text is not None and _is_picture_file(self.text):
            hints.append(
                f"{self.text!r} is searched as a text, though there is such a picture; to search by it, use --like."
            )
        for value in (*self.plus, *self.minus):
            item, weight = split_weight(value)
            if item != value and item[-1].isdigit():
                hints.append(
                    f"{value!r} is read as {item!r} with the weight {weight:g}; for the text write {value + ':1'!r}."
                )
        return hints

    @property
    def title(self) -> str:
        """What is asked for, in one line."""
        parts = [self.text] if self.text else []
        signs = (("+ ", self.plus), ("- ", self.minus), ("like ", self.like), ("unlike ", self.unlike))
        return " ".join([*parts, *(f"{sign}{value}" for sign, values in signs for value in values)])


def _split(option: str, values: Sequence[str], split: Split) -> list[tuple[str, float]]:
    """Take the weights off an option's values; raises click.BadParameter for a wrong one."""
    try:
        return [split(value) for value in values]
    except InvalidRequest as error:
        raise click.BadParameter(str(error), param_hint=f"'--{option}'") from error


def _is_picture_file(text: str) -> bool:
    from indexer.files.formats import picture_suffixes

    suffix = Path(text).suffix.lower()
    try:
        return suffix in picture_suffixes() and Path(text).expanduser().is_file()
    except (OSError, ValueError, RuntimeError):
        return False


term_options = option_group(
    "terms",
    TermOptions,
    click.argument("text", required=False),
    click.option(
        "--plus",
        metavar="TEXT[:WEIGHT]",
        multiple=True,
        help="Also this, with a weight of 1 or what follows the last colon. Example: --plus stripes",
    ),
    click.option("--minus", metavar="TEXT[:WEIGHT]", multiple=True, help="But not this. Example: --minus grass:0.5"),
    click.option(
        "--like",
        metavar="PICTURE[:WEIGHT]",
        multiple=True,
        help="Like this picture or video, in the library or not. Example: --like beach.jpg",
    ),
    click.option(
        "--unlike",
        metavar="PICTURE[:WEIGHT]",
        multiple=True,
        help="But not like this picture or video. Example: --unlike blurred.jpg:0.5",
    ),
    click.option(
        "--raw",
        "--no-template",
        "raw",
        is_flag=True,
        help='Embed texts as they are, not also as "a photo of a ...". Example: --raw',
    ),
)
