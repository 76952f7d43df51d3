"""The page about the architecture shows the house as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.docs.pages import DOCS, WRITTEN, name_of, text_of
from tests.test_imports import PACKAGES, WINGS

_PATH = re.compile(rf"`((?:{'|'.join(PACKAGES)}|tests|docs|benchmarks|sample_images)/[\w./-]*)`")


def wings_shown() -> dict[str, set[str]]:
    """Return the wings of the page's table, and what they may import."""
    shown, package = {}, ""
    for name, imports in re.findall(r"^\| (\S+) \| .* \| ?(.*?) ?\|$", text_of(DOCS / "architecture.md"), re.MULTILINE):
        if name.startswith("**"):
            package = name.strip("*`/")
        elif name.strip("`").endswith("/") and name != "`page/`":  # which holds no Python
            others = (other.strip() for other in imports.split(",") if other.strip())
            arrows = {other if other in PACKAGES else f"{package}/{other}" for other in others}
            shown[f"{package}/{name.strip('`/')}"] = arrows
    return shown


def test_the_table_of_wings_is_the_one_that_is_tested() -> None:
    assert wings_shown() == {wing: set(allowed.split()) for wing, allowed in WINGS.items() if "/" in wing}


@pytest.mark.parametrize("page", WRITTEN, ids=name_of)
def test_files_that_a_page_names_exist(page: Path) -> None:
    for path in _PATH.findall(text_of(page)):
        assert (REPOSITORY / path).exists(), f"{name_of(page)}: there is no {path}"


def test_paths_are_found() -> None:
    assert "search/query/cutoff.py" in _PATH.findall(text_of(DOCS / "architecture.md"))
