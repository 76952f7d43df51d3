"""What a server logs, told as any other command's lines."""

from __future__ import annotations

import logging
import os
import traceback

from cli.output.rows import tell


def tell_what_is_logged() -> None:
    """Have what the server logs told on stderr."""
    log = logging.getLogger("clipsearch.server")
    log.addHandler(_Telling())
    log.propagate = False


class _Telling(logging.Handler):
    """Tells what is logged, with a traceback only where one is wanted."""

    def emit(self, record: logging.LogRecord) -> None:
        """Tell one record."""
        tell(f"Error: {record.getMessage()}")
        if record.exc_info and os.environ.get("CLIPSEARCH_DEBUG"):
            for line in "".join(traceback.format_exception(*record.exc_info)).splitlines():
                tell(line)
