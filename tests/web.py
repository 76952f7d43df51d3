"""Servers for tests: a web of pages that a test writes, and a proxy in front of a server that fails as it is told."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

Answer = tuple[int, dict[str, str], bytes]
Respond = Callable[[str, str, bytes, dict[str, str]], Answer | None]  # method, path, body, headers; None: break off


@dataclass
class Served:
    """A running server and what it was asked."""

    url: str
    asked: list[tuple[str, str]] = field(default_factory=list)

    def count(self, method: str, part: str = "") -> int:
        """Return how often it was asked for something."""
        return sum(one == method and part in path for one, path in list(self.asked))


@contextmanager
def serving(respond: Respond) -> Iterator[Served]:
    """Run a server that answers as a function says, on a free port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            served.asked.append((self.command, self.path))
            answer = respond(self.command, self.path, body, dict(self.headers))
            if answer is None:
                self.close_connection = True
                self.connection.close()
                return
            status, headers, content = answer
            self.send_response(status)
            lower = {name.lower() for name in headers}
            for name, value in headers.items():
                self.send_header(name, value)
            if "content-length" not in lower:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)
            if int(headers.get("Content-Length", len(content))) > len(content):
                self.close_connection = True  # so that the rest is not waited for

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _answer

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def handle_one_request(self) -> None:
            """Answer; whoever breaks off is not told of."""
            try:
                super().handle_one_request()
            except OSError:
                self.close_connection = True
            except ValueError:  # the connection was closed on purpose
                self.close_connection = True

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def shutdown_request(self, request: object) -> None:
            """Close a connection that may be closed already."""
            try:
                super().shutdown_request(request)  # type: ignore[arg-type]
            except OSError:
                return

        def handle_error(self, *_: object) -> None:
            """Say nothing."""

    server = Server(("127.0.0.1", 0), Handler)
    served = Served(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def passing_on(url: str, trouble: Callable[[str, str], Answer | str | None]) -> Respond:
    """Return how a proxy answers: with trouble, "break" to break off, or what the server behind it says."""
    place = urlsplit(url)

    def respond(method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer | None:
        fault = trouble(method, path)
        if isinstance(fault, str):
            return None
        if fault is not None:
            return fault
        connection = http.client.HTTPConnection(str(place.hostname), int(place.port or 80), timeout=300)
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
            kept = {
                name: value
                for name, value in answer.getheaders()
                if name.lower() not in ("connection", "date", "server", "transfer-encoding")
            }
            return answer.status, kept, content
        finally:
            connection.close()

    return respond


def s3_error(code: str, status: int) -> Answer:
    """Return an answer of S3 that refuses."""
    text = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>with secret AKIASECRET</Message></Error>"
    return status, {"Content-Type": "application/xml"}, text.encode()
