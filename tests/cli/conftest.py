"""Fixtures: the command line with the fake model, and with a library of three pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from cli.main import main
from cli.options.results import result_options
from cli.output.deliver import ResultOptions, deliver
from cli.sentence_group import SentenceGroup
from indexer.indexing import encoding
from indexer.models import loading
from indexer.store.store import Store
from search.results import Hit
from tests.conftest import MakePicture
from tests.fakes import ColourEncoder

Invoke = Callable[..., Result]


@pytest.fixture
def clipsearch(monkeypatch: pytest.MonkeyPatch, encoder: ColourEncoder, tmp_path: Path) -> Invoke:
    """Run the command line with the fake model and a library of its own.

    Unless it is told a number, it decodes in this process: starting others for three pictures takes longer than all
    the rest. Commands that are started as a person does, as in tests/cli/process, decode in processes.
    """
    monkeypatch.setattr(loading, "load_encoder", lambda *_: encoder)
    monkeypatch.setattr(encoding, "_number_of_workers", lambda *_: 0)

    def invoke(*arguments: str | Path) -> Result:
        return CliRunner().invoke(
            main, [str(argument) for argument in arguments], env={"CLIPSEARCH_LIBRARY": str(tmp_path / "lib")}
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


@pytest.fixture
def find(tmp_path: Path, store: Store) -> Invoke:
    """Run a command that has found some hits."""
    assert store.folder is not None
    library = store.folder

    def invoke(hits: Sequence[Hit], *arguments: str | Path) -> Result:
        @click.group(cls=SentenceGroup)
        def main() -> None: ...

        @main.command()
        @click.argument("text")
        @result_options
        def find(text: str, results: ResultOptions) -> None:
            deliver(hits, results, library, text)

        return CliRunner().invoke(main, ["find", "a <b>", *map(str, arguments)])

    return invoke


def hits_of(*paths: Path) -> list[Hit]:
    """Return hits of these files."""
    return [Hit(path, 0.5) for path in paths]
