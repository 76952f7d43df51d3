"""Tests of indexer/sources/url_list.py and indexer/remote_files/web.py, with a server on loopback."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.errors import SourceError
from indexer.remote_files import patience, spooling, web
from indexer.sources import url_list
from indexer.sources.item import Item, Unread
from indexer.sources.opening import open_source
from tests.sources import Remembered, content, items, picture, put, read
from tests.web import Answer, Served, serving


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_PAUSE", 0.001)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def site() -> Iterator[tuple[Served, dict[str, int]]]:
    """Run a site with some pictures, and others that make trouble."""
    states = {"/a.png": 1, "/b.png": 2, "/%C3%A4%20%C3%B6.png": 3}
    tries: dict[str, int] = {}

    def respond(method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer | None:
        where = path.partition("?")[0]
        tries[where] = tries.get(where, 0) + 1
        if where in states:
            return 200, {"ETag": f'"v{states[where]}"'}, picture(states[where])
        if where == "/signed.png":
            return (200, {"ETag": '"s"'}, picture(7)) if "X-Amz-Signature=secret" in path else (403, {}, b"")
        if where == "/bare.png":  # says nothing of its state
            return 200, {}, picture(8)
        if where == "/busy.png":
            return (503, {}, b"") if tries[where] < 4 else (200, {"ETag": '"b"'}, picture(9))
        if where == "/broken.png":
            return (200, {"ETag": '"k"', "Content-Length": "9999"}, b"x") if method == "GET" else (200, {}, b"")
        if where == "/to-file.png":
            return 302, {"Location": "file:///etc/hostname"}, b""
        if where == "/loop.png":
            return 302, {"Location": "/loop.png"}, b""
        if where == "/moved.png":
            return 302, {"Location": "/a.png"}, b""
        if where == "/large.png":
            return 200, {}, bytes(200_000)
        if where == "/list.txt":
            return 200, {}, f"{served.url}/a.png\n".encode()
        if where == "/no-head.png":
            return (405, {}, b"") if method == "HEAD" else (200, {}, picture(4))
        return 404, {}, b""

    with serving(respond) as served:
        yield served, states


def write(folder: Path, served: Served, *names: str) -> Path:
    path = folder / "list.txt"
    path.write_text("\n".join(served.url + name if name.startswith("/") else name for name in names) + "\n", "utf-8")
    return path


def test_a_picture_a_line(tmp_path: Path, site: tuple[Served, dict[str, int]]) -> None:
    served, _ = site
    path = write(tmp_path, served, "# of mine", "", "/a.png", "/ä ö.png", "/a.png", "/moved.png", "/no-head.png")
    found = items(path)
    assert {address.removeprefix(served.url): content(item) for address, item in found.items()} == {
        "/a.png": picture(1), "/ä ö.png": picture(3), "/moved.png": picture(1), "/no-head.png": picture(4)}  # fmt: skip
    assert found[f"{served.url}/a.png"].name == "a.png"


def test_what_is_known_is_not_fetched_again(tmp_path: Path, site: tuple[Served, dict[str, int]]) -> None:
    served, states = site
    path = write(tmp_path, served, "/a.png", "/b.png", "/gone.png", "nowhere://x/y.png", "no address")
    library, source = Remembered(), open_source(str(path))
    found = library.take(source.shards(library))
    assert [item.name for item in found if isinstance(item, Item)] == ["a.png", "b.png"]
    before = served.count("GET")
    assert not list(source.shards(library)) and served.count("GET") == before
    states["/b.png"] = 5
    (again,) = library.take(source.shards(library))
    assert isinstance(again, Item) and content(again) == picture(5)


def test_a_picture_of_which_nothing_is_said_is_known_by_its_bytes(
    tmp_path: Path, site: tuple[Served, dict[str, int]]
) -> None:
    served, _ = site
    (item,) = items(write(tmp_path, served, "/bare.png")).values()
    assert item.signature.startswith("content-")


def test_secrets_are_read_with_and_not_kept(tmp_path: Path, site: tuple[Served, dict[str, int]]) -> None:
    served, _ = site
    path = write(tmp_path, served, "/signed.png?id=3&X-Amz-Signature=secret&X-Amz-Credential=AKIA")
    ((address, item),) = items(path).items()
    assert address == f"{served.url}/signed.png?id=3" and content(item) == picture(7)
    assert "secret" not in repr(item) and "AKIA" not in repr(item)
    (shard,) = open_source(str(path)).shards(Remembered())
    assert "secret" not in shard.name


def test_trouble_with_one_picture_is_its_own(tmp_path: Path, site: tuple[Served, dict[str, int]]) -> None:
    served, _ = site
    names = ["/busy.png", "/broken.png", "/to-file.png", "/loop.png", "/gone.png", "file:///etc/hostname", "/a.png"]
    names += ["http://127.0.0.1:1/nobody.png", "../x.png"]
    found = {item.address.removeprefix(served.url): item for item in read(write(tmp_path, served, *names))}
    good = {address: content(item) for address, item in found.items() if isinstance(item, Item)}
    assert good == {"/busy.png": picture(9), "/a.png": picture(1)}
    bad = {address: item for address, item in found.items() if isinstance(item, Unread)}
    assert not bad["/broken.png"].lasting and not bad["http://127.0.0.1:1/nobody.png"].lasting
    assert bad["/gone.png"].lasting and "nothing at its address" in bad["/gone.png"].reason
    assert "none of the web" in bad["/to-file.png"].reason
    assert bad["file:///etc/hostname"].lasting and "of the web or of a bucket" in bad["file:///etc/hostname"].reason


def test_bytes_and_time_have_limits(
    tmp_path: Path, site: tuple[Served, dict[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    served, _ = site
    path = write(tmp_path, served, "/large.png")
    monkeypatch.setattr(web, "LARGEST", 100_000)
    (unread,) = read(path)
    assert isinstance(unread, Unread) and "larger than" in unread.reason
    monkeypatch.setattr(web, "LARGEST", 10**9)
    monkeypatch.setattr(web, "ENDS_WITHIN", -1.0)
    (unread,) = read(path)
    assert isinstance(unread, Unread) and "seconds" in unread.reason


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.csv", 'URL,TEXT,n\nU/a.png,"one, and more",5\nU/b.png,two,6\n'),
        ("x.csv", 'U/a.png,"one, and more"\nU/b.png,two\n'),
        ("x.tsv", "one, and more\tU/a.png\ntwo\tU/b.png\n"),
        ("x.txt", "\ufeffU/a.png\tone, and more\r\nU/b.png\ttwo\r\n"),
        ("x.jsonl", '{"url": "U/a.png", "caption": "one, and more", "n": 5}\n{\n\n{"url": "U/b.png", "text": "two"}\n'),
    ],
)  # fmt: skip
def test_tables_have_captions(tmp_path: Path, site: tuple[Served, dict[str, int]], name: str, text: str) -> None:
    served, _ = site
    (tmp_path / name).write_text(text.replace("U/", f"{served.url}/"), "utf-8", newline="")
    found = items(tmp_path / name)
    assert [(item.name, item.caption) for item in found.values()] == [("a.png", "one, and more"), ("b.png", "two")]
    if "n" in text.splitlines()[0].split(",") or name == "x.jsonl":
        assert int(str(found[f"{served.url}/a.png"].extra["n"])) == 5
        json.dumps(found[f"{served.url}/a.png"].extra)


def test_a_list_may_lie_anywhere_and_name_buckets(
    tmp_path: Path, bucket: str, site: tuple[Served, dict[str, int]]
) -> None:
    served, _ = site
    put(f"{bucket}/p/x.png", picture(6))
    put(f"{bucket}/list.txt", f"{bucket}/p/x.png\n{bucket}/p/gone.png\n".encode())
    found = read(f"{bucket}/list.txt")
    assert [type(item) for item in found] == [Item, Unread]
    assert isinstance(found[0], Item) and content(found[0]) == picture(6)
    assert list(items(f"{served.url}/list.txt")) == [f"{served.url}/a.png"]


def test_large_pictures_do_not_fill_the_memory(
    tmp_path: Path, site: tuple[Served, dict[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    served, _ = site
    monkeypatch.setattr(spooling, "UNSTATED_IN_MEMORY", 100_000)
    (tmp_path / "spool").mkdir()
    (shard,) = open_source(str(write(tmp_path, served, "/a.png", "/large.png", "/broken.png"))).shards(Remembered())
    small, large, broken = shard.items(tmp_path / "spool")
    assert isinstance(small, Item) and isinstance(small.content, bytes)
    assert isinstance(large, Item) and content(large) == bytes(200_000) and isinstance(broken, Unread)
    assert list((tmp_path / "spool").iterdir()) == [large.content]


@pytest.mark.parametrize("length", [99, 100, 101, 1000])
def test_lines_that_are_too_long_are_left_out_and_never_held(
    tmp_path: Path, site: tuple[Served, dict[str, int]], monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    served, _ = site
    monkeypatch.setattr(url_list, "LONGEST_LINE", 100)
    path = write(tmp_path, served, "/a.png", "x" * length, "/b.png")
    assert list(items(path)) == [f"{served.url}/a.png", f"{served.url}/b.png"]
    held: list[int] = []

    class Text(io.StringIO):
        def readline(self, size: int | None = -1) -> str:
            held.append(len(line := super().readline(size)))
            return line

        def __next__(self) -> str:
            if not (line := self.readline()):
                raise StopIteration
            return line

    assert "here" in list(url_list._bounded(Text("x" * length + "\nhere")))
    assert max(held) <= 100


def test_shards_are_small(tmp_path: Path, site: tuple[Served, dict[str, int]], monkeypatch: pytest.MonkeyPatch) -> None:
    served, _ = site
    monkeypatch.setattr(url_list, "FILES_PER_SHARD", 2)
    path = write(tmp_path, served, "/a.png", "/b.png", "/ä ö.png")
    assert [len(list(shard.items())) for shard in open_source(str(path)).shards(Remembered())] == [2, 1]


@pytest.mark.parametrize("name", ["gone.txt", "empty.txt", "gone.csv"])
def test_a_list_that_is_not_there_or_empty_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty.txt").write_text("# nothing\n\n")
    with pytest.raises(SourceError, match=r"There is no address in|There is nothing at"):
        read(tmp_path / name)


def test_a_store_that_refuses_is_told_for_its_pictures_and_the_others_go_on(
    tmp_path: Path, site: tuple[Served, dict[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ACCOUNT_NAME", "CONNECTION_STRING"):
        monkeypatch.delenv(f"AZURE_STORAGE_{name}", raising=False)
    made = tmp_path / "list.txt"
    made.write_text(f"az://b/x.png\n{site[0].url}/a.png\naz://b/y.png\n")
    refused, taken, also = read(made)
    assert isinstance(taken, Item) and content(taken) == picture(1)
    for unread in (refused, also):
        assert isinstance(unread, Unread) and not unread.lasting
        assert "There are no credentials for az://b/" in unread.reason
    made.write_text("az://b/x.png\naz://b/y.png\n")
    with pytest.raises(SourceError, match=r"There are no credentials for az://b/x\.png"):
        read(made)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_list_as_windows_writes_it_is_read(
    tmp_path: Path, site: tuple[Served, dict[str, int]], encoding: str
) -> None:
    (tmp_path / "list.txt").write_bytes(f"# some\r\n{site[0].url}/a.png\r\n".encode(encoding))
    assert list(items(tmp_path / "list.txt")) == [f"{site[0].url}/a.png"]
