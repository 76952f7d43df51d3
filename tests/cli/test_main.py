"""Tests of cli: output formats, exit codes, and that every mistake is one sentence."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import cli.commands.index
import search.index.building
import search.index.due
from cli.main import main
from cli.output.error_sentences import sentence
from indexer.arrays import FloatArray
from indexer.errors import HubUnreachable, LibraryMissing
from indexer.models import loading as model_choice
from indexer.models import names as model_names
from indexer.models.preprocess import Pixels
from indexer.store.lock import LOCK_NAME, only_writer
from indexer.store.models import models, remember_model
from indexer.store.store import DATABASE_NAME, Store
from tests.conftest import MakePicture
from tests.fakes import ColourEncoder

Invoke = Callable[..., Result]


@pytest.fixture
def clipsearch(monkeypatch: pytest.MonkeyPatch, encoder: ColourEncoder, tmp_path: Path) -> Invoke:
    """Run the command line with the fake model and a library of its own."""
    monkeypatch.setattr(model_choice, "load_encoder", lambda *_: encoder)

    def invoke(*arguments: str | Path) -> Result:
        return CliRunner().invoke(
            main, [str(one) for one in arguments], env={"CLIPSEARCH_LIBRARY": str(tmp_path / "lib")}
        )

    return invoke


@pytest.fixture
def indexed(clipsearch: Invoke, photos: Path, picture: MakePicture) -> Invoke:
    """The same with three pictures indexed."""
    picture("red.png", "red")
    picture("sub/blue.png", "blue")
    picture("sub/white.png", "white")
    result = clipsearch("index", photos)
    assert result.exit_code == 0, result.output
    return clipsearch


def one_sentence(result: Result, *words: str, code: int = 1) -> None:
    """Assert that a command failed with one line on stderr, without a traceback."""
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    assert result.stdout == ""
    lines = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1 and all(word in lines[0] for word in words), result.stderr


def test_index_summary_is_on_stderr(clipsearch: Invoke, photos: Path, picture: MakePicture) -> None:
    picture("a.png", "red")
    (photos / "bad.jpg").write_text("text")
    result = clipsearch("index", photos)
    assert (result.exit_code, result.stdout) == (cli.commands.index.SOME_FAILED, "")
    assert "bad.jpg: not a picture" in result.stderr
    assert "2 pictures found: 1 encoded, 0 unchanged, 0 forgotten, 1 failed; " in result.stderr
    again = clipsearch("index", photos)
    assert again.exit_code == cli.commands.index.SOME_FAILED
    assert "1 files failed before" in again.stderr and "bad.jpg" not in again.stderr


def test_quiet_says_only_what_is_wrong(clipsearch: Invoke, photos: Path, picture: MakePicture) -> None:
    picture("a.png", "red")
    result = clipsearch("index", photos, "--quiet")
    assert (result.exit_code, result.output) == (0, "")
    (photos / "bad.jpg").write_text("text")
    result = clipsearch("index", photos, "--quiet")
    assert (result.exit_code, result.output.count("\n")) == (3, 1)
    assert "bad.jpg: not a picture" in result.stderr


def test_every_line_of_the_json_log_is_an_object(clipsearch: Invoke, photos: Path, picture: MakePicture) -> None:
    picture("a.png", "red")
    (photos / "bad.jpg").write_text("text")
    result = clipsearch("index", photos, "--log-json")
    events = [json.loads(line) for line in result.stderr.splitlines()]
    assert [event["event"] for event in events if event["event"] not in ("progress", "bottleneck")] == [
        "loading",
        "encoding",
        "problem",
        "summary",
    ]
    assert (events[-1]["encoded"], events[-1]["failed"], result.exit_code) == (1, 1, 3)
    result = clipsearch("index", photos / "nowhere", "--log-json")
    events = [json.loads(line) for line in result.stderr.splitlines()]
    assert (events[-1]["event"], result.exit_code) == ("error", 1)
    assert "folder that exists" in events[-1]["text"]


def test_the_log_is_json_and_quiet_is_not_silent_when_the_default_model_gives_way(
    monkeypatch: pytest.MonkeyPatch, photos: Path, picture: MakePicture, tmp_path: Path, encoder: ColourEncoder
) -> None:
    def load(name: str, device: str) -> ColourEncoder:
        if name == model_names.DEFAULT_MODEL:
            raise HubUnreachable("offline")
        return encoder

    monkeypatch.setattr(model_choice, "load_encoder", load)
    picture("a.png", "red")
    result = CliRunner().invoke(main, ["index", str(photos), "--library", str(tmp_path / "one"), "--log-json"])
    events = [json.loads(line) for line in result.stderr.splitlines()]
    told = " ".join(event["text"] for event in events if event["event"] == "message")
    assert result.exit_code == 0 and "using the built-in model" in told
    result = CliRunner().invoke(main, ["index", str(photos), "--library", str(tmp_path / "other"), "--quiet"])
    assert "using the built-in model" in result.stderr


def test_a_folder_that_can_not_be_read_is_not_success(
    indexed: Invoke, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def refuse(path: str, *arguments: int, **options: int) -> int:
        if str(path).endswith("sub"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "open", refuse)
    for _ in range(2):
        result = indexed("index", photos, "--quiet")
        assert (result.exit_code, result.stderr.count("\n")) == (3, 1)
        assert "sub: the folder can't be read" in result.stderr
    monkeypatch.undo()
    assert "3 unchanged" in indexed("index", photos).stderr, "and nothing in it was forgotten"


def test_a_switch_is_not_called_off_while_it_is_being_made(
    indexed: Invoke, tmp_path: Path, encoder: ColourEncoder
) -> None:
    with Store.open(tmp_path / "lib") as store:
        remember_model(store, ColourEncoder("other"))
        store.db.execute("UPDATE models SET name = 'builtin' WHERE active = 1")
        with only_writer(store):
            one_sentence(indexed("index", "--model", "builtin"), "being indexed by")
        assert len(models(store)) == 2
        assert indexed("index", "--model", "builtin").exit_code == 0
        assert len(models(store)) == 1


def test_a_library_that_can_not_be_written_to(indexed: Invoke, tmp_path: Path) -> None:
    (tmp_path / "lib" / LOCK_NAME).unlink()
    (tmp_path / "lib" / LOCK_NAME).mkdir()
    for command in (["index"], ["roots", "remove", str(tmp_path / "photos"), "--yes"]):
        one_sentence(indexed(*command), "can't be written to", "--library")


def test_a_second_indexer_is_told_who_holds_the_library(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    with Store.open(tmp_path / "lib") as store, only_writer(store):
        one_sentence(indexed("index", photos), f"process {os.getpid()}", "since")
        assert indexed("query", "red", "-k", "1").exit_code == 0


def test_index_leaves_the_file_of_a_large_library_ready(
    clipsearch: Invoke, photos: Path, picture: MakePicture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        picture(f"{number}.png", f"rgb({number * 4}, {255 - number * 4}, 90)")
    for module in (search.index.building, search.index.due):
        monkeypatch.setattr(module, "EXACT_ROWS", 50)
    clipsearch("index", photos)
    assert len(list((tmp_path / "lib").glob("model-1-*.faiss"))) == 1
    assert "recall@10" in clipsearch("info").stdout


def test_index_without_folders_goes_over_the_known_ones(indexed: Invoke, photos: Path, picture: MakePicture) -> None:
    picture("new.png", "lime")
    assert "1 encoded, 3 unchanged" in indexed("index").stderr


def test_index_mistakes(clipsearch: Invoke, photos: Path, picture: MakePicture) -> None:
    one_sentence(clipsearch("index"), "clipsearch index FOLDER")
    one_sentence(clipsearch("index", photos / "nowhere"), "folder that exists")
    empty = clipsearch("index", photos)
    assert (empty.exit_code, "No pictures in" in empty.stderr) == (0, True)
    one_sentence(clipsearch("query", "red"), "Nothing is indexed")
    picture("a.png", "red")
    partly = clipsearch("index", photos, photos / "nowhere")
    assert partly.exit_code == 1
    assert "nowhere: no such folder" in partly.stderr and "1 encoded" in partly.stderr
    one_sentence(clipsearch("query", "red", "--model", "ViT-B-32/openai"), "indexed with colour", "index --model")
    assert clipsearch("index", "--exclude", "*.gif").exit_code == 2
    assert clipsearch("index", photos, "--batch-size", "0").exit_code == 2


def test_another_model_is_built_beside_and_can_be_called_off(
    indexed: Invoke, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(ColourEncoder):
        def encode_images(self, batch: Pixels) -> FloatArray:
            raise RuntimeError("no such kernel")

    monkeypatch.setattr(model_choice, "load_encoder", lambda name, _: Interrupted(name))
    assert indexed("index", "--model", "ViT-B-32/openai").exit_code == 1
    assert "colour" in indexed("info").stdout, "the old model goes on answering"
    plain = indexed("index")
    assert (plain.exit_code, "is not complete; clipsearch index --model ViT-B-32/openai" in plain.stderr) == (0, True)
    with Store.open(tmp_path / "lib") as store:
        assert len(models(store)) == 2
        store.db.execute("UPDATE models SET name = 'builtin' WHERE active")
    assert "not complete" not in indexed("index", "--model", "builtin").stderr
    monkeypatch.setattr(model_choice, "load_encoder", lambda name, _: ColourEncoder(name))
    assert "3 encoded" in indexed("index", "--model", "ViT-B-32/openai").stderr
    assert "ViT-B-32/openai" in indexed("info").stdout


def test_query_formats(indexed: Invoke, photos: Path) -> None:
    red = photos / "red.png"
    assert indexed("query", "red", "-k", "1").stdout == f"1.0000\t{red}\n"
    assert indexed("query", "red", "-k", "1", "--format", "paths").stdout == f"{red}\n"
    assert indexed("query", "red", "-k", "1", "-0").stdout == f"{red}\0"
    (hit,) = json.loads(indexed("query", "red", "-k", "1", "--format", "json").stdout)
    assert (hit["path"], round(hit["score"], 3)) == (str(red), 1.0)
    rows = list(csv.DictReader(io.StringIO(indexed("query", "red", "--all", "--format", "csv").stdout)))
    assert next(row["path"] for row in rows) == str(red) and len(rows) == 3


def test_the_cutoff_of_a_query(indexed: Invoke, photos: Path) -> None:
    def found(*options: object) -> list[str]:
        return [Path(line).name for line in indexed("query", *options, "--format", "paths").stdout.splitlines()]

    assert found("red", "--cutoff", "0.99") == ["red.png"]
    assert len(found("red", "--cutoff", "none")) == len(found("red", "--all")) == 3
    nothing = indexed("query", "yellow", "--cutoff", "0.99")
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert "No match; the nearest is" in nothing.stderr and "--all" in nothing.stderr
    assert "No picture in 1999" in indexed("query", "red", "--after", "1999", "--before", "2000").stderr
    assert json.loads(indexed("query", "yellow", "--cutoff", "0.99", "--format", "json").stdout) == []
    for senseless in ("much", "2", "nan"):
        assert indexed("query", "red", "--cutoff", senseless).exit_code == 2


def test_queries_of_several_terms(indexed: Invoke, photos: Path) -> None:
    def first(*options: object) -> str:
        return Path(indexed("query", *options, "--all", "--format", "paths").stdout.splitlines()[0]).name

    assert first("--like", photos / "red.png") == "red.png"
    assert first("white", "--minus", "lime", "--minus", "blue") == "red.png"
    assert first("--plus", "red:2", "--plus", "black:0.1") == "red.png"
    one_sentence(indexed("query", "red", "--minus", "red"), "cancel each other", code=2)
    one_sentence(indexed("query", "--like", photos / "none.png"), "can't be searched with")
    assert "--like" in indexed("query", str(photos / "red.png").replace("red.png", "sub/../red.png")).stderr


def test_similar_pictures(indexed: Invoke, photos: Path, picture: MakePicture) -> None:
    rose = picture("rose.png", "rgb(250, 10, 10)")
    assert indexed("similar", rose, "-k", "1", "--format", "paths").stdout == f"{photos / 'red.png'}\n"
    one_sentence(indexed("similar", photos / "none.png"), "can't be read")


def test_query_in_a_folder(indexed: Invoke, photos: Path) -> None:
    assert "red.png" not in indexed("query", "red", "--in", photos / "sub").stdout
    one_sentence(indexed("query", "red", "--in", "/nowhere"), "check the name")


def test_names_that_are_not_utf8_come_out_byte_for_byte(clipsearch: Invoke, photos: Path, picture: MakePicture) -> None:
    name = b"caf\xe9\n.png"
    path = picture(os.fsdecode(name), "red")
    clipsearch("index", photos)
    assert clipsearch("query", "red", "-0").stdout_bytes == os.fsencode(path) + b"\0"
    assert os.fsencode(path) in clipsearch("query", "red", "--format", "paths").stdout_bytes
    (hit,) = json.loads(clipsearch("query", "red", "--format", "json").stdout)
    assert hit["path"].endswith("caf\\xe9\n.png")


def test_query_mistakes(indexed: Invoke, tmp_path: Path) -> None:
    one_sentence(indexed("query", " "), "empty", code=2)
    one_sentence(indexed("query", "red", "--model", "builtin"), "indexed with colour")
    assert indexed("query").exit_code == 2
    assert indexed("query", "red", "-k", "0").exit_code == 2
    one_sentence(indexed("query", "red", "--library", tmp_path / "none"), "clipsearch index FOLDER")


@pytest.mark.parametrize(
    "arguments",
    [
        ["index", ""],
        ["query", "red", "--in", ""],
        ["query", "red", "--copy-to", ""],
        ["query", "red", "--html", ""],
        ["similar", ""],
        ["label", "", "--classes", "red,blue"],
        ["eval", ""],
        ["eval", "truth", "--plots", ""],
        ["export-labels", "--sort-into", ""],
        ["export-labels", "--csv", ""],
        ["roots", "move", "", "new"],
    ],
)
def test_an_empty_path_is_not_the_current_folder(indexed: Invoke, arguments: list[str]) -> None:
    one_sentence(indexed(*arguments), "The path is empty", code=2)


def test_paths_that_no_file_system_takes(indexed: Invoke, photos: Path) -> None:
    (photos / "loop").symlink_to(photos / "loop")
    for path in (photos / "loop", "x" * 300, "~nobody-of-this-name/x"):
        one_sentence(indexed("index", path), "folder that exists")
        one_sentence(indexed("query", "red", "--in", path), "No picture in the library is below")
        result = indexed("label", path, photos / "red.png", "--classes", "red,blue", "--no-other")
        assert (result.exit_code, result.stdout[:4]) == (1, "red\t"), result.output
    one_sentence(indexed("query", "red", "-0", "--format", "json"), "-0", code=2)
    one_sentence(indexed("label", "--classes", "red\nblue"), "line break", code=2)


def test_a_damaged_and_a_newer_library(clipsearch: Invoke, tmp_path: Path, photos: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / DATABASE_NAME).write_text("no database" * 500)
    for command in (["query", "red"], ["info"], ["index", photos], ["label", "--classes", "a,b"]):
        one_sentence(clipsearch(*command), "move it away")
    (tmp_path / "lib" / DATABASE_NAME).unlink()
    with Store.create(tmp_path / "lib") as store:
        store.db.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('clipsearch', 'm999')")
    one_sentence(clipsearch("query", "red"), "newer clipsearch")


def test_info_json(indexed: Invoke, photos: Path) -> None:
    info = json.loads(indexed("info", "--format", "json").stdout)
    assert (info["pictures"], info["model"], info["roots"][0]["path"]) == (3, "colour", str(photos))


def test_unforeseen_errors_are_sentences_too(clipsearch: Invoke, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Store, "create", broken)
    one_sentence(clipsearch("index", photos), "disk is full")
    assert "writing to this library" in sentence(sqlite3.OperationalError("database is locked"))
    assert "permissions" in sentence(sqlite3.OperationalError("attempt to write a readonly database"))
    assert "run the same command again" in sentence(sqlite3.IntegrityError("FOREIGN KEY constraint failed"))
    assert "damaged" in sentence(sqlite3.DatabaseError("database disk image is malformed"))
    assert "damaged" not in sentence(sqlite3.OperationalError("disk I/O error"))
    assert "CLIPSEARCH_DEBUG" in sentence(ValueError("what"))
    assert sentence(LibraryMissing("No library.")) == "No library."


def test_stopped_run_exits_130(clipsearch: Invoke, photos: Path, picture: MakePicture) -> None:
    for number in range(200):
        picture(f"{number}.png", "red")

    class Interrupting(ColourEncoder):
        def encode_images(self, batch: Pixels) -> FloatArray:
            if not self.images_encoded:
                os.kill(os.getpid(), signal.SIGINT)
            return super().encode_images(batch)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_choice, "load_encoder", lambda *_: Interrupting())
        result = clipsearch("index", photos)
    assert (result.exit_code, "200 encoded" in result.stderr) == (cli.commands.index.STOPPED, False), result.output
    assert "Stopped; what was encoded is kept" in result.stderr
    assert "200 pictures found" in clipsearch("index", photos).stderr


def commands() -> list[click.Command]:
    return list(main.commands.values())


@pytest.mark.parametrize("command", commands(), ids=lambda command: str(command.name))
def test_every_command_and_option_has_help_with_an_example(command: click.Command) -> None:
    assert command.help and "Example:" in command.help
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help and "Example:" in option.help, f"{command.name} {option.opts}"


def test_version_and_help() -> None:
    assert CliRunner().invoke(main, ["--version"]).output.startswith("clipsearch, version 0.")
    assert "red envelope" in CliRunner().invoke(main, ["--help"]).output
