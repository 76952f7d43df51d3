"""Running `clipsearch undo`."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from cli.main import main


def undo(library: Path, *arguments: str, answer: str = "") -> Result:
    """Run it for the library in a folder, and answer its question."""
    return CliRunner().invoke(main, ["undo", *arguments, "--library", str(library)], input=answer)
