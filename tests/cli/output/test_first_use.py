"""Tests of the question before a library's model is first used, in all the ways that lead there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import clipsearch as api
from cli.main import main
from indexer.models import loading
from indexer.store.store import Store
from tests.cli.conftest import Invoke, one_sentence
from tests.conftest import MakePicture
from tests.fakes import ColourEncoder

FOREIGN = "hf-hub:org/foreign"


@pytest.fixture
def foreign(indexed: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """A library whose query for red is known, as it comes to someone else, with another model's name."""
    assert indexed("query", "red").exit_code == 0
    with Store.open(tmp_path / "lib") as store, store.writing():
        store.db.execute("UPDATE models SET name = ?", [FOREIGN])
    monkeypatch.setenv("CLIPSEARCH_CONFIG", str(tmp_path / "another machine"))
    return indexed


@pytest.fixture
def picture_elsewhere(tmp_path: Path, picture: MakePicture) -> Path:
    return picture("red.png", "red").rename(tmp_path / "elsewhere.png")


def no_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "load_encoder", lambda *_: pytest.fail("loaded"))


def test_what_is_known_needs_no_model(foreign: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    no_loading(monkeypatch)
    for arguments in (["query", "red"], ["info"], ["duplicates"], ["index"], ["failures"], ["query", "--type", "png"]):
        result = foreign(*arguments)
        assert result.exit_code == 0 and "never asked for" not in result.output, result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["query", "lime"],
        ["query", "red", "--minus", "lime"],
        ["query", "word " * 90],
        ["query", "--like", "PICTURE"],
        ["similar", "PICTURE"],
        ["label", "--classes", "lime,blue"],
        ["label", "PICTURE", "--classes", "lime,blue"],
        ["index", "--reindex"],
        ["index", "FOLDER"],
        ["watch", "FOLDER"],
        ["eval", "TRUTH"],
        ["eval", "--captions", "CAPTIONS"],
    ],
)
def test_each_way_to_the_model_is_refused_where_nobody_can_be_asked(
    foreign: Invoke, arguments: list[str], picture_elsewhere: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_loading(monkeypatch)
    truth, captions = photos.parent / "truth.csv", photos.parent / "captions.csv"
    truth.write_text(f"path,class\n{picture_elsewhere},red\n{photos / 'sub/blue.png'},blue\n")
    captions.write_text(f"path,caption\n{picture_elsewhere},something lime\n{photos / 'sub/blue.png'},blue\n")
    places = {"PICTURE": picture_elsewhere, "FOLDER": picture_elsewhere.parent, "TRUTH": truth, "CAPTIONS": captions}
    result = foreign(*(places.get(argument, argument) for argument in arguments))
    assert result.exit_code == 1, result.output
    sentence = result.stderr.splitlines()[-1]
    for part in ("Error: ", FOREIGN, "repository org/foreign", "never asked for", f"--model {FOREIGN}"):
        assert part in sentence


@pytest.mark.parametrize("command", [["query", "lime"], ["label", "--classes", "lime,blue"], ["eval", "--calibrate"]])
def test_what_was_exported_of_the_model_is_not_opened_either(
    foreign: Invoke, command: list[str], photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the code of before labels came from an export of the model, if there was one, without a question."""
    monkeypatch.setattr("search.texts.embeddings.open_tower", lambda *_: pytest.fail("opened"))
    truth = photos.parent / "truth.csv"
    truth.write_text(f"path,class\n{photos / 'red.png'},red\n{photos / 'sub/blue.png'},blue\n")
    result = foreign(*command, *([truth] if command[0] == "eval" else []))
    assert result.exit_code == 1 and "never asked for" in result.stderr, result.output


def test_the_python_api_refuses_too(foreign: Invoke, tmp_path: Path) -> None:
    with api.open(tmp_path / "lib") as library:
        assert library.query("red")
        with pytest.raises(api.ModelError, match=r"model=\.\.\."):
            library.query("lime")
    with api.open(tmp_path / "lib", model=FOREIGN) as library:
        library.query("lime")
    with api.open(tmp_path / "lib") as library:
        library.query("lime green")


@pytest.mark.parametrize(
    "command", [["query", "white"], ["similar", "PICTURE"], ["index"], ["label", "--classes", "a"]]
)
def test_naming_it_once_is_enough(foreign: Invoke, command: list[str], picture_elsewhere: Path) -> None:
    command = [str(picture_elsewhere) if part == "PICTURE" else part for part in command]
    one_sentence(foreign("query", "lime"), "never asked for")
    first = foreign(*command, "--model", FOREIGN)
    assert "never asked for" not in first.output
    assert foreign("query", "lime", "--all").exit_code == 0


def test_another_name_does_not_agree(foreign: Invoke) -> None:
    one_sentence(foreign("query", "lime", "--model", "hf-hub:org/other"), "was indexed with hf-hub:org/foreign")
    one_sentence(foreign("query", "lime"), "never asked for")


def answered(answer: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Result:
    """Ask for something new on a terminal, and answer."""
    monkeypatch.setattr("cli.output.first_use.is_terminal", lambda _: True)
    library = str(tmp_path / "lib")
    return CliRunner().invoke(main, ["query", "lime", "--all", "--library", library], input=answer)


@pytest.mark.parametrize("answer", ["n\n", "\n"])
def test_no_is_the_answer_that_needs_no_word(
    foreign: Invoke, answer: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    no_loading(monkeypatch)
    result = answered(answer, monkeypatch, tmp_path)
    assert result.exit_code == 1 and result.stdout == ""
    assert FOREIGN in result.stderr and "from the repository org/foreign" in result.stderr
    assert result.stderr.splitlines()[-1].startswith("Error: The model hf-hub:org/foreign is not used")
    assert not (tmp_path / "another machine").exists()


def test_yes_is_remembered(
    foreign: Invoke, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert answered("y\n", monkeypatch, tmp_path).exit_code == 0
    assert encoder.texts_encoded
    again = answered("", monkeypatch, tmp_path)
    assert again.exit_code == 0 and "Use it?" not in again.stderr


def test_a_name_writes_nothing_to_a_terminal(foreign: Invoke, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with Store.open(tmp_path / "lib") as store, store.writing():
        store.db.execute("UPDATE models SET name = ?", ["hf-hub:org/\x1b]0;evil\x07\r\n\u202ex"])
    for result in (foreign("query", "lime"), answered("n\n", monkeypatch, tmp_path)):
        assert result.exit_code == 1
        assert all(line.isprintable() for line in result.stderr.splitlines()), result.stderr


@pytest.mark.parametrize(("key", "code"), [(b"n\n", 1), (b"\x03", 130)])
@pytest.mark.parametrize("command", [["query", "lime"], ["index", "--reindex"]])
def test_a_terminal_is_asked(foreign: Invoke, tmp_path: Path, command: list[str], key: bytes, code: int) -> None:
    """With a real terminal, and a model that is a folder here; a run is asked too, and Ctrl-C ends it at once."""
    pty = pytest.importorskip("pty")
    import subprocess
    import sys

    with Store.open(tmp_path / "lib") as store, store.writing():
        store.db.execute("UPDATE models SET name = ?", [f"local-dir:{tmp_path / 'none'}"])
    ours, theirs = pty.openpty()
    run = ["-c", "from cli.main import main; main()", *command, "--library", str(tmp_path / "lib")]
    with subprocess.Popen(
        [sys.executable, *run], stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, preexec_fn=lambda: _own(theirs)
    ) as running:
        os.close(theirs)
        seen = b""
        while b"Use it?" not in seen:
            seen += os.read(ours, 1000)
        os.write(ours, key)
        assert running.wait(300) == code
        assert running.stdout is not None and running.stdout.read() == b""
    assert f"local-dir:{tmp_path / 'none'}".encode() in seen
    assert not (tmp_path / "another machine").exists()
    os.close(ours)


def _own(terminal: int) -> None:
    """Make a terminal that of a new process, so that it gets its Ctrl-C."""
    import fcntl
    import termios

    os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
