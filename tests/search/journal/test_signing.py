"""Tests of search.journal.signing: a key that is made once, and what happens without it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.errors import LibraryError
from search.journal.journal import Journal
from search.journal.journal_files import FOLDER
from search.journal.signing import ID_NAME, KEY_BYTES, Chain, Own, key_file, known_own, made_own, parted
from search.journal.undo import actions, find_action, take_back
from search.journal.writing import write_file
from tests.conftest import REPOSITORY
from tests.undo import undo

MAKE = """
import sys
from pathlib import Path
from search.journal.signing import made_own
sys.stdin.read()
own = made_own(Path(sys.argv[1]))
print(own.key.hex(), own.library)
"""


def write_one(library: Path, path: Path) -> None:
    with Journal.begin(library, "labels") as journal:
        write_file(journal, path, b"new")


def test_the_key_is_the_users_alone_and_stays(library: Path) -> None:
    assert known_own(library) is None and not key_file().exists(), "looking makes none"
    own = made_own(library)
    assert len(own.key) == KEY_BYTES and own == made_own(library) == known_own(library)
    assert own.key == key_file().read_bytes() and own.key.hex() not in own.key_id
    assert library not in key_file().parents
    if os.name != "nt":
        assert stat.S_IMODE(key_file().stat().st_mode) == 0o600
    names = {path.name for path in (*key_file().parent.iterdir(), *library.iterdir())}
    assert names == {"journal.key", "journal.lock", ID_NAME}


def test_processes_that_make_it_at_once_agree(library: Path) -> None:
    command = [sys.executable, "-c", MAKE, library]
    processes = [
        subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    for process in processes:
        assert process.stdin
        process.stdin.close()
    made = set()
    for process in processes:
        assert process.stdout
        made.add(process.stdout.read())
        process.stdout.close()
        assert process.wait(60) == 0
    own = known_own(library)
    assert own and made == {f"{own.key.hex()} {own.library}\n"}


@pytest.mark.parametrize("content", [b"", b"short", bytes(KEY_BYTES + 1)])
def test_a_damaged_key_is_told_and_not_replaced(library: Path, tmp_path: Path, content: bytes) -> None:
    write_one(library, tmp_path / "a.txt")
    key_file().write_bytes(content)
    for arguments in ((), ("--list",)):
        result = undo(library, *arguments)
        assert result.exit_code == 1 and "is damaged; bring it back" in result.stderr, result.output
    with pytest.raises(LibraryError, match="is damaged"):
        write_one(library, tmp_path / "b.txt")
    assert key_file().read_bytes() == content and not (tmp_path / "b.txt").exists()


def test_without_the_key_earlier_actions_are_another_users(library: Path, tmp_path: Path) -> None:
    write_one(library, tmp_path / "a.txt")
    key_file().unlink()
    assert "your key is a new one" in undo(library).stderr
    write_one(library, tmp_path / "b.txt")
    take_back(find_action(library))
    assert [path.name for path in tmp_path.glob("*.txt")] == ["a.txt"]
    first = actions(library)[-1].id
    assert undo(library, first, "--unproven", answer="y\n").exit_code == 0 and not (tmp_path / "a.txt").exists()


def test_a_key_that_can_not_be_made_stops_what_could_not_be_undone(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CLIPSEARCH_CONFIG", str(tmp_path / "file"))
    with pytest.raises(LibraryError, match="so nothing was done"):
        write_one(library, tmp_path / "a.txt")
    assert not (tmp_path / "a.txt").exists() and not list((library / FOLDER).iterdir())
    monkeypatch.setenv("CLIPSEARCH_CONFIG", str(tmp_path / "config"))
    key_file().mkdir(parents=True)
    with pytest.raises(LibraryError, match="can't be read"):
        write_one(library, tmp_path / "a.txt")


@pytest.mark.parametrize("kind", ["link", "pipe", "other", "link to a photo"])
def test_an_id_that_is_something_else_is_not_followed(library: Path, tmp_path: Path, kind: str) -> None:
    target, photo = tmp_path / "target", tmp_path / "photo"
    photo.write_bytes(b"mine")
    make = {
        "link": lambda: (library / ID_NAME).symlink_to(target),
        "pipe": lambda: os.mkfifo(library / ID_NAME),
        "other": lambda: (library / ID_NAME).write_bytes(b"\xff" * 10_000),
        "link to a photo": lambda: (library / ID_NAME).symlink_to(photo),
    }
    make[kind]()
    with pytest.raises(LibraryError, match=r"library\.id is damaged or no file, so nothing was done"):
        write_one(library, tmp_path / "a.txt")
    assert not target.exists() and photo.read_bytes() == b"mine" and not (tmp_path / "a.txt").exists()
    assert "nothing to undo" in undo(library).stderr


def test_each_line_is_bound_to_all_before_it(tmp_path: Path) -> None:
    own, bodies = Own(bytes(32), "0" * 32), [b'{"a": 1}', b'{"a": 2}', b'{"a": 2}']
    chain, lines = Chain(own, tmp_path / "x.jsonl"), []
    for body in bodies:
        signed, chain = chain.sign(body)
        lines.append(signed)
        assert parted(signed) == (body, signed[-66:-2])
    assert len({line[-66:-2] for line in lines}) == 3

    def follows(which: list[bytes], of: Own = own, name: str = "x.jsonl") -> list[bool]:
        again = Chain(of, tmp_path / name)
        return [again.follows(line) for line in which]

    assert follows(lines) == [True, True, True]
    assert follows(lines[1:]) == [False, False] and follows([lines[0], lines[2]]) == [True, False]
    assert follows([lines[0], lines[0]]) == [True, False]
    assert follows(lines, name="y.jsonl")[0] is follows(lines, Own(own.key, "1" * 32))[0] is False
    assert follows(lines, Own(b"1" * 32, own.library)) == [False] * 3
    assert parted(b"null") is parted(b"") is parted(b'{"mac": "0"}') is None
