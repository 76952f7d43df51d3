"""Tests of what a source says, and how it goes on, when its place makes trouble: real answers of a real server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from indexer.errors import SourceError
from indexer.remote_files import file_systems, patience
from indexer.sources.item import Item, Unread
from indexer.sources.opening import open_source
from tests.object_store import ObjectStore
from tests.sources import Remembered, content, items, make_tar, picture, put, read
from tests.web import Answer, Served, passing_on, s3_error, serving


@dataclass
class Front:
    """A proxy in front of the bucket, which the variables of the environment lead to, and the trouble it makes."""

    bucket: str
    served: Served
    trouble: list[Callable[[str, str], Answer | str | None]] = field(default_factory=list)


@pytest.fixture
def front(bucket: str, store_server: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[Front]:
    monkeypatch.setattr(patience, "FIRST_PAUSE", 0.001)
    for number in range(6):
        put(f"{bucket}/p/{number}.png", picture(number))
    trouble: list[Callable[[str, str], Answer | str | None]] = []
    respond = passing_on(store_server.url, lambda method, path: next(iter(t(method, path) for t in trouble), None))
    with serving(respond) as served:
        monkeypatch.setenv("AWS_ENDPOINT_URL", served.url)
        yield Front(bucket, served, trouble)


def refusing(code: str, status: int) -> Callable[[str, str], Answer]:
    return lambda method, path: s3_error(code, status)


def test_throttling_is_waited_for(front: Front) -> None:
    seen: dict[str, int] = {}

    def slow_down(method: str, path: str) -> Answer | None:
        seen[path] = seen.get(path, 0) + 1
        return s3_error("SlowDown", 503) if seen[path] <= 2 else None

    front.trouble.append(slow_down)
    found = items(f"{front.bucket}/p")
    assert sorted(map(content, found.values())) == sorted(picture(number) for number in range(6))
    assert all(count >= 3 for path, count in seen.items() if ".png" in path)


def test_throttling_without_end_is_told(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "TRIES", 2)
    monkeypatch.setattr("s3fs.core.S3FileSystem.retries", 1)
    front.trouble.append(refusing("SlowDown", 503))
    with pytest.raises(SourceError, match="does not answer as many requests now"):
        read(f"{front.bucket}/p")


def test_connections_that_break_are_made_anew(front: Front) -> None:
    broken: set[str] = set()

    def break_once(method: str, path: str) -> str | None:
        if path in broken:
            return None
        broken.add(path)
        return "break"

    front.trouble.append(break_once)
    assert len(items(f"{front.bucket}/p")) == 6
    assert len([path for path in broken if ".png" in path]) == 6


def test_a_picture_that_comes_short_is_never_taken(front: Front) -> None:
    """A server that ends early, though it stated more."""
    cut: set[str] = set()

    def end_early(method: str, path: str) -> Answer | None:
        if method != "GET" or "3.png" not in path or path in cut:
            return None
        cut.add(path)
        return 200, {"Content-Length": str(len(picture(3))), "Content-Type": "image/png"}, picture(3)[:20]

    front.trouble.append(end_early)
    found = items(f"{front.bucket}/p")
    assert cut and content(found[f"{front.bucket}/p/3.png"]) == picture(3)


def test_one_object_that_may_not_be_read_is_told_alone(front: Front) -> None:
    def forbid(method: str, path: str) -> Answer | None:
        if method == "GET" and "2.png" in path:
            return s3_error("AccessDenied", 403)
        return s3_error("InvalidObjectState", 403) if method == "GET" and "4.png" in path else None

    front.trouble.append(forbid)
    found = read(f"{front.bucket}/p")
    unread = {item.address[-5:]: item for item in found if isinstance(item, Unread)}
    assert len(found) == 6 and set(unread) == {"2.png", "4.png"}
    assert "no permission" in unread["2.png"].reason and "archive" in unread["4.png"].reason
    assert not any(item.lasting for item in unread.values())


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("InvalidAccessKeyId", 403, r"The credentials for s3://\S+ are refused: check AWS_ACCESS_KEY_ID and AWS"),
        ("SignatureDoesNotMatch", 403, "credentials for .* are refused"),
        ("ExpiredToken", 400, "credentials for .* are refused"),
        ("AccessDenied", 403, r"There is no permission to read s3://\S+: check AWS_ACCESS_KEY_ID"),
        ("NoSuchBucket", 404, r"There is no bucket of s3://\S+; check its name"),
    ],
)
def test_refusals_are_one_sentence_without_what_the_server_said(
    front: Front, code: str, status: int, said: str
) -> None:
    front.trouble.append(refusing(code, status))
    for place in (
        f"{front.bucket}/p",
        f"{front.bucket}/p/1.png",
        f"{front.bucket}/x.tar",
        f"{front.bucket}/x*.parquet",
    ):
        with pytest.raises(SourceError, match=said) as caught:
            read(place)
        assert "AKIASECRET" not in str(caught.value) and "\n" not in str(caught.value)


def test_a_bucket_that_a_table_names_is_told_by_its_own_name(front: Front, tmp_path: Path) -> None:
    front.trouble.append(refusing("InvalidAccessKeyId", 403))
    table = tmp_path / "x.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"url": [f"{front.bucket}/p/1.png"]}), table)
    with pytest.raises(SourceError, match=rf"The credentials for {front.bucket}/p/1\.png are refused"):
        read(table)


def test_no_credentials_is_told_with_the_variables(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import sys; from tests.sources import read; read(sys.argv[1])"
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/nowhere")
    ended = subprocess.run([sys.executable, "-c", code, f"{front.bucket}/p"], capture_output=True, text=True)
    last = ended.stderr.strip().splitlines()[-1]
    assert "There are no credentials for s3://" in last and "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in last
    assert "FSSPEC_S3_ANON=true" in last


def test_an_endpoint_that_is_not_there_is_told_soon(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(patience.time, "sleep", pauses.append)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(SourceError, match=r"can't be reached.*AWS_ENDPOINT_URL \(http://127\.0\.0\.1:1\)"):
        read(f"{bucket}/p")
    assert sum(pauses) < 10


def test_a_shard_goes_on_where_its_connection_broke(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    shard = {f"{number:03}.png": picture(number) + bytes(100_000) for number in range(40)}
    put(f"{front.bucket}/x.tar", _tar(shard))
    count = [0]

    def break_some(method: str, path: str) -> str | None:
        count[0] += method == "GET"
        return "break" if method == "GET" and count[0] % 2 else None

    front.trouble.append(break_some)
    assert len(items(f"{front.bucket}/x.tar")) == 40 and count[0] > 1


def test_a_hundred_thousand_names_are_never_held(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next page of a listing is asked for only when the last one was used up."""
    from indexer.remote_files import objects
    from indexer.sources import object_listing

    monkeypatch.setattr(objects, "PAGE", 10)
    monkeypatch.setattr(object_listing, "WINDOW", 10)
    monkeypatch.setattr(object_listing, "FILES_PER_SHARD", 10)
    for number in range(60):
        put(f"{bucket}/{number:03}.png", picture(number))
    fs, _ = file_systems.file_system(bucket)
    pages: list[int] = []
    ask = fs.call_s3
    monkeypatch.setattr(fs, "call_s3", lambda *given, **more: pages.append(1) or ask(*given, **more))
    shards = object_listing.ObjectListing(bucket).shards(Remembered())
    assert len(next(shards).listed) == 10  # type: ignore[attr-defined]
    assert len(pages) <= 3
    assert len([item for shard in shards for item in shard.items() if isinstance(item, Item)]) == 50


def test_what_needs_a_package_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("s3fs", "gcsfs", "adlfs"):
        monkeypatch.setitem(sys.modules, package, None)
        for name in [name for name in sys.modules if name.startswith(f"{package}.")]:
            monkeypatch.setitem(sys.modules, name, None)
    for scheme in ("s3", "gs", "az"):
        monkeypatch.delitem(sys.modules["fsspec.registry"]._registry, scheme, raising=False)
    for url in ("s3://b/x", "gs://b/x", "az://b/x"):
        with pytest.raises(SourceError, match=r"needs the extra remote; run: "):
            open_source(url)


def test_an_account_that_is_not_named_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_CONNECTION_STRING"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SourceError, match="There are no credentials for az://b/x: set AZURE_STORAGE_ACCOUNT_NAME"):
        open_source("az://b/x")


def _tar(members: dict[str, bytes]) -> bytes:
    import tempfile
    from pathlib import Path

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        return make_tar(folder / "x.tar", members).read_bytes()
