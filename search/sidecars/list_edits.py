"""The edits that change the items of lists of tags, in whatever form these are written, and nothing else.

What is added makes an rdf:Bag of a list that is written as one text, as an attribute or as alternatives, as exiftool
does. New lists are in new_lists.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from search.sidecars.document import RDF, Document, Edit, Element, Name
from search.sidecars.new_lists import block_edit, item
from search.sidecars.tag_lists import TagList, is_numbered


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
        yield block_edit(document, {tags.name: list(tags.add) for tags in new}, prefixes)


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
    gone = {id(element) for element in removed}
    for child in container.children:
        if is_numbered(child) and id(child) not in gone:
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
