"""Small pictures for whoever shows a library: kept ones at once, others made in worker processes and then kept."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from pathlib import Path

from indexer.errors import reason_of
from indexer.files.found import FoundFile
from indexer.paths import readable
from indexer.thumbnails.decoder import Decoder
from indexer.thumbnails.jobs import Small, SmallPicture
from indexer.thumbnails.kept import KeptThumbnails
from indexer.thumbnails.names import KEPT_SIDES, Thumb


class SmallPictures:
    """What is kept, and a decoder for the rest. May be used from any thread."""

    def __init__(self, kept: KeptThumbnails, decoder: Decoder) -> None:
        """Take where they are kept, and who makes them."""
        self._kept = kept
        self._decoder = decoder
        self._lock = threading.Lock()
        self._making: dict[tuple[Path, int | None, int], Future[Small]] = {}
        self.trouble: str | None = None  # why new ones can't be kept now, as a sentence

    def find(self, thumb: Thumb, side: int) -> bytes | None:
        """Return a kept picture as WebP, None if there is none."""
        return self._kept.get(thumb, side) if side in KEPT_SIDES else None

    def make(self, thumb: Thumb, side: int, path: Path, known: FoundFile | None, digest: bytes | None) -> Future[Small]:
        """Have a picture made of the file at a path, once for all who ask for it meanwhile.

        It is kept as what it is of, which need not be `thumb`: the result has the digest. `known` and `digest` are
        what the library knows of the file. The result may raise PictureError.
        """
        key = (path, thumb.at_ms, side)
        with self._lock:
            if (making := self._making.get(key)) is not None:
                return making
            answer: Future[Small] = Future()
            answer.set_running_or_notify_cancel()  # one who leaves does not take it from the others
            self._making[key] = answer
        at = None if thumb.at_ms is None else thumb.at_ms / 1000
        made: Future[Small] = self._decoder.submit(SmallPicture(path, side, at, known, digest))
        made.add_done_callback(lambda done: self._pass_on(done, answer, key))
        return answer

    def _pass_on(self, made: Future[Small], answer: Future[Small], key: tuple[Path, int | None, int]) -> None:
        """Answer first, then keep."""
        _, at_ms, side = key
        with self._lock:
            self._making.pop(key, None)
        try:
            small = made.result()
        except BaseException as error:  # also that it was cancelled, as the server ends
            answer.set_exception(error)
            return
        answer.set_result(small)
        if small.digest is not None and side in KEPT_SIDES:
            self._keep(Thumb(small.digest, at_ms), side, small.webp)

    def _keep(self, thumb: Thumb, side: int, content: bytes) -> None:
        """Keep a picture if that can be done; without room on the disk it is made again the next time."""
        try:
            self._kept.put(thumb, side, content)
        except OSError as error:
            self.trouble = (
                f"Thumbnails can't be kept in {readable(self._kept.folder)} ({reason_of(error)}), so each is made again"
                " when it is shown."
            )
        else:
            self.trouble = None
