"""What the page must know of the server, and whether the library has changed."""

from __future__ import annotations

from importlib import metadata

from fastapi import APIRouter
from pydantic import BaseModel

from indexer.paths import readable
from search.library.library import Library
from server.errors import problems
from server.opened.open_library import Opened

VERSION = metadata.version("clipsearch")

router = APIRouter(tags=["session"])


class Session(BaseModel):
    """The server and its library."""

    version: str
    library: str
    read_only: bool
    model: str
    pictures: int


@router.get("/session", responses=problems(503))
async def session(library: Opened) -> Session:
    """Return what the page must know of the server."""

    def look(own: Library) -> Session:
        pictures = own.store.db.execute("SELECT count(*) FROM images").fetchone()[0]
        read_only = library.read_only or own.store.read_only
        return Session(
            version=VERSION,
            library=readable(library.folder),
            read_only=read_only,
            model=own.model.name,
            pictures=pictures,
        )

    return await library.ask(look)
