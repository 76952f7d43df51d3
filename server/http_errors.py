"""Errors as HTTP says them: a status and one sentence, as JSON; never a traceback."""

from __future__ import annotations

import logging
import sqlite3
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from indexer.errors import ClipsearchError
from indexer.harmless import harmless
from server.errors import status_of

LOG = logging.getLogger("clipsearch.server")


class Problem(BaseModel):
    """What went wrong, in one sentence that says what to do."""

    error: str


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what a route documents of its errors, for its `responses`."""
    return {status: {"model": Problem} for status in statuses}


def answer(status: int, sentence: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return the response that says what is wrong."""
    return JSONResponse({"error": harmless(sentence)}, status, headers)


def tell_errors(app: FastAPI) -> None:
    """Have an app answer every error as this module says."""
    app.add_exception_handler(ClipsearchError, _of_ours)
    app.add_exception_handler(RequestValidationError, _of_body)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(sqlite3.Error, _of_database)
    app.add_exception_handler(Exception, _of_anything)


def _of_ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ClipsearchError)
    return answer(status_of(error), str(error))


def _of_body(request: Request, error: Exception) -> JSONResponse:
    """Say the first thing that does not fit the schema."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
    return answer(422, f"The request does not fit: {where or 'its body'}: {first['msg']}.")


def _of_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return answer(error.status_code, f"{error.detail}.", dict(error.headers or {}))


def _of_database(request: Request, error: Exception) -> JSONResponse:
    LOG.exception("a database error", exc_info=error)
    return answer(503, f"The library can't be read now ({error}); try again, or run: clipsearch check")


def _of_anything(request: Request, error: Exception) -> JSONResponse:
    LOG.exception("an unexpected error", exc_info=error)
    return answer(500, f"Something unexpected went wrong ({type(error).__name__}); the server's terminal has more.")
