"""Tests of clipsearch similar, run as a person would, with the fake model."""

from __future__ import annotations

import os
from pathlib import Path

from tests.cli.conftest import Invoke, one_sentence
from tests.conftest import MakePicture

ODD_NAME = os.fsdecode(b"caf\xe9.png")


def test_similar_pictures(indexed: Invoke, photos: Path, picture: MakePicture) -> None:
    rose = picture("rose.png", "rgb(250, 10, 10)")
    assert indexed("similar", rose, "-k", "1", "--format", "paths").stdout == f"{photos / 'red.png'}\n"
    one_sentence(indexed("similar", photos / "none.png"), "can't be read")


def test_names_that_are_not_utf8_come_out_byte_for_byte(indexed: Invoke, photos: Path, picture: MakePicture) -> None:
    picture(ODD_NAME, "#fe0000")
    indexed("index", photos)
    found = indexed("similar", photos / "red.png", "-k", "1", "-0")
    assert (found.exit_code, found.stdout_bytes) == (0, os.fsencode(photos / ODD_NAME) + b"\0")
    back = indexed("similar", photos / ODD_NAME, "-k", "1", "--format", "paths")
    assert back.stdout == f"{photos / 'red.png'}\n"


def test_what_is_wrong_is_one_sentence(indexed: Invoke, tmp_path: Path) -> None:
    one_sentence(indexed("similar", tmp_path / "none.png"), "none.png can't be read: no such file")
    one_sentence(indexed("similar", tmp_path / "none.png", "--library", tmp_path / "empty"), "clipsearch index")
