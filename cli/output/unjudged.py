"""What filters by date and place could not judge, on stderr: without a word such pictures would just be missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli.output.rows import tell
from indexer.wording import doing

if TYPE_CHECKING:
    from indexer.store.store import Store
    from search.filters.filters import Filters


def tell_unjudged(store: Store, filters: Filters) -> None:
    """Say how many pictures have no date or no place and so can't pass; nothing without such a filter."""
    from search.filters.unjudged import count_unjudged

    dates = [option for option, value in (("--after", filters.after), ("--before", filters.before)) if value]
    options = {"date": " and ".join(dates), "place": "--near", "date and place": f"{', '.join(dates)} and --near"}
    for name, count in count_unjudged(store, filters).items():
        missing = name.replace(" and ", " and no ")
        tell(f"{doing(count, 'picture', 'has', 'have', ',')} no {missing} and so can't pass {options[name]}.")


def tell_unnamed(texts: Sequence[str], quoted: Sequence[str]) -> None:
    """Say which parts of names no file or folder has, and of the `quoted` parts of a query how to ask otherwise."""
    for text in texts:
        hint = "; without the double quotes it is searched as a text" if text in quoted else ""
        tell(f'No file or folder in the library has "{text}" in its name{hint}.')
