"""Jobs that a thread of the server carries out, and what is answered of a job."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fastapi.responses import JSONResponse, Response

from indexer.errors import ClipsearchError
from server.jobs.job import Job

if TYPE_CHECKING:
    from search.library.library import Library
    from server.opened.open_library import OpenLibrary

LOG = logging.getLogger("clipsearch.server")
AT_ONCE_SECONDS = 1.0  # in which a job may end, to be answered with its end

_tasks: set[asyncio.Future[None]] = set()


def carry_out(library: OpenLibrary, job: Job, work: Callable[[Library], dict[str, Any]]) -> Job:
    """Start a job that only writes to the library; it goes on if whoever asked for it is gone."""
    task = contextvars.Context().run(asyncio.ensure_future, _do(library, job, work))
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return job


async def answer_of(job: Job) -> Response:
    """Return a job that has ended by now, or that goes on."""
    await job.wait(AT_ONCE_SECONDS)
    return JSONResponse(job_record(job), 202 if job.state == "running" else 200)


def job_record(job: Job) -> dict[str, Any]:
    """Return a job as JSON."""
    names = ("id", "kind", "state", "done", "total", "sentence", "result", "error")
    return {name: getattr(job, name) for name in names}


async def _do(library: OpenLibrary, job: Job, work: Callable[[Library], dict[str, Any]]) -> None:
    try:
        job.end(await library.write(work))
    except ClipsearchError as error:
        job.fail(str(error))
    except Exception as error:
        LOG.exception("a job failed", exc_info=error)
        job.fail(f"Something unexpected went wrong ({type(error).__name__}); nothing was changed.")
