"""Tests of search.subsets.names."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.subsets.names import FreeNames, file_name, usual_suffix
from search.subsets.subset import SubsetPicture


@pytest.mark.parametrize(
    ("name", "form", "expected", "suffix"),
    [
        ("a.jpg", "JPEG", "a.jpg", ".jpg"),
        ("a.JPEG", "JPEG", "a.JPEG", ".jpg"),
        ("a", "JPEG", "a.jpg", ".jpg"),
        ("a.backup", "PNG", "a.backup.png", ".png"),
        ("a.HIF", "HEIF", "a.HIF", ".heic"),
        ("a.cr2", "TIFF", "a.cr2", ".tif"),
        ("...jpg", "JPEG", "jpg.jpg", ".jpg"),
        (".hidden.png", "PNG", "hidden.png", ".png"),
        ("con.png", "PNG", "_con.png", ".png"),
        ("x.nef", "unknown", "x.nef", ".nef"),
        ("x", "unknown", "x.img", ".img"),
    ],
)
def test_names_have_a_suffix_that_tells(name: str, form: str, expected: str, suffix: str) -> None:
    picture = SubsetPicture("1", Path("/p") / name, name, form)
    assert (file_name(picture), usual_suffix(picture)) == (expected, suffix)


def test_no_name_is_given_twice() -> None:
    names = FreeNames()
    asked = ["a.jpg", "A.JPG", "a-2.jpg", "a.jpg", "b.jpg", "\u00e9.jpg", "e\u0301.jpg"]
    given = [names.take("d", name) for name in asked]
    assert given[:5] == ["d/a.jpg", "d/A-2.JPG", "d/a-2-2.jpg", "d/a-3.jpg", "d/b.jpg"]
    assert given[6] == "d/e\u0301-2.jpg" and names.take("", "a.jpg") == "a.jpg"
    assert len({name.casefold() for name in given}) == len(given)
