"""What XML from anyone may hold, before a parser makes objects of it: XMP packets, in pictures and in sidecars.

A parser takes hundreds of bytes for an element of four, looks a namespace's name up for each attribute and copies it
each time, and replaces entities by entities. So their number, depth and length are bounded, and a document type, where
entities are declared, is refused. Within the bounds time and memory grow with the length of the document.
"""

from __future__ import annotations

import contextlib
from xml.parsers import expat

from indexer.wording import too_large

LARGEST = 16 * 2**20  # bytes; masks of raw developers take megabytes
MOST_NODES = 200_000  # elements and attributes; a history of thousands of edits has some ten thousand
DEEPEST = 100  # elements inside each other; XMP has ten
LONGEST_NAMESPACE = 200  # characters; the longest in use have some 70, and each attribute gets a copy
HARMLESS = 16 * 2**10  # bytes of a document that can't do much whatever it holds; most are smaller
DOCTYPE = "<!DOCTYPE"
ENCODINGS = ("utf-8", "utf8", "utf-16", "us-ascii", "ascii", "iso-8859-", "windows-125")  # or what they begin with


class BeyondBounds(Exception):
    """A document is more than is read; the message says what it is, as in "it is ..." or "it has ..."."""


def check_xml(content: bytes) -> None:
    """Raise BeyondBounds for a document that no XMP is; one that isn't well-formed passes, as far as it goes."""
    if len(content) > LARGEST:
        raise BeyondBounds(f"is {too_large(LARGEST)}")
    if any(DOCTYPE.encode(encoding) in content for encoding in ("ascii", "utf-16-le", "utf-16-be")):
        raise BeyondBounds("has a document type declaration, which XMP has not")
    if len(content) <= HARMLESS:
        return
    # Each element has one or two "<", each attribute two quotes: so the parser below has no more than that to count.
    if content.count(b"<") > 4 * MOST_NODES or content.count(b'"') + content.count(b"'") > 4 * MOST_NODES:
        raise BeyondBounds(_too_many())
    counter = _Counter()
    with contextlib.suppress(expat.ExpatError, ValueError, LookupError):
        counter.count(content)


class _Counter:
    """Counts what a document holds, without namespaces, of which it only looks at the names."""

    def __init__(self) -> None:
        self._nodes = self._depth = 0

    def count(self, content: bytes) -> None:
        parser = expat.ParserCreate()
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.Parse(content, True)

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding and not encoding.lower().startswith(ENCODINGS):
            raise BeyondBounds(f"is in {encoding[:40]}, in which XMP is not written")

    def _doctype(self, *_: object) -> None:
        raise BeyondBounds("has a document type declaration, which XMP has not")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._nodes += 1 + len(attributes)
        self._depth += 1
        if self._nodes > MOST_NODES:
            raise BeyondBounds(_too_many())
        if self._depth > DEEPEST:
            raise BeyondBounds(f"has more than {DEEPEST} elements inside each other")
        for name, value in attributes.items():
            if name.startswith("xmlns") and len(value) > LONGEST_NAMESPACE:
                raise BeyondBounds(f"has a namespace of more than {LONGEST_NAMESPACE:,} characters")

    def _end(self, tag: str) -> None:
        self._depth -= 1


def _too_many() -> str:
    return f"has more than {MOST_NODES:,} elements and attributes"
