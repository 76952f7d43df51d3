"""What a worker process of the decoder does: jobs in, answers out, until the main process is gone.

It has no database and no model, and can be killed at any time.
"""

from __future__ import annotations

import contextlib
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from indexer.errors import PictureError, UnreachablePicture, reason_of
from indexer.processes.confined import confine

STAYS_SMALL = 160 * 2**20  # bytes in memory; a larger one is replaced after its job
MOST_JOBS = 2000  # after which it is replaced, as decoders may leak


class Answer(NamedTuple):
    """What became of a job."""

    result: Any  # what it returned, or None
    reason: str | None = None  # why it failed
    reachable: bool = True  # False if only the system did not give the file
    last: bool = False  # the worker ends now


def work(pipe: Connection, memory: int) -> None:
    """Do jobs one by one; each may take so many bytes."""
    confine(memory, niceness=0)  # a person waits for it
    with contextlib.suppress(EOFError, OSError):
        for number in range(1, MOST_JOBS + 1):
            answer = _answer(pipe.recv())
            last = number == MOST_JOBS or resident() > STAYS_SMALL
            pipe.send(answer._replace(last=last))
            del answer
            if last:
                return


def _answer(job: Any) -> Answer:
    try:
        return Answer(job.do())
    except PictureError as error:
        return Answer(None, str(error), not isinstance(error, UnreachablePicture))
    except MemoryError as error:
        return Answer(None, reason_of(error))
    except Exception as error:
        return Answer(None, f"can't be decoded: {reason_of(error)[:200]}")


def resident() -> int:
    """Return how many bytes this process has in memory now; 0 where the system does not tell."""
    try:
        import resource

        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except (ImportError, OSError, ValueError, IndexError):
        return 0
