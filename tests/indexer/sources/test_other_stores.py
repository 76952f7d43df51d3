"""Tests of places other than S3: Google's storage as its JSON API has it, an index page of the web, a local URL."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import fsspec
import gcsfs
import pytest

from indexer.errors import SourceError
from indexer.remote_files import objects, patience
from indexer.sources.item import Item, Unread
from indexer.sources.opening import open_source
from tests.sources import Remembered, content, items, make_tar, picture, read
from tests.web import Answer, Served, serving


class Google:
    """The objects of a bucket called "b", and the part of the API that reads them."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.pages = 0

    def respond(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer | None:
        where, asked = urlsplit(path), parse_qs(urlsplit(path).query)
        bucket, _, name = where.path.partition("/b/")[2].partition("/o")
        if bucket != "b":
            return 404, {"Content-Type": "application/json"}, b'{"error": {"code": 404, "message": "no bucket"}}'
        if name:
            key = unquote(name[1:])
            if key not in self.objects:
                return 404, {}, b'{"error": {"code": 404, "message": "none"}}'
            if "/download/" in where.path:
                return self._part(self.objects[key], headers)
            return 200, {"Content-Type": "application/json"}, json.dumps(self._described(key)).encode()
        return 200, {"Content-Type": "application/json"}, json.dumps(self._page(asked)).encode()

    def _page(self, asked: dict[str, list[str]]) -> dict[str, object]:
        self.pages += 1
        prefix, after = asked.get("prefix", [""])[0], asked.get("pageToken", [""])[0]
        names = sorted(name for name in self.objects if name.startswith(prefix) and name > after)
        most = int(asked.get("maxResults", ["1000"])[0])
        page: dict[str, object] = {"kind": "storage#objects", "items": [self._described(name) for name in names[:most]]}
        return {**page, "nextPageToken": names[most - 1]} if len(names) > most else page

    def _described(self, name: str) -> dict[str, object]:
        etag = hashlib.md5(self.objects[name]).hexdigest()
        described = {"name": name, "bucket": "b", "size": str(len(self.objects[name])), "etag": etag}
        time = "2024-01-01T00:00:00Z"
        return {**described, "generation": "1", "updated": time, "timeCreated": time, "kind": "storage#object"}

    def _part(self, data: bytes, headers: dict[str, str]) -> Answer:
        ranged = {name.lower(): value for name, value in headers.items()}.get("range")
        if ranged is None:
            return 200, {}, data
        first, _, last = ranged.removeprefix("bytes=").partition("-")
        part = data[int(first) : int(last or len(data)) + 1]
        return 206, {"Content-Range": f"bytes {first}-{int(first) + len(part) - 1}/{len(data)}"}, part


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    monkeypatch.setattr(patience, "FIRST_PAUSE", 0.001)
    monkeypatch.setitem(fsspec.config.conf, "gs", {"token": "anon"})
    registry = sys.modules["fsspec.registry"]
    monkeypatch.setitem(registry._registry, "gs", gcsfs.core.GCSFileSystem)  # type: ignore[attr-defined]
    store = Google()
    with serving(store.respond) as served:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", served.url)
        yield store


def test_googles_storage_is_listed_in_pages(google: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "PAGE", 3)
    for number in range(7):
        google.objects[f"p/{number}.png"] = picture(number)
    google.objects["p/3.xmp"] = b"said"
    google.objects["other/x.png"] = picture(8)
    library, source = Remembered(), open_source("gs://b/p")
    google.pages = 0
    shards = list(source.shards(library))
    assert google.pages == 3
    found = {item.address: item for item in library.take(shards) if isinstance(item, Item)}
    assert {address: content(item) for address, item in found.items()} == {
        f"gs://b/p/{number}.png": picture(number) for number in range(7)
    }
    assert found["gs://b/p/3.png"].beside == {".xmp": b"said"}
    assert not list(source.shards(library))


def test_what_changes_in_googles_storage_is_not_taken(google: Google) -> None:
    google.objects["1.png"] = picture(1)
    (shard,) = open_source("gs://b").shards(Remembered())
    google.objects["1.png"] = picture(2)
    (unread,) = shard.items()
    assert isinstance(unread, Unread) and "changed" in unread.reason and not unread.lasting


def test_tars_and_nothing_in_googles_storage(google: Google, tmp_path: Path) -> None:
    google.objects["s/0.tar"] = make_tar(tmp_path / "x.tar", {"a.png": picture(1)}).read_bytes()
    assert list(items("gs://b/s/{0..0}.tar")) == list(items("gs://b/s")) == ["tar://a.png::gs://b/s/0.tar"]
    with pytest.raises(SourceError, match="There is nothing below gs://b/none"):
        read("gs://b/none")
    with pytest.raises(SourceError, match=r"There is (nothing at|no bucket of) gs://nobody/x"):
        read("gs://nobody/x")


@pytest.fixture
def site() -> Iterator[Served]:
    """A site with an index page, as servers make them of folders."""
    index = b'<a href="a.png">a</a> <a href="sub/">sub</a> <a href="x.tar">x</a> <a href="../">up</a>'
    files = {"/p/a.png": picture(1), "/p/sub/b.png": picture(2)}

    def respond(method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer | None:
        if path in ("/p", "/p/"):
            return 200, {"Content-Type": "text/html"}, index
        if path in ("/p/sub", "/p/sub/"):
            return 200, {"Content-Type": "text/html"}, b'<a href="b.png">b</a>'
        if path in files:
            return 200, {"ETag": '"1"', "Content-Type": "image/png"}, files[path]
        return 404, {}, b""

    with serving(respond) as served:
        yield served


def test_a_folder_and_a_picture_of_the_web(site: Served) -> None:
    found = items(f"{site.url}/p/")
    assert {address: content(item) for address, item in found.items()} == {
        f"{site.url}/p/a.png": picture(1),
        f"{site.url}/p/sub/b.png": picture(2),
    }
    assert list(items(f"{site.url}/p/a.png")) == [f"{site.url}/p/a.png"]
    with pytest.raises(SourceError, match="There is nothing"):
        read(f"{site.url}/none/")


def test_a_picture_without_end_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "LARGEST_UNSTATED", 100_000)

    class Endless(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()  # without how much will come
            with contextlib.suppress(OSError):
                while self.command == "GET":
                    self.wfile.write(bytes(10_000))

        do_HEAD = do_GET

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Endless) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        (unread,) = read(f"http://127.0.0.1:{server.server_port}/endless.png")
        server.shutdown()
        thread.join()
    assert isinstance(unread, Unread) and unread.reason.startswith("it is larger than")


def test_a_local_url_is_a_path(tmp_path: Path) -> None:
    (tmp_path / "a b.png").write_bytes(picture(1))
    assert list(items(f"file://{tmp_path}")) == [str(tmp_path / "a b.png")]
