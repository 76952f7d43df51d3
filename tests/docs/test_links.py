"""Links and pictures lead somewhere, every page can be found, and the README stays one page."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from PIL import Image

from tests.conftest import REPOSITORY
from tests.docs.pages import DOCS, PAGES, README, anchors, name_of, prose, text_of

MOST_LINES = 150
MOST_BYTES = 250_000  # of a picture


def links(page: Path) -> list[str]:
    """Return where a page's relative links and pictures lead."""
    text = re.sub(r"`[^`\n]*`", "", prose(page))
    found = [*re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", text), *re.findall(r'(?:src|srcset|href)="([^"]+)"', text)]
    return [target for target in found if not re.match(r"[a-z]+:", target)]


def test_the_readme_is_one_page() -> None:
    assert len(text_of(README).splitlines()) <= MOST_LINES


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_to_files_and_headings_that_exist(page: Path) -> None:
    for link in links(page):
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_relative_to(REPOSITORY) and target.exists(), f"{name_of(page)}: there is no {link}"
        if anchor:
            assert target.suffix == ".md" and anchor in anchors(target), f"{name_of(page)}: no heading for {link}"


def test_links_are_found() -> None:
    assert {
        "docs/installing.md#without-an-nvidia-card",
        "docs/pictures/finding-dark.png",
        "docs/pictures/finding-light.png",
    } <= set(links(README))
    assert {"#conditions", "#conditions-1"} & anchors(README) == set()


def test_every_page_is_in_the_list_of_pages() -> None:
    listed = {link.partition("#")[0] for link in links(DOCS / "README.md")}
    missing = {page.name for page in DOCS.glob("*.md")} - listed - {"README.md"}
    assert not missing, f"docs/README.md does not list {missing}"


def test_every_picture_is_shown_small_and_whole() -> None:
    pictures = {path for path in (DOCS / "pictures").iterdir()}
    found = ((page, link) for page in PAGES for link in links(page))
    shown = {(page.parent / link).resolve() for page, link in found if link.endswith((".png", ".webp"))}
    assert pictures == shown != set()
    for picture in pictures:
        assert picture.stat().st_size < MOST_BYTES
        with Image.open(picture) as opened:
            opened.load()
