"""What is said of roots that are not there: a drive that is not mounted looks like a folder that was moved."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from cli.shown.paths import short_path
from cli.terminal.streams import is_terminal
from indexer.paths import readable
from indexer.wording import counted


def lost_roots(folders: Iterable[Path]) -> list[str]:
    """Return a line about the first root that is not there, and how many more there are; none if all are."""
    from indexer.files.mounts import state_of
    from indexer.root_folders.named_roots import how_to_reach, quoted

    lost = [folder for folder in folders if state_of(folder) == "not there"]
    if not lost:
        return []
    first = lost[0]
    short = is_terminal(sys.stderr)
    shown = short_path(first) if short else readable(first)
    more = f" ({counted(len(lost) - 1, 'more root')} not there either)" if len(lost) > 1 else ""
    return [f"{shown} is not there{more}: {how_to_reach(short_path(first) if short else quoted(first))}"]
