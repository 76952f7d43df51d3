"""A wider text for one that nothing matches: "mammal", which 12 pictures match, for "gorilla"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from search.query.ask import ask
from search.query.wider import wider_match
from server.api.asking import asked
from server.api.models import SearchBody
from server.http_errors import problems
from server.opened.dependencies import Opened

if TYPE_CHECKING:
    from search.library.library import Library

router = APIRouter(tags=["search"])


class WiderText(BaseModel):
    """A text that pictures match, where none matches what was searched for."""

    text: str | None = Field(description="the nearest one; null if there is none, or what was searched for has matches")
    matching: int = Field(description="how many match it, at least")
    is_all: bool = Field(description="whether no more of them can match")


@router.post("/wider", response_model=WiderText, responses=problems(400, 409, 410, 422, 503))
async def wider(library: Opened, body: SearchBody) -> Response:
    """Return a wider text for a single text that nothing matches."""
    return JSONResponse(await library.ask(lambda own: _wider(own, body)))


def _wider(library: Library, body: SearchBody) -> dict[str, Any]:
    meant = asked(library, body)
    found = None
    if meant.request.query is not None:
        answer = ask(library, meant.request, meant.passing)
        found = wider_match(library, meant.request, answer, meant.passing)
    if found is None:
        return {"text": None, "matching": 0, "is_all": True}
    return {"text": found.text, "matching": found.matching, "is_all": found.is_all}
