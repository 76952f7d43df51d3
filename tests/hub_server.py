"""A hub on loopback: as much of the Hugging Face hub's protocol as its client needs, with a switch for each fault.

Run it in a test with `serving`, or by hand: python -m tests.hub_server FOLDER REPOSITORY [PORT].
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LOGIN = b"<!DOCTYPE html><html><head><title>Hotel</title></head><body>Room number?</body></html>"
BLOCK = 1 << 16
PATHS = re.compile(r"/(?:datasets/)?(?P<repository>[^/]+/[^/]+)/resolve/[^/]+/(?P<name>[^?]+)")
DATA_SETS = re.compile(
    r"/api/datasets/(?P<repository>[^/]+/[^/?]+)(?:/(?P<what>tree|paths-info)/[^/?]+)?/?(?P<path>[^?]*)"
)


@dataclass
class Hub:
    """What it serves and how it fails; a test may change that at any time."""

    folder: Path
    repository: str = "org/tiny"
    status: int = 0  # this answer to every request for a file
    error_code: str = ""  # with that X-Error-Code
    token: str = ""  # that whoever asks of a data set has to have
    login_page: bool = False  # to every request
    page_for_content: bool = False  # a login page where the content of a file is asked for
    cut_at: float = 0.0  # of a file: the connection drops there, and each later one at once
    cuts: int = -1  # how often; -1: always
    damage: bool = False  # in the midst of each large file
    seconds: float = 0.0  # that a large file takes at least
    trickles_at: int = 0  # bytes of a large file, after which the rest comes at some 40 kB a second
    asked: list[tuple[str, str, str]] = field(default_factory=list)  # method, name, range
    sent: int = 0  # bytes of content
    address: str = ""
    etags: dict[str, str] = field(default_factory=dict)

    def etag(self, name: str) -> str:
        """Return the SHA-256 of a large file, what git gives a small one."""
        if name not in self.etags:
            content = (self.folder / name).read_bytes()
            git = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False)
            self.etags[name] = (git if name.endswith(".json") else hashlib.sha256(content)).hexdigest()
        return self.etags[name]


class Handler(BaseHTTPRequestHandler):
    """Answers HEAD and GET."""

    protocol_version = "HTTP/1.1"
    hub: Hub

    def log_message(self, *_: object) -> None:
        """Write nothing."""

    def do_HEAD(self) -> None:
        """Answer with headers."""
        self._answer(body=False)

    def do_GET(self) -> None:
        """Answer with headers and content."""
        self._answer(body=True)

    def _answer(self, body: bool) -> None:
        hub, wanted = self.hub, PATHS.match(self.path)
        name = unquote(wanted["name"]) if wanted else self.path
        hub.asked.append((self.command, name, self.headers.get("Range") or ""))
        if hub.login_page or (hub.page_for_content and body):
            self._page(body)
        elif hub.status and (wanted or DATA_SETS.match(self.path)):
            self._bare(hub.status, hub.error_code)
        elif wanted is None and (asked := DATA_SETS.match(self.path)):
            self._of_data_set(asked)
        elif wanted is None:
            self._bare(200)
        elif wanted["repository"] != hub.repository:
            self._bare(404, "RepoNotFound")
        elif not (hub.folder / name).is_file():
            self._bare(404, "EntryNotFound")
        else:
            self._file(name, body)

    def do_POST(self) -> None:
        """Answer to a question for several paths."""
        self.form = parse_qs(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())
        self._answer(body=True)

    def _of_data_set(self, asked: re.Match[str]) -> None:
        """Answer what is in a repository of data: itself, the files of a folder, or some files."""
        hub, path = self.hub, unquote(asked["path"])
        if hub.token and self.headers.get("Authorization") != f"Bearer {hub.token}":
            self._bare(401, message="Invalid credentials in Authorization header")
        elif asked["repository"] != hub.repository:
            self._bare(404, "RepoNotFound")
        elif asked["what"] == "paths-info":
            self._json([self._told(name) for name in self.form["paths"] if (hub.folder / name).exists()])
        elif asked["what"] != "tree":
            self._json({"id": hub.repository, "sha": COMMIT, "siblings": []})
        elif not (hub.folder / path).is_dir():
            self._bare(404, "EntryNotFound")
        else:
            names = sorted(str(file.relative_to(hub.folder)) for file in (hub.folder / path).iterdir())
            self._json([self._told(name) for name in names])

    def _told(self, name: str) -> dict[str, object]:
        file = self.hub.folder / name
        if file.is_dir():
            return {"type": "directory", "path": name, "oid": "0", "size": 0}
        return {"type": "file", "path": name, "oid": self.hub.etag(name), "size": file.stat().st_size}

    def _json(self, said: object) -> None:
        content = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _page(self, body: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(LOGIN)))
        self.end_headers()
        if body:
            self.wfile.write(LOGIN)

    def _bare(self, status: int, error_code: str = "", message: str = "") -> None:
        self.send_response(status)
        if message:
            self.send_header("X-Error-Message", message)
        if error_code:
            self.send_header("X-Error-Code", error_code)
        if status == 404 and error_code == "EntryNotFound":
            self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _file(self, name: str, body: bool) -> None:
        content = bytearray((self.hub.folder / name).read_bytes())
        total, start = len(content), 0
        if self.hub.damage and total > BLOCK:
            content[total // 2] ^= 255
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        if asked:
            start = int(asked[1])
            content = content[: int(asked[2] or total) + 1]
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{total}")
        else:
            self.send_response(200)
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("ETag", f'"{self.hub.etag(name)}"')
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        if body:
            self._content(memoryview(content), start)

    def _content(self, content: memoryview, start: int) -> None:
        total = len(content)
        is_large = total > BLOCK
        pause = self.hub.seconds * BLOCK / total if is_large else 0.0
        end = start
        while (place := end) < total:
            if self.hub.cuts and self.hub.cut_at and is_large and place >= self.hub.cut_at * total:
                self.hub.cuts -= 1
                self.close_connection = True
                return
            does_trickle = is_large and 0 < self.hub.trickles_at <= place
            end = min(total, place + (2048 if does_trickle else BLOCK))
            block = content[place:end]
            self.hub.sent += len(block)  # before who asked has it: a test may look at once
            try:
                self.wfile.write(block)
            except OSError:
                self.close_connection = True
                return  # who asked is gone
            time.sleep(0.05 if does_trickle else pause)


@contextlib.contextmanager
def serving(hub: Hub, port: int = 0) -> Iterator[Hub]:
    """Serve a hub in threads of this process during the block; its address is `hub.address`."""
    server = ThreadingHTTPServer(("127.0.0.1", port), type("OneHub", (Handler,), {"hub": hub}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    hub.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


if __name__ == "__main__":
    with serving(Hub(Path(sys.argv[1]), sys.argv[2]), int(sys.argv[3]) if sys.argv[3:] else 0) as here:
        sys.stdout.write(f"{here.address}\n")
        sys.stdout.flush()
        threading.Event().wait()
