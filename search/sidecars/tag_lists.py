"""The lists of tags in an XMP document, in all forms that programs write them in.

A list is a property with an rdf:Bag, rdf:Seq or rdf:Alt of plain texts. Some programs write a list of one text without
any of these, as the text of the property or as an attribute of the description. list_edits.py changes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from search.sidecars.document import RDF, XML, Document, Element, Name, NotMergeable

CONTAINERS = ((RDF, "Bag"), (RDF, "Seq"), (RDF, "Alt"))
_NUMBERED = re.compile(r"_[1-9][0-9]*", re.ASCII)  # rdf:_1, which rdf:li stands for


@dataclass(slots=True)
class TagList:
    """A list of texts in a document, and its changes."""

    name: Name
    element: Element | None = None  # the property
    container: Element | None = None  # its rdf:Bag, rdf:Seq or rdf:Alt; None where one text stands for the list
    description: Element | None = None  # of which the property is an attribute
    items: list[tuple[Element | None, str]] = field(default_factory=list)  # the plain ones
    add: dict[str, None] = field(default_factory=dict)  # a set in its order
    remove: set[str] = field(default_factory=set)
    _known: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self._known = frozenset(self.values)

    @property
    def is_there(self) -> bool:
        """Whether the document has the list, in whatever form."""
        return self.element is not None or self.description is not None

    @property
    def values(self) -> list[str]:
        """The texts in the document."""
        return [text for _, text in self.items]

    @property
    def kept(self) -> list[str]:
        """The texts in the document that are not removed."""
        return [text for text in self.values if text not in self.remove]

    @property
    def wanted(self) -> list[str]:
        """The texts after the changes."""
        return [*self.kept, *self.add]

    def has(self, text: str) -> bool:
        """Return whether a text is in the document."""
        return text in self._known

    def wants(self, text: str) -> bool:
        """Return whether a text is in the list after the changes."""
        return text in self.add or (text in self._known and text not in self.remove)

    def removed(self) -> list[Element]:
        """Return the items to remove."""
        return [element for element, text in self.items if element is not None and text in self.remove]


def read_list(document: Document, name: Name) -> TagList:
    """Return a list, empty if the document has none; raises NotMergeable if it is in an unusual form."""
    properties, described = document.properties(name), document.described(name)
    if len(properties) + len(described) > 1:
        raise NotMergeable(f"it has {name.local} twice")
    if described:
        return TagList(name, description=described[0], items=_single(described[0].attributes[name]))
    if not properties:
        return TagList(name)
    element, containers = properties[0], properties[0].children
    unusual = NotMergeable(f"its {name.local} is in an unusual form")
    if not _is_bare(element):
        raise unusual
    if not containers:
        return TagList(name, element, items=_single(element.text))
    if element.text.strip() or len(containers) > 1 or containers[0].name not in CONTAINERS:
        raise unusual
    container = containers[0]
    if not _is_bare(container) or container.text.strip() or not all(map(_is_item, container.children)):
        raise unusual
    return TagList(name, element, container, items=list(_plain(container.children)))


def _single(text: str) -> list[tuple[Element | None, str]]:
    """Return the item of a list that is written as one text; an empty one has none."""
    return [(None, text.strip())] if text.strip() else []


def _is_bare(element: Element) -> bool:
    """Return whether an element has no attribute but a language and the like."""
    return all(name.namespace == XML for name in element.attributes)


def _is_item(element: Element) -> bool:
    return element.name.namespace == RDF and (element.name.local == "li" or is_numbered(element))


def is_numbered(element: Element) -> bool:
    """Return whether an item is numbered, such as rdf:_1."""
    return _NUMBERED.fullmatch(element.name.local) is not None


def _plain(children: Iterable[Element]) -> Iterator[tuple[Element, str]]:
    """Yield the items that are plain texts; others are neither compared nor removed."""
    for child in children:
        if not child.children and all(name.namespace != RDF for name in child.attributes):
            yield child, child.text.strip()
