"""Tests of indexer/sources/tar_shards.py."""

from __future__ import annotations

import io
import json
import os
import pickle
import subprocess
import sys
import tarfile
from pathlib import Path

import fsspec
import pytest
import webdataset

from indexer.errors import SourceError
from indexer.remote_files import spooling
from indexer.sources.item import Divisible, Item, LostShard, Unread
from indexer.sources.opening import open_source
from tests.sources import Remembered, content, items, make_tar, picture, put, read


def write_shard(path: Path, count: int, start: int = 0) -> Path:
    """Write a shard by the package that made them known."""
    with webdataset.TarWriter(str(path)) as writer:
        for number in range(start, start + count):
            record = {"url": f"https://me:secret@example.com/{number}.png?sig=secret&id={number}", "width": 8}
            sample = {"__key__": f"{number:05}", "png": picture(number), "txt": f"picture {number}", "json": record}
            writer.write({**sample, "cls": number % 10})
    return path


def by_fsspec(address: str) -> bytes:
    """Return what fsspec itself reads at an address; it leaves closing to the garbage collector."""
    fs, path = fsspec.url_to_fs(address)
    try:
        return bytes(fs.cat_file(path))
    finally:
        fs.tar.close()
        fs.fo.close()
        fs.of.close()


def test_a_shard_of_webdataset_is_read_with_captions_and_records(tmp_path: Path) -> None:
    shard = write_shard(tmp_path / "0000.tar", 20)
    found = items(shard)
    item = found[f"tar://00013.png::{shard}"]
    assert content(item) == picture(13) and item.name == "00013.png"
    assert item.caption == "picture 13"
    assert item.extra == {"url": "https://example.com/13.png?id=13", "width": 8, "cls": 3}
    assert by_fsspec(item.address) == picture(13)
    assert len(found) == 20


@pytest.mark.parametrize("packing", ["gz", "bz2", "xz"])
def test_a_packed_shard_is_read(tmp_path: Path, packing: str) -> None:
    shard = make_tar(tmp_path / f"x.tar.{packing}", {"a.png": picture(1)}, f"w:{packing}")
    ((address, item),) = items(shard).items()
    assert content(item) == picture(1)
    assert by_fsspec(address) == picture(1)


def test_a_shard_is_known_as_a_whole(tmp_path: Path) -> None:
    shard = write_shard(tmp_path / "0000.tar", 3)
    library = Remembered()
    source = open_source(str(shard))
    (found,) = source.shards(library)
    assert found.is_sealed and found.name == str(shard)
    assert len(library.take([found])) == 3
    assert not list(source.shards(library))
    write_shard(shard, 4)
    (found,) = source.shards(library)
    assert len(list(found.items())) == 4


def test_a_shard_is_read_in_another_process(tmp_path: Path) -> None:
    (shard,) = open_source(str(write_shard(tmp_path / "0000.tar", 3))).shards(Remembered())
    (tmp_path / "shard").write_bytes(pickle.dumps(shard))
    code = "import pickle, sys; print(*(i.address for i in pickle.load(open(sys.argv[1], 'rb')).items()), sep='\\n')"
    command = [sys.executable, "-c", code, str(tmp_path / "shard")]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed.splitlines() == [item.address for item in shard.items()]


def test_braces_globs_and_folders_name_many(tmp_path: Path) -> None:
    for number in range(12):
        write_shard(tmp_path / f"{number:04}.tar", 1, number)
    everything = {f"tar://{number:05}.png::{tmp_path}/{number:04}.tar" for number in range(12)}
    assert set(items(f"{tmp_path}/{{0000..0011}}.tar")) == everything
    assert set(items(f"{tmp_path}/00*.tar")) == everything
    assert set(items(f"{tmp_path}/000?.tar")) | set(items(f"{tmp_path}/{{0010,0011}}.tar")) == everything


def test_one_that_is_missing_of_braces_is_lost_and_the_others_go_on(tmp_path: Path) -> None:
    write_shard(tmp_path / "0001.tar", 1)
    write_shard(tmp_path / "0003.tar", 1, 1)
    os.mkfifo(tmp_path / "0004.tar")
    library = Remembered()
    shards = list(open_source(f"{tmp_path}/{{0000..0004}}.tar").shards(library))
    lost = {shard.name[-8:]: shard for shard in shards if isinstance(shard, LostShard)}
    assert {name: shard.is_gone for name, shard in lost.items()} == {
        "0000.tar": True,
        "0002.tar": True,
        "0004.tar": False,
    }
    assert "0000.tar can't be read: no such file" in lost["0000.tar"].reason
    assert len(library.take(shard for shard in shards if shard.name[-8:] not in lost)) == 2
    again = list(open_source(f"{tmp_path}/{{0000..0003}}.tar").shards(library))
    assert all(isinstance(shard, LostShard) for shard in again) and len(again) == 2
    with pytest.raises(SourceError, match=r"There is no file .*check the pattern"):
        read(f"{tmp_path}/{{0005..0009}}.tar")
    with pytest.raises(SourceError, match="check the pattern"):
        read(f"{tmp_path}/x*.tar")


def cuts() -> list[object]:
    return [pytest.param(cut, id=name) for name, cut in {
        "between members": lambda size: 4 * 1024,  # header and data of two members, 512 bytes each
        "in a header": lambda size: 4 * 1024 + 100,
        "in a picture": lambda size: 4 * 1024 + 600,
        "at the start": lambda size: 0,
    }.items()]  # fmt: skip


@pytest.mark.parametrize("cut", cuts())
def test_a_cut_tar_is_an_error_at_its_end(tmp_path: Path, cut: object) -> None:
    shard = make_tar(tmp_path / "x.tar", {f"{number}.png": picture(number) for number in range(9)})
    whole = shard.read_bytes()
    assert len(picture(0)) <= 512
    shard.write_bytes(whole[: cut(len(whole))])  # type: ignore[operator]
    with pytest.raises(SourceError, match="breaks off or is damaged"):
        read(shard)


@pytest.mark.parametrize("packing", ["gz", "bz2", "xz"])
def test_a_cut_packed_tar_is_an_error(tmp_path: Path, packing: str) -> None:
    members = {f"{number}.png": bytes([number % 256]) * 700 + picture(number) for number in range(900)}
    shard = make_tar(tmp_path / f"x.tar.{packing}", members, f"w:{packing}")
    whole = shard.read_bytes()
    shard.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(SourceError, match="breaks off or is damaged"):
        read(shard)


def test_a_damaged_header_in_the_middle_is_no_end(tmp_path: Path) -> None:
    shard = make_tar(tmp_path / "x.tar", {f"{number}.png": picture(number) for number in range(9)})
    whole = bytearray(shard.read_bytes())
    whole[4 * 1024 + 150] ^= 0xFF  # its checksum
    shard.write_bytes(whole)
    with pytest.raises(SourceError, match="breaks off or is damaged"):
        read(shard)


def test_what_is_no_tar_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(b"hello" * 1000)
    with pytest.raises(SourceError, match="breaks off or is damaged"):
        read(tmp_path / "x.tar")


def _headers(*of: tuple[bytes, bytes]) -> bytes:
    """Return headers by their type with what belongs to them, then a picture."""
    made = b""
    for kind, said in (*of, (tarfile.REGTYPE, picture(1))):
        header = tarfile.TarInfo("a.png")
        header.type, header.size = kind, len(said)
        made += header.tobuf(tarfile.GNU_FORMAT) + said + bytes(-len(said) % 512)
    return made + bytes(1024)


@pytest.mark.parametrize(
    "made",
    [
        _headers(*[(tarfile.GNUTYPE_LONGNAME, b"a.png")] * 2000),  # one inside the other
        _headers((tarfile.XHDTYPE, bytes(2 * 1024 * 1024))),  # packed, a few kB of these are any number of GB
        _headers((tarfile.GNUTYPE_LONGNAME, b"a" * 2 * 1024 * 1024)),
        _headers((tarfile.XHDTYPE, b"14 size=-1536\n")),  # leads back
        _headers((tarfile.XHDTYPE, b"22 GNU.sparse.map=1,x\n")),
    ],
)
def test_headers_that_make_no_sense_are_damage(tmp_path: Path, made: bytes) -> None:
    path = tmp_path / "odd.tar"
    path.write_bytes(made)
    with pytest.raises(SourceError, match=r"odd\.tar breaks off or is damaged, so nothing of it was taken"):
        read(path)


def test_several_pictures_of_one_name_share_what_is_said(tmp_path: Path) -> None:
    members = [
        ("a/1.left.png", picture(1)),
        ("a/1.txt", b"both"),
        ("a/1.right.png", picture(2)),
        ("a/2.png", picture(3)),
    ]
    found = items(make_tar(tmp_path / "x.tar", members))
    assert {item.name: item.caption for item in found.values()} == {
        "1.left.png": "both",
        "1.right.png": "both",
        "2.png": None,
    }


def test_a_name_that_comes_twice_is_taken_once(tmp_path: Path) -> None:
    shard = make_tar(tmp_path / "x.tar", [("a.png", picture(1)), ("b.png", picture(2)), ("a.png", picture(3))])
    found = read(shard)
    assert [content(item) for item in found if isinstance(item, Item)] == [picture(1), picture(2)]
    (unread,) = (item for item in found if isinstance(item, Unread))
    assert "same name" in unread.reason and unread.address not in {i.address for i in found if isinstance(i, Item)}


def test_links_devices_and_strange_names_are_no_way_out(tmp_path: Path) -> None:
    path = tmp_path / "in" / "x.tar"
    path.parent.mkdir()
    with tarfile.open(path, "w") as tar:
        for name, kind in (("l.png", tarfile.SYMTYPE), ("h.png", tarfile.LNKTYPE), ("d.png", tarfile.CHRTYPE),
                           ("f.png", tarfile.FIFOTYPE), ("folder.png", tarfile.DIRTYPE)):  # fmt: skip
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/hostname"
            tar.addfile(info)
        for number, name in enumerate(
            ("/abs.png", "../up.png", "a/../../up2.png", "./here.png", "._x.png", ".h/y.png")
        ):
            info = tarfile.TarInfo(name)
            info.size = len(picture(number))
            tar.addfile(info, io.BytesIO(picture(number)))
    before = set(tmp_path.rglob("*"))
    found = read(path)
    assert {item.name for item in found if isinstance(item, Item)} == {"abs.png", "up.png", "up2.png", "here.png"}
    assert all(isinstance(item.content, bytes) for item in found if isinstance(item, Item))
    assert len([item for item in found if isinstance(item, Unread)]) == 4
    assert set(tmp_path.rglob("*")) == before


def test_records_that_are_broken_or_without_end_say_nothing(tmp_path: Path) -> None:
    long, many = ({name: value for name in fields} for fields, value in ((range(200), "x" * 5000), (range(200), 1)))
    said = {
        "1.json": b"{",
        "2.json": b"[" * 100_000,
        "3.txt": b"\xff\xfe\0",
        "4.json": json.dumps(long).encode(),
        "5.txt": b"x" * 2_000_000,
        "6.json": json.dumps(many).encode(),
        "7.cls": b"\xff\xfe",
    }
    members = [
        part for name, data in said.items() for part in ((name, data), (f"{name[0]}.png", picture(ord(name[0]))))
    ]
    found = {item.name[0]: item for item in items(make_tar(tmp_path / "x.tar", members)).values()}
    assert not found["1"].extra and not found["2"].extra and not found["4"].extra
    assert found["5"].caption is None and len(found["6"].extra) == 64
    json.dumps([dict(item.extra) for item in found.values()])
    assert all((item.caption or "").encode("utf-8") is not None for item in found.values())


def test_a_large_member_goes_to_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spooling, "MOST_IN_MEMORY", 10)
    shard = make_tar(tmp_path / "x.tar", {"1.png": picture(1), "2.png": picture(2)})
    (read_from,) = open_source(str(shard)).shards(Remembered())
    spool = tmp_path / "spool"
    spool.mkdir()
    found = [item for item in read_from.items(spool) if isinstance(item, Item)]
    assert [content(item) for item in found] == [picture(1), picture(2)]
    assert {item.content for item in found} == set(spool.iterdir())
    own = [item.content for item in read_from.items() if isinstance(item, Item)]
    assert not any(isinstance(path, Path) and path.exists() for path in own)  # of the iterator itself, which has ended


def test_shards_of_a_bucket_are_read(tmp_path: Path, bucket: str) -> None:
    for number in range(3):
        put(f"{bucket}/s/{number:03}.tar", write_shard(tmp_path / f"{number}.tar", 2, number * 2).read_bytes())
    for name in ("{000..002}", "*", "00?", "00[0-2]"):
        found = items(f"{bucket}/s/{name}.tar")
        assert len(found) == 6
        assert content(found[f"tar://00005.png::{bucket}/s/002.tar"]) == picture(5)
    *there, lost = open_source(f"{bucket}/s/{{000..003}}.tar").shards(Remembered())
    assert len(there) == 3 and isinstance(lost, LostShard) and lost.is_gone
    assert lost.reason == f"There is nothing at {bucket}/s/003.tar; check its name."


@pytest.mark.parametrize("name", ["x.tar", "x.tar.zst"])
def test_one_packed_as_it_can_not_be_read_is_told_as_such(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x28\xb5\x2f\xfd" + bytes(1000))
    with pytest.raises(SourceError, match="is packed by Zstandard, which is not read"):
        read(tmp_path)


def test_some_of_a_shard_can_be_read_alone(tmp_path: Path) -> None:
    members = {"a.png": picture(1), "a.txt": b"said", "b.png": picture(2)}
    (shard,) = open_source(str(make_tar(tmp_path / "x.tar", members))).shards(Remembered())
    assert isinstance(shard, Divisible)
    (item,) = shard.part(frozenset([f"tar://a.png::{tmp_path}/x.tar"])).items()
    assert isinstance(item, Item) and (content(item), item.caption) == (picture(1), "said")


def test_a_shard_that_changes_between_listing_and_reading_is_not_taken(tmp_path: Path, bucket: str) -> None:
    put(f"{bucket}/x.tar", write_shard(tmp_path / "0.tar", 2).read_bytes())
    (shard,) = open_source(f"{bucket}/x.tar").shards(Remembered())
    put(f"{bucket}/x.tar", write_shard(tmp_path / "0.tar", 3).read_bytes())
    with pytest.raises(SourceError, match="has changed since it was listed"):
        list(shard.items())
