"""Counts and sizes of the library, as `clipsearch info --format json` tells them."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from indexer.paths import readable
from search.library.info import library_info
from server.http_errors import problems
from server.opened.dependencies import Opened

if TYPE_CHECKING:
    from search.library.library import Library

router = APIRouter(tags=["library"])


class RootCount(BaseModel):
    """A folder of the library."""

    path: str
    pictures: int
    indexed_at: str | None


class Stats(BaseModel):
    """Counts and sizes of the library."""

    folder: str | None
    model: str | None
    fingerprint: str | None
    dim: int | None
    pictures: int
    dated: int
    placed: int
    countries: dict[str, int]
    cities: dict[str, int]
    embeddings: int
    precisions: dict[str, int]
    int8: dict[str, Any] | None
    texts: int
    labels: int
    failures: int
    database_bytes: int
    faiss_bytes: int
    index: str
    index_recall: float
    index_changes: int
    roots: list[RootCount]


@router.get("/stats", response_model=Stats, responses=problems(503))
async def stats(library: Opened) -> Response:
    """Return the library's model, counts, sizes and folders."""

    def look(own: Library) -> dict[str, Any]:
        record: dict[str, Any] = _plain(dataclasses.asdict(library_info(own.store)))
        return record

    return JSONResponse(await library.work(look))


def _plain(value: Any) -> Any:
    """Return a value with its paths as text."""
    if isinstance(value, Path):
        return readable(value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
