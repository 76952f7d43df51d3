"""Tests of clipsearch query on data sets, run as a person would, with the fake model."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from tests.cli.conftest import Invoke, one_sentence
from tests.conftest import REPOSITORY
from tests.data_sets import copied

SCHEMA = json.loads((REPOSITORY / "docs" / "hit.schema.json").read_text(encoding="utf-8"))


def test_every_format_says_what_it_says_of_a_local_library(indexed: Invoke, data_set: str, photos: Path) -> None:
    for options in (
        ("red", "-k", "1"),
        ("red", "--all"),
        ("white", "--minus", "blue", "--cutoff", "none", "--sort", "path"),
        ("--like", photos / "red.png", "--all", "-0"),
        ("red", "--all", "--format", "paths"),
        ("--type", "png"),
        ('"sub"', "--format", "paths"),
    ):
        local, found = indexed("query", *options), indexed("query", *options, "--library", data_set)
        assert (found.exit_code, found.stdout) == (local.exit_code, local.stdout), found.output
    for form in ("json", "jsonl", "csv", "spreadsheet"):
        texts = [
            indexed("query", "red", "--all", "--format", form, *where).stdout for where in ((), ("--library", data_set))
        ]
        local_rows, rows = ([_known(row) for row in _rows(text, form)] for text in texts)
        assert rows == local_rows and len(rows) == 3


def _rows(text: str, form: str) -> list[dict[str, object]]:
    match form:
        case "json":
            return list(json.loads(text))
        case "jsonl":
            return [json.loads(line) for line in text.splitlines()]
    return [dict(row) for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))]


def _known(row: dict[str, object]) -> dict[str, object]:
    """Return what a local library and a data set both say, of scores three places."""
    shown = {name: value for name, value in row.items() if name not in ("id", "address", "caption", "path_bytes")}
    return {**shown, "score": round(float(str(row["score"])), 3)}


def test_hits_have_addresses_that_no_path_can_be(indexed: Invoke, remote: str, bucket: str) -> None:
    hits = json.loads(indexed("query", "red", "--all", "--library", remote, "--format", "json").stdout)
    for hit in hits:
        jsonschema.validate(hit, SCHEMA, cls=jsonschema.Draft202012Validator)
        assert hit["path"] == hit["address"] and hit["address"].startswith(f"{bucket}/photos/")
        assert len(hit["id"]) == 32
    listed = indexed("query", "red", "-k", "1", "--library", remote)
    assert listed.stdout == f"1.0000\t{bucket}/photos/red.png\n"
    before = indexed("--library", remote, "query", "red", "-k", "1")
    assert before.stdout == listed.stdout, before.output


def test_pictures_of_a_data_set_are_asked_with_by_address_and_id(indexed: Invoke, remote: str, bucket: str) -> None:
    options = ("--all", "--library", remote)
    (first, *_) = json.loads(indexed("query", "blue", *options, "--format", "json").stdout)
    for name in (f"{bucket}/photos/sub/blue.png", first["id"]):
        found = indexed("query", "--like", name, *options, "--format", "paths").stdout.splitlines()
        assert found[0] == first["path"]
    least = indexed("query", "white", "--unlike", f"{first['id']}:0.9", *options, "--format", "paths").stdout
    assert least.splitlines()[-1] == first["path"]
    one_sentence(indexed("query", "--like", f"{bucket}/none.png", *options), "has no picture", "address", code=2)
    one_sentence(indexed("query", "--like", "/none.png", *options), "can't be searched with")


def test_what_matches_nothing_is_said(indexed: Invoke, data_set: str, photos: Path) -> None:
    where = ("--library", data_set)
    nothing = indexed("query", "yellow", "--cutoff", "0.99", *where)
    assert (nothing.exit_code, nothing.stdout) == (1, "")
    assert "No match; the nearest is " in nothing.stderr and "--all shows more" in nothing.stderr
    assert json.loads(indexed("query", "yellow", "--cutoff", "0.99", "--format", "json", *where).stdout) == []
    none = indexed("query", "red", "--after", "2100", *where)
    assert (none.exit_code, none.stderr) == (1, "No picture from 2100 on.\n")


def test_an_empty_data_set(indexed: Invoke, data_set: str, tmp_path: Path) -> None:
    empty = copied(tmp_path / "lib", str(tmp_path / "empty"), only=lambda address: False)
    for asked in (["red"], ["--type", "png"]):
        nothing = indexed("query", *asked, "--library", empty)
        assert nothing.exit_code == 1 and "There is no picture in the library" in nothing.stderr, nothing.output


def test_what_needs_files_here_is_refused(indexed: Invoke, remote: str, tmp_path: Path) -> None:
    for options in (("--copy-to", tmp_path / "x"), ("--link-to", tmp_path / "x"), ("--html", tmp_path / "x.html")):
        refused = indexed("query", "red", "--library", remote, *options)
        assert refused.exit_code == 2 and f"{options[0]} needs files on this machine" in refused.stderr
    assert not list(tmp_path.glob("x*"))
    refused = indexed("query", "red", "--label", "cup", "--library", remote)
    assert refused.exit_code == 2 and "no labels" in refused.stderr


def test_earlier_versions(indexed: Invoke, data_set: str, tmp_path: Path) -> None:
    refused = indexed("query", "red", "--as-of", "1")
    assert refused.exit_code == 2 and "--as-of is for a library that is a data set" in refused.stderr


def test_a_place_without_a_library(indexed: Invoke, bucket: str, remote: str) -> None:
    one_sentence(indexed("query", "red", "--library", f"{bucket}/nothing"), f"{bucket}/nothing")
    one_sentence(indexed("query", "red", "--library", remote, "--model", "builtin"), "was indexed with colour")


def test_filters_alone_list_the_newest(indexed: Invoke, data_set: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.data_set_answers.listing.LISTED", 2)
    listed = indexed("query", "--type", "png", "--library", data_set)
    assert len(listed.stdout.splitlines()) == 2 and "2 pictures of 3 are listed" in listed.stderr
    every = indexed("query", "--type", "png", "--library", data_set, "-k", "3")
    assert len(every.stdout.splitlines()) == 3 and every.stderr == ""


def test_a_text_seen_before_loads_no_model(sample_library: Path, cache: Path, tmp_path: Path) -> None:
    address = copied(sample_library, str(tmp_path / "data-set"))
    code = """
import sys
sys.argv = ["clipsearch", "query", "red", "envelope", "--library", sys.argv[1], "--device", "cpu"]
from cli.main import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(*sys.modules)
"""
    environment = {**os.environ, "CLIPSEARCH_CACHE": str(cache)}
    for _ in range(2):  # the first one embeds the text
        command = [sys.executable, "-c", code, address]
        ended = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=REPOSITORY)
    loaded = set(ended.stdout.splitlines()[-1].split())
    assert "red-envelope.jpg" in ended.stdout and "lance" in loaded
    assert not loaded & {"torch", "onnxruntime", "open_clip", "transformers", "tokenizers", "ray", "fsspec", "faiss"}


def test_pictures_like_one(indexed: Invoke, remote: str, bucket: str, photos: Path) -> None:
    where = ("--library", remote, "--format", "paths")
    local = indexed("similar", photos / "red.png", "--format", "paths").stdout.splitlines()
    expected = [path.replace(str(photos), f"{bucket}/photos") for path in local]
    like_url = indexed("similar", f"{bucket}/photos/red.png", *where)
    assert like_url.stdout.splitlines() == expected and len(expected) == 2, like_url.output
    by_file = indexed("similar", photos / "red.png", *where, "-k", "1").stdout
    assert by_file == f"{bucket}/photos/red.png\n", "a file of this machine is another picture"
    none = indexed("similar", f"{bucket}/photos/red.png", "--library", remote, "--after", "2100")
    assert none.exit_code == 1 and "No other picture from 2100 on." in none.stderr
    one_sentence(indexed("similar", f"{bucket}/none.png", "--library", remote), "has no picture", code=2)
    one_sentence(indexed("similar", f"{bucket}/none.png"), "a data set only", code=2)
