"""The app: routes, errors and the page's files, put together around one library."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from server.api import pictures, search, session, stats
from server.errors import tell_errors
from server.job_api import actions, duplicates, index
from server.jobs.all_jobs import AllJobs
from server.opened.open_library import OpenLibrary

PAGE = Path(__file__).parents[1] / "page"
ROUTERS = (
    session.router,
    search.router,
    pictures.router,
    stats.router,
    actions.router,
    duplicates.router,
    index.router,
)
VIEWS = ("/", "/labels", "/duplicates", "/library")  # addresses that the page itself reads


def make_app(library: OpenLibrary) -> FastAPI:
    """Return the app that serves a library; it ends jobs and closes the library when it ends."""

    jobs = AllJobs(library.folder, library.device)

    @contextlib.asynccontextmanager
    async def living(app: FastAPI) -> AsyncIterator[None]:
        yield
        jobs.close()
        library.close()

    app = FastAPI(
        title="clipsearch", docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json", lifespan=living
    )
    app.state.library = library
    app.state.jobs = jobs
    tell_errors(app)
    for router in ROUTERS:
        app.include_router(router, prefix="/api/v1")
    for address in VIEWS:
        app.add_api_route(address, _index, include_in_schema=False)
    app.mount("/page", StaticFiles(directory=PAGE), name="page")
    return app


async def _index() -> FileResponse:
    return FileResponse(PAGE / "index.html")
