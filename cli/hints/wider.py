"""A wider text for one that nothing matches: 'Wider: 12 pictures match "mammal"', with the command that asks for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cli.shown.paths import shell_line
from indexer.wording import doing

if TYPE_CHECKING:
    from search.library.library import Library
    from search.query.ask import QueryRequest
    from search.results import Answer


def wider_hint(
    library: Library,
    request: QueryRequest,
    answer: Answer,
    named: Sequence[str],
    called_with: Callable[[Sequence[str]], Sequence[str]],
) -> str | None:
    """Say which wider text pictures match if none matches the query; None if there is no such text.

    `named` are the quoted parts of the query, which stay; `called_with` returns the command for other words.
    """
    from search.query.wider import wider_match

    wider = wider_match(library, request, answer)
    if wider is None:
        return None
    words = [*wider.text.split(), *(f'"{name}"' for name in named)]
    command = shell_line(called_with(words))
    least = "" if wider.is_all else "at least "
    return f'Wider: {least}{doing(wider.matching, "picture", "matches", "match", ",")} "{wider.text}": {command}'
