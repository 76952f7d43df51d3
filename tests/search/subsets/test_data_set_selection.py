"""Tests of search.subsets.data_set_selection and .contents: pictures of a data set, also those in a tar."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

from click.testing import CliRunner

from cli.main import main
from indexer.data_sets.pictures_table import PicturesTable
from tests.data_sets import DESCRIPTION, rows_of, unit
from tests.subsets import subset_picture


def test_pictures_are_read_from_where_they_lie(tmp_path: Path) -> None:
    file, member = tmp_path / "photos" / "a.jpg", tmp_path / "b.png"
    subset_picture(file)
    subset_picture(member, colour="blue")
    with tarfile.open(tmp_path / "some.tar", "w") as tar:
        tar.add(member, "in/b.png")
    gone = str(tmp_path / "photos" / "gone.jpg")
    addresses = [str(file), f"tar://in/b.png::{tmp_path / 'some.tar'}", gone]
    rows = rows_of(addresses, unit(3), caption=["a cup", None, None], format=["JPEG", "PNG", "JPEG"])
    PicturesTable.create(str(tmp_path / "set"), DESCRIPTION).commit([rows])
    wanted = ["export-dataset", str(tmp_path / "out"), "--library", str(tmp_path / "set")]
    assert CliRunner().invoke(main, [*wanted, "--as", "imagefolder"]).exit_code == 2
    done = CliRunner().invoke(main, [*wanted, "--as", "imagefolder", "--unlabelled", "none"])
    assert done.exit_code == 3 and f"{gone}: " in done.stderr and "Wrote 2 pictures" in done.stderr, done.output
    assert (tmp_path / "out" / "none" / "a.jpg").read_bytes() == file.read_bytes()
    assert (tmp_path / "out" / "none" / "b.png").read_bytes() == member.read_bytes()
    facts = [json.loads(line) for line in (tmp_path / "out" / "metadata.jsonl").read_text().splitlines()]
    assert {one["original"]: one["caption"] for one in facts} == {addresses[0]: "a cup", addresses[1]: None}
    undo = done.stderr.partition("; clipsearch ")[2].rpartition("; clipsearch ")[2].split(" takes")[0].split()
    assert CliRunner().invoke(main, undo).exit_code == 0 and not (tmp_path / "out").exists()
