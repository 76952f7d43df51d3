"""Tests of indexer/sources/parquet_images.py, image_columns.py, table_rows.py and references.py."""

from __future__ import annotations

import base64
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow.parquet import encryption

from indexer.errors import SourceError
from indexer.remote_files import spooling
from indexer.sources import parquet_images
from indexer.sources.item import Item, LostShard, Unread
from indexer.sources.opening import open_source
from tests.sources import Remembered, content, items, picture, put, read


def write(path: Path, columns: dict[str, Any], row_group: int = 1000) -> Path:
    table = pa.table(columns)
    pq.write_table(table, path, row_group_size=row_group)
    return path


def pictures(count: int) -> list[bytes]:
    return [picture(number) for number in range(count)]


def test_bytes_come_with_what_other_columns_say(tmp_path: Path) -> None:
    columns = {"jpg": pictures(3), "TEXT": ["a", None, "c"], "width": [1, 2, 3], "key": ["x", "y", "z"],
               "md5": [b"\0" * 16] * 3, "embedding": [[0.5] * 8] * 3}  # fmt: skip
    file = write(tmp_path / "x.parquet", columns)
    found = items(file)
    assert [content(found[f"{file}#row={row}"]) for row in range(3)] == pictures(3)
    assert [item.caption for item in found.values()] == ["a", None, "c"]
    assert found[f"{file}#row=1"].extra == {"width": 2, "key": "y"}
    assert found[f"{file}#row=1"].name == "row-1.jpg"


def test_what_datasets_writes_is_read_with_names_of_classes(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    features = datasets.Features({"image": datasets.Image(), "label": datasets.ClassLabel(names=["cat", "dog"])})
    rows = {"image": [{"bytes": picture(n), "path": f"dir/{n}.png"} for n in range(3)], "label": [0, 1, 1]}
    datasets.Dataset.from_dict(rows, features=features).to_parquet(tmp_path / "x.parquet")
    found = list(items(tmp_path / "x.parquet").values())
    assert [content(item) for item in found] == pictures(3)
    assert [(item.name, item.extra["label"]) for item in found] == [
        ("0.png", "cat"),
        ("1.png", "dog"),
        ("2.png", "dog"),
    ]


def test_a_row_without_a_picture_is_told(tmp_path: Path) -> None:
    file = write(tmp_path / "x.parquet", {"image": [picture(0), None, picture(2)]})
    found = read(file)
    assert [type(item) for item in found] == [Item, Unread, Item]
    unread = found[1]
    assert isinstance(unread, Unread) and unread.address == f"{file}#row=1" and unread.lasting


def test_a_file_without_such_a_column_is_told_with_those_it_has(tmp_path: Path) -> None:
    file = write(tmp_path / "x.parquet", {"n": [1], "emb": [[0.5]]})
    with pytest.raises(
        SourceError, match=r"x\.parquet has no column that holds pictures .* it has: n, emb\..*#column="
    ):
        read(file)
    with pytest.raises(SourceError, match=r"has no column thumb; it has: n, emb\."):
        read(f"{file}#column=thumb")
    with pytest.raises(SourceError, match="neither pictures nor texts"):
        read(f"{file}#column=emb")


def test_a_column_can_be_chosen(tmp_path: Path) -> None:
    file = write(tmp_path / "x.parquet", {"image": pictures(2), "odd name": pictures(4)[2:]})
    found = items(f"{file}#column=odd name")
    assert {address: content(item) for address, item in found.items()} == {
        f"{file}#column=odd%20name&row=0": picture(2),
        f"{file}#column=odd%20name&row=1": picture(3),
    }


def test_many_rows_are_several_shards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_images, "ROWS_PER_SHARD", 10)
    file = write(tmp_path / "x.parquet", {"image": pictures(37), "n": list(range(37))}, row_group=7)
    shards = list(open_source(str(file)).shards(Remembered()))
    assert [shard.name.rpartition("#")[2] for shard in shards] == ["rows=0-9", "rows=10-19", "rows=20-29", "rows=30-36"]
    assert all(shard.is_sealed for shard in shards)
    library = Remembered()
    assert [content(item) for item in library.take(shards) if isinstance(item, Item)] == pictures(37)
    assert not list(open_source(str(file)).shards(library))
    del library.whole[shards[2].name]
    (again,) = open_source(str(file)).shards(library)
    assert [item.address.rpartition("=")[2] for item in again.items()] == [str(row) for row in range(20, 30)]


def test_paths_lead_to_files_beside_it(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number, name in enumerate(("in/a.png", "b.png", "in/c.png")):
        (tmp_path / name).write_bytes(picture(number))
    names = ["a.png", "../b.png", str(tmp_path / "in/c.png"), (tmp_path / "in/c.png").as_uri(), "gone.png", None, ""]
    found = read(write(tmp_path / "in/x.parquet", {"file_name": names, "caption": ["?"] * 7}))
    assert [content(item) for item in found[:4] if isinstance(item, Item)] == [picture(n) for n in (0, 1, 2, 2)]
    assert [item.name for item in found[:4] if isinstance(item, Item)] == ["a.png", "b.png", "c.png", "c.png"]
    assert [item.reason for item in found[4:] if isinstance(item, Unread)] == [
        "no such file", "the row has no picture", "it names no place"]  # fmt: skip


def test_a_table_from_elsewhere_names_no_files_of_this_machine(tmp_path: Path, bucket: str) -> None:
    (tmp_path / "own.png").write_bytes(picture(9))
    own = str(tmp_path / "own.png")
    put(f"{bucket}/t/img/a.png", picture(1))
    put(f"{bucket}/b.png", picture(2))
    names = [own, f"file://{own}", "img/a.png", "../b.png", "../../../../b.png", f"{bucket}/b.png", "ftp://x/y.png"]
    put(f"{bucket}/t/x.parquet", write(tmp_path / "x.parquet", {"path": names}).read_bytes())
    found = read(f"{bucket}/t/x.parquet")
    assert [type(item) for item in found] == [Unread, Unread, Item, Item, Item, Item, Unread]
    assert [content(item) for item in found if isinstance(item, Item)] == [picture(n) for n in (1, 2, 2, 2)]


def test_folders_globs_and_buckets_of_files(tmp_path: Path, bucket: str) -> None:
    (tmp_path / "data").mkdir()
    for number in range(3):
        file = write(tmp_path / f"data/part-{number}.parquet", {"image": [picture(number)]})
        put(f"{bucket}/data/part-{number}.parquet", file.read_bytes())
    (tmp_path / "README.md").write_text("of a hub")
    for place in (str(tmp_path), bucket):
        for name in ("", "/data", "/data/*.parquet", "/data/part-{0..2}.parquet", "/data/part-[0-2].parquet"):
            assert set(items(place + name)) == {f"{place}/data/part-{number}.parquet#row=0" for number in range(3)}


def test_a_folder_with_pictures_is_one_of_pictures(tmp_path: Path) -> None:
    write(tmp_path / "metadata.parquet", {"file_name": ["a.png"]})
    (tmp_path / "a.png").write_bytes(picture(1))
    assert list(items(tmp_path)) == [str(tmp_path / "a.png")]


@pytest.mark.parametrize("damage", [lambda data: data[:-1000], lambda data: b"", lambda data: b"hello" * 99])
def test_a_damaged_file_is_told_before_anything_of_it_is_taken(tmp_path: Path, damage: Any) -> None:
    file = write(tmp_path / "x.parquet", {"image": pictures(99)})
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(SourceError, match=r"x\.parquet is damaged or no Parquet file"):
        read(file)


def test_one_of_several_that_is_damaged_or_has_no_pictures_is_lost_and_the_others_go_on(tmp_path: Path) -> None:
    (tmp_path / "0.parquet").write_text("hello")
    write(tmp_path / "1.parquet", {"n": [1]})
    write(tmp_path / "2.parquet", {"image": [picture(2)]})
    for name in ("", "/*.parquet", "/{0..2}.parquet"):
        shards = list(open_source(f"{tmp_path}{name}").shards(Remembered()))
        lost = [shard for shard in shards if isinstance(shard, LostShard)]
        assert [shard.name[-9:] for shard in shards] == [f"{number}.parquet" for number in range(3)]
        assert len(lost) == 2 and not any(shard.is_gone for shard in lost)
        assert "is damaged or no Parquet file" in lost[0].reason and "has no column that holds" in lost[1].reason
    with pytest.raises(SourceError, match="is damaged or no Parquet file"):
        read(f"{tmp_path}/{{0,1}}.parquet")


def test_an_encrypted_file_is_told_as_such(tmp_path: Path) -> None:
    class Keys(encryption.KmsClient):  # type: ignore[misc]
        def wrap_key(self, key: bytes, name: str) -> bytes:
            return base64.b64encode(key)

    factory = encryption.CryptoFactory(lambda settings: Keys())
    for plaintext in (False, True):
        asked = encryption.EncryptionConfiguration("k", column_keys={"k": ["image"]}, plaintext_footer=plaintext)
        secret = factory.file_encryption_properties(encryption.KmsConnectionConfig(), asked)
        pq.write_table(pa.table({"image": pictures(1)}), tmp_path / "x.parquet", encryption_properties=secret)
        with pytest.raises(SourceError, match=r"x\.parquet is encrypted; write it without that"):
            read(tmp_path / "x.parquet")


def test_damage_in_the_middle_is_told(tmp_path: Path) -> None:
    table = pa.table({"image": [picture(number) + os.urandom(3000) for number in range(300)]})
    pq.write_table(table, tmp_path / "x.parquet", row_group_size=50, use_dictionary=False, write_page_checksum=True)
    data = bytearray((tmp_path / "x.parquet").read_bytes())
    middle = len(data) // 2
    data[middle : middle + 400] = bytes(400)
    (tmp_path / "x.parquet").write_bytes(data)
    with pytest.raises(SourceError, match=r"x\.parquet is damaged or no Parquet file"):
        read(tmp_path / "x.parquet")


def test_large_pictures_do_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from indexer.sources import table_rows

    monkeypatch.setattr(table_rows, "BATCH_BYTES", 5000)
    file = write(tmp_path / "x.parquet", {"image": [bytes([n]) * 1000 + bytes(range(256)) * 8 for n in range(40)]}, 10)
    opened = pq.ParquetFile(file)
    assert 1 <= table_rows.rows_at_once(opened.metadata, [0, 1]) < 40
    assert len(read(file)) == 40


def test_rows_are_read_in_another_process(tmp_path: Path) -> None:
    (shard,) = open_source(str(write(tmp_path / "x.parquet", {"image": pictures(3)}))).shards(Remembered())
    (tmp_path / "shard").write_bytes(pickle.dumps(shard))
    code = "import pickle, sys; print(*(i.address for i in pickle.load(open(sys.argv[1], 'rb')).items()), sep='\\n')"
    command = [sys.executable, "-c", code, str(tmp_path / "shard")]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed.splitlines() == [item.address for item in shard.items()]


def test_what_columns_say_is_what_json_can_hold(tmp_path: Path) -> None:
    import datetime
    import decimal

    columns = {
        "image": pictures(1), "when": [datetime.datetime(2020, 1, 2)], "price": [decimal.Decimal("1.5")],
        "nan": [float("nan")], "tags": [["a", "b"]], "long": ["x" * 10_000], "link": ["https://u:p@h/x.jpg?sig=s"],
        "big": pa.array([2**64 - 1], pa.uint64()), "kind": pa.array(["cat"]).dictionary_encode(),
    }  # fmt: skip
    (item,) = items(write(tmp_path / "x.parquet", columns)).values()
    assert json.loads(json.dumps(item.extra)) == {
        "when": "2020-01-02T00:00:00", "price": "1.5", "tags": ["a", "b"], "link": "https://h/x.jpg", "kind": "cat",
        "big": str(2**64 - 1)}  # fmt: skip


def test_a_fetched_file_that_is_large_is_one_on_the_disk(
    tmp_path: Path, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spooling, "MOST_IN_MEMORY", 10)
    put(f"{bucket}/a.png", picture(1))
    (shard,) = open_source(str(write(tmp_path / "x.parquet", {"url": [f"{bucket}/a.png"]}))).shards(Remembered())
    (tmp_path / "spool").mkdir()
    (item,) = shard.items(tmp_path / "spool")
    assert isinstance(item, Item) and isinstance(item.content, Path) and content(item) == picture(1)
