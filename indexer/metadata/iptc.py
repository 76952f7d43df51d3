"""The date of IPTC-IIM, as JPEG and TIFF hold it, in Photoshop's image resources or alone.

Datasets are those of the IPTC-NAA Information Interchange Model, version 4.2: 2:55 and 2:60 are the date and time of
creation, 2:62 and 2:63 those of digitizing. A month or day of 00 is not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from indexer.metadata.clocks import clock_of
from indexer.metadata.metadata import Reading, dated
from indexer.metadata.spellings import parse_timestamp
from indexer.metadata.texts import raw_text
from indexer.metadata.timestamps import Timestamp

RESOURCE = 0x0404  # of Photoshop's image resources, the one that holds IPTC
APPLICATION_RECORD = 2
CREATED, DIGITIZED = (55, 60), (62, 63)  # date and time
MOST_DATASETS = 10_000


class _Dataset(NamedTuple):
    record: int
    number: int
    content: bytes


def read_iptc(content: bytes) -> Reading:
    """Return what IPTC says of the date; never raises."""
    values: dict[int, bytes] = {}
    for dataset in _datasets(content):
        if dataset.record == APPLICATION_RECORD:
            values.setdefault(dataset.number, dataset.content)
    return Reading(dated(*(("iptc", _time(values, *numbers)) for numbers in (CREATED, DIGITIZED))))


def iptc_of_resources(content: bytes) -> bytes:
    """Return the IPTC in a block of Photoshop's image resources; empty if there is none."""
    offset = 0
    while content[offset : offset + 4] == b"8BIM":
        number = int.from_bytes(content[offset + 4 : offset + 6], "big")
        name = content[offset + 6] if offset + 6 < len(content) else 0
        offset += 6 + (name + 2) // 2 * 2  # a Pascal string of even length
        length = int.from_bytes(content[offset : offset + 4], "big")
        offset += 4
        if number == RESOURCE:
            return content[offset : offset + length]
        offset += length + length % 2
    return b""


def _time(values: dict[int, bytes], date: int, clock: int) -> Timestamp | None:
    """Return a date with its time of day, which is of no use alone."""
    day, time = raw_text(values.get(date, b"")).strip(), raw_text(values.get(clock, b"")).strip()
    if time and clock_of(time.lower()) and (whole := parse_timestamp(f"{day} {time}")):
        return whole
    return parse_timestamp(day)


def _datasets(content: bytes) -> Iterator[_Dataset]:
    """Yield the datasets up to the first that is broken."""
    offset = 0
    for _ in range(MOST_DATASETS):
        if content[offset : offset + 1] != b"\x1c" or offset + 5 > len(content):
            return
        record, number = content[offset + 1 : offset + 3]
        length = int.from_bytes(content[offset + 3 : offset + 5], "big")
        offset += 5
        if length & 0x8000:  # the length is itself so many bytes long
            size = length & 0x7FFF
            length = int.from_bytes(content[offset : offset + min(size, 8)], "big")
            offset += size
        yield _Dataset(record, number, content[offset : offset + length])
        offset += length
