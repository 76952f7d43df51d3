"""The lists of tags in an XMP document, and the edits that change their items and nothing else.

A list is a property with an rdf:Bag, rdf:Seq or rdf:Alt of plain texts. Some programs write a list of one text without
any of these, as the text of the property or as an attribute of the description; what is added makes an rdf:Bag of it,
as exiftool does. New lists are in new_lists.py.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from search.sidecars.document import RDF, XML, Document, Edit, Element, Name, NotMergeable
from search.sidecars.new_lists import block_edit, item

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
    add: list[str] = field(default_factory=list)
    remove: set[str] = field(default_factory=set)

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
        return self.kept + self.add

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


def edits_of(document: Document, lists: Collection[TagList], prefixes: Mapping[str, str]) -> Iterator[Edit]:
    """Yield the edits that apply the changes of each list; `prefixes` (of namespaces) are for new lists."""
    emptied: list[Element] = []
    for tags in lists:
        if tags.element is None or not (tags.add or tags.remove):
            continue
        if _is_emptied(document, tags):
            emptied.append(tags.element)
        elif tags.container is None:
            yield from _text_edits(document, tags, tags.element)
        else:
            yield from _container_edits(document, tags, tags.container)
    yield from _cuts(document, emptied)
    yield from _attribute_edits(document, lists)
    new = [tags for tags in lists if not tags.is_there and tags.add]
    if new:
        yield block_edit(document, {tags.name: tags.add for tags in new}, prefixes)


def _single(text: str) -> list[tuple[Element | None, str]]:
    """Return the item of a list that is written as one text; an empty one has none."""
    return [(None, text.strip())] if text.strip() else []


def _is_bare(element: Element) -> bool:
    """Return whether an element has no attribute but a language and the like."""
    return all(name.namespace == XML for name in element.attributes)


def _is_item(element: Element) -> bool:
    return element.name.namespace == RDF and (element.name.local == "li" or _is_numbered(element))


def _is_numbered(element: Element) -> bool:
    return _NUMBERED.fullmatch(element.name.local) is not None


def _plain(children: Iterable[Element]) -> Iterator[tuple[Element, str]]:
    """Yield the items that are plain texts; others are neither compared nor removed."""
    for child in children:
        if not child.children and all(name.namespace != RDF for name in child.attributes):
            yield child, child.text.strip()


def _is_emptied(document: Document, tags: TagList) -> bool:
    """Return whether nothing is left of a list, which then goes as a whole."""
    if tags.add or not tags.remove or tags.element is None:
        return False
    if tags.container is None:
        return not tags.kept
    removed = tags.removed()
    holds_nothing = document.holds_only(tags.container, removed) and document.holds_only(tags.element, [tags.container])
    return bool(removed) and holds_nothing


def _container_edits(document: Document, tags: TagList, container: Element) -> Iterator[Edit]:
    """Yield the edits that remove items and append others, each on its own line if the rest are.

    What is added to makes an rdf:Bag of an rdf:Alt, whose items would be one in several languages, and rdf:li of
    numbered items.
    """
    removed = tags.removed()
    yield from map(document.cut, removed)
    if not tags.add:
        return
    if container.name.local == "Alt":
        yield from document.renamed(container, "Bag")
        container = replace(container, tag=container.tag.removesuffix("Alt") + "Bag", name=Name(RDF, "Bag"))
    for child in container.children:
        if _is_numbered(child) and not any(child is element for element in removed):
            yield from document.renamed(child, "li")
    outer = document.indent(container.start)
    indent = document.indent(container.children[-1].start) if container.children else outer and outer + b" "
    prefix = container.tag.removesuffix(container.name.local)  # "rdf:" or ""
    yield document.append(container, b"".join(indent + item(text, prefix) for text in tags.add), outer)


def _text_edits(document: Document, tags: TagList, element: Element) -> Iterator[Edit]:
    """Yield the edits that make a list of a property's text, which stays as it is written, as the first item."""
    prefix = _prefix(document)
    items = b"".join(item(text, prefix) for text in tags.add)
    start, end = f"<{prefix}Bag>".encode(), f"</{prefix}Bag>".encode()
    if element.is_empty:
        yield document.append(element, start + items + end)
    elif tags.kept:
        yield Edit(element.inner, element.inner, start + f"<{prefix}li>".encode())
        yield Edit(element.inner_end, element.inner_end, f"</{prefix}li>".encode() + items + end)
    else:
        yield Edit(element.inner, element.inner_end, start + items + end)


def _attribute_edits(document: Document, lists: Iterable[TagList]) -> Iterator[Edit]:
    """Yield the edits that turn the attributes whose lists change into properties, those of a description together."""
    prefix = _prefix(document)
    new: dict[int, list[bytes]] = defaultdict(list)
    descriptions: dict[int, Element] = {}
    for tags in lists:
        description = tags.description
        if description is None or not (tags.add or tags.remove):
            continue
        yield document.cut_attribute(description, tags.name)
        if tags.wanted:
            tag = f"{description.prefixes[tags.name]}:{tags.name.local}"
            items = b"".join(item(text, prefix) for text in tags.wanted)
            new[description.start].append(f"<{tag}><{prefix}Bag>".encode() + items + f"</{prefix}Bag></{tag}>".encode())
            descriptions[description.start] = description
    for start, properties in new.items():
        yield _append_properties(document, descriptions[start], properties)


def _append_properties(document: Document, description: Element, properties: Sequence[bytes]) -> Edit:
    outer = document.indent(description.start)
    indent = document.indent(description.children[-1].start) if description.children else outer and outer + b" "
    return document.append(description, b"".join(indent + new for new in properties), outer)


def _prefix(document: Document) -> str:
    """Return the prefix of RDF's elements as it is written, "rdf:" or another, "" if RDF is the default namespace."""
    return document.rdf.tag.removesuffix("RDF")


def _cuts(document: Document, properties: Sequence[Element]) -> Iterator[Edit]:
    """Yield the edits that remove properties, and with them the descriptions that held nothing else."""
    for description in document.descriptions:
        removed = [child for child in description.children if any(child is element for element in properties)]
        is_bare = all(name.local == "about" for name in description.attributes)
        if removed and is_bare and document.holds_only(description, removed):
            yield document.cut(description)
        else:
            yield from map(document.cut, removed)
