"""clipsearch serve: what it prints, what it refuses in a sentence, and how it ends; as a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.running.addresses import PORT, TRIED, is_local, listen
from tests.cli.conftest import Invoke

LONG = 180.0  # seconds that no start takes, however busy the machine is
# The command, with the time to end in order that it takes on a busy machine.
PROGRAM = """
from cli.process import interrupts
interrupts.PATIENCE = interrupts.TIDYING_PATIENCE = 60.0
from cli.main import main
main()
"""


class Running:
    """A server as a process, and its first line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.process = process
        self.address = process.stdout.readline().rstrip("\n")

    def get(self, path: str = "", **headers: str) -> tuple[int, Any]:
        """Return the status and the body of an answer."""
        base, _, query = self.address.partition("?")
        request = urllib.request.Request(f"{base}{path}{'?' + query if query and not path else ''}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=LONG) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def end(self, number: int = signal.SIGINT) -> tuple[int, str]:
        """Send a signal and return the exit code and what was told."""
        self.process.send_signal(number)
        _, told = self.process.communicate(timeout=LONG)
        return self.process.returncode, told


@contextlib.contextmanager
def serving(library: Path, *options: str, opens: bool = False) -> Iterator[Running]:
    """Serve a library in a process of its own."""
    command = [sys.executable, "-c", PROGRAM, "serve", "--library", str(library), *options]
    command += [] if opens else ["--no-open"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield Running(process)
        finally:
            process.kill()


def test_it_prints_its_address_serves_the_page_and_ends_with_ctrl_c(sample_library: Path) -> None:
    with serving(sample_library, "--port", "0") as running:
        assert re.fullmatch(r"http://localhost:\d+/", running.address)
        status, page = running.get()
        assert status == 200 and "<title>clipsearch</title>" in page
        status, found = running.get("api/v1/search?q=red+envelope&limit=1")
        assert json.loads(found)["hits"][0]["name"] == "red-envelope.jpg"
        code, told = running.end()
        assert code == 0
    first, *_, last = told.splitlines()
    assert first == f"Serving {sample_library}; Ctrl-C ends." and last == "Stopped."
    assert "Traceback" not in told and "INFO" not in told


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process at once")
def test_a_service_ends_it_with_success_though_a_client_holds_a_connection(sample_library: Path) -> None:
    with serving(sample_library, "--port", "0") as running:
        port = int(running.address.rstrip("/").rpartition(":")[2])
        running.get("api/v1/session")
        with socket.create_connection(("127.0.0.1", port)) as idle:
            idle.sendall(b"GET / HTTP/1.1\r\n")
            assert running.end(signal.SIGTERM)[0] == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_it_ends_in_order_with_its_terminal(sample_library: Path) -> None:
    with serving(sample_library, "--port", "0") as running:
        running.get("api/v1/session")
        code, told = running.end(signal.SIGHUP)
    assert code == 0 and told.endswith("Stopped.\n")


@pytest.mark.skipif(os.name == "nt", reason="the browser is a shell script")
def test_other_users_see_no_token_in_how_the_browser_was_started(
    sample_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, noted = tmp_path / "browser", tmp_path / "noted"
    browser.write_text(f'#!/bin/sh\necho "$1" > {noted}.part && mv {noted}.part {noted}\n')
    browser.chmod(0o700)
    monkeypatch.setenv("BROWSER", str(browser))
    monkeypatch.setenv("DISPLAY", ":0")
    with serving(sample_library, "--port", "0", "--token", "correct-horse-battery", opens=True) as running:
        until = time.monotonic() + LONG
        while not noted.exists() and time.monotonic() < until:
            time.sleep(0.05)
        opened = noted.read_text().strip()
        assert "correct-horse" not in opened and opened.startswith(running.address.partition("?")[0])
        browsing = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with browsing.open(opened, timeout=LONG) as answer:
            assert answer.url == running.address.partition("?")[0] and b"<title>clipsearch</title>" in answer.read()


def test_the_token_is_made_or_taken_and_asked_for(sample_library: Path) -> None:
    with serving(sample_library, "--port", "0", "--host", "127.0.0.1", "--token", "correct-horse-battery") as running:
        assert running.address.endswith("?token=correct-horse-battery")
        assert running.get("api/v1/session")[0] == 401
        status, told = running.get("api/v1/session", Authorization="Bearer correct-horse-battery")
        assert status == 200 and json.loads(told)["reveal"] is False


def test_others_need_a_token_that_is_made(sample_library: Path) -> None:
    with serving(sample_library, "--port", "0", "--host", "0.0.0.0", "--read-only") as running:
        address, _, token = running.address.partition("?token=")
        assert len(token) >= 32 and "0.0.0.0" not in address
        port = int(address.rstrip("/").rpartition(":")[2])
        request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/session")
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(request, timeout=LONG)
        request.add_header("Authorization", f"Bearer {token}")
        with urllib.request.urlopen(request, timeout=LONG) as answer:
            assert json.loads(answer.read())["read_only"] is True
        evil = urllib.request.Request(request.full_url, headers={"Host": f"evil.com:{port}"})
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(evil, timeout=LONG)
        assert "read-only; Ctrl-C ends." in running.end()[1]


def test_a_port_in_use_is_one_sentence(clipsearch: Invoke, sample_library: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = clipsearch("serve", "--library", sample_library, "--no-open", "--port", port)
    assert ran.exit_code == 1 and ran.stdout == ""
    assert ran.stderr == (
        f"Error: Port {port} is in use by another program, perhaps another clipsearch serve; give another one with"
        " --port, or leave it out for the next free one.\n"
    )


def test_without_a_port_the_next_free_one_is_taken() -> None:
    first = listen(None, None)
    second = listen(None, None)
    try:
        assert first.port != second.port and first.port >= PORT
        assert PORT <= first.port < PORT + TRIED or first.port > PORT
    finally:
        first.close()
        second.close()


def test_what_can_t_be_served_says_what_to_run(clipsearch: Invoke, tmp_path: Path) -> None:
    missing = clipsearch("serve", "--library", tmp_path / "none", "--no-open")
    assert missing.exit_code == 1 and missing.stdout == ""
    assert missing.stderr.startswith("Error: There is no library at") and "clipsearch index FOLDER" in missing.stderr
    assert missing.stderr.count("\n") == 1 and not (tmp_path / "none").exists()


def test_a_library_without_a_picture_says_so(clipsearch: Invoke, photos: Path, tmp_path: Path) -> None:
    from indexer.store.store import Store
    from search.library.library import Library
    from tests.fakes import ColourEncoder

    with Store.create(tmp_path / "empty") as store:
        Library.with_encoder(store, ColourEncoder())
    ran = clipsearch("serve", "--library", tmp_path / "empty", "--no-open")
    assert ran.exit_code == 1 and "no picture in the library" in ran.stderr and "clipsearch index" in ran.stderr


@pytest.mark.parametrize(
    ("options", "code", "part"),
    [
        (("--token", "short"), 2, "at least 12"),
        (("--token", "aaaaaaaaaaaa"), 2, "easily guessed"),
        (("--token", "with blanks in it, many"), 2, "no other signs"),
        (("--host", ""), 2, "empty"),
        (("--host", "nowhere.invalid"), 1, "no address of this machine"),
        (("--host", "192.0.2.1"), 1, "no address of this machine"),
        (("--port", "70000"), 2, "70000"),
    ],
)
def test_senseless_options_are_told(
    clipsearch: Invoke, sample_library: Path, options: tuple[str, ...], code: int, part: str
) -> None:
    ran = clipsearch("serve", "--library", sample_library, "--no-open", *options)
    assert (ran.exit_code, part in ran.stderr, "Traceback" in ran.stderr) == (code, True, False), ran.stderr


def test_which_hosts_are_this_machine_alone() -> None:
    assert all(map(is_local, (None, "localhost", "LOCALHOST", "127.0.0.1", "::1", "127.8.8.8")))
    assert not any(map(is_local, ("0.0.0.0", "::", "192.168.1.5", "example.org")))
