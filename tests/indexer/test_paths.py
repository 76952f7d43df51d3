"""Tests of indexer.paths."""

from __future__ import annotations

import importlib
import json
import os
from pathlib import Path

import pytest

from indexer.paths import (
    absolute,
    cache_folder,
    default_library,
    from_columns,
    from_fields,
    in_name,
    inside,
    is_utf8,
    own_folder,
    readable,
    to_columns,
    to_fields,
)

LATIN = os.fsdecode(b"caf\xe9.png")


@pytest.mark.parametrize("path", ["a/b.png", "caf\u00e9.png", LATIN, os.fsdecode(b"\xff\xfe\\xff.jpg"), "two\nlines"])
def test_a_name_comes_back_as_it_was(path: str) -> None:
    assert from_columns(*to_columns(path)) == path
    assert from_fields(json.loads(json.dumps(to_fields(path)))) == path


def test_only_a_name_that_is_not_utf8_is_kept_as_bytes() -> None:
    assert to_columns("caf\u00e9.png") == ("caf\u00e9.png", None)
    assert to_columns(LATIN) == (r"caf\xe9.png", b"caf\xe9.png")
    assert (is_utf8("caf\u00e9"), is_utf8(LATIN), readable(Path(LATIN))) == (True, False, r"caf\xe9.png")


def test_folders_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folders = {"LIBRARY": default_library, "CACHE": cache_folder, "CONFIG": own_folder}
    for variable, folder in ((f"CLIPSEARCH_{name}", folder) for name, folder in folders.items()):
        monkeypatch.setenv(variable, str(tmp_path))
        assert folder() == tmp_path
        monkeypatch.delenv(variable)
        assert folder() != tmp_path and folder().is_absolute()


@pytest.mark.parametrize("system", ["macos.MacOS", "unix.Unix", "PlatformDirs"])
def test_what_is_trusted_is_never_in_the_default_library(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    """On macOS and Windows it was."""
    module, _, name = f"platformdirs.{system}".rpartition(".")
    platform = getattr(importlib.import_module(module), name)("clipsearch", appauthor=False)
    monkeypatch.setattr("indexer.paths._platform", lambda: platform)
    for variable in ("CLIPSEARCH_CONFIG", "CLIPSEARCH_LIBRARY", "CLIPSEARCH_CACHE"):
        monkeypatch.delenv(variable, raising=False)
    own, library = own_folder(), default_library()
    assert own != library and library not in own.parents and own not in library.parents


def test_a_given_path_becomes_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert absolute(Path("link/a.png")) == tmp_path / "real" / "a.png"
    assert absolute(Path("~nobody-of-this-name")) == tmp_path / "~nobody-of-this-name"


def test_inside() -> None:
    assert [inside(path, "/a/b") for path in ("/a/b", "/a/b/c/d", "/a/bc", "/a")] == ["", "c/d", None, None]


@pytest.mark.parametrize("text", ["../../../etc/x", "/etc/passwd", "..\\..\\x", "C:\\x", "a\x00b", "..", "\\\\host\\x"])
def test_a_strangers_text_in_a_file_name_leads_nowhere_else(text: str, tmp_path: Path) -> None:
    """A library says which fingerprint its model has, and files of the cache folder are called by that."""
    assert (tmp_path / f"text-{in_name(text, 16)}").resolve().parent == tmp_path
    assert not set("/\\:.\x00") & set(in_name(text, 16))
    assert in_name("0123456789abcdef0123", 16) == "0123456789abcdef"
    assert in_name("fingerprint of x", 32) == "fingerprint of x"
