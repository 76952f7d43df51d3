"""Embeddings of pictures in an order: of files with the engine of a run, of images and arrays in this process."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageOps

from indexer.arguments import path_of, shown
from indexer.arrays import FloatArray, unit_rows
from indexer.decoding.colour import to_rgb
from indexer.decoding.decode import open_picture
from indexer.decoding.kinds import is_video_file
from indexer.errors import InvalidRequest, PictureError
from indexer.indexing.named_pictures import named_pictures
from indexer.indexing.unstored import as_a_whole, moments_unstored
from indexer.paths import home_expanded, readable
from search.library.library import temporary_library

if TYPE_CHECKING:
    from indexer.engine.job import Failed, Job
    from indexer.files.found import Problem
    from indexer.models.preprocess import Pixels

FEW = 32  # files for which the processes of the engine are not worth their start


class PictureRows:
    """A model that is loaded, and what makes rows of pictures with it."""

    def __init__(self, model: str | None, device: str, batch_size: int | None) -> None:
        """Load the model; raises ModelError."""
        self._library = temporary_library(model, device, lambda line: warnings.warn(line, stacklevel=5))
        self._batch_size = batch_size or self._library.encoder.batch_size

    @property
    def dim(self) -> int:
        """How long a row is."""
        return self._library.encoder.dim

    def of(self, pictures: Iterable[Any], nan: bool) -> FloatArray:
        """Return a row (n, dim) for each picture; raises PictureError for one that can't be read, unless `nan`."""
        listed = [_plain(picture) for picture in _each(pictures)]
        rows = np.full((len(listed), self.dim), np.nan, dtype=np.float32)
        named = [(row, picture) for row, picture in enumerate(listed) if isinstance(picture, Path)]
        files = [(row, path) for row, path in named if len(named) > FEW or is_video_file(path)]
        self._fill_from_files(rows, files, nan)
        done = {row for row, _ in files}
        self._fill_from_images(rows, [(row, one) for row, one in enumerate(listed) if row not in done], nan)
        return rows

    def _fill_from_files(self, rows: FloatArray, files: Sequence[tuple[int, Path]], nan: bool) -> None:
        """Fill rows with files that the engine decodes and encodes, each file once."""
        reasons: dict[Path, str] = {}
        found: dict[Path, FloatArray] = {}

        def note(problem: Problem) -> None:
            reasons[Path(problem.path)] = problem.reason

        def failed(failure: Failed) -> None:
            reasons[failure.job.path] = failure.failure.reason

        library = self._library
        pictures = named_pictures(library.store, list(dict.fromkeys(path for _, path in files)), note)
        jobs: list[Job] = list({job.path: job for job in pictures.named.values()}.values())
        for job, moments in moments_unstored(library.store, library.model, lambda: library.encoder, jobs, failed):
            found[job.path] = as_a_whole(moments).moments[0].vector
        for row, path in files:
            own = pictures.named[path].path if path in pictures.named else path
            if own in found:
                rows[row] = found[own]
            elif not nan:
                reason = reasons.get(own) or reasons.get(path) or "it is a folder, not a picture"
                raise PictureError(f"{readable(path)}: {reason}")

    def _fill_from_images(self, rows: FloatArray, pictures: Sequence[tuple[int, Any]], nan: bool) -> None:
        """Fill rows with pictures that are decoded here, a batch at once."""
        encoder = self._library.encoder
        pixels = self._pixels(pictures, nan)
        while batch := list(islice(pixels, self._batch_size)):
            rows[[row for row, _ in batch]] = unit_rows(encoder.encode_images(np.stack([one for _, one in batch])))

    def _pixels(self, pictures: Sequence[tuple[int, Any]], nan: bool) -> Iterator[tuple[int, Pixels]]:
        preprocess = self._library.encoder.preprocess
        for row, picture in pictures:
            try:
                if isinstance(picture, Path):
                    picture = open_picture(picture, preprocess.smallest).image
                yield row, preprocess(picture)
            except PictureError as error:
                if not nan:
                    raise PictureError(f"{readable(picture)}: {error}") from error


def _each(pictures: Iterable[Any]) -> Iterable[Any]:
    """Return the pictures one by one: an array of texts may have one column, as a table's."""
    if isinstance(pictures, np.ndarray) and pictures.dtype.kind in "OUST" and pictures.ndim > 1:
        if pictures.shape[1:] != (1,) * (pictures.ndim - 1):
            raise InvalidRequest("Each row is one picture, so there is one column of them.")
        return list(pictures.ravel())
    try:
        return list(pictures)
    except TypeError as error:
        raise InvalidRequest(f"Pictures come in a list, not as {shown(pictures)}.") from error


def _plain(picture: Any) -> Path | Image.Image:
    """Return a picture as a path, or as an image, upright and in sRGB; raises InvalidRequest for what is neither."""
    if isinstance(picture, str | os.PathLike):
        return home_expanded(path_of(picture, "a picture"))
    if isinstance(picture, Image.Image):
        return to_rgb(ImageOps.exif_transpose(picture), picture.info.get("icc_profile"))
    if isinstance(picture, np.ndarray) or hasattr(picture, "__array__"):
        return _image_of(np.asarray(picture))
    raise InvalidRequest(
        f"A picture is a path, an image of Pillow or an array (height, width, 3), not {shown(picture)}."
    )


def _image_of(array: np.ndarray[Any, Any]) -> Image.Image:
    """Return an array of grey, RGB or RGBA, of 8 bits or from 0 to 1, as an image."""
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    is_picture = array.size > 0 and (array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4)))
    is_unit = array.dtype.kind == "f" and is_picture and bool(np.all((array >= 0) & (array <= 1)))
    if not is_picture or not (is_unit or array.dtype == np.uint8):
        raise InvalidRequest(
            f"An array of shape {array.shape} and {array.dtype} is no picture;"
            " give (height, width, 3) of uint8, or of numbers from 0 to 1."
        )
    return to_rgb(Image.fromarray(np.rint(array * 255).astype(np.uint8) if is_unit else array))
