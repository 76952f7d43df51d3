"""A subset as WebDataset: tar shards in which the files of a sample have one key and follow each other.

KEY.jpg (or .png and so on) is the picture as it is in its file, KEY.json what is known of it, KEY.cls the index of its
label and KEY.txt its caption, or else its label. https://github.com/webdataset/webdataset
"""

from __future__ import annotations

import io
import tarfile
from dataclasses import dataclass
from itertools import chain, groupby
from typing import TYPE_CHECKING

from indexer.errors import InvalidRequest
from indexer.paths import readable
from search.filters.sizes import parse_size
from search.json_text import json_text
from search.subsets.class_lists import class_lines
from search.subsets.names import usual_suffix
from search.subsets.subset import facts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from search.subsets.format import Planned
    from search.subsets.subset import Subset, SubsetPicture
    from search.subsets.target import Target

MOST_PICTURES, MOST_BYTES = 10_000, 1_000_000_000  # of a shard, by default
KEY_DIGITS = 9


@dataclass(frozen=True, slots=True)
class ShardLimit:
    """How much a shard holds, at most; a picture larger than that has one of its own."""

    pictures: int = MOST_PICTURES
    bytes: int = MOST_BYTES


def shard_limit(text: str | None) -> ShardLimit:
    """Return the limit of "5000" pictures or of "500MB"; by default both of the usual ones. Raises InvalidRequest."""
    if text is None:
        return ShardLimit()
    if text.strip().isdecimal() and (count := int(text)):
        return ShardLimit(count, 1 << 62)
    try:
        size = parse_size(text).bytes
    except InvalidRequest:
        size = 0
    if not size:
        raise InvalidRequest(f'"{text}" is no size of a shard; write a number of pictures, or bytes as 500MB.')
    return ShardLimit(1 << 62, size)


@dataclass(frozen=True, slots=True)
class WebDataset:
    """Tar shards of samples."""

    limit: ShardLimit = ShardLimit()
    takes_links = False

    def plan(self, subset: Subset) -> Sequence[Planned]:
        """Return shard-000000.tar/000000000.jpg and so on."""
        return list(self._plan(subset.pictures))

    def write(self, subset: Subset, planned: Sequence[Planned], target: Target) -> None:
        """Write the shards one after the other, and a line for each class."""
        classes = subset.indexes
        for shard, members in groupby(planned, key=lambda one: one[1].partition("/")[0]):
            with target.file(shard) as file:
                _write_shard(file, _samples(members, classes, target))
        if classes:
            target.write("classes.txt", class_lines(subset.classes))

    def _plan(self, pictures: Sequence[SubsetPicture]) -> Iterator[Planned]:
        shard = count = size = 0
        for number, picture in enumerate(pictures):
            if count and (count >= self.limit.pictures or size + picture.size > self.limit.bytes):
                shard, count, size = shard + 1, 0, 0
            count, size = count + 1, size + picture.size
            yield picture, f"shard-{shard:06d}.tar/{number:0{KEY_DIGITS}d}{usual_suffix(picture)}"


Sample = list[tuple[str, bytes]]  # the names of its files, with what is in them


def _samples(members: Iterator[Planned], classes: dict[str, int], target: Target) -> Iterator[Sample]:
    """Yield the files of each picture that can be read."""
    for picture, planned in members:
        if (content := target.content_of(picture)) is None:
            continue
        name = planned.partition("/")[2]
        key = name.partition(".")[0]
        sample = [(name, content), (f"{key}.json", json_text(facts_of(picture)).encode())]
        if picture.label is not None:
            sample.append((f"{key}.cls", str(classes[picture.label]).encode()))
        if text := picture.caption or picture.label:
            sample.append((f"{key}.txt", readable(text).encode()))
        yield sample


def _write_shard(file: BinaryIO, samples: Iterator[Sample]) -> None:
    """Write a tar that is the same byte for byte for the same samples; nothing if there are none."""
    first = next(samples, None)
    if first is None:
        return
    with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for sample in chain([first], samples):
            for name, content in sample:
                member = tarfile.TarInfo(name)
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
