"""Helpers: a check of a store, in short."""

from __future__ import annotations

from indexer.store.store import Store
from search.checking.run import Check


def checked(store: Store, **how: bool) -> list[tuple[str, str]]:
    """Check a store and return (area, state) of what was found, without notes."""
    return [(finding.area, finding.state) for finding in Check(store, **how) if finding.state != "note"]
