"""A contact sheet: one HTML file with thumbnails, scores and links, which needs no other file and no network.

The page is written card by card, so that memory does not grow with the number of hits. Its template,
contact_sheet.html, escapes every value.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from indexer.errors import OutputError, PictureError
from indexer.files.whole import written_whole
from indexer.harmless import harmless
from indexer.paths import readable
from indexer.thumbnails.making import small_picture, webp
from indexer.wording import clock, counted
from search.results import Hit

TEMPLATE = Path(__file__).with_name("contact_sheet.html")
MARK = b'<meta name="generator" content="clipsearch">'  # of a sheet, which may be overwritten
SheetOrder = Literal["score", "date", "path", "given"]
ORDERS: dict[SheetOrder, str] = {
    "score": "Nearest first",
    "date": "Newest first",
    "path": "By path",
    "given": "Selected one by one",
}
THUMBNAIL_SIDE = 384  # pixels; shown at about 240, on fine screens twice that

Shown = tuple[bytes, int, int] | PictureError  # WebP, its width and height; or why there is none
Showing = Callable[[Iterable[Hit]], Iterator[tuple[Hit, Shown]]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that was written."""

    path: Path
    pictures: int
    problems: tuple[tuple[Path, str], ...]  # pictures that are only placeholders, and why
    in_new_folder: bool  # which was made for it


@dataclass(frozen=True, slots=True)
class Card:
    """A hit as the template shows it."""

    rank: int
    name: str
    folder: str
    link: str  # a file: URI
    score: str
    at: str  # of a video, else ""
    copies: str  # behind it, such as "+9 copies", or ""
    facts: tuple[str, ...]  # date, camera, pixels, place
    image: str  # a data: URI, or "" where there is no thumbnail
    width: int  # pixels of the thumbnail
    height: int
    problem: str


def check_path(path: Path) -> None:
    """Raise OutputError if a sheet can't be written here, or would overwrite another file."""
    shown = readable(path)
    there = next(folder for folder in path.absolute().parents if os.path.lexists(folder))
    if not os.path.isdir(there):
        raise OutputError(f"{readable(there)} is no folder, so the contact sheet can't lie in it; give another name.")
    if not os.access(there, os.W_OK):
        raise OutputError(
            f"There is no permission to write into {readable(there)}; give the contact sheet another name."
        )
    if os.path.lexists(path) and not _is_sheet(path):
        raise OutputError(f"{shown} exists and is no contact sheet of clipsearch, so it stays; give another name.")


def write_sheet(
    hits: Iterable[Hit],
    path: Path,
    title: str,
    report: Callable[[int], None] = lambda done: None,
    *,
    order: SheetOrder = "score",
    scored: bool = True,
) -> Sheet:
    """Write a contact sheet, whole or not at all, and its folder if there is none; an older sheet is overwritten.

    `title` is the query, `order` that in which the hits come, `scored` whether they have scores; `report` is called
    with how many pictures are done. Raises OutputError.
    """
    check_path(path)
    cards = Cards(hits, report)
    is_new = not os.path.isdir(path.parent)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(path) as part:
            with part.open("x", encoding="utf-8", newline="\n") as file:
                file.writelines(page(cards, title, order, scored))
            check_path(path)  # again, since writing may have taken long
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"The contact sheet can't be written to {readable(path)}: {reason}.") from error
    return Sheet(path, cards.count, tuple(cards.problems), is_new)


class Cards:
    """The cards of hits, made as they are asked for."""

    def __init__(
        self, hits: Iterable[Hit], report: Callable[[int], None] = lambda done: None, shown: Showing | None = None
    ) -> None:
        """Take the hits; `report` is called with how many are done, `shown` makes their thumbnails."""
        self.count = 0
        self.problems: list[tuple[Path, str]] = []  # pictures that are only placeholders, and why
        self._hits, self._report, self._shown = hits, report, shown or _decoded_here

    def __iter__(self) -> Iterator[Card]:
        """Yield a card for each hit."""
        for hit, shown in self._shown(self._hits):
            self.count += 1
            if isinstance(shown, PictureError):
                self.problems.append((hit.path, str(shown)))
            yield _card(self.count, hit, shown)
            self._report(self.count)


def page(cards: Iterable[Card], title: str, order: SheetOrder, scored: bool) -> Iterator[str]:
    """Yield a sheet's page piece by piece."""
    from jinja2 import Environment, StrictUndefined

    source = TEMPLATE.read_text(encoding="utf-8")
    template = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(source)
    made = datetime.now()
    return template.generate(
        cards=cards,
        title=harmless(title),
        order=ORDERS[order],
        scored=scored,
        made=f"{made.day} {made:%B %Y}",
        style_hash=_style_hash(source),
    )


def _style_hash(source: str) -> str:
    """Return the hash by which the content security policy allows the page's only style."""
    style = re.search(r"<style>(.*?)</style>", source, re.DOTALL)
    assert style
    return base64.b64encode(hashlib.sha256(style[1].encode("utf-8")).digest()).decode("ascii")


def _decoded_here(hits: Iterable[Hit]) -> Iterator[tuple[Hit, Shown]]:
    """Yield hits with their thumbnails, decoded in this process."""
    for hit in hits:
        try:
            picture = small_picture(hit.path, THUMBNAIL_SIDE, hit.at)
        except PictureError as error:
            yield hit, error
        else:
            yield hit, (webp(picture), *picture.size)


def _card(rank: int, hit: Hit, shown: Shown) -> Card:
    image, width, height, problem = "", 4, 3, ""
    if isinstance(shown, PictureError):
        problem = str(shown)
    else:
        content, width, height = shown
        image = "data:image/webp;base64," + base64.b64encode(content).decode("ascii")
    path = Path(os.path.abspath(hit.path))
    return Card(
        rank,
        harmless(path.name),
        harmless(str(path.parent)),
        path.as_uri(),
        "" if hit.score is None else f"{hit.score:.3f}",
        "" if hit.at is None else clock(hit.at),
        f"+{counted(len(hit.copies), 'copy', ',')}" if hit.copies else "",
        tuple(_facts(hit)),
        image,
        width,
        height,
        harmless(problem),
    )


def _facts(hit: Hit) -> Iterator[str]:
    """Yield what is known about a picture: date, camera, size, place and coordinates."""
    if hit.taken_at:
        yield _date(hit.taken_at)
    if hit.camera:
        yield harmless(hit.camera)
    if hit.width and hit.height:
        yield f"{hit.width} × {hit.height}"  # noqa: RUF001
    if hit.place or hit.country:
        yield harmless(hit.place or hit.country or "")
    if hit.latitude is not None and hit.longitude is not None:
        north, east = "N" if hit.latitude >= 0 else "S", "E" if hit.longitude >= 0 else "W"
        yield f"{abs(hit.latitude):.4f}° {north}, {abs(hit.longitude):.4f}° {east}"


def _date(taken_at: str) -> str:
    """Return a date as people read it; a text that is no date, and a year alone, stays as it is."""
    try:
        # Python 3.10 reads no month without a day.
        date = datetime.fromisoformat(f"{taken_at}-01" if len(taken_at) == len("2019-07") else taken_at)
    except ValueError:
        return harmless(taken_at)
    if len(taken_at) == len("2019-07"):
        return f"{date:%B %Y}"
    return f"{date.day} {date:%B %Y, %H:%M}" if "T" in taken_at else f"{date.day} {date:%B %Y}"


def _is_sheet(path: Path) -> bool:
    """Return whether a file is a contact sheet that clipsearch wrote."""
    try:
        if not os.path.isfile(path):
            return False
        with path.open("rb") as file:
            return MARK in file.read(1024)
    except OSError:
        return False
