"""Tests of indexer.data_sets.sentences: whatever is wrong with a library is one sentence, of the right kind."""

from __future__ import annotations

import http.server
import re
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexer.addresses import PICTURES
from indexer.data_sets import lance_tables
from indexer.data_sets.pictures_table import PicturesTable
from indexer.data_sets.sentences import library_error
from indexer.errors import InvalidRequest, LibraryBusy, LibraryDamaged, LibraryError, LibraryMissing, LibraryTooNew
from indexer.remote_files.file_systems import file_system
from tests.data_sets import DESCRIPTION, rows_of, unit

SECRET = "AKIASECRETKEY"


def made(folder: Path) -> PicturesTable:
    table = PicturesTable.create(str(folder), DESCRIPTION)
    table.commit([rows_of(["a", "b"], unit(2))])
    return table


def newest_manifest(folder: Path) -> Path:
    return min((folder / PICTURES / "_versions").glob("*.manifest"))  # they are numbered downwards


def the_data(folder: Path) -> Path:
    (path,) = (folder / PICTURES / "data").iterdir()
    return path


def check_sentence(error: Exception, *words: str) -> None:
    text = str(error)
    assert "\n" not in text and len(text) < 400
    assert not re.search(r"\.rs\b|https?://|LanceError|External|_versions", text), text
    assert SECRET not in text
    for word in words:
        assert word in text


@contextmanager
def answering(status: int, body: str) -> Iterator[str]:
    """Run an object store that answers everything so."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        do_PUT = do_POST = do_HEAD = do_GET

        def log_message(self, *args: object) -> None:
            """Be quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have an object store that does not answer asked twice, and not nine times."""
    patient = lance_tables.storage_options

    def options(address: str) -> dict[str, str] | None:
        asked = patient(address)
        return None if asked is None else {**asked, "client_max_retries": "1", "client_retry_timeout": "1"}

    monkeypatch.setattr(lance_tables, "storage_options", options)


def test_a_library_that_is_not_there(tmp_path: Path, bucket: str) -> None:
    for address in (str(tmp_path / "none"), f"{bucket}/none"):
        with pytest.raises(LibraryMissing) as raised:
            PicturesTable.open(address)
        check_sentence(raised.value, address, "clipsearch index")


def test_a_bucket_that_is_not_there(bucket: str, hasty: None) -> None:
    for attempt in (PicturesTable.open, lambda address: PicturesTable.create(address, DESCRIPTION)):
        with pytest.raises(LibraryError) as raised:
            attempt("s3://no-such-bucket/library")
        assert not isinstance(raised.value, LibraryMissing)  # a run can't make it
        check_sentence(raised.value, "no bucket no-such-bucket")


@pytest.mark.parametrize(
    ("status", "code", "word"),
    [
        (403, "InvalidAccessKeyId", "credentials"),
        (403, "SignatureDoesNotMatch", "credentials"),
        (301, "PermanentRedirect", "region"),
        (503, "SlowDown", "busy"),
    ],
)
def test_an_object_store_that_refuses(
    status: int, code: str, word: str, bucket: str, hasty: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(status, f"<Error><Code>{code}</Code><Message>{SECRET}</Message></Error>") as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", SECRET)
        with pytest.raises(LibraryError) as raised:
            PicturesTable.open(f"{bucket}/library")
    check_sentence(raised.value, word, bucket.removeprefix("s3://"))


def test_an_object_store_that_can_not_be_reached(bucket: str, hasty: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{closed.getsockname()[1]}")
        with pytest.raises(LibraryError) as raised:
            PicturesTable.open(f"{bucket}/library")
    check_sentence(raised.value, "can't be reached", "AWS_ENDPOINT_URL")


def test_an_endpoint_that_is_no_url(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "")  # counts as not set
    with pytest.raises(LibraryMissing):
        PicturesTable.open(f"{bucket}/library")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"{SECRET}@localhost:9000")
    for use in (PicturesTable.open, file_system):
        with pytest.raises(InvalidRequest, match="AWS_ENDPOINT_URL_S3 is no URL") as raised:
            use(f"{bucket}/library")
        assert SECRET not in str(raised.value)


def test_an_address_that_no_library_can_have() -> None:
    for address in ("ftp://user:secret@host/library", "az://box/library?sig=secret"):
        with pytest.raises(LibraryError) as raised:
            PicturesTable.open(address)
        check_sentence(raised.value, "library")
        assert "secret" not in str(raised.value)


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryError) as raised:
        PicturesTable.open(str(tmp_path / "file"))
    check_sentence(raised.value, "a file is in the way")


@pytest.mark.parametrize("keep", [0, 50, 20_000])
def test_a_damaged_manifest_is_not_taken_for_no_library(tmp_path: Path, keep: int) -> None:
    before = made(tmp_path).version - 1
    manifest = newest_manifest(tmp_path)
    manifest.write_bytes(manifest.read_bytes()[:keep])
    for attempt in (PicturesTable.open, lambda address: PicturesTable.create(address, DESCRIPTION)):
        with pytest.raises(LibraryDamaged) as raised:
            attempt(str(tmp_path))
        check_sentence(raised.value, str(tmp_path), "--as-of")
    assert PicturesTable.open(str(tmp_path), before).count() == 0


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def _garble(path: Path) -> None:
    path.write_bytes(b"\xff" * path.stat().st_size)


@pytest.mark.parametrize("damage", [Path.unlink, _cut, _garble])
def test_damaged_data(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    made(tmp_path)
    damage(the_data(tmp_path))
    table = PicturesTable.open(str(tmp_path))
    for attempt in (lambda: list(table.scan()), lambda: table.nearest(unit(1), 1), lambda: table.count("size > 3")):
        with pytest.raises(LibraryDamaged) as raised:
            attempt()
        check_sentence(raised.value, str(tmp_path))


def test_a_table_that_a_newer_lance_wrote(tmp_path: Path) -> None:
    made(tmp_path)
    manifest = newest_manifest(tmp_path)
    raw = manifest.read_bytes()
    at = struct.unpack("<Q", raw[-16:-8])[0]  # of the message, which is behind its length
    size = struct.unpack("<I", raw[at : at + 4])[0]
    message = raw[at + 4 : at + 4 + size] + b"\x48\x80\x80\x80\x04"  # a flag that nobody knows
    manifest.write_bytes(raw[:at] + struct.pack("<I", len(message)) + message + raw[at + 4 + size :])
    with pytest.raises(LibraryTooNew) as raised:
        PicturesTable.open(str(tmp_path))
    check_sentence(raised.value, "upgrade")


@pytest.mark.parametrize(
    ("said", "kind", "word"),
    [
        (OSError(28, "No space left on device"), LibraryError, "no room"),
        (OSError("LanceError(IO): Generic LocalFileSystem error: (os error 28), x.rs:1:1"), LibraryError, "no room"),
        (OSError("Permission denied (os error 13)"), LibraryError, "permissions"),
        (OSError("Too many concurrent writers. Attempted 20 times"), LibraryBusy, "Others wrote"),
        (MemoryError(), LibraryError, "memory"),
        (OSError("what nobody has seen yet, at /home/x.rs:3:1"), LibraryError, "try again"),
    ],
)
def test_what_can_not_be_made_happen_here(said: Exception, kind: type[LibraryError], word: str) -> None:
    error = library_error("/data/library", said)
    assert type(error) is kind
    check_sentence(error, word, "/data/library")


def test_where_lance_is_not_installed_the_command_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lance", None)
    with pytest.raises(LibraryError, match="needs the extra lance; run: ") as raised:
        PicturesTable.open(str(tmp_path))
    check_sentence(raised.value)
