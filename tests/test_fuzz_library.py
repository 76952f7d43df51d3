"""Fuzzing: libraries that someone else has made, or a disk has spoiled, go through the commands; none fails badly.

`pytest tests/test_fuzz_library.py --fuzz-cases 20000 --fuzz-seed 7` tries more. A case is made anew from its kind, the
seed and its number alone, so what a failure names can be tried again.
"""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.cli.conftest import Invoke
from tests.cli.conftest import clipsearch as clipsearch
from tests.conftest import MakePicture
from tests.test_fuzz import mutated

COLOURS = ("red", "blue", "lime", "white", "black", "yellow")
COMMANDS: Sequence[tuple[str, ...]] = (
    ("info",),
    ("info", "--format", "json"),
    ("query", "red", "--format", "json"),
    ("query", "red", "--label", "blue"),
    ("query", "--after", "2001"),
    ("query", "red", "--near", "48.85,2.29", "--radius", "5km", "--format", "csv"),
    ("similar", "PICTURE", "--format", "json"),
    ("duplicates", "--format", "json"),
    ("label", "--classes", "red,blue", "--format", "json"),
    ("labels", "list"),
    ("labels", "show", "colours", "--format", "json"),
    ("export-labels", "--dry-run"),
    ("failures", "--format", "json"),
    ("roots", "list", "--format", "json"),
    ("undo", "--list"),
    ("undo", "--dry-run"),
    ("undo",),
    ("index",),
)
NASTY: Sequence[Any] = (
    *(
        None,
        0,
        1,
        -1,
        2**31,
        2**53 + 1,
        2**63 - 1,
        -(2**63),
        0.5,
        -0.0,
        1e308,
        float("inf"),
        float("-inf"),
        float("nan"),
    ),
    *("", "x", "NaN", "1e999", "0001-01-01T00:00:00", "9999-99-99T99:99:99", "../kept/mine.txt", "a\0b", "\n\r\t"),
    *(
        "\x1b]0;title\x07\x1b[2J",
        "\u202egpj.exe",
        "[]",
        "{}",
        "[[[[[[",
        "null",
        '{"a": 1e999}',
        "x" * 100_000,
        "[" * 50_000,
    ),
    *(b"", b"\0", b"\xff" * 7, b"\0" * 8, b"\xff" * 16, b"\0\x7c" * 4, b"\xff" * 4096),
)
BAD_LINES = ("null", "5", "[1]", "{}", "", "[" * 50_000, "\0", "9" * 5_000)
UNFORESEEN = ("CLIPSEARCH_DEBUG", "Traceback", "No such option")  # in what is said of an error that nobody thought of


def spoil_a_row(library: Path, chance: random.Random) -> None:
    """Write values that no clipsearch writes."""
    with contextlib.closing(sqlite3.connect(library / "library.db", isolation_level=None)) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        for _ in range(chance.choice((1, 1, 2, 5))):
            table = chance.choice([name for name in tables if not name.startswith("sqlite_")])
            columns = [row[1] for row in db.execute(f'PRAGMA table_info("{table}")')]
            value = chance.choice(NASTY)
            chosen, number = "" if chance.random() < 0.3 else "WHERE rowid IN ({})", chance.random()
            written = "CAST(? AS TEXT)" if isinstance(value, bytes) and chance.random() < 0.5 else "?"
            with contextlib.suppress(sqlite3.Error):  # a table without rowid; a value that the schema refuses
                column = chance.choice(columns)
                rows = [row[0] for row in db.execute(f'SELECT rowid FROM "{table}" ORDER BY rowid')] or [0]
                row = rows[int(number * len(rows))]
                db.execute(f'UPDATE "{table}" SET "{column}" = {written} {chosen.format(row)}', [value])


def spoil_the_schema(library: Path, chance: random.Random) -> None:
    """Take away, add or change what the schema has."""
    with contextlib.closing(sqlite3.connect(library / "library.db", isolation_level=None)) as db:
        names = db.execute(
            "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
        ).fetchall()
        kind, name = chance.choice(names)
        changes = [
            f'DROP {kind} "{name}"',
            f'DELETE FROM "{name}"',
            f'ALTER TABLE "{name}" ADD COLUMN more DEFAULT 1',
            f'ALTER TABLE "{name}" RENAME TO "old {name}"',
            f'CREATE TRIGGER mean AFTER UPDATE ON "{name}" BEGIN SELECT RAISE(ABORT, "mine"); END',
            f'CREATE TRIGGER mean AFTER INSERT ON "{name}" BEGIN DELETE FROM images; END',
        ]
        with contextlib.suppress(sqlite3.Error):
            db.execute(chance.choice(changes))


def spoil_bytes(library: Path, chance: random.Random) -> None:
    """Flip, cut and write bytes of the database, as a disk does."""
    file = library / "library.db"
    file.write_bytes(mutated(file.read_bytes(), chance))


def spoil_a_journal(library: Path, chance: random.Random) -> None:
    """Change the lines of a journal, or its bytes."""
    file = chance.choice(sorted((library / "journal").glob("*.jsonl")))
    lines = file.read_text(encoding="utf-8").splitlines()
    if chance.random() < 0.4:
        file.write_bytes(mutated(file.read_bytes(), chance))
        return
    for number in chance.sample(range(len(lines)), chance.choice((1, 1, 2))):
        fields = json.loads(lines[number])
        lines[number] = chance.choice(BAD_LINES)
        if chance.random() < 0.7:
            value = chance.choice([value for value in NASTY if not isinstance(value, bytes)])
            lines[number] = json.dumps({**fields, chance.choice([*fields, "op", "path", "old_at", "hard"]): value})
    file.write_text("\n".join(lines) + "\n", encoding="utf-8", errors="surrogatepass")


KINDS: dict[str, Callable[[Path, random.Random], None]] = {
    "row": spoil_a_row,
    "schema": spoil_the_schema,
    "bytes": spoil_bytes,
    "journal": spoil_a_journal,
}


@pytest.fixture
def sound(clipsearch: Invoke, picture: MakePicture, photos: Path, tmp_path: Path) -> Path:
    """A library with all that one can have; commands use the folder `lib` beside it."""
    for number, colour in enumerate(COLOURS):
        picture(f"{number % 2}/{colour}.png", colour)
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    assert clipsearch("index", photos).exit_code == 3
    for command in (
        ("query", "red"),
        ("label", "--classes", "red,blue", "--name", "colours"),
        ("query", "red", "--copy-to", tmp_path / "copies"),
        ("export-labels", "--sort-into", tmp_path / "sorted", "--yes"),
    ):
        result = clipsearch(*command)
        assert result.exit_code in (0, 1), (command, result.output)
    return shutil.copytree(tmp_path / "lib", tmp_path / "sound")


def what_is_wrong(command: Sequence[str], result: Result) -> str | None:
    """Return what no library may make of a command."""
    if not isinstance(result.exception, SystemExit | None):
        return f"raised {result.exception!r}"
    if result.exit_code not in (0, 1, 2, 3):  # 2 where a label set or all roots are gone
        return f"exit code {result.exit_code}: {result.output[:300]}"
    if any(word in result.stderr for word in UNFORESEEN):
        return f"unforeseen: {result.stderr[:300]}"
    if "json" in command and result.stdout:
        try:
            json.loads(result.stdout, parse_constant=lambda name: pytest.fail(name))
        except ValueError:
            return f"no JSON: {result.stdout[:300]!r}"
    return None


def bytes_below(folder: Path) -> dict[Path, bytes]:
    """Return all files of a folder."""
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("kind", KINDS)
def test_spoiled_libraries_do_no_harm(
    kind: str, clipsearch: Invoke, sound: Path, photos: Path, tmp_path: Path, fuzz_cases: int, fuzz_seed: int
) -> None:
    originals, library = bytes_below(photos), tmp_path / "lib"
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "mine.txt").write_bytes(b"mine")
    wrong = []
    for number in range(max(1, fuzz_cases // len(KINDS))):
        chance = random.Random(f"{fuzz_seed} {kind} {number}")
        shutil.rmtree(library)
        shutil.copytree(sound, library)
        KINDS[kind](library, chance)
        for command in chance.sample(COMMANDS, 2):
            arguments = [str(photos / "0/red.png") if part == "PICTURE" else part for part in command]
            result = clipsearch(*arguments)
            if reason := what_is_wrong(command, result):
                wrong.append(f"{kind}, seed {fuzz_seed}, case {number}, {' '.join(command)}: {reason}")
    assert bytes_below(photos) == originals, "a command has touched the pictures"
    assert bytes_below(kept) == {kept / "mine.txt": b"mine"}
    assert not wrong, "\n".join([f"{len(wrong)} of {kind}", *wrong[:40]])
