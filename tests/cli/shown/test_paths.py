"""Tests of cli.shown.paths: short, and what a shell makes of them is the very file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest

from cli.shown.paths import Folders, address_of, shell_word, told_path
from indexer.harmless import harmless

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX paths")
FOLDERS = Folders("/home/me/Photos/2024", ("/home/me", "/data/me"))
NAMES = (
    b"plain.jpg",
    b"a b.jpg",
    b"it's.jpg",
    b"-e.jpg",
    b"~tilde.jpg",
    b"$HOME`x`!.jpg",
    b"a\nb\\n\x1b[2J.jpg",
    b"caf\xe9.jpg",
    "caf\u00e9 \u65e5\u672c\u8a9e.jpg".encode(),
    "\u65e5\u672c\u8a9e\u306e\u5199\u771f.jpg".encode(),
    "x\u202egpj.exe".encode(),
    "e\u0301\U0001f469\u200d\U0001f467.jpg".encode(),
    "a\u00a0b\u3000c.jpg".encode(),
    b"a\\x1b.jpg",
    b"'\n'",
    b"=cmd",
    b"#comment",
    b"{a,b}[c]*?.jpg",
)


@pytest.mark.parametrize(
    ("path", "short"),
    [
        ("/home/me/Photos/2024/a.jpg", "a.jpg"),
        ("/home/me/Photos/2024/sub/a b.jpg", "'sub/a b.jpg'"),
        ("/home/me/Photos/2023/a.jpg", "~/Photos/2023/a.jpg"),
        ("/home/me/My Photos/a.jpg", "~/'My Photos/a.jpg'"),
        ("/data/me/x.jpg", "~/x.jpg"),
        ("/home/menno/x.jpg", "/home/menno/x.jpg"),
        ("/home/me/Photos/2024", "~/Photos/2024"),
        ("/home/me", "/home/me"),
        ("/p/a.jpg", "/p/a.jpg"),
        ("/home/me/Photos/2024/-e.jpg", "./-e.jpg"),
        ("/home/me/Photos/2024/~a.jpg", "./~a.jpg"),
    ],
)
def test_the_shortest_form(path: str, short: str) -> None:
    assert FOLDERS.short(Path(path)) == short


def test_the_roots_of_the_disk_shorten_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir("/")
    monkeypatch.setenv("HOME", "/")
    assert Folders.now() == Folders("", ())
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert Folders.now().current == ""


@pytest.mark.parametrize("shell", [shell for shell in ("bash", "zsh") if shutil.which(shell)])
@pytest.mark.parametrize("name", NAMES)
def test_a_shell_reads_the_very_name(name: bytes, shell: str, tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/" + name)
    for word in (shell_word(path), Folders(str(tmp_path)).short(path), Folders("", (str(tmp_path),)).short(path)):
        assert harmless(word) == word
        done = subprocess.run(
            [shell, "-c", f'for x in {word}; do case $x in /*) printf %s "$x";; *) printf %s "$PWD/$x";; esac; done'],
            capture_output=True,
            cwd=tmp_path,
            env={**os.environ, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"},
            check=True,
        )
        assert os.path.normpath(done.stdout) == os.fsencode(path), word


@pytest.mark.parametrize("name", NAMES)
def test_an_address_has_every_byte(name: bytes) -> None:
    address = address_of(os.fsdecode(b"/p/" + name))
    assert address.isascii() and address.startswith("file://")
    assert unquote_to_bytes(address.split("//", 1)[1].partition("/")[2]) == b"p/" + name


def test_a_message_has_short_paths_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path.cwd() / "a b.jpg"
    assert told_path(path) == str(path)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert told_path(path) == "'a b.jpg'"
