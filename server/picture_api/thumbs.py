"""Pictures as a browser shows them: small ones by content, the file itself by id, and those that it sends to search."""

from __future__ import annotations

import asyncio
import os
from enum import IntEnum
from typing import TYPE_CHECKING, Annotated, BinaryIO
from urllib.parse import quote

from fastapi import APIRouter, Header, Path, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from indexer.errors import PictureError
from indexer.paths import readable
from indexer.thumbnails.jobs import Upload
from indexer.thumbnails.making import opened as opened_file
from indexer.thumbnails.names import LARGE, MIDDLE, SMALL, Thumb
from indexer.wording import too_large
from server.api.models import ImageId
from server.errors import Refused
from server.http_errors import answer, problems
from server.opened.dependencies import Decoding, Opened, closing_pictures
from server.opened.open_library import OpenLibrary
from server.opened.pictures import Pictures
from server.opened.uploads import UPLOADS
from server.picture_api.byte_ranges import FilePart, OutOfRange, chosen_range
from server.picture_api.media_types import MEDIA_TYPES, UNKNOWN, media_type
from server.picture_api.picture_file import PictureFile, file_of_picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from indexer.arrays import FloatArray
    from indexer.models.preprocess import Pixels, Preprocess
    from search.library.library import Library

UPLOAD_BYTES = 50 << 20
ANY_FILE: dict[str, dict[str, str]] = {kind: {} for kind in sorted({*MEDIA_TYPES.values(), UNKNOWN})}
FOR_EVER = "private, max-age=31536000, immutable"  # the address says what the bytes are of
RUNS_NOTHING = "default-src 'none'; frame-ancestors 'none'; sandbox"

router = APIRouter(tags=["pictures"], lifespan=closing_pictures)


class Side(IntEnum):
    """How large a small picture may be: pixels of the longer side."""

    small = SMALL
    middle = MIDDLE
    large = LARGE


class Uploaded(BaseModel):
    """A picture to search with."""

    upload: str = Field(description="its name, for a search's terms; it holds for the last 64")
    width: int
    height: int


class WebP(Response):
    """A picture as WebP."""

    media_type = "image/webp"


@router.get(
    "/thumb/{image}/{thumb}-{side}.webp",
    response_class=Response,  # with another one, FastAPI would take errors for pictures too
    responses={200: {"content": {"image/webp": {}}}, **problems(404, 422, 503)},
)
async def thumbnail(
    library: Opened,
    pictures: Decoding,
    image: ImageId,
    thumb: Annotated[str, Path(pattern=r"^[0-9a-f]{32}(-(0|[1-9][0-9]{0,11}))?$")],
    side: Side,
) -> Response:
    """Return a small picture, by what the API calls its `thumb`; it never changes, so that it can be kept for ever.

    If the file has changed since that was told, it is the picture as it is now, not to be kept. 2048 is for what
    browsers can't show themselves.
    """
    wanted = Thumb.parse(thumb)
    kept = None if wanted is None else await pictures.find(wanted, side)
    if kept is not None:
        return WebP(kept, headers={"Cache-Control": FOR_EVER})
    file = await library.ask(lambda own: file_of_picture(own, image))
    try:
        made = await pictures.make(file.thumb, side, file.path, file.known, file.digest)
    except PictureError as error:
        raise await asyncio.to_thread(file.refusal, error) from error
    is_it = made.digest is not None and Thumb(made.digest, file.at_ms) == wanted
    return WebP(made.webp, headers={"Cache-Control": FOR_EVER if is_it else "no-store"})


@router.get(
    "/images/{image}/original",
    response_class=Response,
    responses={
        200: {"content": ANY_FILE},
        206: {"content": ANY_FILE, "description": "the range that was asked for"},
        304: {"description": "it has not changed"},
        **problems(404, 416, 422, 503),
    },
)
async def original(
    library: Opened,
    image: ImageId,
    wanted: Annotated[str | None, Header(alias="Range", max_length=200)] = None,
    if_range: Annotated[str | None, Header(max_length=200)] = None,
    if_none_match: Annotated[str | None, Header(max_length=200)] = None,
) -> Response:
    """Return a picture's file as it is, or one range of its bytes."""
    file = await library.ask(lambda own: file_of_picture(own, image))
    source = await asyncio.to_thread(_opened, file)
    status = os.fstat(source.fileno())
    tag = f'"{status.st_size:x}-{status.st_mtime_ns:x}-{status.st_ctime_ns:x}"'
    headers = _headers(file, tag)
    if if_none_match == tag:
        source.close()
        return Response(status_code=304, headers=headers)
    try:
        part = chosen_range(wanted if if_range in (None, tag) else None, status.st_size)
    except OutOfRange as error:
        source.close()
        return answer(416, str(error), {"Content-Range": f"bytes */{error.size}"})
    return FilePart(source, part, headers, media_type(file.format))


def _opened(file: PictureFile) -> BinaryIO:
    """Return a picture's file, open; raises Refused."""
    try:
        with opened_file(file.path) as source:
            return os.fdopen(os.dup(source.fileno()), "rb")
    except PictureError as error:
        raise file.refusal(error) from error


def _headers(file: PictureFile, tag: str) -> dict[str, str]:
    name = quote(readable(file.path.name), safe="")
    return {
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f"inline; filename*=UTF-8''{name}",
        "Content-Security-Policy": RUNS_NOTHING,
        "X-Content-Type-Options": "nosniff",
    }


@router.post(
    "/uploads",
    response_model=Uploaded,
    responses=problems(409, 413, 415, 422, 503),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def upload(request: Request, library: Opened, pictures: Decoding) -> Response:
    """Take a picture to search with: its bytes. Only its embedding is kept, in memory."""
    with pictures.taking() as count:
        content = await _body(request, count)
        fingerprint = await library.ask(lambda own: own.model.fingerprint)
        try:
            prepared = await pictures.prepare(
                Upload(content, await _preprocess(library, pictures, fingerprint, content))
            )
        except PictureError as error:
            raise Refused(422, f"This picture can't be searched with: {error}.") from error
    vector = await library.work(lambda own: _encoded(own, fingerprint, prepared.pixels))
    token = UPLOADS.keep(fingerprint, vector)
    return JSONResponse({"upload": token, "width": prepared.width, "height": prepared.height})


async def _preprocess(library: OpenLibrary, pictures: Pictures, fingerprint: str, content: bytes) -> Preprocess:
    """Return a model's preprocessing; that is known once the model is loaded, and not for a bad picture's sake."""
    from indexer.models.preprocess import Preprocess

    if fingerprint not in pictures.preprocesses:
        await pictures.prepare(Upload(content, Preprocess(1, 1, "squash", "box")))
        pictures.preprocesses[fingerprint] = await library.work(lambda own: own.encoder.preprocess)
    return pictures.preprocesses[fingerprint]


async def _body(request: Request, count: Callable[[int], None]) -> bytes:
    """Return a request's body; raises Refused as soon as it is too large."""
    content = bytearray()
    async for piece in request.stream():
        count(len(piece))
        content += piece
        if len(content) > UPLOAD_BYTES:
            raise Refused(413, f"This file is {too_large(UPLOAD_BYTES)}; send a smaller copy of the picture.")
    return bytes(content)


def _encoded(library: Library, fingerprint: str, pixels: Pixels) -> FloatArray:
    """Return the embedding (dim,) of a picture, of a video the mean of its moments."""
    import numpy as np

    from indexer.arrays import unit_vector

    if library.model.fingerprint != fingerprint:
        raise Refused(409, "The library's model has just changed; give the picture again.")
    return unit_vector(np.mean(np.asarray(library.encoder.encode_images(pixels), dtype=np.float32), axis=0))
