"""Child processes of the server that wait in the middle of their work, so that what is to happen meanwhile surely does.

Each is a program in place of the one that a server starts: the same, which holds still once it has done a little.
"""

from __future__ import annotations

from pathlib import Path

COUNT = 24  # pictures to act on, of which a held child has done HELD_AT
HELD_AT = 4

# Waits for the end of its input once some pictures are copied or linked.
UNTIL_STOPPED = f"""
import time
from search.export import hit_folder
from server.children import exporting, told
hit_folder.LINKED_AT_ONCE, told.REPORT_SECONDS = {HELD_AT}, 0.0
put_each = exporting.put_each
def held(targets, putting, noting, report, stopping):
    def reported(done):
        report(done)
        while done >= {HELD_AT} and not stopping():
            time.sleep(0.01)
    return put_each(targets, putting, noting, reported, stopping)
exporting.put_each = held
from server.children.child_main import main; main()
"""

# Never comes out of the copying of a file that has not got its name yet, once some are copied.
IN_A_COPY = f"""
import itertools, time
from search.journal import links_and_copies as made
copied, calls = made._copied, itertools.count()
def held(source, part):
    state = copied(source, part)
    while next(calls) >= {HELD_AT}:
        time.sleep(0.01)
    return state
made._copied = held
from server.children.child_main import main; main()
"""

INDEXING = """
import os, time
from indexer.indexing import encoding
opened, advance = encoding.open_pipeline, encoding.Encoding._advance
def small(encoder, files, batch_size, *more):
    return opened(encoder, files, 4, *more)
def held(self, done):
    advance(self, done)
    while not self._listener.stopping() and not os.path.exists({gate!r}):
        time.sleep(0.01)
encoding.open_pipeline, encoding.Encoding._advance = small, held
from cli.main import main; main(prog_name="clipsearch")
"""
MANY = 100  # pictures, many more than a held run has in hand


def held_index(gate: Path) -> str:
    """Return an index run that waits after its first pictures, until a file is there or it is told to stop."""
    return INDEXING.format(gate=str(gate))
