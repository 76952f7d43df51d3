"""What a person should know of filters, on stderr: without a word, what they can't judge would just be missing."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli.output.rows import tell
from cli.terminal.streams import is_terminal
from indexer.wording import doing

if TYPE_CHECKING:
    from indexer.store.store import Store
    from search.filters.filters import Filters

SETS_NAMED = 3  # of those that have a label


def tell_unjudged(store: Store, filters: Filters) -> None:
    """Say how many pictures have no date or no place and so can't pass; nothing without such a filter."""
    from search.filters.unjudged import count_unjudged

    dates = [option for option, value in (("--after", filters.after), ("--before", filters.before)) if value]
    places = [option for option, value in (("--near", filters.near), ("--box", filters.box)) if value is not None]
    given = {"date": dates, "place": places, "date and place": [*dates, *places]}
    options = {name: " and ".join(filter(None, [", ".join(some[:-1]), *some[-1:]])) for name, some in given.items()}
    for name, count in count_unjudged(store, filters).items():
        missing = name.replace(" and ", " and no ")
        tell(f"{doing(count, 'picture', 'has', 'have', ',')} no {missing} and so can't pass {options[name]}.")


def tell_unnamed(texts: Sequence[str], quoted: Sequence[str]) -> None:
    """Say which parts of names no file or folder has, and of the `quoted` parts of a query how to ask otherwise."""
    for text in texts:
        hint = "; without the double quotes it is searched as a text" if text in quoted else ""
        tell(f'No file or folder in the library has "{text}" in its name{hint}.')


def tell_label_sets(store: Store, filters: Filters) -> None:
    """Say from which label sets a --label is that names none: of one on a terminal, of several always."""
    if not filters.labels:
        return
    from search.filters.label_sets import labels_read

    for label, meant in labels_read(store, filters.labels).items():
        names = [one.name for one in meant.sets]
        if meant.names_set or (len(names) == 1 and not is_terminal(sys.stderr)):
            continue
        if len(names) == 1:
            draft = ", a draft" if meant.sets[0].draft else ""
            tell(f'"{label}" is from the label set "{names[0]}"{draft}.')
        else:
            listed = ", ".join(f'"{name}"' for name in names[:SETS_NAMED])
            more = f" and {len(names) - SETS_NAMED} more" if len(names) > SETS_NAMED else ""
            newest = max(meant.sets, key=lambda one: one.labelled_at).name
            tell(
                f'"{label}" is from {len(names)} label sets, {listed}{more}; for one alone: --label "{newest}:{label}"'
            )
