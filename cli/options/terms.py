"""What a query asks for, from the command line: TEXT, --plus, --minus, --like, --unlike."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.help.headings import WHAT
from cli.options.basic import option_group
from indexer.errors import InvalidRequest

if TYPE_CHECKING:
    from search.filters.filters import Filters
    from search.query.terms import Query

Split = Callable[[str], tuple[str, float]]
Weighted = list[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class TermOptions:
    """The terms of a query, as they were written."""

    words: tuple[str, ...] = ()  # each is one argument, which may be a sentence in the shell's quotes
    plus: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    raw: bool = False

    def __bool__(self) -> bool:
        return bool(self.text is not None or self.plus or self.minus or self.like or self.unlike)

    @property
    def text(self) -> str | None:
        """What is embedded of the words, None if nothing is; raises click.UsageError for empty quotes."""
        return self._parts[0]

    @property
    def named(self) -> tuple[str, ...]:
        """The quoted parts of the words, which have to be in the names of what is found; raises as `text`."""
        return self._parts[1]

    def narrowed(self, filters: Filters) -> Filters:
        """Return the filters with the quoted parts of the words among them."""
        if not self.named:
            return filters
        from search.filters.names import names_of

        with _usage_errors():
            return replace(filters, named=(*filters.named, *names_of(self.named)))

    @property
    def _parts(self) -> tuple[str | None, tuple[str, ...]]:
        """The words without their quoted parts, and these."""
        if self.typed is None:
            return None, ()
        from search.query.quoted import split_quoted

        with _usage_errors():
            return split_quoted(self.typed)

    @property
    def typed(self) -> str | None:
        """The words as one text, None without any; of several, empty ones, as of variables not set, are left out."""
        if len(self.words) < 2:
            return next(iter(self.words), None)
        return " ".join(word.strip() for word in self.words if word.strip())

    def query(self) -> Query:
        """Return the query; raises click.UsageError for one that asks for nothing."""
        from search.query.terms import make_query

        with _usage_errors():
            return make_query(self.text, *self.weighted())

    def weighted(self) -> tuple[Weighted, Weighted, Weighted, Weighted]:
        """Return --plus, --minus, --like and --unlike with their weights; raises click.BadParameter for a wrong one."""
        from search.query.terms import split_file_weight, split_weight

        return (
            _split("plus", self.plus, split_weight),
            _split("minus", self.minus, split_weight),
            _split("like", self.like, split_file_weight),
            _split("unlike", self.unlike, split_file_weight),
        )

    def hints(self) -> list[str]:
        """Return hints at what may not be meant: a TEXT that is a file's name, a ratio read as a weight."""
        from search.query.terms import split_weight

        hints = _file_hints([*self.words, self.text or ""])
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
        parts = [self.typed] if self.typed else []
        signs = (("+ ", self.plus), ("- ", self.minus), ("like ", self.like), ("unlike ", self.unlike))
        return " ".join([*parts, *(f"{sign}{value}" for sign, values in signs for value in values)])


@contextlib.contextmanager
def _usage_errors() -> Iterator[None]:
    """Raise click.UsageError for an InvalidRequest."""
    try:
        yield
    except InvalidRequest as error:
        raise click.UsageError(str(error)) from error


def _split(option: str, values: Sequence[str], split: Split) -> list[tuple[str, float]]:
    """Take the weights off an option's values; raises click.BadParameter for a wrong one."""
    try:
        return [split(value) for value in values]
    except InvalidRequest as error:
        raise click.BadParameter(str(error), param_hint=f"'--{option}'") from error


def _file_hints(words: Sequence[str]) -> list[str]:
    """Return a hint at the first word that names a picture, and one at the first that is a folder's path."""
    kinds = (
        ("picture", "to search by it", "--like", _is_picture_file),
        ("folder", "to search below it", "--in", _is_folder),
    )
    hints = []
    for what, aim, option, is_one in kinds:
        if (word := next(filter(is_one, words), None)) is not None:
            hints.append(f"{word!r} is searched as a text, though there is such a {what}; {aim}, use {option}.")
    return hints


def _is_folder(text: str) -> bool:
    """Return whether a word is the path of a folder; a bare name, such as "beach", is a word."""
    if text not in (".", "..") and not any(sign in text for sign in {os.sep, os.altsep or os.sep}):
        return False
    try:
        return Path(text).expanduser().is_dir()
    except (OSError, ValueError, RuntimeError):
        return False


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
    click.argument("words", metavar="[TEXT]...", nargs=-1),
    click.option(
        "--plus",
        metavar="TEXT[:WEIGHT]",
        multiple=True,
        help="Also this. Example: --plus stripes",
    ),
    click.option("--minus", metavar="TEXT[:WEIGHT]", multiple=True, help="But not this. Example: --minus grass:0.5"),
    click.option(
        "--like",
        metavar="FILE[:WEIGHT]",
        multiple=True,
        help="Like this picture or video, in the library or not.",
    ),
    click.option(
        "--unlike",
        metavar="FILE[:WEIGHT]",
        multiple=True,
        help="But not like this. Example: --unlike blurred.jpg:0.5",
    ),
    click.option(
        "--raw",
        "--no-template",
        "raw",
        is_flag=True,
        help='Texts as they are, not also as "a photo of a ...".',
    ),
    heading=WHAT,
)
