"""What a child process of the server does: one piece of work that it is asked for, told of in lines of JSON.

It reads the request from its standard input, whose end asks it to stop, and writes to its standard output; whatever
else writes there is led to standard error. The last line says how it ended.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

from indexer.errors import ClipsearchError
from indexer.installation import advised
from server.children.told import Told

Work = Callable[[dict[str, Any], Told], dict[str, Any]]


def main() -> None:
    """Do what is asked for."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no line of ours
    requests = sys.stdin.buffer
    request = json.loads(requests.readline())
    told = Told(out)
    threading.Thread(target=told.stop_at_eof, args=(requests,), daemon=True).start()
    _do(work_of(request["work"]), request, told)
    with contextlib.suppress(BrokenPipeError):
        out.flush()
    os._exit(0)  # whatever threads a library has left


def work_of(name: str) -> Work:
    """Return the work of a name."""
    if name == "undo":
        from server.children.undoing import undo

        return undo
    if name == "duplicates":
        from server.children.finding_duplicates import find

        return find
    if name == "sheet":
        from server.children.sheet_writing import write

        return write
    if name == "places":
        from server.children.naming_places import make

        return make
    from server.children.exporting import export

    return export


def _do(work: Work, request: dict[str, Any], told: Told) -> None:
    """Do a piece of work, and say how it ended."""
    try:
        told.line("result", **work(request, told))
    except ClipsearchError as error:
        told.line("failed", error=advised(str(error)))
    except Exception as error:
        logging.getLogger("clipsearch.server").exception("a child process failed", exc_info=error)
        told.line("failed", error=f"Something unexpected went wrong ({type(error).__name__}); the terminal has more.")
