"""Attacks: a library with bad rows, of which each must cost itself only. Most failed on the code of before."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import clipsearch
from indexer.models import loading
from indexer.models.agreement import agree
from tests.cli.conftest import Invoke
from tests.fakes import ColourEncoder

DIM = 3


def fp16(*values: float) -> bytes:
    return np.array(values, "<f2").tobytes()


def fp32(*values: float) -> bytes:
    return np.array(values, "<f4").tobytes()


NAN, INF = float("nan"), float("inf")
ZERO, CUT, LONG = fp16(0, 0, 0), fp16(1, 0), fp16(1, 0, 0, 0)
BAD_VECTORS: list[Any] = [
    *(
        fp16(NAN, 0, 0),
        fp16(INF, 0, 0),
        fp16(-INF, INF, 0),
        ZERO,
        fp16(2, 0, 0),
        fp16(0.998, 0, 0),
        fp16(0.5, 0.5, 0.5),
    ),
    *(CUT, CUT[:-1], LONG, b"", b"\0", b"x" * 2_000_000, "abcdef", "", 5, 0.5, -(2**63)),
]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return tmp_path / "lib" / "library.db"


def write(library: Path, sql: str, *values: Any, foreign_keys: bool = False) -> None:
    """Write into a library as anyone can."""
    with closing(sqlite3.connect(library, isolation_level=None)) as db:
        db.execute(f"PRAGMA foreign_keys = {int(foreign_keys)}")
        assert db.execute(sql, values).rowcount


def red(library: Path) -> int:
    with closing(sqlite3.connect(library)) as db:
        row = db.execute("SELECT id FROM images WHERE path = 'red.png'").fetchone()
    return int(row[0])


def strict(constant: str) -> None:
    pytest.fail(f"{constant} is no JSON")


def found(run: Invoke, *arguments: str | Path) -> list[dict[str, Any]]:
    result = run(*arguments, "--format", "json")
    records: list[dict[str, Any]] = json.loads(result.stdout, parse_constant=strict)
    assert result.exit_code == (0 if records else 1), result.output
    return records


def names(records: list[dict[str, Any]]) -> list[str]:
    return sorted(Path(record["path"]).name for record in records)


NEAREST = ("query", "white", "--cutoff", "none", "--raw", "-k", "100")
ALL = ["blue.png", "red.png", "white.png"]


def every_command(run: Invoke, photos: Path) -> None:
    """Run what reads a library; nothing may end in a traceback or an error of Python, nor write what is no JSON."""
    for command in (
        [*NEAREST, "--format", "json"],
        ["query", "--near", photos / "red.png", "--format", "json"],
        ["query", "--in", photos, "--sort", "date", "--format", "json"],
        ["query", "--after", "2001", "--format", "json"],
        ["query", "--camera", "x", "--format", "json"],
        ["query", "--label", "red", "--format", "json"],
        ["similar", photos / "red.png", "--format", "json"],
        ["label", "--classes", "red,blue", "--format", "json"],
        ["labels", "--format", "json"],
        ["labels", "red,blue", "--format", "json"],
        ["duplicates", "--format", "json"],
        ["info", "--format", "json"],
        ["roots", "--format", "json"],
        ["failures", "--format", "json"],
        ["failures", "--notes", "--format", "json"],
        ["index"],
    ):
        result = run(*command)
        assert "please report it" not in result.output, (command, result.output)
        assert result.exception is None or isinstance(result.exception, SystemExit), (command, result.exception)
        assert result.exit_code in (0, 1, 2, 3), (command, result.output)
        if "json" in command and result.exit_code == 0:
            json.loads(result.stdout, parse_constant=strict)


@pytest.mark.parametrize("vector", BAD_VECTORS, ids=lambda vector: repr(vector)[:20])
def test_a_bad_embedding_costs_itself_until_the_next_run(indexed: Invoke, library: Path, vector: Any) -> None:
    """Before: Infinity in JSON, a wrong order, or a ValueError on every query; and no run made it again."""
    write(library, "UPDATE embeddings SET vector = ? WHERE image = ?", vector, red(library))
    assert names(found(indexed, *NEAREST)) == ["blue.png", "white.png"]
    assert "What is stored of 1 picture is damaged and was left out" in indexed(*NEAREST).stderr
    assert "1 encoded" in indexed("index").stderr
    assert names(found(indexed, *NEAREST)) == ALL and "damaged" not in indexed(*NEAREST).stderr


def test_a_run_finds_a_bad_embedding_that_no_query_has_seen(indexed: Invoke, library: Path) -> None:
    write(library, "UPDATE embeddings SET vector = ? WHERE image = ?", fp16(NAN, 0, 0), red(library))
    result = indexed("index")
    assert "1 encoded" in result.stderr and "What was stored of 1 picture was damaged and was dropped" in result.stderr
    assert names(found(indexed, *NEAREST)) == ALL


def test_decay_that_no_trigger_has_seen_is_mended_after_the_first_query(indexed: Invoke, library: Path) -> None:
    with closing(sqlite3.connect(library, isolation_level=None)) as db:
        (sql,) = db.execute("SELECT sql FROM sqlite_master WHERE name = 'embeddings_update'").fetchone()
        db.execute("DROP TRIGGER embeddings_update")
        db.execute("UPDATE embeddings SET vector = zeroblob(6)")
        db.execute(sql)
    assert found(indexed, *NEAREST) == []
    assert "3 encoded" in indexed("index").stderr
    assert names(found(indexed, *NEAREST)) == ALL


@pytest.mark.parametrize("vector", BAD_VECTORS[::5], ids=lambda vector: repr(vector)[:20])
def test_every_command_lives_with_a_bad_embedding(indexed: Invoke, library: Path, photos: Path, vector: Any) -> None:
    write(library, "UPDATE embeddings SET vector = ? WHERE image = ?", vector, red(library))
    every_command(indexed, photos)
    assert names(found(indexed, *NEAREST)) == ALL


@pytest.mark.parametrize("vector", [fp32(NAN, 0, 0), fp32(INF, 0, 0), fp32(0, 0, 0), fp32(1, 0), b"", "text", 7])
def test_a_bad_text_is_embedded_again(indexed: Invoke, library: Path, vector: Any) -> None:
    """Before: Infinity in JSON, or a ValueError, each time that this text is asked for."""
    sound = found(indexed, *NEAREST)
    write(library, "UPDATE texts SET vector = ? WHERE text = 'white'", vector)
    assert found(indexed, *NEAREST) == sound
    assert "damaged" not in indexed(*NEAREST).stderr
    write(library, "UPDATE texts SET vector = ?", vector)
    indexed("query", "white")
    assert found(indexed, *NEAREST) == sound


SETTINGS: list[tuple[str, Any]] = [("temperature", value) for value in (0, -1, INF, 1e300, "x", b"x")]
SETTINGS += [("int8", value) for value in ("{", "[]", b"\xff", '{"taken": 1e999}', '{"taken": true, "overlap": "x"}')]
SETTINGS += [("logit_scale", value) for value in (INF, "x")] + [("logit_bias", value) for value in (INF, b"")]
SETTINGS += [("dim", value) for value in (0, 10**9, 2**63 - 1, "x", 4, 2.5)]
SETTINGS += [("generation", value) for value in ("x", -(2**63), 2**63 - 1)]
SETTINGS += [("name", value) for value in (b"\xff", "", "no such kind:x")]
SETTINGS += [("verified", value) for value in ("x", 2**63 - 1)] + [("active", value) for value in (0, 2)]


@pytest.mark.parametrize(("column", "value"), SETTINGS, ids=lambda part: repr(part)[:30])
def test_no_setting_of_a_model_ends_in_an_error_of_python(
    indexed: Invoke, library: Path, photos: Path, column: str, value: Any
) -> None:
    """Before: TypeError, ValueError, OverflowError, JSONDecodeError or OperationalError on every command."""
    indexed("label", "--classes", "red,blue")
    write(library, f"UPDATE models SET {column} = ?", value)
    every_command(indexed, photos)


ODD: tuple[Any, ...] = (b"\xff\x00", "x\0y", "", -1, 2**63 - 1, -(2**63), INF, 0.5)
ODD_JSON = ("{", "[]", "null", "[5]", '[{"name": 5, "prompts": [1]}]', '[{"name": "a"}]', "[" * 100_000)
COLUMNS = {
    "images": "size mtime_ns ctime_ns width height format indexed_at content_hash at_ms taken_at camera_make"
    " camera_model lens latitude longitude orientation perceptual_hash taken_from taken_ms note root path path_bytes",
    "label_sets": "name kind classes templates other threshold temperature recipe labelled_at exported_as model",
    "roots": "path path_bytes exclude indexed_at up_to_date include_hidden",
    "labels": "class probability image",
    "failures": "root path path_bytes size mtime_ns reason failed_at lasting",
}


@pytest.fixture(scope="module")
def damageable(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """A folder with a library that has rows enough to damage a column of each, and with its pictures."""
    folder = tmp_path_factory.mktemp("damageable")
    photos = folder / "photos"
    photos.mkdir()
    for number in range(24):
        Image.new("RGB", (16, 12), (200, number, 9)).save(photos / f"{number:02}.png")
    for number in range(8):
        (photos / f"bad {number}.png").write_text("broken")
    Image.new("RGB", (16, 12), "white").save(photos / "good.png")
    for number in range(7):
        (folder / f"other {number}").mkdir()
        Image.new("RGB", (16, 12), (number, 9, 200)).save(folder / f"other {number}" / "a.png")
    encoder = ColourEncoder()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLIPSEARCH_CACHE", str(cache))
        patch.setattr(loading, "load_encoder", lambda *_: encoder)
        with clipsearch.open(folder / "lib") as library:
            library.index([photos, *folder.glob("other *")], workers=0)
            for number in range(12):
                list(library.label(["red", "blue"], name=f"set {number}"))
    return folder


@pytest.fixture
def many(clipsearch: Invoke, damageable: Path, tmp_path: Path) -> Invoke:
    """Run the command line on a copy of that library."""
    shutil.copytree(damageable / "lib", tmp_path / "lib")
    agree("colour")
    return clipsearch


@pytest.mark.parametrize(
    ("table", "value"),
    [
        *((table, value) for table in COLUMNS for value in ODD),
        *((table, value) for table in ("label_sets", "roots") for value in ODD_JSON),
    ],
    ids=lambda part: repr(part)[:30],
)
def test_a_bad_row_costs_itself(many: Invoke, library: Path, damageable: Path, table: str, value: Any) -> None:
    """Before: an error of Python on every query, for most columns and values."""
    key = "image" if table == "labels" else "id"
    with closing(sqlite3.connect(library, isolation_level=None)) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        ids = [row[0] for row in db.execute(f"SELECT DISTINCT {key} FROM {table} ORDER BY {key}")]  # good.png is last
        for column, row in zip(COLUMNS[table].split(), ids, strict=False):
            db.execute(f"UPDATE OR IGNORE {table} SET {column} = ? WHERE {key} = ?", [value, row])
    assert "good.png" in names(found(many, *NEAREST))
    every_command(many, damageable / "photos")
    assert "good.png" in names(found(many, *NEAREST))


@pytest.mark.parametrize("image", [-1, 2**40, 2**62, 2**63 - 1])
def test_absurd_ids_take_no_memory(indexed: Invoke, library: Path, photos: Path, image: int) -> None:
    for table, column in (("images", "id"), ("embeddings", "image"), ("labels", "image")):
        if table != "labels":
            write(library, f"UPDATE {table} SET {column} = ? WHERE {column} = 1", image)
    assert len(found(indexed, *NEAREST)) >= 2
    every_command(indexed, photos)


@pytest.mark.parametrize("table", ["images", "texts", "models", "roots", "labels", "label_sets", "failures"])
def test_text_that_is_no_utf8(indexed: Invoke, library: Path, photos: Path, table: str) -> None:
    """Before: OperationalError, "Could not decode to UTF-8", on every query that reads it."""
    (photos / "broken.png").write_text("broken")
    indexed("label", "--classes", "red,blue")
    indexed("index")
    first = "image = 1" if table == "labels" else f"rowid = (SELECT min(rowid) FROM {table})"
    with closing(sqlite3.connect(library, isolation_level=None)) as db:
        for column in [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[2] == "TEXT"]:
            db.execute(f"UPDATE {table} SET {column} = CAST(x'ff41c328' AS TEXT) WHERE {first}")
    every_command(indexed, photos)


def test_odd_precisions_and_comparisons(indexed: Invoke, library: Path, photos: Path) -> None:
    write(library, "UPDATE embeddings SET precision = x'ff'")
    with closing(sqlite3.connect(library, isolation_level=None)) as db:
        (method,) = db.execute("SELECT ifnull(max(method), 0) FROM comparisons").fetchone()
        digests = [row[0] for row in db.execute("SELECT content_hash FROM images")]
        pairs = [(one, other, method, b"\xff") for one in digests for other in digests]
        db.executemany("INSERT OR REPLACE INTO comparisons VALUES (?, ?, ?, ?)", pairs)
    every_command(indexed, photos)


def test_a_view_in_place_of_a_table_is_not_read(indexed: Invoke, library: Path) -> None:
    """Before: a query that never ends."""
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    with closing(sqlite3.connect(library, isolation_level=None)) as db:
        db.executescript(f"PRAGMA foreign_keys = OFF; DROP TABLE roots; CREATE VIEW roots AS {endless}")
    result = indexed(*NEAREST)
    assert result.exit_code == 1 and "view in place of the table roots" in result.stderr


def test_a_picture_can_not_lead_out_of_its_root(indexed: Invoke, library: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes((tmp_path / "photos" / "red.png").read_bytes())
    for path in ("../secret.png", str(tmp_path / "secret.png"), "sub/../../secret.png"):
        write(library, "UPDATE images SET path = ? WHERE id = 1", path)
        assert "secret.png" not in indexed(*NEAREST).stdout
