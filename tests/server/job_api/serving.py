"""A server on a real socket, in this process or one of its own: what a stream and a killed server are tested with."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from server.opened.open_library import OpenLibrary
from server.running.app import make_app
from server.running.serving import StoppableServer, make_server
from server.safety.policy import Policy
from tests.conftest import REPOSITORY

LONG = 600.0  # seconds that nothing takes, however busy the machine is: a first run also prepares the model

PROGRAM = """
import socket, sys
from server.jobs import index_run, job_list
from pathlib import Path
from tests.server.job_api.serving import server_on

index_run.PROGRAM, job_list.PROGRAM = sys.argv[2] or index_run.PROGRAM, sys.argv[3] or job_list.PROGRAM
listening = socket.socket()
listening.bind(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
server_on(listening, Path(sys.argv[1])).run(sockets=[listening])
"""


def server_on(listening: socket.socket, library: Path) -> StoppableServer:
    """Return a server of a library on a socket, as `clipsearch serve` makes it."""
    return make_server(make_app(OpenLibrary(library), Policy(port=listening.getsockname()[1])))


@contextlib.contextmanager
def served(library: Path) -> Iterator[httpx.Client]:
    """Serve a library from threads of this process, and yield a client of it."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = server_on(listening, library)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        with _client(listening.getsockname()[1]) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


@contextlib.contextmanager
def served_apart(
    library: Path, *, index: str = "", job: str = ""
) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """Serve a library from a process of its own, and yield that and a client of it.

    `index` and `job` are programs in place of those that the server starts (see held_children.py).
    """
    command = [sys.executable, "-c", PROGRAM, str(library), index, job]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:
        assert process.stdout is not None
        try:
            with _client(int(process.stdout.readline())) as client:
                yield process, client
        finally:
            process.kill()


@contextlib.contextmanager
def _client(port: int) -> Iterator[httpx.Client]:
    """Yield a client when the server answers."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=LONG) as client:
        until = time.monotonic() + LONG
        while True:
            try:
                client.get("/index")
                break
            except httpx.TransportError:
                assert time.monotonic() < until
                time.sleep(0.05)
        yield client
