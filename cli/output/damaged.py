"""What a command says at its end of what it found damaged in the library."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping

from indexer.damage import noticing
from indexer.wording import agreeing, counted, doing

REST = "clipsearch check says more and mends what can be mended"


@contextlib.contextmanager
def telling_damage(tell: Callable[[str], None]) -> Iterator[None]:
    """Tell at the end of a block what was found damaged in it, once for each kind."""
    with noticing() as damage:
        try:
            yield
        finally:
            for line in damage_lines(damage.counts()):
                tell(line)


def damage_lines(counts: Mapping[str, int]) -> Iterator[str]:
    """Yield a line for each kind of damage that was found, with what became of it."""
    left = dict(counts)
    if left.pop("index file", 0):
        yield "The index file is damaged, so every picture was looked at; the next clipsearch index makes it anew."
    if found := left.pop("embedding", 0):
        pictures, them = counted(found, "picture"), agreeing(found, "it", "them")
        what = f"What is stored of {pictures} is damaged and was left out"
        yield f"{what}; the next clipsearch index encodes {them} again."
    if found := left.pop("dropped embedding", 0):
        they = agreeing(found, "it is", "they are")
        yield f"What was stored of {counted(found, 'picture')} was damaged and was dropped; {they} encoded again."
    if found := left.pop("text embedding", 0):
        yield f"What was stored of {counted(found, 'text')} was damaged and was made again."
    if found := left.pop("picture's metadata", 0):
        yield f"Damaged dates, cameras or places of {counted(found, 'picture')} were left out; {REST}."
    if left.pop("calibration", 0):
        yield "The model's calibration is damaged and was not used; clipsearch eval --calibrate makes it again."
    if left.pop("spread", 0):
        yield f"What is stored of how pictures differ is damaged and was not used; {REST}."
    for what, found in left.items():
        yield f"{doing(found, what, 'is damaged and was', 'are damaged and were')} left out; {REST}."
