"""Tests of clipsearch label with folders, run as a person would, with the fake model."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.store.store import Store
from tests.cli.conftest import Invoke
from tests.conftest import REPOSITORY, MakePicture, count
from tests.terminals import on_terminal

CLASSES = ("--classes", "red,blue", "--no-other")


def test_a_folder_is_labelled_without_a_library(clipsearch: Invoke, photos: Path, picture: MakePicture) -> None:
    picture("a/red.png", "red")
    picture("blue.png", "blue")
    done = clipsearch("label", photos, *CLASSES)
    assert done.exit_code == 0, done.output
    assert [line.split("\t")[::2] for line in done.stdout.splitlines()] == [
        ["red", str(photos / "a" / "red.png")],
        ["blue", str(photos / "blue.png")],
    ]
    assert "Labelled 2 pictures; nothing was stored." in done.stderr
    assert sorted(path.name for path in photos.rglob("*")) == ["a", "blue.png", "red.png"]
    assert clipsearch("labels", "list").exit_code == 1, "there still is no library"


def test_all_views_go_with_a_folder(indexed: Invoke, photos: Path) -> None:
    assert indexed("label", photos, *CLASSES, "--summary").stdout == "red\t2\nblue\t1\n"
    assert indexed("label", photos, *CLASSES, "--uncertain", "1").stdout.split("\t")[2].strip().endswith("white.png")
    assert len(indexed("label", photos, *CLASSES, "--top", "2").stdout.splitlines()[0].split("\t")) == 5
    assert indexed("label", photos, *CLASSES, "-0").stdout.count("\0") == 3
    records = json.loads(indexed("label", photos, *CLASSES, "--multi", "--format", "json").stdout)
    assert len(records) == 3 and "labels" in records[0]
    files = [photos / "red.png", photos / "sub" / "white.png"]
    assert indexed("label", *files, *CLASSES, "--summary").stdout == "red\t2\nblue\t0\n"
    assert "No label sets" in indexed("labels", "list").stderr


def test_failures_are_told_and_end_in_exit_code_1(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    (photos / "bad.jpg").write_text("no picture", encoding="utf-8")
    done = indexed("label", photos, tmp_path / "gone", *CLASSES)
    assert done.exit_code == 1 and len(done.stdout.splitlines()) == 3
    assert f"{photos / 'bad.jpg'}: not a picture" in done.stderr and "gone: no such file" in done.stderr
    assert "Labelled 3 pictures, 2 problems; nothing was stored." in done.stderr
    assert "bad.jpg" not in indexed("failures").stdout, "it is not the library's"
    (tmp_path / "empty").mkdir()
    empty = indexed("label", tmp_path / "empty", *CLASSES, "--format", "json")
    assert (empty.exit_code, empty.stdout) == (0, "[]\n") and f"No pictures in {tmp_path / 'empty'}." in empty.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_with_a_pictures_name_is_not_waited_for(indexed: Invoke, photos: Path) -> None:
    os.mkfifo(photos / "pipe.jpg")
    for asked in (
        ("label", photos / "pipe.jpg", *CLASSES),
        ("label", photos / "pipe.jpg", *CLASSES, "--summary"),
        ("label", photos, *CLASSES),
        ("similar", photos / "pipe.jpg"),
        ("query", "--like", photos / "pipe.jpg"),
    ):
        done = indexed(*asked)
        assert done.exit_code == 1 and "pipe.jpg" in done.stderr and "file" in done.stderr, done.output


def test_a_file_that_may_not_be_read_is_named_among_others(indexed: Invoke, photos: Path) -> None:
    (photos / "sub" / "blue.png").chmod(0)
    if os.access(photos / "sub" / "blue.png", os.R_OK):
        pytest.skip("whoever runs this may read anything")
    done = indexed("label", photos / "sub" / "blue.png", photos / "red.png", *CLASSES)
    assert done.exit_code == 1 and "blue.png: no permission to read it" in done.stderr
    assert done.stdout.startswith("red\t")


def test_a_terminal_sums_a_folder_up(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    shown, code = on_terminal(tmp_path / "lib", "label", photos, *CLASSES, columns=250)
    assert code == 0 and "67%" in shown and "sub/white.png" in shown
    assert f"\n  clipsearch label {photos} --classes red,blue --no-other --list " in shown
    assert f"\n  clipsearch index {photos} " in shown and "export-labels" not in shown
    listed, _ = on_terminal(tmp_path / "lib", "label", photos, *CLASSES, "--list", columns=250)
    assert listed.count(".png") == 3
    file, _ = on_terminal(tmp_path / "lib", "label", photos / "red.png", *CLASSES, columns=250)
    assert "red.png" in file and "To go on" not in file


SLOW = """
import time
from indexer.models import loading
from tests import fakes
def encode_images(self, batch):
    print("encoding", flush=True)
    time.sleep(600)
fakes.ColourEncoder.encode_images = encode_images
loading.load_encoder = lambda *_: fakes.ColourEncoder()
from cli.main import main
main(prog_name="clipsearch")
"""


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_ends_it_at_once_and_stores_nothing(
    indexed: Invoke, photos: Path, tmp_path: Path, asked: signal.Signals
) -> None:
    (photos / "new.png").write_bytes((photos / "red.png").read_bytes() + b"more")
    environment = {**os.environ, "CLIPSEARCH_LIBRARY": str(tmp_path / "lib"), "PYTHONPATH": str(REPOSITORY)}
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, "label", str(photos), *CLASSES],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None and process.stdout.readline() == "encoding\n"
            process.send_signal(asked)
            _, told = process.communicate(timeout=300)
        finally:
            process.kill()
    assert process.returncode == 130 and "Stopped" in told and "kept" not in told and "Labelled" not in told
    assert "resource_tracker" not in told, "that is Python's own affair"
    with Store.open(tmp_path / "lib") as store:
        assert (count(store, "images"), count(store, "labels")) == (3, 0)
