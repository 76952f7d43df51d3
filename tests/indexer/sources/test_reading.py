"""Tests of indexer/sources/reading.py: what sources gave is read again by its address."""

from __future__ import annotations

import os
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from indexer.errors import SourceError, UnreachablePicture
from indexer.sources import reading, table_rows
from indexer.sources.item import Item
from indexer.sources.reading import AddressReader, open_address
from tests.sources import content, items, make_tar, picture, put, read


def again(address: str) -> bytes:
    with open_address(address) as file:
        return file.read()


def write(path: Path, column: str, values: list[object], row_group: int = 7) -> Path:
    pq.write_table(pa.table({column: values}), path, row_group_size=row_group)
    return path


def test_every_address_leads_to_what_was_given(tmp_path: Path, bucket: str) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own/ä#row=3.png").write_bytes(picture(1))
    make_tar(tmp_path / "x.tar", {"a.png": picture(2), "./b/c::d.png": picture(3)})
    make_tar(tmp_path / "x.tar.gz", {"a.png": picture(4)}, "w:gz")
    write(tmp_path / "x.parquet", "image", [picture(number) for number in range(20)])
    write(tmp_path / "y.parquet", "url", [f"{bucket}/p/a.png", "own/ä#row=3.png"])
    put(f"{bucket}/p/a.png", picture(5))
    for name in ("x.tar", "x.tar.gz", "x.parquet"):
        put(f"{bucket}/{name}", (tmp_path / name).read_bytes())
    places = [tmp_path / "own", *(f"{tmp_path}/{name}" for name in ("x.tar", "x.tar.gz", "x.parquet", "y.parquet"))]
    places += [f"{tmp_path}/x.parquet#column=image", f"{bucket}/p"]
    places += [f"{bucket}/{name}" for name in ("x.tar", "x.tar.gz", "x.parquet")]
    found = [item for place in places for item in items(place).values()]
    assert len(found) == 70
    with AddressReader() as reader:
        for item in [*found, *reversed(found)]:
            with reader.open(item.address) as file:
                assert file.read() == content(item), item.address
    for item in found[::9]:
        assert again(item.address) == content(item)


def test_what_datasets_saved_is_read_by_rows(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    images = [{"bytes": picture(number), "path": None} for number in range(30)]
    features = datasets.Features({"image": datasets.Image()})
    datasets.Dataset.from_dict({"image": images}, features=features).save_to_disk(tmp_path / "saved")
    for item in items(tmp_path / "saved").values():
        assert again(item.address) == content(item)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such names")
def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.png")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / name).write_bytes(picture(1))
    make_tar(tmp_path / "x.tar", {name: picture(2)})
    for place in (tmp_path / "own", tmp_path / "x.tar"):
        ((address, item),) = items(place).items()
        address.encode("utf-8")
        assert again(address) == content(item)


def test_of_two_members_of_one_name_the_first_is_read(tmp_path: Path) -> None:
    shard = make_tar(tmp_path / "x.tar", [("a.png", picture(1)), ("a.png", picture(2))])
    (given,) = (item for item in read(shard) if isinstance(item, Item))
    assert again(given.address) == content(given) == picture(1)


def test_rows_that_follow_one_another_are_read_in_one_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path / "x.parquet", "image", [picture(number) for number in range(300)], 100)
    begun: list[int] = []
    batches = table_rows.parquet_batches

    def counted(*given: object, **more: object) -> object:
        begun.append(int(given[3]))  # type: ignore[call-overload]
        return batches(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "parquet_batches", counted)
    with AddressReader() as reader:
        for row in (*range(0, 300, 3), 5):
            assert reader.open(f"{file}#row={row}").read() == picture(row)
    assert begun == [0, 5]


def test_few_files_are_held_open(tmp_path: Path) -> None:
    for number in range(10):
        make_tar(tmp_path / f"{number}.tar", {"a.png": picture(number)})
    with AddressReader() as reader:
        for number in range(10):
            assert reader.open(f"tar://a.png::{tmp_path}/{number}.tar").read() == picture(number)
            assert len(reader._open) <= reading.MOST_OPEN


def test_tars_are_gone_through_once_though_few_are_held_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The best of a query lie anywhere."""
    count = reading.MOST_OPEN + 2
    for number in range(count):
        make_tar(tmp_path / f"{number}.tar", {name: picture(number) for name in ("a.png", "b.png", "c.png")})
    gone_through: list[tarfile.TarFile] = []
    real = tarfile.TarFile.__iter__

    def noted(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
        gone_through.append(tar)
        return real(tar)

    monkeypatch.setattr(tarfile.TarFile, "__iter__", noted)

    def read_all(reader: AddressReader) -> int:
        gone_through.clear()
        for name in ("c.png", "a.png", "b.png"):
            for number in range(count):
                with reader.open(f"tar://{name}::{tmp_path}/{number}.tar") as file:
                    assert file.read() == picture(number)
        return len(gone_through)

    with AddressReader() as reader:
        assert read_all(reader) == count
        make_tar(tmp_path / "0.tar", {"d.png": picture(9)})  # which is no longer what is known
        with pytest.raises(UnreachablePicture):
            reader.open(f"tar://a.png::{tmp_path}/0.tar")
    make_tar(tmp_path / "0.tar", {name: picture(0) for name in ("a.png", "b.png", "c.png")})
    monkeypatch.setattr(reading, "MOST_LISTED", 0)
    with AddressReader() as reader:
        assert read_all(reader) == 3 * count


def test_what_is_gone_is_told(tmp_path: Path, bucket: str) -> None:
    shard = make_tar(tmp_path / "x.tar", {"a.png": picture(1)})
    table = write(tmp_path / "x.parquet", "image", [picture(1), None])
    put(f"{bucket}/a.png", picture(1))
    for address in (
        f"{tmp_path}/gone.png", f"tar://b.png::{shard}", f"tar://a.png::{tmp_path}/gone.tar", f"{table}#row=1",
        f"{table}#row=2", f"{tmp_path}/gone.parquet#row=0", f"{bucket}/gone.png", f"tar://a.png::{bucket}/gone.tar",
        str(tmp_path),
    ):  # fmt: skip
        with pytest.raises(UnreachablePicture):
            open_address(address)
    with pytest.raises(SourceError, match="nowhere://"):
        open_address("nowhere://x/a.png")
    (tmp_path / "y.tar").write_bytes(b"hello" * 999)
    with pytest.raises(SourceError, match="damaged"):
        open_address(f"tar://a.png::{tmp_path}/y.tar")
