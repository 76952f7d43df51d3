"""Duplicates: found when asked for, shown group by group, exported as a list; nothing is ever deleted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response, StreamingResponse

from search.filters.subtrees import parse_subtree
from server.http_errors import problems
from server.job_api.duplicate_models import DuplicatesAnswer, GroupsAnswer, LookFor
from server.job_api.duplicate_records import group_record, row_of
from server.jobs.all_jobs import AllJobs
from server.jobs.dependencies import Jobs
from server.jobs.duplicate_run import Run, Wanted, page_of
from server.jobs.listed_groups import HEADER, csv_lines_of, lines_of
from server.opened.dependencies import Opened
from server.opened.open_library import OpenLibrary
from server.opened.state import state_of

if TYPE_CHECKING:
    from search.library.library import Library

LISTED_AT_ONCE = 200  # groups
LIST: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}, "text/plain": {}}}}

router = APIRouter(tags=["duplicates"])


@router.post(
    "/duplicates",
    response_model=DuplicatesAnswer,
    responses={**problems(400, 403, 422, 503), 202: {"model": DuplicatesAnswer, "description": "They are looked for."}},
)
async def look_for(library: Opened, jobs: Jobs, body: LookFor) -> Response:
    """Look for duplicates, or say what was found if nothing has changed since."""

    def begin(own: Library) -> dict[str, Any]:
        folders = tuple(parse_subtree(folder) for folder in body.folders)
        state = state_of(own)
        jobs.duplicates.start(Wanted(folders, body.exact, state), read_only=library.read_only or own.store.read_only)
        return _state(jobs, state)

    state = await library.work(begin)
    return JSONResponse(state, 202 if state["state"] == "running" else 200)


@router.get("/duplicates/state", response_model=DuplicatesAnswer, responses=problems(503))
async def state(library: Opened, jobs: Jobs) -> Response:
    """Say how far the search for duplicates is, and how many were found."""
    return JSONResponse(await library.ask(lambda own: _state(jobs, state_of(own))))


@router.post("/duplicates/stop", response_model=DuplicatesAnswer, responses=problems(403, 503))
async def stop(library: Opened, jobs: Jobs) -> Response:
    """Ask the search to stop; what was compared is remembered."""
    jobs.duplicates.stop()
    return JSONResponse(await library.ask(lambda own: _state(jobs, state_of(own))))


@router.get("/duplicates", response_model=GroupsAnswer, responses=problems(400, 409, 410, 422, 503))
async def groups(
    library: Opened,
    jobs: Jobs,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    """Return a part of the groups, by the path of the best of each."""
    run = jobs.duplicates.found()
    first = row_of(run, cursor)
    found = page_of(run, first, limit)
    records = await library.ask(lambda own: [record for group in found if (record := group_record(own, group))])
    after = first + len(found)
    return JSONResponse(
        {
            "groups": records,
            "total": len(run.groups),
            "cursor": f"{run.id}-{after}" if after < len(run.groups) else None,
        }
    )


@router.get("/duplicates/list", response_class=StreamingResponse, responses={**problems(409, 422, 503), **LIST})
async def listed(
    library: Opened, jobs: Jobs, format: Literal["csv", "txt"] = "csv", what: Literal["spare", "all"] = "spare"
) -> Response:
    """Return the duplicates as a file: all of them, or those that can go without a loss."""
    run = jobs.duplicates.found()
    kind = "text/csv" if format == "csv" else "text/plain"
    headers = {"Content-Disposition": f'attachment; filename="duplicates.{format}"'}
    lines = _lines(library, run, format == "csv", what == "spare")
    return StreamingResponse(lines, media_type=f"{kind}; charset=utf-8", headers=headers)


def _state(jobs: AllJobs, state: str) -> dict[str, Any]:
    run = jobs.duplicates.now()
    if run is None:
        return DuplicatesAnswer(state="none").model_dump()
    return {
        "state": run.state,
        "step": run.step,
        "done": run.done,
        "of": run.of,
        "groups": len(run.groups),
        "spare": run.spare,
        "spare_bytes": run.spare_bytes,
        "stale": run.wanted.state != state,
        "error": run.error,
    }


async def _lines(library: OpenLibrary, run: Run, as_csv: bool, only_spare: bool) -> AsyncIterator[str]:
    """Yield the lines of a list, some hundred groups at a time."""
    make = csv_lines_of if as_csv else lines_of
    for first in range(0, len(run.groups), LISTED_AT_ONCE):
        found = page_of(run, first, LISTED_AT_ONCE)
        yield await library.work(lambda own, found=found, first=first: make(own.store, found, first, only_spare))  # type: ignore[misc]
    if as_csv and not len(run.groups):
        yield HEADER
