"""New lists of tags for an XMP document: in an rdf:Description that declares its own namespaces.

So they fit beside whatever another program wrote.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from search.sidecars.document import RDF, Document, Edit, Name


def item(text: str, prefix: str = "rdf:") -> bytes:
    """Return the item of a text."""
    return f"<{prefix}li>{escape(text)}</{prefix}li>".encode()


def block_edit(document: Document, lists: Mapping[Name, Sequence[str]], prefixes: Mapping[str, str]) -> Edit:
    """Return the edit that appends an rdf:Description with new lists of texts, by their names."""
    rdf = document.rdf
    outer = document.indent(rdf.start)
    indent = document.indent(document.descriptions[-1].start) if document.descriptions else outer and outer + b" "
    prefix = rdf.tag.removesuffix("RDF")
    declared = {prefixes[name.namespace]: name.namespace for name in lists}
    if not prefix:  # attributes need one
        prefix, declared = "rdf:", {"rdf": RDF, **declared}
    attributes = "".join(f" xmlns:{key}={quoteattr(value)}" for key, value in declared.items())
    lines = [(0, f"<{prefix}Description {prefix}about={quoteattr(document.about)}{attributes}>".encode())]
    for name, texts in lists.items():
        tag = f"{prefixes[name.namespace]}:{name.local}"
        lines += [(1, f"<{tag}>".encode()), (2, f"<{prefix}Bag>".encode())]
        lines += [(3, item(text, prefix)) for text in texts]
        lines += [(2, f"</{prefix}Bag>".encode()), (1, f"</{tag}>".encode())]
    lines.append((0, f"</{prefix}Description>".encode()))
    return document.append(rdf, b"".join((indent and indent + b" " * depth) + line for depth, line in lines), outer)
