"""The pages that are tested, and what is read out of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import REPOSITORY

README = REPOSITORY / "README.md"
DOCS = REPOSITORY / "docs"
PAGES = (README, *sorted(DOCS.glob("*.md")))
WRITTEN = tuple(page for page in PAGES if page.name != "commands.md")  # by people

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def name_of(page: Path) -> str:
    """Return what a page is called in the tests' names."""
    return page.relative_to(REPOSITORY).as_posix()


def text_of(page: Path) -> str:
    """Return a page's text."""
    return page.read_text(encoding="utf-8")


def blocks(page: Path, *languages: str) -> Iterator[str]:
    """Yield the blocks of code in any of these languages; "" is a block that names none."""
    for language, code in _BLOCK.findall(text_of(page)):
        if language in languages:
            yield code


def prose(page: Path) -> str:
    """Return a page without its blocks of code."""
    return _BLOCK.sub("", text_of(page))


def anchors(page: Path) -> set[str]:
    """Return what can follow # in a link to a page: its headings as GitHub writes them."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE):
        plain = re.sub(r"[^\w\- ]", "", re.sub(r"\[(.*?)\]\(.*?\)", r"\1", heading).lower()).replace(" ", "-")
        number = sum(name == plain or re.fullmatch(re.escape(plain) + r"-\d+", name) is not None for name in found)
        found.add(f"{plain}-{number}" if number else plain)
    return found
