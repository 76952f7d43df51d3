"""Tests of cli.completion, from the variable by which a shell asks to what it is told."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import search.library.glance
from cli.main import main
from indexer.store.store import DATABASE_NAME, Store
from tests.cli.completion.test_lines import BREAKS
from tests.cli.conftest import Invoke
from tests.conftest import REPOSITORY

Complete = Callable[..., list[str]]
HURRIED = search.library.glance.SECONDS
PATIENT = "import search.library.glance\nsearch.library.glance.SECONDS = 60.0\n"


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a look into a library take what it takes on a busy machine."""
    monkeypatch.setattr(search.library.glance, "SECONDS", 60.0)


@pytest.fixture
def complete(tmp_path: Path) -> Complete:
    """Ask as bash does; returns the kind of the answer and what may take the word's place."""

    def ask(line: str, shell: str = "bash") -> list[str]:
        words = line.split(" ")
        env = {"CLIPSEARCH_LIBRARY": str(tmp_path / "lib"), "_CLIPSEARCH_COMPLETE": f"{shell}_complete"}
        env |= {"COMP_LINE": f"clipsearch {line}", "COMP_WORDBREAKS": BREAKS, "COMP_WORDS": f"clipsearch {line}"}
        env |= {"COMP_CWORD": words[-1] if shell == "fish" else str(len(words))}
        result = CliRunner().invoke(main, [], env=env, prog_name="clipsearch")
        assert result.exit_code == 0 and result.stderr == "", result.output
        return result.stdout.splitlines()

    return ask


@pytest.fixture
def labelled(indexed: Invoke) -> Invoke:
    """A library with two label sets."""
    assert indexed("label", "--classes", "red,blue").exit_code == 0
    assert indexed("label", "--classes", "red car,blue", "--name", "kitchen").exit_code == 0
    return indexed


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return what is in a folder, with the time of its last change."""
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def test_commands_and_options(complete: Complete) -> None:
    assert complete("")[:4] == ["words", "index", "query", "similar"]
    assert complete("ex") == ["words", "export-labels", "export-dataset", "export-embeddings"]
    assert complete("roots ") == ["words", "list", "add", "remove", "move"]
    assert complete("query --mi") == ["words", "--minus", "--min-size"]
    assert complete("query --sort ") == ["words", "score", "date", "path"]
    assert complete("label --preset ph") == ["words", "photo-basics"]
    assert complete("nothing ")[0] == "words"


def test_label_sets_and_their_classes(complete: Complete, labelled: Invoke) -> None:
    assert complete("query --label ") == ["words", r"red\ car", "blue", "red"]
    assert complete("query --label r") == ["words", r"red\ car", "red", "red,blue:red", "red,blue:blue"]
    assert complete("query --label kitchen:") == ["words", r"red\ car", "blue"]
    assert complete("query --label 'kitchen:r") == ["words", "kitchen:red car"]
    for line in ("labels show ", "labels remove ", "labels rename ", "labels keep ", "export-labels ", "label --name "):
        assert complete(line) == ["words", "kitchen", "red,blue"], line
    assert complete("labels rename kitchen ") == ["words"]
    assert complete("labels show red", "fish") == ["plain,red,blue\t2 classes"]
    assert complete("labels show k", "zsh") == ["plain", "kitchen", "2 classes"]


def test_actions_with_what_they_did(complete: Complete, labelled: Invoke, tmp_path: Path) -> None:
    assert complete("undo ") == ["words"]
    for name in ("one", "two"):
        assert labelled("query", "red", "-k", "1", "--copy-to", tmp_path / name).exit_code == 0
    (second, first) = complete("undo ")[1:]
    assert "Copied" in complete("undo ", "zsh")[2] or str(tmp_path / "two") in complete("undo ", "zsh")[2]
    assert labelled("undo", second).exit_code == 0
    assert complete("undo ") == ["words", first]
    (tmp_path / "lib" / "journal" / "20260101T000000000000-ffffff.jsonl").write_bytes(b"\xff{" * 5000)
    (tmp_path / "lib" / "journal" / "20260101T000000000001-eeeeee.jsonl").symlink_to("/etc/passwd")
    assert "/etc" not in str(complete("undo "))


def test_folders_models_and_types(complete: Complete, labelled: Invoke, photos: Path) -> None:
    assert complete("roots remove ") == ["words", str(photos)]
    assert complete("roots move ") == ["words", str(photos)]
    assert complete("query --in ") == ["folders", str(photos)]
    assert complete("index x") == ["folders"] and complete("similar x") == ["files"]
    assert complete("query --model ") == ["words", "colour"] and "builtin" in complete("index --model ")
    assert complete("query --type jpeg,hei") == ["words", "jpeg,heic", "jpeg,heif"]


def test_the_library_that_is_named(complete: Complete, labelled: Invoke, tmp_path: Path) -> None:
    (tmp_path / "lib").rename(tmp_path / "other")
    assert complete("labels show ") == ["words"]
    for line in ("--library {} labels show ", "labels --library {} show ", "labels show --library {} "):
        assert complete(line.format(tmp_path / "other")) == ["words", "kitchen", "red,blue"]


def test_names_that_a_terminal_would_obey_are_left_out(complete: Complete, labelled: Invoke, tmp_path: Path) -> None:
    with Store.open(tmp_path / "lib") as store:
        for name in ("a\x1b[2J", "a\nwords", "--yes", "a\u202eb", ""):
            store.db.execute(
                "INSERT INTO label_sets (name, model, kind, classes, templates, other, threshold, temperature, recipe,"
                " labelled_at) SELECT ?, model, kind, classes, templates, other, threshold, temperature, recipe,"
                " labelled_at FROM label_sets WHERE name = 'kitchen'",
                [name],
            )
        store.db.execute("UPDATE label_sets SET classes = '[1, {' WHERE name = 'kitchen'")
    assert complete("labels show ") == ["words", "kitchen", "red,blue"]
    assert complete("query --label ") == ["words", r"red\ car", "blue", "red"]


def test_nothing_is_written_or_waited_for(
    complete: Complete, labelled: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search.library.glance, "SECONDS", HURRIED)
    lines = ("labels show ", "query --label ", "roots remove ", "undo ", "index --model ")
    before = contents(tmp_path)
    for line in lines:
        complete(line)
    assert contents(tmp_path) == before
    (tmp_path / "lib").chmod(0o500)
    with sqlite3.connect(tmp_path / "lib" / DATABASE_NAME) as busy:
        busy.execute("BEGIN EXCLUSIVE")
        for line in lines:
            complete(line)
    (tmp_path / "lib").chmod(0o700)


def test_a_run_that_writes_is_seen(complete: Complete, labelled: Invoke, tmp_path: Path) -> None:
    with Store.open(tmp_path / "lib") as store:
        store.db.execute("UPDATE label_sets SET name = 'garden' WHERE name = 'kitchen'")  # lies in the log
        assert complete("labels show ") == ["words", "garden", "red,blue"]


@pytest.mark.parametrize("damage", ["none", "folder", "text", "cut", "view", "newer", "link", "pipe", "empty"])
def test_a_library_that_can_not_be_read_completes_nothing(
    complete: Complete, labelled: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    if damage == "view":
        monkeypatch.setattr(search.library.glance, "SECONDS", HURRIED)
    database = tmp_path / "lib" / DATABASE_NAME
    content = database.read_bytes()
    if damage in ("view", "newer"):
        with Store.open(tmp_path / "lib") as store:
            store.db.execute(
                "ALTER TABLE label_sets RENAME TO other"
                if damage == "view"
                else "INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('clipsearch', 'm999')"
            )
            if damage == "view":
                endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT"
                store.db.execute(f"CREATE VIEW label_sets AS {endless} 1 AS id, 'x' AS name, '[]' AS classes FROM n")
    else:
        database.unlink()
    match damage:
        case "none":
            shutil.rmtree(tmp_path / "lib")
        case "folder":
            database.mkdir()
        case "text" | "empty":
            database.write_text("no database" * 500 * (damage == "text"))
        case "cut":
            database.write_bytes(content[: len(content) // 3])
        case "link":
            (tmp_path / "real.db").write_bytes(content)
            database.symlink_to(tmp_path / "real.db")
        case "pipe":
            os.mkfifo(database)
    for line in ("labels show ", "query --label ", "query --model "):
        assert complete(line) == ["words"], damage


@pytest.fixture
def bash(tmp_path: Path) -> dict[str, str]:
    """The environment of a bash that has clipsearch."""
    if shutil.which("bash") is None:
        pytest.skip("there is no bash")
    program = tmp_path / "bin" / "clipsearch"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\n{PATIENT}from cli.main import main\nmain(prog_name='clipsearch')\n")
    program.chmod(0o755)
    own = {"PATH": f"{program.parent}:{os.environ['PATH']}", "PYTHONPATH": str(REPOSITORY)}
    return os.environ | own | {"CLIPSEARCH_LIBRARY": str(tmp_path / "lib"), "LC_ALL": "C.UTF-8"}


ASK = r"""
. <(clipsearch completion bash)
compopt() { printf '%s ' "$@"; }
COMP_LINE=$1 COMP_POINT=${#1}
_clipsearch_completion clipsearch
printf '%s\n' "${COMPREPLY[@]}"
complete -p clipsearch
"""


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("clipsearch query --label kitchen:r", ["red\\ car"]),
        ("clipsearch labels show red", ["red,blue"]),
        ("clipsearch similar x", ["-o filenames -o default "]),
        ("X=1 clipsearch query --label 'kitchen:r", ["kitchen:red car"]),
    ],
)
def test_bash_itself(labelled: Invoke, bash: dict[str, str], line: str, answer: list[str]) -> None:
    ended = subprocess.run(
        ["bash", "--norc", "-c", ASK, "bash", line], env=bash, capture_output=True, text=True, check=True
    )
    *replies, registered = ended.stdout.splitlines()
    assert [reply for reply in replies if reply] == answer, ended.stderr
    assert registered == "complete -o nosort -F _clipsearch_completion clipsearch"


@pytest.mark.skipif(shutil.which("fish") is None, reason="needs fish")
@pytest.mark.parametrize("typed", ["--label kitchen:r", "--label=kitchen:r"])
def test_fish_itself(labelled: Invoke, bash: dict[str, str], typed: str) -> None:
    script = f"clipsearch completion fish | source; complete -C 'clipsearch query {typed}'"
    ended = subprocess.run(["fish", "--no-config", "-c", script], env=bash, capture_output=True, text=True, check=True)
    head = typed.partition("kitchen")[0].replace("--label ", "")
    assert ended.stdout.split("\t")[0].rstrip("\n") == f"{head}kitchen:red car", ended


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_scripts_are_ones_that_the_shell_can_read(shell: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["completion", shell])
    assert result.exit_code == 0 and "_CLIPSEARCH_COMPLETE" in result.stdout and result.stderr == ""
    if shutil.which(shell) is not None:
        file = tmp_path / "script"
        file.write_text(result.stdout)
        subprocess.run([shell, "-n", file], check=True)


def test_other_shells() -> None:
    assert CliRunner().invoke(main, ["completion", "tcsh"]).exit_code == 2


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
def test_tab_in_a_bash_at_a_terminal(labelled: Invoke, bash: dict[str, str], tmp_path: Path) -> None:
    """Bash cuts the word at its colon, and puts in what it gets as it is."""
    said = "clipsearch() { printf '<%s>' \"$@\"; }"  # what the line hands over
    (tmp_path / "rc").write_text(f"PS1='> '\n. <(clipsearch completion bash)\n{said}\n")
    command = ["bash", "--noprofile", "--rcfile", str(tmp_path / "rc"), "-i"]
    typed = {b"": b"> ", b"clipsearch query --label kitchen:r\t": b"car", b"\r": b"<kitchen:red car>"}
    assert b"<query><--label><kitchen:red car>" in _shown(command, bash, typed)


@pytest.mark.skipif(shutil.which("zsh") is None, reason="needs zsh")
def test_tab_in_a_zsh_at_a_terminal(labelled: Invoke, bash: dict[str, str], photos: Path, tmp_path: Path) -> None:
    """What was typed stays where a folder of the library is one of the disk too, and behind an option's "="."""
    said = "clipsearch() { printf '<%s>' \"$@\"; }"
    rc = f"PS1='> '\nautoload -Uz compinit; compinit -u -D\n. <(clipsearch completion zsh)\n{said}\n"
    (tmp_path / ".zshrc").write_text(rc)
    folder = os.fsencode(photos)
    typed = {
        b"": b"> ",
        b"clipsearch query --in " + folder[:-2] + b"\t": folder[-2:],
        b" --label=kitchen:r\t": b"car",
        b"\r": b"<--label=kitchen:red car>",
    }
    shown = _shown(["zsh", "-d", "-i"], bash | {"ZDOTDIR": str(tmp_path)}, typed)
    assert b"<query><--in><" + folder in shown and b"<--label=kitchen:red car>" in shown


def _shown(command: list[str], environment: dict[str, str], typed: dict[bytes, bytes]) -> bytes:
    """Return what a shell at a terminal shows at last; what is typed comes with what to wait for after it."""
    import pty

    ours, theirs = pty.openpty()
    shell = subprocess.Popen(
        command,
        env=environment | {"TERM": "dumb", "INPUTRC": "/dev/null"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    killed = threading.Timer(300, shell.kill)
    killed.start()
    seen = b""
    for keys, shown in typed.items():
        os.write(ours, keys)
        seen = b""
        while shown not in seen and (piece := _read(ours)):
            seen += piece
    killed.cancel()
    shell.kill()
    shell.wait()
    os.close(ours)
    return seen


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1000)
    except OSError:  # as Linux says that the other side has ended
        return b""


def test_places_are_completed_in_any_case_once_their_names_were_made(complete: Complete) -> None:
    from search.places.gazetteer import open_gazetteer

    open_gazetteer()
    words = [line.rstrip() for line in complete("query --near par")]
    assert "paris" in words and "paraguay" in words and words.count("paris") == 1
    assert "Texas" in [line.rstrip() for line in complete("query --near Tex")]
    assert not any("Texas" in line for line in complete("query --near "))
