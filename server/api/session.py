"""What the page must know of the server, and whether the library has changed."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from indexer.installation import is_installed
from indexer.paths import readable
from server.http_errors import problems
from server.opened.dependencies import Decoding, Opened
from server.opened.state import state_of

if TYPE_CHECKING:
    from search.library.library import Library

VERSION = metadata.version("clipsearch")

router = APIRouter(tags=["session"])


class Extras(BaseModel):
    """What is installed besides."""

    places: bool
    video: bool


class Session(BaseModel):
    """The server and its library."""

    version: str
    library: str
    read_only: bool = Field(description="whether nothing of the library can be changed from here")
    reveal: bool = Field(description="whether folders can be shown on the screen of the one who asks")
    model: str
    pictures: int
    state: str = Field(description="of the library; it is another one when that has changed")
    extras: Extras
    trouble: str | None = Field(description="what does not work as it should, such as a full cache disk")


@router.get("/session", response_model=Session, responses=problems(503))
async def session(library: Opened, pictures: Decoding) -> Response:
    """Return what the page must know of the server; asked again, whether the library has changed."""

    def look(own: Library) -> dict[str, Any]:
        state = state_of(own)

        def count() -> int:
            return int(own.store.db.execute("SELECT count(*) FROM images").fetchone()[0])

        return {
            "version": VERSION,
            "library": readable(library.folder),
            "read_only": library.read_only or own.store.read_only,
            "reveal": library.reveals,
            "model": own.model.name,
            "pictures": library.rankings.get(state, "pictures", count, lambda made: 0),
            "state": state,
            "extras": {"places": is_installed("places"), "video": is_installed("video")},
            "trouble": pictures.trouble,
        }

    return JSONResponse(await library.ask(look))
