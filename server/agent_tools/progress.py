"""Work that takes a while: how far it is, told to whoever asked, and its end when that one asks no more."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from indexer.errors import ClipsearchError, OutputError
from search.progress import Progress

if TYPE_CHECKING:
    from mcp.server.mcpserver import Context

    from server.jobs.job import Job

Result = TypeVar("Result")

TOLD_SECONDS = 0.25  # between two reports at least
SIGN_SECONDS = 1.0  # between two signs of life


class Stopped(ClipsearchError):
    """Nobody waits for this work any more."""


async def watched(context: Context[None], message: str, work: Callable[[Progress], Awaitable[Result]]) -> Result:
    """Return what `work` gives, which calls the progress that it is given from any thread.

    What is done is reported with a message, at last how far it came; once the call is cancelled, the progress raises
    Stopped in that thread.
    """
    loop, is_over, is_done = asyncio.get_running_loop(), threading.Event(), asyncio.Event()
    latest: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        if is_over.is_set():
            raise Stopped("This was stopped.")
        with contextlib.suppress(RuntimeError):  # the loop is closed by now
            loop.call_soon_threadsafe(latest.append, (done, total))

    telling = asyncio.ensure_future(_tell(context, message, latest, is_done))
    try:
        result = await work(progress)
        is_done.set()
        await telling
        return result
    finally:
        is_over.set()
        telling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await telling


async def waited(context: Context[None], message: str, work: Awaitable[Result]) -> Result:
    """Return what `work` gives that can't say how far it is: the seconds that have gone by are a sign of life."""
    answer, seconds = asyncio.ensure_future(work), 0
    try:
        while not answer.done():
            await asyncio.wait((answer,), timeout=SIGN_SECONDS)
            if not answer.done():
                seconds += 1
                await context.report_progress(seconds, None, message)
        return answer.result()
    finally:
        answer.cancel()


async def followed(context: Context[None], job: Job, stop: Callable[[], object]) -> Job:
    """Wait for the end of a job, and return it; once the call is cancelled, it is stopped.

    Raises OutputError with its sentence if it failed.
    """
    told = -1
    try:
        while job.state == "running":
            if job.done > told:
                told = job.done
                await context.report_progress(told, job.total or None, job.sentence)
            await job.wait(TOLD_SECONDS)
    finally:
        if job.state == "running":
            stop()
    if job.error is not None:
        raise OutputError(job.error)
    return job


async def _tell(context: Context[None], message: str, latest: list[tuple[int, int]], is_done: asyncio.Event) -> None:
    """Report what came last, now and then and when all is done, if it is further: MCP's progress never goes back."""
    told, is_last = -1, False
    while not is_last:
        is_last = is_done.is_set()
        if latest and latest[-1][0] > told:
            told, total = latest[-1]
            latest.clear()
            await context.report_progress(told, total, message)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(is_done.wait(), TOLD_SECONDS)
