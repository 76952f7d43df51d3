"""What routes take of jobs: those of the app."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from server.jobs.all_jobs import AllJobs


async def all_jobs(request: Request) -> AllJobs:
    """Return the app's jobs, as a dependency of routes."""
    jobs: AllJobs = request.app.state.jobs
    return jobs


Jobs = Annotated[AllJobs, Depends(all_jobs)]
