"""Texts in XML: what it can't hold is spelled out, so that a text is the same wherever it is written."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from indexer.harmless import harmless


def spelled(text: str) -> str:
    """Return a text as XML can hold it, in one line."""
    return harmless(text)


def attribute(text: str) -> str:
    """Return a text as the value of an attribute, with its quotes."""
    return quoteattr(spelled(text))


def content(text: str) -> str:
    """Return a text as the content of an element."""
    return escape(spelled(text))
