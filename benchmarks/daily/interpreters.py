"""Look for a Python that rclip runs on: 3.12 or 3.13."""

from __future__ import annotations

import shutil
import subprocess
import sys
from argparse import ArgumentTypeError
from collections.abc import Iterator
from pathlib import Path

WANTED = ("3.13", "3.12")
ASK = "import sys; print('%d.%d' % sys.version_info[:2])"


def suitable(name: str) -> Path:
    """Return an interpreter that was named; raises argparse's error if it will not do."""
    if version_of(Path(name)) not in WANTED:
        raise ArgumentTypeError(f"{name} is no Python {' or '.join(WANTED)}")
    return Path(name)


def find_python() -> Path | None:
    """Return an interpreter, or None if there is none here."""
    return next((path for path in places() if version_of(path) in WANTED), None)


def places() -> Iterator[Path]:
    """Yield where one may be: this one, those in PATH, pyenv's."""
    yield Path(sys.executable)
    for version in WANTED:
        if found := shutil.which(f"python{version}"):
            yield Path(found)
    for version in WANTED:
        yield from sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"))


def version_of(python: Path) -> str:
    """Return an interpreter's version, such as 3.12; empty if it does not run, as pyenv's shims may not."""
    try:
        return subprocess.run([python, "-c", ASK], capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""
