"""`clipsearch mcp` as a host runs it: what comes on stdout, what nonsense does to it, and how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import psutil
import pytest
from mcp.client.client import Client

from cli.process.interrupts import STOPPING_SENTENCE
from server.agents.wire import LONGEST_LINE
from tests import terminal_sessions
from tests.conftest import REPOSITORY
from tests.server.agents.conftest import LONG, SLOW, command, found, on_stdio

HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "a host", "version": "1"}}
FULL = 60_000  # bytes, of the 65,536 that a pipe holds


class Host:
    """A host that speaks raw lines."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None and process.stdout is not None
        self.process, self._in, self._out = process, process.stdin, process.stdout

    def send(self, line: bytes) -> None:
        self._in.write(line + b"\n")
        self._in.flush()

    def ask(self, number: int, method: str, **params: Any) -> None:
        self.send(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode())

    def answer(self, number: int) -> Any:
        """Return the answer to a request; all that comes on stdout is protocol."""
        while line := self._out.readline():
            message = json.loads(line)
            assert message["jsonrpc"] == "2.0"
            if message.get("id") == number:
                return message
        raise AssertionError("it has ended")

    def greet(self) -> None:
        self.ask(1, "initialize", **HELLO)
        assert self.answer(1)["result"]["serverInfo"]["name"] == "clipsearch"
        self.send(b'{"jsonrpc": "2.0", "method": "notifications/initialized"}')

    def count(self, note: Path) -> None:
        """Have it begin what never ends, in a thread."""
        named = {"beats": 1_000_000, "note": str(note)}
        self.ask(2, "tools/call", name="count_slowly", arguments=named, _meta={"progressToken": "told"})
        assert b"notifications/progress" in self._out.readline()

    def close(self) -> None:
        self._in.close()

    def ended(self) -> tuple[int, str]:
        """Return the exit code and what was told on stderr."""
        code = self.process.wait(LONG)
        assert self.process.stderr is not None
        return code, self.process.stderr.read().decode()


@contextlib.contextmanager
def hosting(library: Path, *options: str, module: str = "clipsearch") -> Iterator[Host]:
    """Run the command as a host does."""
    pipes: Any = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command("mcp", library, *options, module=module), cwd=REPOSITORY, **pipes) as process:
        try:
            yield Host(process)
        finally:
            process.kill()


def fill(pipe: int) -> None:
    """Wait until hardly more fits into a pipe that nobody reads."""
    import fcntl
    import termios

    end = time.monotonic() + LONG
    while int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4), sys.byteorder) < FULL:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_nonsense_is_no_end(sample_library: Path) -> None:
    with hosting(sample_library) as host:
        host.greet()
        deep = b"[" * 100_000
        ids = b'{"jsonrpc": "2.0", "id": {"a": 1}, "method": "ping"}'
        for line in (
            b"nonsense",
            b"",
            b"[]",
            b"null",
            b"\xff\xfe",
            b'{"jsonrpc": "2.0", "id": 7}',
            deep,
            ids,
            b"1e999",
        ):
            host.send(line)
        host.send(b'{"jsonrpc": "2.0", "id": 8, "method": "tools/call", "params": {"name": 3}}')
        assert "error" in host.answer(8)
        host.ask(9, "no/such/method")
        assert "error" in host.answer(9)
        host.send(b'"' + b"x" * (LONGEST_LINE + 1000) + b'"')
        host.ask(10, "tools/call", name="search_photos", arguments={"query": "red envelope", "limit": 1})
        assert host.answer(10)["result"]["structuredContent"]["hits"][0]["name"] == "red-envelope.jpg"
        host.close()
        assert host.ended() == (0, "")


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process at once")
@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM", "SIGHUP", "close", "nobody reads"])
def test_it_ends_quietly_while_something_goes_on(sample_library: Path, tmp_path: Path, how: str) -> None:
    with hosting(sample_library, module=SLOW) as host:
        host.greet()
        host.count(tmp_path / "note")
        if how == "close":
            host.close()
        elif how == "nobody reads":
            assert host.process.stdout is not None
            host.process.stdout.close()
        else:
            host.process.send_signal(getattr(signal, how))
        code, told = host.ended()
        assert code == 0
        said = set(told.splitlines()) - {STOPPING_SENTENCE}  # which is told where the machine is slow
        assert said == {"and this at the start", "a library prints this"}
    assert (tmp_path / "note").read_text() == "stopped"


def test_no_process_is_left(samples: Path) -> None:
    """What decodes pictures ends too."""
    with hosting(samples) as host:
        host.greet()
        host.ask(3, "tools/call", name="view_photo", arguments={"id": 1})
        assert not host.answer(3)["result"].get("isError")
        children = psutil.Process(host.process.pid).children(recursive=True)
        assert children
        host.close()
        assert host.ended() == (0, "")
        assert not psutil.wait_procs(children, timeout=LONG)[1]


def test_what_computes_without_a_pause_does_not_hold_the_end_up(sample_library: Path) -> None:
    """As a thread in C that never looks up; hosts kill what takes longer than some seconds."""
    program = """
import sys, sqlite3
from server.opened import open_library
endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
opened = open_library.OpenLibrary.__init__
def begun(self, *given, **named):
    opened(self, *given, **named)
    self._slow.submit(lambda: sqlite3.connect(":memory:").execute(endless).fetchone())
open_library.OpenLibrary.__init__ = begun
sys.argv = ["clipsearch", "mcp", "--library", sys.argv[1]]
from cli.main import main
main()
"""
    words = [sys.executable, "-c", program, str(sample_library)]
    pipes: Any = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(words, cwd=REPOSITORY, **pipes) as process:
        host = Host(process)
        host.greet()
        host.close()
        assert host.ended() == (0, "")


@pytest.mark.skipif(os.name == "nt", reason="how much a pipe holds is not told there")
def test_what_is_not_read_does_not_hold_the_end_up(sample_library: Path) -> None:
    with hosting(sample_library) as host:
        host.greet()
        for number in range(10, 60):  # more than a pipe holds
            host.ask(number, "tools/list")
        assert host.process.stdout is not None
        fill(host.process.stdout.fileno())
        host.close()
        assert host.ended() == (0, "")


def test_stdin_that_is_not_there_has_ended(sample_library: Path) -> None:
    words = command("mcp", sample_library)
    for stdin in (subprocess.DEVNULL, None):
        line = words if stdin else ["sh", "-c", 'exec "$@" <&-', "sh", *words]
        if stdin or os.name == "posix":
            ended = subprocess.run(line, stdin=stdin, capture_output=True, cwd=REPOSITORY, timeout=LONG, check=False)
            assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


def test_a_library_may_come_and_go(indexed_samples: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"

    async def ask() -> None:
        async with Client(on_stdio(library)) as client:
            told = str((await client.call_tool("search_photos", {})).content)
            assert "There is no library at" in told and "clipsearch index FOLDER" in told
            shutil.copytree(indexed_samples, library)
            assert (await found(client, query="red envelope", limit=1))["matches"] >= 1
            if os.name == "nt":
                return  # where open files are not moved
            library.rename(tmp_path / "elsewhere")
            assert "is not there any more" in str((await client.call_tool("search_photos", {})).content)
            (tmp_path / "elsewhere").rename(library)
            assert (await found(client, query="a guitar", limit=1))["hits"][0]["name"] == "guitar.jpg"

    anyio.run(ask)


def test_without_the_extra_it_says_what_to_install(sample_library: Path) -> None:
    blocked = """
import importlib.util, sys
sys.modules["mcp"] = sys.modules["mcp_types"] = None
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name in ("mcp", "mcp_types") else find(name, *more)
from cli.main import main
main()
"""
    words = [sys.executable, "-c", blocked, "mcp", "--library", str(sample_library)]
    ended = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=REPOSITORY, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("Error: Serving assistants needs the extra mcp; run: ")
    assert "mcp" in ended.stderr.partition("run: ")[2]
    assert ended.stderr.count("\n") == ended.stderr.count("run: ") == 1


def test_by_hand_it_says_what_it_is_and_ends_with_ctrl_c(sample_library: Path, tmp_path: Path) -> None:
    program = "from cli.main import main; main()"
    with terminal_sessions.on_terminal("mcp", library=sample_library, folder=tmp_path, program=program) as session:
        session.wait_for("This speaks MCP with an assistant's program, which runs it by itself; Ctrl-C ends.")
        session.type('{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
        session.wait_for('"result":{}')
        session.type("\x03")
        assert session.end() == 0
        assert session.shown.endswith("Stopped.\n") and "Traceback" not in session.shown
