"""Index runs: start one over folders that the library knows, watch it, stop it, and what could not be indexed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import Field

from server.api.models import Body
from server.errors import Refused
from server.http_errors import problems
from server.job_api.index_models import Failures, IndexAnswer
from server.job_api.index_records import folders_of, index_state
from server.jobs.all_jobs import AllJobs
from server.jobs.dependencies import Jobs
from server.opened.dependencies import Opened
from server.opened.open_library import OpenLibrary

if TYPE_CHECKING:
    from search.library.library import Library

MOST_LISTENERS = 4
TELL_SECONDS = 1.0  # between events
HEARTBEAT_SECONDS = 15.0  # of silence after which a sign of life is sent: others give up a line without any
MOST_ROOTS = 10_000

router = APIRouter(tags=["index"])


class Start(Body):
    """Which folders to go over."""

    roots: Annotated[list[int], Field(max_length=MOST_ROOTS)] | None = Field(
        default=None, description="ids of roots; null means all"
    )


@router.get("/index", response_model=IndexAnswer, responses=problems(503))
async def index(library: Opened, jobs: Jobs) -> Response:
    """Say whether the library is being indexed, how far that is, and which folders it has."""
    return JSONResponse(await library.ask(lambda own: index_state(own, jobs, with_roots=True)))


@router.post("/index", status_code=202, response_model=IndexAnswer, responses=problems(400, 403, 409, 422, 503))
async def start(library: Opened, jobs: Jobs, body: Start) -> Response:
    """Start an index run over folders of the library."""

    def begin(own: Library) -> dict[str, Any]:
        jobs.index.start(folders_of(own, body.roots))
        return index_state(own, jobs, with_roots=True)

    return JSONResponse(await library.write(begin), 202)


@router.post("/index/stop", status_code=202, response_model=IndexAnswer, responses=problems(403, 409, 503))
async def stop(library: Opened, jobs: Jobs) -> Response:
    """Ask the run that was started here to stop; what is encoded is kept."""
    jobs.index.stop()
    return JSONResponse(await library.ask(lambda own: index_state(own, jobs, with_roots=True)), 202)


@router.get(
    "/index/events",
    response_class=StreamingResponse,
    responses={**problems(503), 200: {"content": {"text/event-stream": {}}}, 204: {"description": "No run goes on."}},
)
async def events(library: Opened, jobs: Jobs) -> Response:
    """Tell how a run goes on, as server-sent events, until it ends."""
    if not jobs.index.state().running:
        return Response(status_code=204)
    if len(jobs.listeners) >= MOST_LISTENERS:
        raise Refused(503, "Enough pages are watching this run; ask for its state now and then instead.")
    return StreamingResponse(
        _events(library, jobs), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


@router.get("/failures", response_model=Failures, responses=problems(400, 422, 503))
async def failures(
    library: Opened,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: Annotated[str | None, Query(max_length=20)] = None,
) -> Response:
    """Return what could not be indexed, and why."""
    from server.job_api.failure_records import failure_page

    return JSONResponse(await library.ask(lambda own: failure_page(own.store, limit, cursor)))


async def _events(library: OpenLibrary, jobs: AllJobs) -> AsyncIterator[str]:
    """Yield an event whenever the state has changed, and at last that of the end."""
    listener = object()
    jobs.listeners.add(listener)
    try:
        before, told = "", time.monotonic()
        while True:
            state = await library.ask(lambda own: index_state(own, jobs, with_roots=False))
            text = json.dumps(state)
            if not state["running"]:
                yield f"event: end\ndata: {text}\n\n"
                return
            if text != before:
                before, told = text, time.monotonic()
                yield f"event: state\ndata: {text}\n\n"
            elif time.monotonic() - told > HEARTBEAT_SECONDS:
                told = time.monotonic()
                yield ": still here\n\n"
            await asyncio.sleep(TELL_SECONDS)
    finally:
        jobs.listeners.discard(listener)
