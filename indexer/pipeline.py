"""The stages between a list of files and stored batches: decode -> batch -> encode, each an iterator.

Decoding runs in threads (Pillow releases the interpreter while it decodes) a bounded number of pictures ahead
of the encoder, so that memory does not grow with the number of files.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np

from indexer.decode import open_picture
from indexer.encoder import Encoder, FloatArray
from indexer.errors import ClipsearchError, EncoderFailed, PictureError, UnreachablePicture
from indexer.pictures import EncodedPicture
from indexer.scan import FoundFile, Problem

Item = TypeVar("Item")
MAX_THREADS = 8


@dataclass(frozen=True, slots=True)
class DecodedPicture:
    """A picture that is ready to be encoded."""

    file: FoundFile
    width: int
    height: int
    format: str
    pixels: FloatArray  # as the model's preprocessing returns it


def decode(root: Path, files: Iterable[FoundFile], encoder: Encoder, ahead: int) -> Iterator[DecodedPicture | Problem]:
    """Yield the files decoded and preprocessed, in order; a file that can't be read becomes a Problem."""

    def one(file: FoundFile) -> DecodedPicture | Problem:
        try:
            picture = open_picture(root / file.path)
            pixels = encoder.preprocess(picture.image)
        except PictureError as error:
            return Problem(root / file.path, str(error), lasting=not isinstance(error, UnreachablePicture))
        except Exception as error:  # a model's preprocessing may choke on one odd picture; the rest goes on
            return Problem(root / file.path, f"can't be preprocessed: {_first_line(error)}", lasting=False)
        return DecodedPicture(file, picture.width, picture.height, picture.format, pixels)

    source = iter(files)
    with ThreadPoolExecutor(min(MAX_THREADS, os.cpu_count() or 1), "decode") as pool:
        waiting: deque[Future[DecodedPicture | Problem]] = deque()
        waiting.extend(pool.submit(one, file) for file in islice(source, ahead))
        try:
            while waiting:
                result = waiting.popleft().result()
                waiting.extend(pool.submit(one, file) for file in islice(source, 1))
                yield result
        finally:
            for future in waiting:
                future.cancel()


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield lists of up to `size` items."""
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch


def encode(encoder: Encoder, batch: list[DecodedPicture]) -> list[EncodedPicture]:
    """Encode one batch; raises EncoderFailed, which stops the run, if the model raises."""
    try:
        vectors = encoder.encode_images(np.stack([picture.pixels for picture in batch]))
    except ClipsearchError:
        raise
    except Exception as error:
        raise EncoderFailed(
            f"The model {encoder.name} failed on a batch of {len(batch)} pictures ({_first_line(error)}); "
            "what was encoded before is kept. Try a smaller --batch-size or --device cpu."
        ) from error
    if not np.isfinite(vectors).all():
        raise EncoderFailed(
            f"The model {encoder.name} returned numbers that are not finite; what was encoded before is kept. "
            "Try --device cpu."
        )
    return [
        EncodedPicture(picture.file, picture.width, picture.height, picture.format, vector)
        for picture, vector in zip(batch, vectors, strict=True)
    ]


def encoded_batches(
    root: Path,
    files: Iterable[FoundFile],
    encoder: Encoder,
    batch_size: int,
    report: Callable[[Problem], None],
) -> Iterator[list[EncodedPicture]]:
    """Yield encoded batches of the files that can be read; report the others."""

    def readable() -> Iterator[DecodedPicture]:
        for item in decode(root, files, encoder, ahead=2 * batch_size):
            if isinstance(item, Problem):
                report(item)
            else:
                yield item

    for batch in batches(readable(), batch_size):
        yield encode(encoder, batch)


def _first_line(error: Exception) -> str:
    """Return the first line of an error's text, which torch likes to make long."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
