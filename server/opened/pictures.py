"""Small pictures and decoding for the server: one cache folder and one pool of worker processes for all requests."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from indexer.files.found import FoundFile
from indexer.thumbnails.decoder import Decoder
from indexer.thumbnails.jobs import Prepared, Small, Upload
from indexer.thumbnails.kept import KeptThumbnails
from indexer.thumbnails.names import Thumb
from indexer.thumbnails.small_pictures import SmallPictures
from server.errors import Refused

if TYPE_CHECKING:
    from indexer.models.preprocess import Preprocess

Result = TypeVar("Result")
Made = TypeVar("Made", covariant=True)

MOST_WAITING = 64  # jobs; the page asks for four at a time
MOST_SENT = 100 << 20  # bytes of uploads that are in hand at once
BUSY = "Too many pictures are being decoded; ask again in a moment."
OTHERS_SEND = "Other pictures are being sent; send this one again in a moment."


class Work(Protocol[Made]):
    """A worker's job, and what comes of it."""

    def do(self) -> Made:
        """Return it, in the worker; raises PictureError."""


class Pictures:
    """What routes ask for pictures that have to be decoded: never in this process."""

    def __init__(self, kept: KeptThumbnails | None = None, decoder: Decoder | None = None) -> None:
        """Take where small pictures are kept and who decodes; raises InvalidRequest if the room makes no sense."""
        self._decoder = decoder or Decoder()
        self._small = SmallPictures(kept or KeptThumbnails.ours(), self._decoder)
        self._sent = 0
        self.preprocesses: dict[str, Preprocess] = {}  # of models that were loaded, by fingerprint

    @property
    def trouble(self) -> str | None:
        """What keeps small pictures from being kept, as a sentence, if anything does."""
        return self._small.trouble

    async def find(self, thumb: Thumb, side: int) -> bytes | None:
        """Return a kept picture as WebP, None if there is none."""
        return await asyncio.to_thread(self._small.find, thumb, side)

    async def make(self, thumb: Thumb, side: int, path: Path, known: FoundFile, digest: bytes | None) -> Small:
        """Return a picture made now; raises PictureError, and Refused if too much waits."""
        self._check_waiting()
        return await _answer(self._small.make(thumb, side, path, known, digest))

    async def prepare(self, upload: Upload) -> Prepared:
        """Return the pixels of a picture that was sent; raises PictureError, and Refused if too much waits."""
        return await self.done(upload)

    async def done(self, work: Work[Result]) -> Result:
        """Return what a worker makes of a job; raises PictureError, and Refused if too much waits."""
        self._check_waiting()
        made: Result = await _answer(self._decoder.submit(work))
        return made

    @contextlib.contextmanager
    def taking(self) -> Iterator[Callable[[int], None]]:
        """Give what counts an upload's bytes while it is in hand; it raises Refused if all have too many."""
        taken = 0

        def count(size: int) -> None:
            nonlocal taken
            if self._sent + size > MOST_SENT:
                raise Refused(503, OTHERS_SEND)
            taken += size
            self._sent += size

        try:
            yield count
        finally:
            self._sent -= taken

    def close(self) -> None:
        """End the workers."""
        self._decoder.close()

    def _check_waiting(self) -> None:
        if self._decoder.waiting >= MOST_WAITING:
            raise Refused(503, BUSY)


async def _answer(future: Future[Result]) -> Result:
    """Return a future's result, without taking it from others who wait if this one is cancelled."""
    answer = asyncio.wrap_future(future)
    answer.add_done_callback(lambda done: done.cancelled() or done.exception())  # else asyncio logs what nobody hears
    return await asyncio.shield(answer)
