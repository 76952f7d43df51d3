"""A bucket on this machine, as S3 has them: moto on loopback."""

from __future__ import annotations

import http.client
import itertools
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

ANSWERS_WITHIN = 300.0  # seconds
HOP_BY_HOP = ("connection", "transfer-encoding", "keep-alive", "server", "date")
# moto looks whether an object is there and puts it in two steps, between which another thread may put it; with S3 that
# is one, and writers of Lance count on it: If-None-Match.
SERVER = """
import os, threading
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.responses import S3Response
from moto.server import MotoRequestHandler
from werkzeug.serving import make_server
putting, put_object = threading.Lock(), S3Response.put_object
def put_alone(self):
    with putting:
        return put_object(self)
S3Response.put_object = put_alone
app = DomainDispatcherApplication(create_backend_app)
server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=MotoRequestHandler)
os.environ["MOTO_PORT"] = str(server.server_port)
print(server.server_port, flush=True)
server.serve_forever()
"""


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """A running server, and the variables by which programs find it."""

    url: str

    @property
    def environment(self) -> dict[str, str]:
        """The variables of the AWS programs; set them, for child processes too."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def make_bucket(self, name: str) -> str:
        """Make a bucket and return its URL."""
        request = urllib.request.Request(f"{self.url}/{name}", method="PUT")
        with urllib.request.urlopen(request, timeout=ANSWERS_WITHIN):
            return f"s3://{name}"


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    """Run a server of its own, in a process that ends with the block; it takes a port that is free and says which."""
    command = [sys.executable, "-c", SERVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        try:
            assert server.stdout is not None
            port = server.stdout.readline().strip()
            assert port, "moto did not start"
            yield ObjectStore(f"http://127.0.0.1:{int(port)}")
        finally:
            server.kill()


@contextmanager
def in_front(url: str, refuse: Callable[[int], tuple[int, str] | None]) -> Iterator[tuple[str, list[int]]]:
    """Pass requests on to a store but those that are refused: `refuse` gets each one's number, from 0, and answers.

    Yields the URL in front, and the statuses of all answers so far.
    """
    statuses: list[int] = []
    numbers = itertools.count()

    class InFront(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            refused = refuse(next(numbers))
            if refused is not None:
                self.send(refused[0], {"Content-Type": "application/xml"}, _error(refused[1]))
                return
            there = http.client.HTTPConnection(urlsplit(url).netloc, timeout=ANSWERS_WITHIN)
            there.request(self.command, self.path, body, {**self.headers, "Connection": "close"})
            answer = there.getresponse()
            content = answer.read()
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP}
            self.send(answer.status, kept, content)
            there.close()

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = answer

        def send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
            statuses.append(status)
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() != "content-length" or self.command == "HEAD":
                    self.send_header(name, value)
            if self.command != "HEAD":
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), InFront) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", statuses
        finally:
            server.shutdown()
            thread.join()


def _error(code: str) -> bytes:
    return f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>{code} 4711</Message></Error>'.encode()
