"""What routes take: the app's library, and its pictures, made when they are first needed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI, Request

from server.opened.open_library import REQUEST, OpenLibrary
from server.opened.pictures import Pictures


async def opened(request: Request) -> OpenLibrary:
    """Return the app's library, as a dependency of routes."""
    REQUEST.set(request)
    library: OpenLibrary = request.app.state.library
    return library


Opened = Annotated[OpenLibrary, Depends(opened)]


def pictures_of(app: FastAPI) -> Pictures:
    """Return an app's, made when it is first needed."""
    if not hasattr(app.state, "pictures"):
        app.state.pictures = Pictures()
    pictures: Pictures = app.state.pictures
    return pictures


@contextlib.asynccontextmanager
async def closing_pictures(app: FastAPI) -> AsyncIterator[None]:
    """End the workers when the app ends."""
    yield
    if hasattr(app.state, "pictures"):
        await asyncio.to_thread(app.state.pictures.close)


async def decoding(request: Request) -> Pictures:
    """Return the app's pictures, as a dependency of routes."""
    return pictures_of(request.app)


Decoding = Annotated[Pictures, Depends(decoding)]
