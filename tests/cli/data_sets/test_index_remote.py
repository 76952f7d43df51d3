"""Tests of clipsearch index with pictures and library in a bucket: the real command, and a store that makes trouble."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import fsspec
import pytest

from indexer.data_set_runs.run import open_library
from indexer.data_sets.pictures_table import PicturesTable
from tests.cli.conftest import Invoke, one_sentence
from tests.conftest import REPOSITORY
from tests.object_store import ObjectStore, in_front
from tests.sources import picture, put


def index(*arguments: str) -> tuple[int, list[dict[str, Any]]]:
    """Run the real command, and return its exit code and what it told as JSON."""
    command = [sys.executable, "-m", "clipsearch", "index", *arguments, "--log-json"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=600, check=False)
    assert done.stdout == ""
    return done.returncode, [json.loads(line) for line in done.stderr.splitlines()]


def event(lines: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next((line for line in lines if line["event"] == name), {})


def counts(lines: list[dict[str, Any]]) -> tuple[int, ...]:
    """Return how many pictures were found, encoded, left as they were, forgotten, and failed now and before."""
    names = ("found", "encoded", "unchanged", "forgotten", "failed", "failed_before")
    return tuple(event(lines, "summary")[name] for name in names)


def names(library: str) -> list[str]:
    batches = PicturesTable.open(library).scan(["address"])
    return sorted(text.rsplit("/", 1)[-1] for batch in batches for text in batch["address"].to_pylist())


def remove(url: str) -> None:
    fs, path = fsspec.url_to_fs(url)
    fs.rm_file(path)


def test_a_bucket_is_indexed_into_a_library_beside_it(bucket: str, indexed_samples: Path) -> None:
    """With `indexed_samples` what a model prepares at its first use is there already, once for all tests."""
    library = f"{bucket}/library"
    for number in range(4):
        put(f"{bucket}/photos/{number}.png", picture(number))
    put(f"{bucket}/photos/2024/bad.png", b"no picture")
    code, lines = index(f"{bucket}/photos", "--library", library, "--model", "builtin")
    assert (code, counts(lines)) == (3, (5, 4, 0, 0, 1, 0)), lines
    assert event(lines, "problem")["path"] == f"{bucket}/photos/2024/bad.png"
    remove(f"{bucket}/photos/0.png")
    put(f"{bucket}/photos/1.png", picture(1000))
    put(f"{bucket}/photos/2024/new.png", picture(1001))
    code, lines = index("--library", library)
    assert (code, counts(lines)) == (3, (5, 2, 2, 1, 0, 1)), lines
    assert names(library) == ["1.png", "2.png", "3.png", "new.png"]
    remove(f"{bucket}/photos/2024/bad.png")
    code, lines = index("--library", library)
    assert (code, counts(lines)) == (0, (4, 0, 4, 0, 0, 0)), lines
    assert not event(lines, "loading") and not event(lines, "encoding")


def test_a_store_that_asks_for_patience_gets_it(
    clipsearch: Invoke, bucket: str, store_server: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        put(f"{bucket}/photos/{number}.png", picture(number))
    with in_front(store_server.url, lambda number: None if number % 4 else (503, "SlowDown")) as (url, statuses):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        result = clipsearch("index", f"{bucket}/photos", "--library", f"{bucket}/library", "--workers", "0")
        assert result.exit_code == 0, result.output
        assert statuses.count(503) > 5
        monkeypatch.setenv("AWS_ENDPOINT_URL", store_server.url)
    assert len(names(f"{bucket}/library")) == 12


@pytest.mark.parametrize("code", ["InvalidAccessKeyId", "AccessDenied"])
def test_credentials_that_are_wrong(
    clipsearch: Invoke, bucket: str, store_server: ObjectStore, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    put(f"{bucket}/photos/1.png", picture(1))
    with in_front(store_server.url, lambda number: (403, code)) as (url, _):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        remote = clipsearch("index", f"{bucket}/photos", "--library", f"{bucket}/library")
        local = clipsearch("index", f"{bucket}/photos", "--store", "lance")
        monkeypatch.setenv("AWS_ENDPOINT_URL", store_server.url)
    one_sentence(remote, bucket)
    one_sentence(local, f"{bucket}/photos")
    assert "4711" not in remote.output + local.output
    assert open_library(f"{bucket}/library") is None


def test_a_bucket_that_is_not_there(clipsearch: Invoke, bucket: str) -> None:
    put(f"{bucket}/photos/1.png", picture(1))
    one_sentence(clipsearch("index", "s3://test-nowhere/photos", "--library", f"{bucket}/library"), "s3://test-nowhere")
    one_sentence(clipsearch("index", f"{bucket}/nothing", "--library", f"{bucket}/library"), f"{bucket}/nothing")
    one_sentence(clipsearch("index", f"{bucket}/photos", "--library", "s3://test-nowhere/library"), "s3://test-nowhere")
    assert open_library(f"{bucket}/library") is None
