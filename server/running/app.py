"""The app: routes, errors and the page's files, put together around one library."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles

from server.api import facets, layout, pictures, points, search, session, stats, towns, wider
from server.errors import problems, tell_errors
from server.job_api import actions, duplicates, index
from server.jobs.all_jobs import AllJobs
from server.labelling import labels
from server.opened.open_library import OpenLibrary
from server.picture_api import thumbs
from server.safety.bodies import Bodies
from server.safety.guard import Guard
from server.safety.headers import Headers
from server.safety.policy import Policy
from server.safety.surprises import Surprises

PAGE = Path(__file__).parents[1] / "page"
FILES = StaticFiles(directory=PAGE)
ROUTERS = (
    session.router,
    search.router,
    wider.router,
    layout.router,
    facets.router,
    points.router,
    pictures.router,
    stats.router,
    thumbs.router,
    towns.router,
    actions.router,
    duplicates.router,
    index.router,
    labels.router,
)
ANYWHERE = (400, 401, 403, 404, 405, 408, 413, 415, 422, 500, 503)  # what any route may answer instead
VIEWS = ("/", "/labels", "/duplicates", "/library")  # addresses that the page itself reads


def make_app(library: OpenLibrary, policy: Policy | None = None) -> FastAPI:
    """Return the app that serves a library to those whom a policy lets ask; it ends jobs and closes it when it ends.

    Without one only this machine may ask, on the usual port.
    """
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
    let_in(app, policy or Policy(read_only=library.read_only))
    tell_errors(app)
    for router in ROUTERS:
        app.include_router(router, prefix="/api/v1", responses=problems(*ANYWHERE))
    for address in VIEWS:
        app.add_api_route(address, _index, methods=["GET", "HEAD"], include_in_schema=False)
    app.mount("/page", FILES, name="page")
    return app


def let_in(app: FastAPI, policy: Policy) -> None:
    """Put the door before an app: what is added last is met first."""
    app.add_middleware(Bodies)
    app.add_middleware(Guard, policy=policy)
    app.add_middleware(Surprises)
    app.add_middleware(Headers)


async def _index(request: Request) -> Response:
    return await FILES.get_response("index.html", request.scope)
