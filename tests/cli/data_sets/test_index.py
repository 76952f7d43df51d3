"""Tests of clipsearch index and clipsearch failures on data sets, with the fake model."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from indexer.arrays import FloatArray
from indexer.data_sets import optimizing
from indexer.data_sets.pictures_table import PicturesTable
from indexer.models.agreement import agree
from indexer.models.preprocess import Pixels
from tests.cli.conftest import Invoke, one_sentence
from tests.conftest import MakePicture
from tests.fakes import ColourEncoder
from tests.sources import make_tar
from tests.sources import picture as bytes_of


@pytest.fixture
def data_set(clipsearch: Invoke, encoder: ColourEncoder, photos: Path, picture: MakePicture, tmp_path: Path) -> Path:
    """Three pictures in a data set, and one that is none."""
    agree(encoder.name)
    picture("red.png", "red")
    picture("sub/blue.png", "blue")
    picture("sub/white.png", "white")
    (photos / "sub" / "bad.png").write_bytes(b"no picture")
    result = clipsearch("index", photos, "--library", tmp_path / "data", "--store", "lance", "--workers", "0")
    assert result.exit_code == 3, result.output
    return tmp_path / "data"


def addresses(library: Path) -> list[str]:
    """Return the addresses of all rows."""
    return sorted(
        text for batch in PicturesTable.open(str(library)).scan(["address"]) for text in batch["address"].to_pylist()
    )


def test_a_folder_is_kept_up_to_date(clipsearch: Invoke, data_set: Path, photos: Path, picture: MakePicture) -> None:
    again = clipsearch("index", "--library", data_set)
    assert again.exit_code == 3
    assert "4 pictures found: 0 encoded, 3 unchanged" in again.stderr
    assert "1 file failed before" in again.stderr
    assert "Loading" not in again.stderr
    (photos / "sub" / "bad.png").unlink()
    (photos / "red.png").unlink()
    picture("lime.png", "lime")
    changed = clipsearch("index", "--library", data_set)
    assert changed.exit_code == 0, changed.output
    assert "3 pictures found: 1 encoded, 2 unchanged, 1 forgotten" in changed.stderr
    assert addresses(data_set) == sorted(str(photos / name) for name in ("lime.png", "sub/blue.png", "sub/white.png"))


def test_rules_are_remembered_with_the_source(clipsearch: Invoke, data_set: Path, photos: Path) -> None:
    left_out = clipsearch("index", photos, "--exclude", "sub/", "--library", data_set)
    assert left_out.exit_code == 0, left_out.output
    assert addresses(data_set) == [str(photos / "red.png")]
    assert clipsearch("index", "--library", data_set).exit_code == 0
    assert addresses(data_set) == [str(photos / "red.png")]


def test_failures_are_listed_and_forgotten(clipsearch: Invoke, data_set: Path, photos: Path) -> None:
    bad = str(photos / "sub" / "bad.png")
    listed = clipsearch("failures", "--library", data_set, "--format", "json")
    (failure,) = json.loads(listed.stdout)
    assert (failure["path"], failure["source"], failure["lasting"]) == (bad, str(photos), True)
    assert failure["reason"] and failure["failed_at"]
    assert clipsearch("failures", "--library", data_set, "-0").stdout == f"{bad}\0"
    assert "No failures" in clipsearch("failures", "--in", photos / "other", "--library", data_set).stderr
    inside = clipsearch("failures", "--in", photos / "sub", "--library", data_set, "--format", "paths")
    assert inside.stdout == f"{bad}\n"
    assert "Forgot 1 failure" in clipsearch("failures", "--forget", "--library", data_set).stderr
    again = clipsearch("index", "--library", data_set)
    assert "1 failed" in again.stderr


def test_a_forgotten_failure_in_a_tar_has_it_read_again(clipsearch: Invoke, data_set: Path, tmp_path: Path) -> None:
    tar = make_tar(tmp_path / "shard.tar", {"a.png": bytes_of(1), "b.png": b"no picture"})
    assert clipsearch("index", tar, "--library", data_set).exit_code == 3
    assert "0 encoded, 1 unchanged" in clipsearch("index", tar, "--library", data_set).stderr
    assert "Forgot 1 failure" in clipsearch("failures", "--in", tar, "--forget", "--library", data_set).stderr
    again = clipsearch("index", tar, "--library", data_set)
    assert "2 pictures found: 1 encoded, 0 unchanged, 1 failed" in again.stderr
    assert len(addresses(data_set)) == 4


def test_tars_that_are_cut_or_missing_are_named_and_the_others_go_on(
    clipsearch: Invoke, data_set: Path, tmp_path: Path
) -> None:
    whole = make_tar(tmp_path / "1.tar", {f"{number}.png": bytes_of(number) for number in range(20)})
    cut = make_tar(tmp_path / "2.tar", {f"{number}.png": bytes_of(number) for number in range(20)})
    cut.write_bytes(cut.read_bytes()[:5000])
    result = clipsearch("index", tmp_path / "{0..2}.tar", "--library", data_set)
    assert result.exit_code == 3, result.output
    assert "20 encoded, 0 unchanged, 2 failed" in result.stderr
    for tar in (tmp_path / "0.tar", cut):
        assert any(line.startswith(f"{tar}: ") for line in result.stderr.splitlines())
    assert [address for address in addresses(data_set) if "2.tar" in address] == []
    assert len(addresses(data_set)) == 23
    listed = [line for line in clipsearch("failures", "--library", data_set).stdout.splitlines() if ".tar" in line]
    assert len(listed) == 2 and all("(tried again by each run)" in line for line in listed)
    make_tar(tmp_path / "0.tar", {"0.png": bytes_of(99)})
    there = clipsearch("index", tmp_path / "{0..2}.tar", "--library", data_set)
    assert "1 encoded, 20 unchanged, 1 failed" in there.stderr
    whole.replace(cut)  # the file that was cut is whole now, and the other one is gone
    mended = clipsearch("index", cut, "--library", data_set)
    assert mended.exit_code == 0, mended.output
    assert len(addresses(data_set)) == 44


def test_a_run_that_leaves_many_files_optimizes(
    clipsearch: Invoke, data_set: Path, picture: MakePicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture("lime.png", "lime")
    monkeypatch.setattr(optimizing, "MANY_FILES", 1)
    assert "Optimizing" in clipsearch("index", "--library", data_set).stderr
    files = PicturesTable.open(str(data_set)).dataset.get_version()["metadata"]["total_data_files"]
    assert int(files) == 1
    assert "Optimizing" not in clipsearch("index", "--library", data_set).stderr


def test_events_as_json(clipsearch: Invoke, data_set: Path, picture: MakePicture) -> None:
    picture("lime.png", "lime")
    lines = [json.loads(line) for line in clipsearch("index", "--library", data_set, "--log-json").stderr.splitlines()]
    events = [line["event"] for line in lines]
    assert events[0] == "loading" and events[-1] != "error"
    encoding = next(line for line in lines if line["event"] == "encoding")
    summary = next(line for line in lines if line["event"] == "summary")
    assert encoding["total"] is None
    assert (summary["encoded"], summary["unchanged"], summary["failed_before"]) == (1, 3, 1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("s3://bucket/photos",), ("s3://bucket/photos", "--store lance")),
        (("photos.tar",), ("photos.tar", "--store lance")),
        (("photos.parquet",), ("photos.parquet", "--store lance")),
    ],
)
def test_a_local_library_says_what_is_needed(
    indexed: Invoke, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    one_sentence(indexed("index", *arguments), *words, code=2)


def test_what_makes_no_sense_is_refused(clipsearch: Invoke, data_set: Path, photos: Path, tmp_path: Path) -> None:
    one_sentence(clipsearch("index", photos, "--thumbnails", "--library", data_set), "--thumbnails", code=2)
    one_sentence(clipsearch("index", photos, "--store", "local", "--library", data_set), "--store", code=2)
    one_sentence(clipsearch("index", photos, "--engine", "ray"), "--store lance", code=2)
    one_sentence(clipsearch("index", photos, "--library", "hf://datasets/org/lib"), "hf://datasets/org/lib", "read")
    one_sentence(clipsearch("index", "--library", tmp_path / "new", "--store", "lance"), "Name", code=2)
    one_sentence(clipsearch("index", photos, "--model", "ViT-B-32/openai", "--library", data_set), "one model")
    one_sentence(
        clipsearch("index", tmp_path / "nowhere", "--library", tmp_path / "new", "--store", "lance"), "nowhere"
    )
    assert not (tmp_path / "new").exists()
    clipsearch("index", photos, "--library", tmp_path / "local")
    refused = clipsearch("index", photos, "--library", tmp_path / "local", "--store", "lance")
    one_sentence(refused, str(tmp_path / "local"), "--library")


def test_of_several_places_those_that_are_there_are_indexed(
    clipsearch: Invoke, data_set: Path, photos: Path, tmp_path: Path
) -> None:
    result = clipsearch("index", photos, tmp_path / "nowhere", "--library", data_set)
    assert result.exit_code == 1
    assert "3 unchanged" in result.stderr
    assert "nowhere" in result.stderr


def test_ctrl_c_keeps_what_was_encoded(
    clipsearch: Invoke, data_set: Path, picture: MakePicture, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        picture(f"more/{number}.png", "lime")
    encode = encoder.encode_images

    def interrupted(batch: Pixels) -> FloatArray:
        signal.raise_signal(signal.SIGINT)
        monkeypatch.setattr(encoder, "encode_images", encode)
        return encode(batch)

    monkeypatch.setattr(encoder, "encode_images", interrupted)
    stopped = clipsearch("index", "--library", data_set, "--workers", "0")
    assert stopped.exit_code == 130, stopped.output
    assert "Stopped; what was encoded is kept" in stopped.stderr
    assert 3 < len(addresses(data_set)) < 63
    assert clipsearch("index", "--library", data_set).exit_code == 3  # because of the bad one
    assert len(addresses(data_set)) == len(set(addresses(data_set))) == 63
