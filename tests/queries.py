"""Ask a library what is nearest to a text."""

from __future__ import annotations

from search.filters.filters import NO_FILTERS, Filters
from search.library.library import Library
from search.query.ask import DEFAULT_K, QueryRequest, ask
from search.query.terms import make_query
from search.results import Hit


def nearest(library: Library, text: str, k: int = DEFAULT_K, filters: Filters = NO_FILTERS) -> list[Hit]:
    """Return the k pictures nearest to a text, best first, whether they match or not."""
    return list(ask(library, QueryRequest(make_query(text), k, filters, cutoff="none")).nearest)
