"""When, where and with what a picture was taken, from an XMP packet: in the picture, or in a sidecar beside it.

Reads the few properties that say so (XMP Specification Part 2; Exif for XMP, CIPA DC-010), written as attributes or as
elements. What is beyond the bounds of xml_bounds.py is not read at all; what comes before an error counts.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import NamedTuple
from xml.parsers import expat

from indexer.metadata.metadata import Reading, dated
from indexer.metadata.places import EAST_WEST, NORTH_SOUTH, Place, angle, place_of
from indexer.metadata.spellings import parse_timestamp
from indexer.metadata.texts import text_of
from indexer.metadata.timestamps import Timestamp
from indexer.metadata.unread import tell_unread
from indexer.side_data.xml_bounds import DEEPEST, BeyondBounds, check_xml

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
EXIF = "http://ns.adobe.com/exif/1.0/"
EXIF_EX = "http://cipa.jp/exif/1.0/"
TIFF = "http://ns.adobe.com/tiff/1.0/"
XMP = "http://ns.adobe.com/xap/1.0/"
PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
AUX = "http://ns.adobe.com/exif/1.0/aux/"
DC = "http://purl.org/dc/elements/1.1/"
DYNAMIC_MEDIA = "http://ns.adobe.com/xmp/1.0/DynamicMedia/"


class Name(NamedTuple):
    """The name of a property."""

    namespace: str
    local: str


# When it was taken, then when it was digitized; xmp:CreateDate is the latter.
DATES = (
    Name(EXIF, "DateTimeOriginal"),
    Name(PHOTOSHOP, "DateCreated"),
    Name(DYNAMIC_MEDIA, "shotDate"),
    Name(EXIF, "DateTimeDigitized"),
    Name(XMP, "CreateDate"),
    Name(DC, "date"),
    Name(EXIF, "GPSTimeStamp"),
)
LENSES = (Name(EXIF_EX, "LensModel"), Name(AUX, "Lens"))


def read_xmp(packet: bytes, source: str, called: str = "its XMP") -> Reading:
    """Return what a packet says, as that of a source such as "xmp" or "sidecar"; never raises."""
    properties = properties_of(packet, called)
    lens = next((text for name in LENSES if (text := text_of(properties.get(name, "")))), None)
    return Reading(
        dated(*((source, time) for time in _times(properties))),
        _place(properties),
        text_of(properties.get(Name(TIFF, "Make"), "")),
        text_of(properties.get(Name(TIFF, "Model"), "")),
        lens,
    )


def _times(properties: dict[Name, str]) -> Iterator[Timestamp | None]:
    for name in DATES:
        yield parse_timestamp(properties.get(name, ""))


def _place(properties: dict[Name, str]) -> Place | None:
    """Return the place of exif:GPSLatitude="47,22.5N"; signed degrees, which some programs write, will do as well."""

    def part(name: str, hemispheres: str) -> float | None:
        value, reference = properties.get(Name(EXIF, name)), properties.get(Name(EXIF, f"{name}Ref"))
        return None if value is None else angle(value, reference, hemispheres, needs_reference=False)

    return place_of(part("GPSLatitude", NORTH_SOUTH), part("GPSLongitude", EAST_WEST))


def properties_of(packet: bytes, called: str = "its XMP") -> dict[Name, str]:
    """Return the texts of the top-level properties, of lists the first item; empty for what is no XMP."""
    reader = _Properties()
    start = packet.find(b"<")
    # UTF-16 has a NUL before "<" in big-endian, and perhaps a byte order mark; expat tells by them.
    start = 0 if packet[:2] in (b"\xff\xfe", b"\xfe\xff") else max(0, start - (packet[start - 1 : start] == b"\0"))
    packet = packet[start:]
    try:
        check_xml(packet)
    except BeyondBounds as reason:
        tell_unread(called, reason)
        return {}
    with contextlib.suppress(expat.ExpatError, _NoXmp, ValueError, LookupError):
        reader.read(packet)
    return {} if reader.is_refused else reader.properties


class _NoXmp(Exception):
    """It has a document type, or is nested beyond reason."""


class _Properties:
    """Collects properties while expat reads."""

    def __init__(self) -> None:
        self.properties: dict[Name, str] = {}
        self.is_refused = False
        self._open: list[Name] = []
        self._text: list[str] = []

    def read(self, packet: bytes) -> None:
        """Read a packet; raises what expat raises, and _NoXmp."""
        parser = expat.ParserCreate(namespace_separator="\n")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        parser.Parse(packet, True)

    def _refuse(self, *declaration: object) -> None:
        self.is_refused = True
        raise _NoXmp

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _name(tag)
        if len(self._open) >= DEEPEST:
            raise _NoXmp
        if name == (RDF, "Description") and self._open[-1:] == [Name(RDF, "RDF")]:
            for key, value in attributes.items():
                self.properties.setdefault(_name(key), value)
        self._open.append(name)
        self._text.clear()

    def _end(self, tag: str) -> None:
        """Keep the text of a property, or of the first item of its list."""
        name = self._open.pop()
        text = "".join(self._text).strip()
        self._text.clear()
        if not text:
            return
        inside = [element for element in self._open if element not in _CONTAINERS]
        if len(inside) >= 2 and inside[-2:] == [Name(RDF, "RDF"), Name(RDF, "Description")]:
            self.properties.setdefault(name, text)
        elif name in _ITEMS and inside[-3:-1] == [Name(RDF, "RDF"), Name(RDF, "Description")]:
            self.properties.setdefault(inside[-1], text)


_CONTAINERS = (Name(RDF, "Seq"), Name(RDF, "Bag"), Name(RDF, "Alt"))
_ITEMS = (Name(RDF, "li"), Name(RDF, "value"))


def _name(text: str) -> Name:
    namespace, _, local = text.rpartition("\n")
    return Name(namespace, local)
