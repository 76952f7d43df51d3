"""Tests of cli.output.deliver and cli.output.collected: what is done with hits besides writing them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.store.store import Store
from tests.cli.conftest import Invoke, hits_of, one_sentence
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder


def test_hits_are_copied_besides_being_written(find: Invoke, picture: MakePicture, tmp_path: Path) -> None:
    path = picture("a.png", "red")
    result = find(hits_of(path), "--copy-to", tmp_path / "best", "--format", "paths")
    assert (result.exit_code, result.stdout) == (0, f"{path}\n"), result.output
    assert (tmp_path / "best" / "a.png").read_bytes() == path.read_bytes()
    assert f"Copied 1 picture to {tmp_path / 'best'}; clipsearch undo " in result.stderr
    again = find(hits_of(path), "--copy-to", tmp_path / "best")
    assert "Copied 0 pictures" in again.stderr and "1 there already" in again.stderr and "undo" not in again.stderr


def test_links_that_had_to_be_symbolic_are_told(
    find: Invoke, picture: MakePicture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    path = picture("a.png", "red")
    linked = find(hits_of(path), "--link-to", tmp_path / "hard", "--numbered")
    assert linked.exit_code == 0 and "symbolic" not in linked.stderr
    assert (tmp_path / "hard" / "001-a.png").samefile(path)
    monkeypatch.setattr(os, "link", refuse)
    linked = find(hits_of(path), "--link-to", tmp_path / "links")
    assert (tmp_path / "links" / "a.png").readlink() == path
    assert (linked.exit_code, "1 of the links is symbolic" in linked.stderr) == (0, True)
    refused = find(hits_of(path), "--link-to", tmp_path / "more", "--link-kind", "hard")
    assert refused.exit_code == 1 and "another --link-kind, or --copy-to" in refused.stderr
    assert "Traceback" not in refused.output


def test_originals_that_are_gone_are_named_and_the_rest_is_done(
    find: Invoke, picture: MakePicture, photos: Path
) -> None:
    hits = hits_of(photos / "gone.png", picture("a.png", "red"))
    result = find(hits, "--copy-to", photos.parent / "best", "--html", photos.parent / "sheet.html")
    assert result.exit_code == 1
    assert result.stderr.count("gone.png: no such file") == 2
    assert "Copied 1 picture" in result.stderr and "1 could not be read" in result.stderr
    assert "Wrote 2 pictures" in result.stderr and (photos.parent / "sheet.html").exists()


def test_a_folder_inside_an_indexed_one_is_warned_of(
    find: Invoke, store: Store, picture: MakePicture, photos: Path, encoder: ColourEncoder
) -> None:
    path = picture("a.png", "red")
    run(store, photos, encoder)
    result = find(hits_of(path), "--copy-to", photos / "best")
    assert result.exit_code == 0 and f"inside the indexed folder {photos}" in result.stderr
    assert "indexed folder" not in find(hits_of(path), "--copy-to", photos.parent / "best").stderr


def test_no_hits_make_no_folder_and_an_empty_sheet(find: Invoke, tmp_path: Path) -> None:
    result = find([], "--copy-to", tmp_path / "best", "--html", tmp_path / "sheet.html", "--open")  # nothing to see
    assert result.exit_code == 1 and "Error" not in result.stderr and not (tmp_path / "best").exists()
    assert "No picture." in (tmp_path / "sheet.html").read_text(encoding="utf-8")


def test_a_sheet_gets_its_folder(find: Invoke, tmp_path: Path, picture: MakePicture) -> None:
    hits, sheet = hits_of(picture("a.png", "red")), tmp_path / "sheets" / "2024" / "sheet.html"
    assert find(hits, "--html", sheet).stderr == f"Wrote 1 picture to {sheet}, in a new folder.\n"
    assert find(hits, "--html", sheet).stderr == f"Wrote 1 picture to {sheet}.\n"
    one_sentence(find(hits, "--html", sheet / "sheet.html"), "is no folder", "another name")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--type", "png"], "Newest first. Each"),
        (["--type", "png", "--sort", "date"], "Newest first. Each"),
        (["--type", "png", "--sort", "path"], "By path. Each"),
        (["--in", "{photos}"], "Newest first. Each"),
        (["red", "--all"], "Nearest first. The score"),
        (["red", "--all", "--sort", "date"], "Newest first. The score"),
        (["red", "--all", "--sort", "path"], "By path. The score"),
        (["--like", "{photos}/red.png"], "Nearest first. The score"),
    ],
)
def test_the_contact_sheet_says_its_order(
    indexed: Invoke, photos: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    sheet = tmp_path / "sheet.html"
    result = indexed("query", *(argument.format(photos=photos) for argument in arguments), "--html", sheet)
    assert result.exit_code == 0 and said in sheet.read_text(encoding="utf-8"), result.output
    indexed("similar", photos / "red.png", "--html", sheet)
    assert "Nearest first. The score" in sheet.read_text(encoding="utf-8")
