"""An XMP document as a tree that knows at which bytes everything stands, so that edits touch nothing else.

Only reading; xmp.py decides what to change. What can't be changed safely is refused with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.parsers import expat

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SEPARATOR = "\n"  # between namespace and name; no namespace has one in it
_TAG = re.compile(rb"""<(?:[^<>"']|"[^"]*"|'[^']*')*>""")


class NotMergeable(Exception):
    """A sidecar into which nothing can be merged safely; the message is the reason alone."""


class Name(NamedTuple):
    """The name of an element or attribute."""

    namespace: str  # "" for none
    local: str


class Edit(NamedTuple):
    """Bytes that take the place of others."""

    start: int
    end: int
    new: bytes


@dataclass(slots=True)
class Element:
    """An element and its place in the bytes: <tag ...> from start to inner, content from there to inner_end."""

    name: Name
    tag: str  # as written, with its prefix
    attributes: dict[Name, str]
    start: int
    inner: int
    inner_end: int = -1
    end: int = -1
    text: str = ""  # its own, without that of its children
    children: list[Element] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether it is written as <tag/>."""
        return self.end == self.inner


class Document:
    """A parsed XMP document. Raises NotMergeable for what is not well-formed, not UTF-8, or not XMP."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self._open: list[Element] = []
        self._all: list[Element] = []
        self._parse()
        found = [one for one in self._all if one.name == (RDF, "RDF")]
        if len(found) != 1 or not any(found[0] is one for one in [self._all[0], *self._all[0].children]):
            raise NotMergeable("it has no single rdf:RDF, as XMP has")
        self.rdf = found[0]
        self.descriptions = self.rdf.children
        if any(one.name != (RDF, "Description") for one in self.descriptions) or self.rdf.text.strip():
            raise NotMergeable("its rdf:RDF holds something else than rdf:Description")
        self.about = self._about()

    def properties(self, name: Name) -> list[Element]:
        """Return the property elements of a name; raises NotMergeable if the property stands in an attribute."""
        if any(name in one.attributes for one in self.descriptions):
            raise NotMergeable(f"it has {name.local} as an attribute, which is unusual")
        return [child for one in self.descriptions for child in one.children if child.name == name]

    def indent(self, place: int) -> bytes:
        """Return the line break and indentation before a place; empty if something else stands on its line."""
        start = place
        while start and self.content[start - 1 : start] in (b" ", b"\t"):
            start -= 1
        for line_break in (b"\r\n", b"\n", b"\r"):
            if self.content[:start].endswith(line_break):
                return self.content[start - len(line_break) : place]
        return b""

    def holds_only(self, element: Element, children: Sequence[Element]) -> bool:
        """Say whether an element holds only these children and blanks: no other element, text or comment."""
        rest, place = b"", element.inner
        for child in children:
            rest += self.content[place : child.start]
            place = child.end
        return not (rest + self.content[place : element.inner_end]).strip()

    def cut(self, element: Element) -> Edit:
        """Return the edit that takes an element out with the line break and indentation before it."""
        return Edit(element.start - len(self.indent(element.start)), element.end, b"")

    def append(self, element: Element, new: bytes, closing: bytes = b"") -> Edit:
        """Return the edit that puts bytes behind an element's last child; `closing` goes before a new closing tag."""
        if element.empty:
            return Edit(element.inner - 2, element.inner, b">" + new + closing + f"</{element.tag}>".encode())
        place = element.children[-1].end if element.children else element.inner
        return Edit(place, place, new)

    def edited(self, edits: Iterable[Edit]) -> bytes:
        """Return the bytes with edits, which do not overlap."""
        parts, place = [], 0
        for edit in sorted(edits, key=lambda one: one[:2]):
            parts += [self.content[place : edit.start], edit.new]
            place = edit.end
        return b"".join([*parts, self.content[place:]])

    def _about(self) -> str:
        """Return what the descriptions are about, which must be the same for all; mostly nothing."""
        about = {
            value
            for one in self.descriptions
            for name, value in one.attributes.items()
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
        parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
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

    def _start(self, name: str, attributes: dict[str, str], place: int) -> None:
        tag = _TAG.match(self.content, place)
        if tag is None:
            raise NotMergeable("it is written in an unusual form")
        written = re.split(rb"[\s/>]", tag[0][1:], maxsplit=1)[0].decode()
        element = Element(_name(name), written, {_name(key): attributes[key] for key in attributes}, place, tag.end())
        if self._open:
            self._open[-1].children.append(element)
        self._open.append(element)
        self._all.append(element)

    def _end(self, place: int) -> None:
        element = self._open.pop()
        element.inner_end = place
        closed = self.content[element.inner - 2 : element.inner] == b"/>"
        element.end = element.inner if closed else self.content.index(b">", place) + 1

    def _text(self, text: str) -> None:
        if self._open:
            self._open[-1].text += text


def _name(joined: str) -> Name:
    namespace, _, local = joined.rpartition(_SEPARATOR)
    return Name(namespace, local)


def _check_declaration(version: str, encoding: str | None, standalone: int) -> None:
    if encoding and encoding.lower() not in ("utf-8", "utf8"):
        raise NotMergeable(f"it is in {encoding}, not UTF-8")


def _refuse_doctype(*_: object) -> None:
    raise NotMergeable("it has a document type declaration, which XMP has not")
