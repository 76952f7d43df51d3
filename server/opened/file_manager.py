"""The file manager of this machine: shows a picture in its folder; names are passed as they are, no shell sees them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from indexer.errors import OutputError
from indexer.paths import readable

PATIENCE = 2.0  # seconds within which an opener fails if it does; one that goes on is the file manager itself
ITEMS = ("org.freedesktop.FileManager1", "/org/freedesktop/FileManager1", "org.freedesktop.FileManager1.ShowItems")


def has_screen() -> bool:
    """Return whether there is a screen that windows can be opened on."""
    is_usual = sys.platform in ("win32", "darwin")
    return is_usual or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def can_reveal() -> bool:
    """Return whether there is a screen with a file manager on it."""
    return has_screen() and (sys.platform in ("win32", "darwin") or shutil.which("xdg-open") is not None)


def reveal(path: Path) -> None:
    """Show a file in its folder; raises OutputError if that can't be done."""
    if not path.exists():
        raise OutputError(f"{readable(path)} is not there any more; perhaps its drive is away.")
    for command in _commands(path):
        if _runs(command):
            return
    raise OutputError(f"The system has no file manager for {readable(path.parent)}; open the folder yourself.")


def _commands(path: Path) -> list[list[str]]:
    """Return the commands that show a file, the best first."""
    if sys.platform == "win32":
        return [["explorer", f"/select,{path}"]]
    if sys.platform == "darwin":
        return [["open", "-R", str(path)]]
    opener, sender = shutil.which("xdg-open"), shutil.which("dbus-send")
    commands = [[opener, str(path.parent)]] if opener else []
    if sender:
        name, place, method = ITEMS
        address = [sender, "--session", "--print-reply", f"--dest={name}", place, method]
        commands.insert(0, [*address, f"array:string:{path.as_uri()}", "string:"])
    return commands


def _runs(command: list[str]) -> bool:
    """Start a command that may outlive this one; return whether it did not fail at once."""
    quiet = subprocess.DEVNULL
    try:
        process = subprocess.Popen(  # noqa: S603
            command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
        )
        return process.wait(PATIENCE) == 0 or command[0] == "explorer"  # which ends with 1 in any case
    except subprocess.TimeoutExpired:
        process.returncode = 0
        return True
    except OSError:
        return False
