"""The page about the server names every route that there is, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from server.opened.open_library import OpenLibrary
from server.running.app import make_app
from tests.docs.pages import DOCS, text_of

API = "/api/v1"
_ROUTE = re.compile(r"`((?:GET|POST|PATCH|DELETE)) (/[^`?\s]*)`")


def routes(tmp_path: Path) -> set[tuple[str, str]]:
    """Return the method and the path below /api/v1 of every route."""
    library = OpenLibrary(tmp_path)
    document = make_app(library).openapi()
    library.close()
    paths = document["paths"].items()
    return {(method.upper(), plain(path.removeprefix(API))) for path, methods in paths for method in methods}


def plain(path: str) -> str:
    """Return a path whatever its parameters are called."""
    return re.sub(r"\{\w+\}", "{}", path)


def test_every_route_is_in_the_page_and_no_other(tmp_path: Path) -> None:
    told = {(method, plain(path)) for method, path in _ROUTE.findall(text_of(DOCS / "serving.md"))}
    there = routes(tmp_path)
    assert told == there, told ^ there
