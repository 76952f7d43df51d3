"""The app: routes, errors and the page's files, put together around one library.

What the first page asks for is here at once, the rest a little later (late.py).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.routing import Route

from server.api import facets, layout, pictures, search, session
from server.http_errors import problems, tell_errors
from server.opened.open_library import OpenLibrary
from server.picture_api import thumbs
from server.running.assistants import Assistants
from server.running.late import SECONDS, Late, WaitsForLate
from server.safety.bodies import Bodies
from server.safety.guard import Guard
from server.safety.headers import Headers
from server.safety.policy import Policy
from server.safety.requests import MCP
from server.safety.surprises import Surprises

PAGE = Path(__file__).parents[1] / "page"
FILES = StaticFiles(directory=PAGE)
FIRST_ROUTERS = (session.router, search.router, layout.router, facets.router, pictures.router, thumbs.router)
ANYWHERE = (400, 401, 403, 404, 405, 408, 413, 415, 422, 500, 503)  # what any route may answer instead
VIEWS = ("/", "/labels", "/duplicates", "/library")  # addresses that the page itself reads


def make_app(library: OpenLibrary, policy: Policy | None = None) -> FastAPI:
    """Return the app that serves a library to those whom a policy lets ask; it ends jobs and closes it when it ends.

    Without one only this machine may ask, on the usual port.
    """
    app = FastAPI(
        title="clipsearch", docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json", lifespan=_living
    )
    policy = policy or Policy(read_only=library.read_only)
    late, assistants = Late(lambda routers: _include_late(app, routers)), Assistants(app, policy)
    app.state.library, app.state.late, app.state.assistants = library, late, assistants
    app.add_middleware(WaitsForLate, late=late)
    let_in(app, policy)
    tell_errors(app)
    _include(app, FIRST_ROUTERS)
    described = app.openapi

    def describe() -> dict[str, Any]:
        late.load()
        return described()

    app.openapi = describe  # type: ignore[method-assign]
    for address in VIEWS:
        app.add_api_route(address, _index, methods=["GET", "HEAD"], include_in_schema=False)
    app.router.routes.append(Route(MCP, assistants, include_in_schema=False))
    app.mount("/page", FILES, name="page")
    return app


@contextlib.asynccontextmanager
async def _living(app: FastAPI) -> AsyncIterator[None]:
    """Load what is late; in the end stop all that goes on."""
    waiting = asyncio.get_running_loop().call_later(SECONDS, app.state.late.begin)
    yield
    waiting.cancel()
    await app.state.assistants.close()
    app.state.late.close()
    if hasattr(app.state, "jobs"):
        app.state.jobs.close()
    app.state.library.close()


def _include_late(app: FastAPI, routers: Iterable[APIRouter]) -> None:
    from server.jobs.all_jobs import AllJobs

    app.state.jobs = AllJobs(app.state.library.folder, app.state.library.device)
    _include(app, routers)


def _include(app: FastAPI, routers: Iterable[APIRouter]) -> None:
    for router in routers:
        app.include_router(router, prefix="/api/v1", responses=problems(*ANYWHERE))


def let_in(app: FastAPI, policy: Policy) -> None:
    """Put the door before an app: what is added last is met first."""
    app.add_middleware(Bodies)
    app.add_middleware(Guard, policy=policy)
    app.add_middleware(Surprises)
    app.add_middleware(Headers)


async def _index(request: Request) -> Response:
    return await FILES.get_response("index.html", request.scope)
