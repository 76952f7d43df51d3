"""What is said below an answer, to people at a terminal: what it leaves out, and what is not where it was."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cli.shown.paths import below
from cli.terminal.streams import is_terminal
from indexer.wording import agreeing

if TYPE_CHECKING:
    from indexer.store.store import Store
    from search.filters.filters import Filters
    from search.results import Hit


def hints_below(
    store: Store, hits: Sequence[Hit], filters: Filters, matching: int = 0, lowest: float = -math.inf
) -> list[str]:
    """Return the lines that stand below hits; none where stderr is no terminal.

    `matching` and `lowest` are as in `Answer`.
    """
    if not hits or not is_terminal(sys.stderr):
        return []
    from cli.hints.lost_roots import lost_roots
    from indexer.store.roots import root_paths

    folders = list(root_paths(store).values())
    outside = [] if filters.folders else _outside(hits, folders)
    copies = (copy for hit in hits for copy in hit.copies)  # of these some may not match
    shown = len(hits) + sum(copy.score is not None and copy.score >= lowest for copy in copies)
    return [*more_hint(shown, matching), *outside, *lost_roots(_roots_of(hits, folders))]


def why_nothing(store: Store) -> str | None:
    """Return why nothing at all can be found: the library knows a model, but no picture any more; else None."""
    if store.db.execute("SELECT 1 FROM images LIMIT 1").fetchone() is not None:
        return None
    return "There is no picture in the library; run: clipsearch index FOLDER"


def more_hint(shown: int, matching: int) -> list[str]:
    """Say that more pictures match than are shown: at least so many, if not all were judged."""
    from search.query.ask import JUDGED_PICTURES

    if matching <= shown:
        return []
    more = matching - shown
    if matching == JUDGED_PICTURES:
        return [f"At least {more:,} more match; -k {matching} shows them."]
    return [f"{more:,} more {agreeing(more, 'matches', 'match')}; -k {matching} shows {agreeing(more, 'it', 'them')}."]


def _outside(hits: Sequence[Hit], folders: Iterable[Path]) -> list[str]:
    """Say that hits lie elsewhere, to somebody who is in an indexed folder and may expect that it alone is searched."""
    from indexer.errors import FolderError
    from indexer.paths import absolute, current_folder

    try:
        here = {absolute(current_folder()), current_folder()}
    except FolderError:
        return []
    if not any(_is_below(str(path), folder) or path == folder for path in here for folder in folders):
        return []
    count = sum(not any(_is_below(str(hit.path), path) for path in here) for hit in hits)
    if not count:
        return []
    which = f"{count:,} of these" if count < len(hits) else "None of these"
    verb = "is" if count in (1, len(hits)) else "are"
    return [f"{which} {verb} {'not ' if count < len(hits) else ''}below the current folder; --here looks only there."]


def _roots_of(hits: Sequence[Hit], folders: Iterable[Path]) -> list[Path]:
    """Return the roots that hits belong to; a look at another could take long."""
    return [folder for folder in folders if any(_is_below(str(hit.path), folder) for hit in hits)]


def _is_below(path: str, folder: Path) -> bool:
    return below(path, str(folder)) is not None
