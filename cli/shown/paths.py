"""Paths as a terminal shows them: short, never cut, and written so that a shell takes what was copied.

A path below the current folder is shown relative to it, one below the home folder from `~` on, whichever is shorter.
A name that a shell would take for something else stands in quotes, as `ls` writes it; where something can't be seen it
is spelled out in `$'...'`, which bash and zsh read back into the very bytes.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from cli.terminal.streams import is_terminal
from indexer.harmless import harmless
from indexer.paths import home_expanded

_SAFE = re.compile(r"[A-Za-z0-9_@%+=:,./~-]|[^\x00-\x7f]")  # beyond ASCII a shell splits at nothing


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders from which paths are shown; "" for one that there is not."""

    current: str = ""
    homes: tuple[str, ...] = ()  # as it is named, and as it is once links are followed

    @classmethod
    def now(cls) -> Folders:
        """Return those of this moment."""
        home = home_expanded(Path("~"))  # itself if there is none
        homes = dict.fromkeys([str(home), os.path.realpath(home)]) if home.is_absolute() else {}
        try:
            current = str(Path.cwd())
        except OSError:  # it was removed
            current = ""
        return cls(current if len(current) > 1 else "", tuple(path for path in homes if len(path) > 1))

    def short(self, path: str | Path) -> str:
        """Return the shortest form of an absolute path, as a word of a shell."""
        name = os.fspath(path)
        forms = [shell_word(name)]
        if (rest := below(name, self.current)) is not None:
            forms.append(shell_word(f"./{rest}" if rest.startswith(("-", "~")) else rest))
        rests = [rest for home in self.homes if (rest := below(name, home)) is not None]
        forms += [f"~{os.sep}{shell_word(rest)}" for rest in rests]
        return min(forms, key=len)


def short_path(path: str | Path) -> str:
    """Return the shortest form of an absolute path, as a word of a shell."""
    return Folders.now().short(path)


def told_path(path: str | Path, stream: TextIO | None = None) -> str:
    """Return a path for a message: short if that, by default stderr, is a terminal; elsewhere as it is."""
    return short_path(path) if is_terminal(stream or sys.stderr) else os.fspath(path)


def shell_word(name: str) -> str:
    """Return a name as a shell takes it, in quotes only where it needs them."""
    shown = harmless(name)
    if sys.platform == "win32":
        return f'"{shown}"' if re.search(r"[\s&()\[\]{}^=;!'+,`~]", name) else shown
    if shown != name:
        return "$'" + harmless(name.replace("\\", r"\\").replace("'", r"\'")) + "'"
    if all(map(_SAFE.match, name)) and not any(map(str.isspace, name)) and not name.startswith(("=", "~")):
        return name
    return "'" + name.replace("'", r"'\''") + "'"


def shell_line(words: Iterable[str]) -> str:
    """Return a command line as a shell takes it."""
    return " ".join(map(shell_word, words))


def address_of(path: str | Path) -> str:
    """Return the file: address of an absolute path, with this machine's name, so that a terminal knows whose it is."""
    address = Path(path).as_uri()
    if sys.platform == "win32":
        return address
    return address.replace("file://", f"file://{_machine()}", 1)


def _machine() -> str:
    name = os.uname().nodename if sys.platform != "win32" else ""
    return name if re.fullmatch(r"[A-Za-z0-9.-]+", name) else ""


def below(name: str, folder: str) -> str | None:
    """Return what leads from a folder to what lies below it, or None."""
    start = folder if folder.endswith(os.sep) else folder + os.sep
    return name[len(start) :] if folder and len(name) > len(start) and name.startswith(start) else None
