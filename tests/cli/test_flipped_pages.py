"""Attacks: a database with flipped bytes ends in an answer or in one sentence, never in a traceback."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest
from PIL import Image

import clipsearch as api
from indexer.models import loading
from indexer.models.agreement import agree
from tests.cli.conftest import Invoke
from tests.fakes import ColourEncoder

COMMANDS = (
    ["query", "white", "--cutoff", "none", "--format", "json"],
    ["query", "--after", "2001", "--sort", "path", "--format", "json"],
    ["label", "--classes", "red,blue", "--format", "json"],
    ["labels", "--format", "json"],
    ["duplicates", "--format", "json"],
    ["info", "--format", "json"],
    ["failures", "--format", "json"],
    ["check", "--dry-run", "--format", "json"],
    ["index"],
    ["check", "--format", "json"],
    ["query", "white", "--cutoff", "none", "--format", "json"],
)
ROUNDS = 40


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """A folder with a library, its log folded into it, and with its pictures."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "photos").mkdir()
    for number in range(40):
        Image.new("RGB", (16, 12), (200, number, 9)).save(folder / "photos" / f"{number:02}.png")
    encoder = ColourEncoder()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLIPSEARCH_CACHE", str(cache))
        patch.setattr(loading, "load_encoder", lambda *_: encoder)
        with api.open(folder / "lib") as library:
            library.index([folder / "photos"], workers=0)
            list(library.label(["red", "blue"]))
            library.query("white")
            library._store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


def flipped(content: bytes, chance: random.Random) -> bytes:
    """Return a database with bytes flipped: a few anywhere, a run of them, a page of zeros, or its end cut off."""
    damaged = bytearray(content)
    kind = chance.randrange(5)
    if kind < 2:
        for place in chance.sample(range(len(content)), chance.choice([1, 5, 50, 500])):
            damaged[place] ^= 1 << chance.randrange(8)
    elif kind == 2:
        start = chance.randrange(len(content) - 300)
        damaged[start : start + 300] = chance.randbytes(300)
    elif kind == 3:
        start = chance.randrange(len(content) // 8192) * 8192
        damaged[start : start + 8192] = bytes(8192)
    else:
        del damaged[chance.randrange(len(content)) :]
    return bytes(damaged)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_flipped_pages(clipsearch: Invoke, whole: Path, tmp_path: Path, seed: int) -> None:
    shutil.copytree(whole / "lib", tmp_path / "lib")
    agree("colour")
    database = tmp_path / "lib" / "library.db"
    database.write_bytes(flipped(database.read_bytes(), random.Random(seed)))
    for command in COMMANDS:
        result = clipsearch(*command)
        assert isinstance(result.exception, SystemExit | None), (command, result.exception)
        assert result.exit_code in (0, 1, 2, 3), (command, result.output)
        assert "please report it" not in result.output, (command, result.output)
        if "json" in command and result.stdout:
            json.loads(result.stdout, parse_constant=pytest.fail)


@pytest.mark.parametrize(
    "content", [b"", b"SQLite format 3\0", b"SQLite format 3\0" * 1000, b"\0" * 9000, b"text" * 99]
)
def test_what_is_no_database(clipsearch: Invoke, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "library.db").write_bytes(content)
    for command in COMMANDS:
        result = clipsearch(*command)
        assert isinstance(result.exception, SystemExit | None) and "please report it" not in result.output


def test_a_broken_database_is_told_with_what_can_be_saved(clipsearch: Invoke, whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole / "lib", tmp_path / "lib")
    database = tmp_path / "lib" / "library.db"
    database.write_bytes(b"x" * 100 + database.read_bytes()[100:])
    result = clipsearch("check")
    assert result.exit_code == 1 and result.stdout == "" and ".recover" in result.stderr
