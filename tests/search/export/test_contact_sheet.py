"""Tests of search.export.contact_sheet: one file that needs no other, in which nothing of a name or a query is code."""

from __future__ import annotations

import base64
import errno
import hashlib
import io
import os
import tracemalloc
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from indexer.errors import OutputError
from search.export.contact_sheet import TEMPLATE, THUMBNAIL_SIDE, SheetOrder, check_path, write_sheet
from search.results import Hit
from tests.conftest import SAMPLES, MakePicture

VOID = {"meta", "img", "link", "br", "input"}
LINKS = {"href", "src", "srcset", "action", "data", "poster", "background", "ping", "manifest"}


class Page(HTMLParser):
    """A page taken apart; raises if it is not well formed."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.style = ""
        self.feed(path.read_text(encoding="utf-8"))
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["style"]:
            self.style += data
        elif data.strip():
            self.text.append(data.strip())

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_a_sheet_needs_nothing_but_itself(tmp_path: Path, picture: MakePicture) -> None:
    hits = [Hit(SAMPLES / name, 0.3) for name in ("car-red.jpg", "fly-agaric.heic", "apple-green.tif")]
    write_sheet([*hits, Hit(picture("a.png", "red"), 0.1)], tmp_path / "sheet.html", "cars")
    page = Page(tmp_path / "sheet.html")
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "link", "iframe", "object", "embed", "base", "form"})
    for tag, attributes in page.tags:
        for name in LINKS & set(attributes):
            assert attributes[name].startswith("file:///" if tag == "a" else "data:image/webp;base64,"), (tag, name)
        assert not any(name.startswith("on") or name == "style" for name in attributes)
    assert "url(" not in page.style and "@import" not in page.style and "http" not in page.style
    policy = next(one["content"] for one in page.all("meta") if one.get("http-equiv") == "Content-Security-Policy")
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert "default-src 'none'; img-src data:;" in policy and f"style-src 'sha256-{digest}'" in policy


def test_thumbnails_are_small_pictures_of_the_originals(tmp_path: Path, photos: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "a secret"
    Image.new("RGB", (1600, 800), "red").save(photos / "turned.jpg", exif=exif)
    write_sheet([Hit(photos / "turned.jpg", 0.5)], tmp_path / "sheet.html", "red")
    (shown,) = Page(tmp_path / "sheet.html").all("img")
    content = base64.b64decode(shown["src"].partition(",")[2])
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (THUMBNAIL_SIDE // 2, THUMBNAIL_SIDE) == (int(shown["width"]), int(shown["height"]))
        pixel = image.convert("RGB").getpixel((50, 50))
    assert isinstance(pixel, tuple) and pixel[0] > 240 and max(pixel[1:]) < 20
    assert b"a secret" not in content and shown["loading"] == "lazy"


def test_all_that_is_known_is_told(tmp_path: Path, picture: MakePicture) -> None:
    path = picture("a.png", "red")
    hits = [
        Hit(path, 0.4567, None, 1, "PNG", 1, 40, 30, "2024-05-18T16:42:07+02:00", "Apple iPhone", -33.5, -70.25),
        Hit(path, 0.1, 3725.5, taken_at="odd"),
    ]
    sheet = write_sheet(hits, tmp_path / "sheet.html", "red envelope")
    text = Page(tmp_path / "sheet.html").text
    assert sheet.pictures == 2 and sheet.problems == ()
    expected = ("red envelope", "0.457", "a.png", "18 May 2024, 16:42", "Apple iPhone", "33.5000° S, 70.2500° W", "odd")
    assert set(expected) <= set(text) and "▶ 1:02:05" in text and str(path.parent) in text


@pytest.mark.parametrize(
    ("taken_at", "shown"),
    [
        ("2024-05-18", "18 May 2024"),
        ("2024-05", "May 2024"),
        ("2024", "2024"),
        ("2024-05-18T16:42:07", "18 May 2024, 16:42"),
    ],
)
def test_dates_are_shown_as_far_as_they_are_known(
    tmp_path: Path, picture: MakePicture, taken_at: str, shown: str
) -> None:
    write_sheet([Hit(picture("a.png", "red"), 0.5, taken_at=taken_at)], tmp_path / "sheet.html", "red")
    assert shown in Page(tmp_path / "sheet.html").text


def test_nothing_of_a_name_or_a_query_is_markup(tmp_path: Path, picture: MakePicture) -> None:
    evil = "\"><script>alert('1')<&amp;.png"
    path = picture(evil, "red")
    title = "</title></style><script>alert(2)</script>{{ 7 * 7 }}{% raw %}"
    write_sheet([Hit(path, 0.5, camera="<b>X</b>")], tmp_path / "sheet.html", title)
    page = Page(tmp_path / "sheet.html")
    assert not page.all("script") and not page.all("b")
    assert {evil, title, "<b>X</b>"} <= set(page.text)


def test_nothing_in_a_name_turns_or_hides_what_is_around_it(tmp_path: Path, picture: MakePicture) -> None:
    path = picture("sub\u202e\x1b/\u202egpj.exe\u2066\x00"[:-1] + "\x07.png", "red")
    hit = Hit(path, 0.5, taken_at="\u202e2020", camera="\u202eX\x9b\u200b")
    write_sheet([hit, Hit(tmp_path / "none\u202e.png", 0.5)], tmp_path / "sheet.html", "q\u202e\n")
    text = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert not {"\u202e", "\u2066", "\x1b", "\x07", "\x9b", "\u200b"} & set(text)
    page = Page(tmp_path / "sheet.html")
    assert {r"\u202egpj.exe\u2066\x07.png", r"\u202eX\u009b\u200b", r"q\u202e\n", r"\u202e2020"} <= set(page.text)
    assert page.all("a")[0]["href"].endswith("/sub%E2%80%AE%1B/%E2%80%AEgpj.exe%E2%81%A6%07.png")
    names = [attributes for attributes in page.all("bdi") if attributes.get("class") in ("name", "folder", "missing")]
    assert len(names) == 5, "a right-to-left name turns nothing but itself"


def test_a_name_that_looks_like_another_address_is_a_file(tmp_path: Path, picture: MakePicture) -> None:
    paths = [picture(name, "red") for name in ("javascript:alert(1).png", "http:/evil/a.png", "data:text/html,x.png")]
    write_sheet([Hit(path, 0.5) for path in paths], tmp_path / "sheet.html", "javascript:x")
    assert all(link["href"].startswith("file:///") for link in Page(tmp_path / "sheet.html").all("a"))


def test_links_lead_to_names_of_any_bytes(tmp_path: Path, picture: MakePicture) -> None:
    path = picture(os.fsdecode(b"a b#?%41 caf\xe9.png"), "red")
    write_sheet([Hit(path, 0.5)], tmp_path / "sheet.html", os.fsdecode(b"caf\xe9"))
    page = Page(tmp_path / "sheet.html")
    assert page.all("a")[0]["href"].endswith("/a%20b%23%3F%2541%20caf%E9.png")
    assert "caf\\xe9" in page.text


def test_missing_and_broken_pictures_get_a_placeholder(tmp_path: Path, photos: Path, picture: MakePicture) -> None:
    (photos / "bad.jpg").write_text("text")
    hits = [Hit(photos / "gone.jpg", 0.5), Hit(photos / "bad.jpg", 0.4), Hit(picture("a.png", "red"), 0.3)]
    sheet = write_sheet(hits, tmp_path / "sheet.html", "red")
    page = Page(tmp_path / "sheet.html")
    assert [path.name for path, _ in sheet.problems] == ["gone.jpg", "bad.jpg"]
    assert len(page.all("a")) == 3 and len(page.all("img")) == 1
    assert "no such file" in page.text and any("not a picture" in text for text in page.text)


def test_only_an_older_sheet_is_overwritten(tmp_path: Path, picture: MakePicture) -> None:
    hits, sheet = [Hit(picture("a.png", "red"), 0.5)], tmp_path / "sheet.html"
    write_sheet(hits, sheet, "first")
    write_sheet(hits, sheet, "second")
    assert "second" in Page(sheet).text
    (tmp_path / "page.html").write_text("<title>someone's own page</title>")
    (tmp_path / "folder.html").mkdir()
    os.mkfifo(tmp_path / "pipe.html")
    for name in ("page.html", "folder.html", "pipe.html"):
        with pytest.raises(OutputError, match="no contact sheet of clipsearch"):
            write_sheet(hits, tmp_path / name, "third")
    assert "someone's own" in (tmp_path / "page.html").read_text()
    assert not list(tmp_path.glob(".*.part"))


def test_the_folder_of_a_sheet_is_made(tmp_path: Path, picture: MakePicture) -> None:
    hits, sheet = [Hit(picture("a.png", "red"), 0.5)], tmp_path / "new" / "er" / "sheet.html"
    check_path(sheet)
    assert not (tmp_path / "new").exists()
    assert write_sheet(hits, sheet, "first").in_new_folder and sheet.exists()
    assert not write_sheet(hits, sheet, "second").in_new_folder
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for wrong in (sheet / "in a file.html", sheet / "in" / "a file.html", tmp_path / "link" / "broken.html"):
        for check in (check_path, lambda path: write_sheet(hits, path, "third")):
            with pytest.raises(OutputError, match="is no folder, so the contact sheet can't lie in it"):
                check(wrong)


@pytest.mark.skipif(os.name != "posix", reason="Windows has other permissions")
def test_a_folder_that_can_not_be_made_is_told_before_any_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere
    with pytest.raises(OutputError, match="no permission to write into"):
        check_path(tmp_path / "new" / "sheet.html")


def test_a_sheet_that_breaks_off_leaves_the_older_one(
    tmp_path: Path, picture: MakePicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    hits, sheet = [Hit(picture("a.png", "red"), 0.5)], tmp_path / "sheet.html"
    write_sheet(hits, sheet, "first")

    def interrupted() -> Iterator[Hit]:
        yield from hits
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_sheet(interrupted(), sheet, "second")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OutputError, match="No space left on device"):
        write_sheet(hits, sheet, "third")
    assert "first" in Page(sheet).text and not list(tmp_path.glob(".*.part"))


def test_memory_does_not_grow_with_the_hits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = os.urandom(30_000)
    monkeypatch.setattr("search.export.contact_sheet.webp", lambda _: noise)
    monkeypatch.setattr("search.export.contact_sheet.small_picture", lambda path, side, at: Image.new("RGB", (8, 8)))
    write_sheet([Hit(Path("/p/a.jpg"), 0.5)], tmp_path / "warm.html", "warm")
    tracemalloc.start()
    write_sheet((Hit(Path(f"/p/{number}.jpg"), 0.5) for number in range(1000)), tmp_path / "sheet.html", "many")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / "sheet.html").stat().st_size > 40_000_000
    assert peak < 4_000_000


def test_the_report_counts_the_pictures(tmp_path: Path, picture: MakePicture) -> None:
    told: list[int] = []
    write_sheet([Hit(picture("a.png", "red"), 0.5)] * 3, tmp_path / "sheet.html", "red", report=told.append)
    assert told == [1, 2, 3]


def test_the_template_asks_no_network() -> None:
    assert "://" not in TEMPLATE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("order", "scored", "said"),
    [
        ("score", True, "Nearest first. The score is the cosine similarity; each picture links"),
        ("date", True, "Newest first. The score is the cosine similarity; each picture links"),
        ("path", True, "By path. The score is"),
        ("date", False, "Newest first. Each picture links"),
        ("path", False, "By path. Each picture links"),
    ],
)
def test_the_sheet_says_in_which_order_it_is(
    tmp_path: Path, picture: MakePicture, order: SheetOrder, scored: bool, said: str
) -> None:
    hit = Hit(picture("a.png", "red"), 0.5 if scored else None)
    write_sheet([hit], tmp_path / "sheet.html", "red", order=order, scored=scored)
    content = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert said in content and ("pill score" in content) == scored
