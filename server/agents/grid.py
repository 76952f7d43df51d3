"""The grid of photos that programs with MCP Apps show in the chat: one HTML document, made when it is asked for.

It is written as modules, so that they are checked and tested as those of the page are. A frame may load nothing, so
here they become one script, without their imports and exports. What they share with the page is the page's own file.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from mcp.server.apps import APP_MIME_TYPE, Apps
from mcp.server.mcpserver.resources import FunctionResource

GRID = "ui://clipsearch/grid.html"
SHOWN = {name: {"ui": {"resourceUri": GRID}} for name in ("search_photos", "contact_sheet")}  # tools' metadata
APP = Path(__file__).parent / "app"
PAGE = Path(__file__).parent.parent / "page"
MODULES = (  # each after those that it imports
    PAGE / "dom.js",
    PAGE / "pure" / "formats.js",
    *(APP / f"{name}.js" for name in ("host", "facts", "server", "around", "cells", "detail", "app")),
)
IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
EXPORT = re.compile(r"^export ", re.MULTILINE)


def grid_app() -> Apps:
    """Return the extension that tells programs of the grid; without it, tools answer the same."""
    apps = Apps()
    apps.add_resource(
        FunctionResource(
            uri=GRID,
            name="photo_grid",
            title="Photo grid",
            description="shows what search_photos or contact_sheet found",
            mime_type=APP_MIME_TYPE,
            meta={"ui": {"prefersBorder": True}},  # no domains: it loads nothing from anywhere
            fn=grid_document,
        )
    )
    return apps


@cache
def grid_document() -> str:
    """Return the document, with its style and script in it."""
    script = "\n".join(EXPORT.sub("", IMPORT.sub("", file.read_text(encoding="utf-8"))) for file in MODULES)
    style = (APP / "app.css").read_text(encoding="utf-8")
    html = (APP / "app.html").read_text(encoding="utf-8")
    html = html.replace("<style></style>", f"<style>\n{style}</style>")
    return html.replace('<script type="module"></script>', f'<script type="module">\n{script}</script>')
