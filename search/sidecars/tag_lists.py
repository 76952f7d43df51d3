"""The lists of tags in an XMP document, and the edits that change their items and nothing else.

A list is a property with an rdf:Bag or rdf:Seq of plain texts. New lists go into a new rdf:Description that declares
its own namespaces, so that they fit beside whatever another program wrote.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from search.sidecars.document import RDF, Document, Edit, Element, Name, NotMergeable

CONTAINERS = ((RDF, "Bag"), (RDF, "Seq"))


@dataclass(slots=True)
class TagList:
    """A list of texts in a document, and its changes."""

    name: Name
    element: Element | None = None  # the property
    container: Element | None = None  # its rdf:Bag or rdf:Seq
    items: list[tuple[Element, str]] = field(default_factory=list)  # the plain ones
    add: list[str] = field(default_factory=list)
    remove: set[str] = field(default_factory=set)

    @property
    def values(self) -> list[str]:
        """The texts in the document."""
        return [text for _, text in self.items]

    @property
    def wanted(self) -> list[str]:
        """The texts after the changes."""
        return [text for text in self.values if text not in self.remove] + self.add

    def removed(self) -> list[Element]:
        """Return the items to remove."""
        return [item for item, text in self.items if text in self.remove]


def read_list(document: Document, name: Name) -> TagList:
    """Return a list, empty if the document has none; raises NotMergeable if it is in an unusual form."""
    properties = document.properties(name)
    if not properties:
        return TagList(name)
    if len(properties) > 1:
        raise NotMergeable(f"it has {name.local} twice")
    element, containers = properties[0], properties[0].children
    unusual = f"its {name.local} is in an unusual form"
    if element.attributes or element.text.strip() or len(containers) != 1 or containers[0].name not in CONTAINERS:
        raise NotMergeable(unusual)
    container = containers[0]
    if container.attributes or container.text.strip() or any(item.name != (RDF, "li") for item in container.children):
        raise NotMergeable(unusual)
    return TagList(name, element, container, list(_plain(container.children)))


def edits_of(document: Document, lists: Collection[TagList], prefixes: Mapping[str, str]) -> Iterator[Edit]:
    """Yield the edits that apply the changes of each list; `prefixes` (of namespaces) are for new lists."""
    emptied: list[Element] = []
    for tags in lists:
        if tags.element is None or tags.container is None:
            continue
        removed = tags.removed()
        is_bare = document.holds_only(tags.container, removed) and document.holds_only(tags.element, [tags.container])
        if removed and is_bare and not tags.add:
            emptied.append(tags.element)
        else:
            yield from map(document.cut, removed)
            if tags.add:
                yield _items_edit(document, tags.container, tags.add)
    yield from _cuts(document, emptied)
    new = [tags for tags in lists if tags.element is None and tags.add]
    if new:
        yield _block_edit(document, new, prefixes)


def _plain(children: Iterable[Element]) -> Iterator[tuple[Element, str]]:
    """Yield the items that are plain texts; others are neither compared nor removed."""
    for item in children:
        if not item.children and all(name.namespace != RDF for name in item.attributes):
            yield item, item.text.strip()


def _items_edit(document: Document, container: Element, texts: Sequence[str]) -> Edit:
    """Return the edit that appends items, each on its own line if the others are."""
    outer = document.indent(container.start)
    indent = document.indent(container.children[-1].start) if container.children else outer and outer + b" "
    prefix = container.tag.removesuffix(container.name.local)  # "rdf:" or ""
    return document.append(container, b"".join(indent + _item(text, prefix) for text in texts), outer)


def _item(text: str, prefix: str = "rdf:") -> bytes:
    return f"<{prefix}li>{escape(text)}</{prefix}li>".encode()


def _cuts(document: Document, properties: Sequence[Element]) -> Iterator[Edit]:
    """Yield the edits that remove properties, and with them the descriptions that held nothing else."""
    for description in document.descriptions:
        removed = [child for child in description.children if any(child is element for element in properties)]
        is_bare = all(name.local == "about" for name in description.attributes)
        if removed and is_bare and document.holds_only(description, removed):
            yield document.cut(description)
        else:
            yield from map(document.cut, removed)


def _block_edit(document: Document, lists: Sequence[TagList], prefixes: Mapping[str, str]) -> Edit:
    """Return the edit that appends an rdf:Description with new lists."""
    rdf = document.rdf
    outer = document.indent(rdf.start)
    indent = document.indent(document.descriptions[-1].start) if document.descriptions else outer and outer + b" "
    prefix = rdf.tag.removesuffix("RDF")
    declared = {prefixes[tags.name.namespace]: tags.name.namespace for tags in lists}
    if not prefix:  # attributes need one
        prefix, declared = "rdf:", {"rdf": RDF, **declared}
    attributes = "".join(f" xmlns:{key}={quoteattr(value)}" for key, value in declared.items())
    lines = [(0, f"<{prefix}Description {prefix}about={quoteattr(document.about)}{attributes}>".encode())]
    for tags in lists:
        tag = f"{prefixes[tags.name.namespace]}:{tags.name.local}"
        lines += [(1, f"<{tag}>".encode()), (2, f"<{prefix}Bag>".encode())]
        lines += [(3, _item(text, prefix)) for text in tags.add]
        lines += [(2, f"</{prefix}Bag>".encode()), (1, f"</{tag}>".encode())]
    lines.append((0, f"</{prefix}Description>".encode()))
    return document.append(rdf, b"".join((indent and indent + b" " * depth) + line for depth, line in lines), outer)
