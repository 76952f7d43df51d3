"""Tests of Azure's storage: how it is reached, and all else on Azurite, where that is installed (186 MB, so not in CI).

AZURITE=/path/to/node_modules/.bin/azurite-blob pytest tests/indexer/sources/test_azure.py
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from indexer.data_sets.pictures_table import PicturesTable
from indexer.errors import LibraryError, SourceError
from indexer.remote_files import objects
from indexer.remote_files.azure import azure_options, connection_string
from indexer.sources.item import Item, LostShard, Unread
from indexer.sources.opening import open_source
from tests.data_sets import DESCRIPTION, rows_of, unit
from tests.sources import Remembered, content, items, make_tar, picture, read

ACCOUNT = "devstoreaccount1"
# That of every Azurite, which Microsoft has published
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
PROGRAM = os.environ.get("AZURITE") or shutil.which("azurite-blob")
needs_azurite = pytest.mark.skipif(PROGRAM is None, reason="AZURITE does not name the program azurite-blob")


@pytest.fixture(autouse=True)
def _no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AZURE_")]:
        monkeypatch.delenv(name)


def test_a_connection_string_is_what_lance_needs_name_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (azure_options(), connection_string()) == ({}, None)
    said = f"DefaultEndpointsProtocol=http;AccountName=a;AccountKey={KEY};BlobEndpoint=http://127.0.0.1:1/a;"
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", said)
    where = {"azure_endpoint": "http://127.0.0.1:1/a", "allow_http": "true"}
    assert azure_options() == {"account_name": "a", "account_key": KEY, **where}
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", "nonsense")
    assert azure_options() == {}


def test_an_endpoint_as_lance_takes_it_is_for_sources_too(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("ACCOUNT_NAME", "a"), ("ACCOUNT_KEY", KEY), ("ENDPOINT", "https://blob.example/a")):
        monkeypatch.setenv(f"AZURE_STORAGE_{name}", value)
    assert connection_string() == f"BlobEndpoint=https://blob.example/a;AccountName=a;AccountKey={KEY}"
    assert azure_options()["azure_endpoint"] == "https://blob.example/a"


@dataclass(frozen=True)
class Azurite:
    """A running one, with a container called "photos"."""

    connection: str
    container: Any

    def put(self, name: str, data: bytes) -> None:
        self.container.upload_blob(name, data, overwrite=True)


@pytest.fixture
def azurite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Azurite]:
    from azure.storage.blob import BlobServiceClient

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = f"{PROGRAM} --silent --inMemoryPersistence --disableTelemetry --skipApiVersionCheck --blobPort {port}"
    endpoint = f"http://127.0.0.1:{port}/{ACCOUNT}"
    said = f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};BlobEndpoint={endpoint};"
    with subprocess.Popen(command.split(), cwd=tmp_path, stdout=subprocess.DEVNULL) as server:
        try:
            deadline = time.monotonic() + 120
            while not _answers(port):
                assert server.poll() is None and time.monotonic() < deadline, "Azurite did not start"
                time.sleep(0.1)
            monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", said)
            with BlobServiceClient.from_connection_string(said) as service:
                yield Azurite(said, service.create_container("photos"))
        finally:
            server.kill()


def _answers(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


@needs_azurite
def test_folders_tars_and_names_of_any_kind(azurite: Azurite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "PAGE", 2)
    names = ("p/a.png", "p//b.png", "p/c d/ä%20 #?.png")
    for number, name in enumerate(names):
        azurite.put(name, picture(number))
    azurite.put("p/a.xmp", b"said")
    azurite.put("p/folder/", b"")
    azurite.put("s/0.tar", make_tar(tmp_path / "x.tar", {"x.png": picture(9)}).read_bytes())
    for place in ("az://photos/p", "az://photos/p/", "abfs://photos/p"):
        found = items(place)
        scheme = place.partition(":")[0]
        wanted = {f"{scheme}://photos/{name}": picture(number) for number, name in enumerate(names)}
        assert {address: content(item) for address, item in found.items()} == wanted
        assert found[f"{scheme}://photos/p/a.png"].beside == {".xmp": b"said"}
    library, source = Remembered(), open_source("az://photos/p")
    assert len(library.take(source.shards(library))) == 3 and not list(source.shards(library))
    assert list(items("az://photos/s")) == list(items("az://photos/s/*.tar")) == ["tar://x.png::az://photos/s/0.tar"]
    shard, lost = sorted(open_source("az://photos/s/{0..1}.tar").shards(Remembered()), key=lambda one: one.name)
    assert isinstance(lost, LostShard) and len(list(shard.items())) == 1


@needs_azurite
def test_what_is_not_there_changes_or_is_refused(azurite: Azurite, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        azurite.put(f"p/{number}.png", picture(number))
    (shard,) = open_source("az://photos/p").shards(Remembered())
    azurite.container.delete_blob("p/0.png")
    azurite.put("p/1.png", picture(99))
    gone, changed, same = shard.items()
    assert isinstance(gone, Unread) and "removed" in gone.reason
    assert isinstance(changed, Unread) and "changed" in changed.reason and isinstance(same, Item)
    for place in ("az://nowhere/p", "az://nowhere/x.tar"):
        with pytest.raises(SourceError, match=f"There is no bucket of {place}; check its name"):
            read(place)
    with pytest.raises(SourceError, match="There is nothing below az://photos/none; check its name"):
        read("az://photos/none")
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", azurite.connection.replace("Eby8", "AAAA"))
    for place in ("az://photos/p", "az://photos/x.tar", "az://photos/*.parquet"):
        with pytest.raises(SourceError, match=r"There is no permission to read .*AZURE_STORAGE_ACCOUNT_KEY") as caught:
            read(place)
        assert "AAAA" not in str(caught.value) and "\n" not in str(caught.value)


@needs_azurite
def test_a_library_lies_in_a_container(azurite: Azurite, monkeypatch: pytest.MonkeyPatch) -> None:
    table = PicturesTable.create("az://photos/library", DESCRIPTION)
    table.commit([rows_of(["az://photos/a.png"], unit(1))])
    assert PicturesTable.open("az://photos/library").count() == 1
    with pytest.raises(LibraryError, match="There is no bucket nowhere"):
        PicturesTable.create("az://nowhere/library", DESCRIPTION)
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", azurite.connection.replace("Eby8", "AAAA"))
    with pytest.raises(LibraryError, match="does not give access to az://photos/library"):
        PicturesTable.open("az://photos/library")
