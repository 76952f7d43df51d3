"""The JSON forms of what searching returns, as docs/hit.schema.json says."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from indexer.paths import to_fields

if TYPE_CHECKING:
    from search.results import Hit


def record(hit: Hit) -> dict[str, Any]:
    """Return a hit as its JSON object."""
    return {**asdict(hit), **to_fields(str(hit.path))}
