"""An XMP document as a tree with the byte offsets of all elements, so that edits touch nothing else.

Parses and edits; xmp.py decides what to change. A document that can't be edited safely is refused with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.parsers import expat

from indexer.side_data.xml_bounds import BeyondBounds, check_xml

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XML = "http://www.w3.org/XML/1998/namespace"
_SEPARATOR = "\n"  # between namespace, name and prefix; no namespace contains one
_MARK = re.compile(rb"""["'>]""")  # in a tag
_ATTRIBUTE = re.compile(rb"""\s+([^\s=/>]+)\s*=\s*(?:"[^"]*"|'[^']*')""")


class NotMergeable(Exception):
    """A sidecar can't be changed safely; the message is the reason alone."""


class Name(NamedTuple):
    """The name of an element or attribute."""

    namespace: str  # "" for none
    local: str


class Edit(NamedTuple):
    """New bytes for a part of the content."""

    start: int
    end: int
    new: bytes


@dataclass(slots=True)
class Element:
    """An element and its byte offsets: <tag ...> from start to inner, content from there to inner_end."""

    name: Name
    tag: str  # as written, with its prefix
    attributes: dict[Name, str]
    prefixes: dict[Name, str]  # of the attributes, as written
    start: int
    inner: int
    inner_end: int = -1
    end: int = -1
    texts: list[str] = field(default_factory=list)  # its own, without those of its children
    children: list[Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its own text."""
        return "".join(self.texts)

    @property
    def is_empty(self) -> bool:
        """Whether it is written as <tag/>."""
        return self.end == self.inner


class Document:
    """A parsed XMP document. Raises NotMergeable for what is not well-formed, not UTF-8, or not XMP."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self._open: list[Element] = []
        self._all: list[Element] = []
        self._parse()
        rdfs = [element for element in self._all if element.name == (RDF, "RDF")]
        if len(rdfs) != 1 or not any(rdfs[0] is element for element in [self._all[0], *self._all[0].children]):
            raise NotMergeable("it has no single rdf:RDF, as XMP has")
        self.rdf = rdfs[0]
        self.descriptions = self.rdf.children
        if any(child.name != (RDF, "Description") for child in self.descriptions) or self.rdf.text.strip():
            raise NotMergeable("its rdf:RDF holds something else than rdf:Description")
        self.about = self._about()

    def described(self, name: Name) -> list[Element]:
        """Return the descriptions that have a property as an attribute, as a single text may be written."""
        return [description for description in self.descriptions if name in description.attributes]

    def properties(self, name: Name) -> list[Element]:
        """Return the property elements of a name."""
        children = (child for description in self.descriptions for child in description.children)
        return [child for child in children if child.name == name]

    def indent(self, offset: int) -> bytes:
        """Return the line break and indentation before an offset; empty if anything else precedes it on its line."""
        start = offset
        while start and self.content[start - 1 : start] in (b" ", b"\t"):
            start -= 1
        for line_break in (b"\r\n", b"\n", b"\r"):
            if self.content.endswith(line_break, 0, start):
                return self.content[start - len(line_break) : offset]
        return b""

    def holds_only(self, element: Element, children: Sequence[Element]) -> bool:
        """Return whether an element holds only these children and blanks: no other element, text or comment."""
        ends = [element.inner, *(child.end for child in children)]
        starts = [*(child.start for child in children), element.inner_end]
        return not any(self.content[end:start].strip() for end, start in zip(ends, starts, strict=True))

    def cut(self, element: Element) -> Edit:
        """Return the edit that removes an element with the line break and indentation before it."""
        return Edit(element.start - len(self.indent(element.start)), element.end, b"")

    def cut_attribute(self, element: Element, name: Name) -> Edit:
        """Return the edit that removes an attribute with the blanks before it."""
        offset = element.start + 1 + len(element.tag.encode())
        written = f"{element.prefixes[name]}:{name.local}".encode()
        while attribute := _ATTRIBUTE.match(self.content, offset):
            if attribute[1] == written:
                return Edit(attribute.start(), attribute.end(), b"")
            offset = attribute.end()
        raise NotMergeable("it is written in an unusual form")

    def renamed(self, element: Element, local: str) -> list[Edit]:
        """Return the edits that rename an element, whose prefix stays."""
        new = element.tag.removesuffix(element.name.local) + local
        offsets = [element.start + 1] if element.is_empty else [element.start + 1, element.inner_end + 2]
        return [Edit(offset, offset + len(element.tag.encode()), new.encode()) for offset in offsets]

    def append(self, element: Element, new: bytes, closing: bytes = b"") -> Edit:
        """Return the edit that puts bytes after an element's last child; `closing` goes before a new closing tag."""
        if element.is_empty:
            return Edit(element.inner - 2, element.inner, b">" + new + closing + f"</{element.tag}>".encode())
        offset = element.children[-1].end if element.children else element.inner
        return Edit(offset, offset, new)

    def edited(self, edits: Iterable[Edit]) -> bytes:
        """Return the content with edits, which must not overlap."""
        parts, offset = [], 0
        for edit in sorted(edits, key=lambda edit: edit[:2]):
            parts += [self.content[offset : edit.start], edit.new]
            offset = edit.end
        return b"".join([*parts, self.content[offset:]])

    def _about(self) -> str:
        """Return what the descriptions are about, mostly ""; raises NotMergeable if they are about different things."""
        about = {
            value
            for description in self.descriptions
            for name, value in description.attributes.items()
            if name in ((RDF, "about"), ("", "about")) and value
        }
        if len(about) > 1:
            raise NotMergeable("it describes several things")
        return "".join(about)

    def _parse(self) -> None:
        try:
            self.content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise NotMergeable("it is not UTF-8") from error
        try:
            check_xml(self.content)
        except BeyondBounds as bound:
            raise NotMergeable(f"it {bound}") from bound
        parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        parser.namespace_prefixes = True
        parser.buffer_text = True
        parser.XmlDeclHandler = _check_declaration
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = lambda name, attributes: self._start(name, attributes, parser.CurrentByteIndex)
        parser.EndElementHandler = lambda _: self._end(parser.CurrentByteIndex)
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(self.content, True)
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code)
            raise NotMergeable(f"it is not well-formed XML ({reason}, line {error.lineno})") from error

    def _start(self, name: str, attributes: dict[str, str], offset: int) -> None:
        inner = self._tag_end(offset)
        written = re.split(rb"[\s/>]", self.content[offset + 1 : inner], maxsplit=1)[0].decode()
        names = {_name(key): key for key in attributes}
        values = {key: attributes[names[key]] for key in names}
        prefixes = {key: names[key].split(_SEPARATOR)[-1] for key in names}
        element = Element(_name(name), written, values, prefixes, offset, inner)
        if self._open:
            self._open[-1].children.append(element)
        self._open.append(element)
        self._all.append(element)

    def _tag_end(self, offset: int) -> int:
        """Return where the tag ends that begins at an offset; raises NotMergeable if none does."""
        while mark := _MARK.search(self.content, offset):
            if mark[0] == b">":
                return mark.end()
            offset = self.content.find(mark[0], mark.end()) + 1
            if not offset:
                break
        raise NotMergeable("it is written in an unusual form")

    def _end(self, offset: int) -> None:
        element = self._open.pop()
        element.inner_end = offset
        is_empty = self.content[element.inner - 2 : element.inner] == b"/>"
        element.end = element.inner if is_empty else self.content.index(b">", offset) + 1

    def _text(self, text: str) -> None:
        if self._open:
            self._open[-1].texts.append(text)


def _name(joined: str) -> Name:
    parts = joined.split(_SEPARATOR)  # name alone, or namespace, name and perhaps prefix
    return Name("", joined) if len(parts) == 1 else Name(*parts[:2])


def _check_declaration(version: str, encoding: str | None, standalone: int) -> None:
    if encoding and encoding.lower() not in ("utf-8", "utf8"):
        raise NotMergeable(f"it is in {encoding}, not UTF-8")


def _refuse_doctype(*_: object) -> None:
    raise NotMergeable("it has a document type declaration, which XMP has not")
