"""Tests of search.folding: copies of a picture are folded, other shots, moments and plain colours are not."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.lookalikes import DOCUMENTS, PATTERNS, burst
from indexer.arrays import FloatArray
from indexer.models.preprocess import Preprocess
from indexer.store.store import Store
from search.filters.passing import Passing
from search.folding.stacks import MOST_SEARCHES, folded, nearest_stacks
from search.index.vector_index import VectorIndex
from search.library.library import Library
from search.query.ask import QueryRequest, ask
from search.query.similar import similar
from search.query.sorting import sorted_hits
from search.query.terms import make_query
from search.results import Hit
from tests.conftest import SAMPLES, run
from tests.fakes import ColourEncoder
from tests.shots import Shot

SCENES = {1: "car-red.jpg", 2: "espresso.jpg", 3: "bananas.jpg"}


@pytest.fixture
def shot(photos: Path) -> Shot:
    """Save a picture, shot(1, "a.jpg", (800, 600)): the same number is the same sample image."""

    def save(scene: int, name: str, size: tuple[int, int], taken: str | None = None, quality: int = 90) -> Path:
        exif = Image.Exif()
        if taken:
            exif.get_ifd(0x8769)[0x9003] = taken
        with Image.open(SAMPLES / SCENES[scene]) as image:
            image.convert("RGB").resize(size).save(photos / name, exif=exif, quality=quality)
        return photos / name

    return save


class Encoder(ColourEncoder):
    """Sees as many pixels as models do: of smaller ones hashes are made of a coarser picture, and differ more."""

    preprocess = Preprocess(224, 224, "squash", "box")


def index(library: Library, photos: Path) -> None:
    """Index the photos."""
    run(library.store, photos, Encoder())


@pytest.fixture
def library(store: Store, photos: Path) -> Library:
    """A library with one plain picture."""
    Image.new("RGB", (16, 12), "red").save(photos / "plain.png")
    run(store, photos, Encoder())
    return Library.with_encoder(store, Encoder())


def stacks(library: Library, photos: Path) -> list[list[str]]:
    """Return the names in each stack of more than one, of all pictures in the order of their ids."""
    index(library, photos)
    names = dict(library.store.db.execute("SELECT id, path FROM images ORDER BY id"))
    found = folded(library.store, library.model, [(image, 1.0) for image in names])
    return [[names[image] for image, _ in (stack.shown, *stack.copies)] for stack in found if stack.copies]


def test_sizes_formats_and_qualities_of_a_picture_are_one_stack(library: Library, photos: Path, shot: Shot) -> None:
    shot(1, "a.jpg", (800, 600), quality=95)
    for number, side in enumerate((700, 600, 500, 400, 300, 250, 200)):
        shot(1, f"b{number}.jpg", (side, side * 3 // 4))
    shot(1, "c.png", (800, 600))
    shutil.copy(photos / "a.jpg", photos / "d.jpg")
    shot(2, "e.jpg", (800, 600))
    (names,) = stacks(library, photos)
    assert sorted(names) == ["a.jpg", *(f"b{number}.jpg" for number in range(7)), "c.png", "d.jpg"]


def test_shots_of_a_burst_are_none(library: Library, photos: Path) -> None:
    image = Image.open(SAMPLES / "car-red.jpg").convert("RGB")
    for number in range(4):
        burst(image, number).save(photos / f"{number}.jpg", quality=92)
    assert stacks(library, photos) == []


def test_a_camera_that_says_another_time_took_another_picture(library: Library, photos: Path, shot: Shot) -> None:
    shot(1, "a.jpg", (800, 600), taken="2024:05:18 16:42:07")
    shot(1, "b.jpg", (400, 300), taken="2024:05:18 16:42:08")
    assert stacks(library, photos) == []
    shot(1, "c.jpg", (200, 150))
    shot(1, "d.jpg", (640, 480), taken="2024:05:18 16:42:07")
    assert stacks(library, photos) == [["a.jpg", "c.jpg", "d.jpg"]]


def test_moved_mirrored_and_changed_pictures_are_none(library: Library, photos: Path) -> None:
    image = Image.open(SAMPLES / "espresso.jpg").convert("RGB")
    width, height = image.size
    image.crop((0, 0, width * 19 // 20, height)).save(photos / "a.jpg", quality=95)
    image.crop((width // 20, 0, width, height)).save(photos / "b.jpg", quality=95)
    image.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(photos / "c.jpg", quality=95)
    image.resize((width, height * 4 // 5)).save(photos / "stretched.jpg", quality=95)
    assert stacks(library, photos) == []


def test_plain_colours_and_pages_of_one_cover_are_none_unless_their_bytes_are_the_same(
    library: Library, photos: Path
) -> None:
    for number, side in enumerate((100, 200, 400)):
        Image.new("RGB", (side, side), "blue").save(photos / f"{number}.png")
    covers = [Image.open(SAMPLES / "car-red.jpg").convert("RGB").resize(size) for size in ((320, 240), (320, 240))]
    for number, cover in enumerate(covers):
        page = Image.new("RGB", (320, 240), (number * 99, 0, 0))
        cover.save(photos / f"scan{number}.tif", save_all=True, append_images=[page])
    assert stacks(library, photos) == []
    shutil.copy(photos / "1.png", photos / "copy.png")
    assert stacks(library, photos) == [["1.png", "copy.png"]]


@pytest.mark.parametrize(
    "family", [name for name in (*DOCUMENTS, *PATTERNS) if name not in ("forms, one number", "crosses")]
)
def test_lookalikes_are_none(library: Library, photos: Path, family: str) -> None:
    """Of a form in which one small number differs, and of crosses of other colours, some can't be told apart."""
    for number in range(3):
        (DOCUMENTS | PATTERNS)[family](number).save(photos / f"{number}.jpg", quality=90)
    assert stacks(library, photos) == []


def test_moments_of_one_video_are_none_and_those_of_a_copy_are(library: Library, photos: Path) -> None:
    write = (
        "INSERT INTO images (root, path, at_ms, size, mtime_ns, width, height, format, indexed_at, content_hash)"
        " SELECT 1, ?, ?, 9, 0, 640, 480, 'MP4', '', ?"
    )
    with library.store.writing():
        for name, content in (("a.mp4", b"a" * 16), ("b.mp4", b"a" * 16), ("c.mp4", b"c" * 16)):
            for at in (0, 2000):
                library.store.db.execute(write, [name, at, content])
    rows = library.store.db.execute("SELECT id, path || at_ms FROM images WHERE format = 'MP4'").fetchall()
    names = dict(rows)
    found = folded(library.store, library.model, [(image, 0.5) for image in names])
    assert [[names[image] for image, _ in (stack.shown, *stack.copies)] for stack in found] == [
        ["a.mp40", "b.mp40"],
        ["a.mp42000", "b.mp42000"],
        ["c.mp40"],
        ["c.mp42000"],
    ]


def test_damaged_rows_are_no_copies(library: Library, photos: Path, shot: Shot) -> None:
    for number, size in enumerate((800, 600, 400, 300)):
        shot(1, f"{number}.jpg", (size, size * 3 // 4))
    index(library, photos)
    with library.store.writing():
        for number, column in enumerate(("perceptual_hash = 'x'", "width = 'x'", "size = -1")):
            library.store.db.execute(f"UPDATE images SET {column} WHERE path = '{number}.jpg'")
    ids = [row[0] for row in library.store.db.execute("SELECT id FROM images ORDER BY id")]
    assert len(folded(library.store, library.model, [(image, 1.0) for image in [*ids, 99]])) == len(ids)


def test_more_is_looked_for_until_there_are_enough_stacks_but_not_without_end(
    library: Library, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def search(count: int, different: int = 7) -> list[tuple[int, float]]:
        asked.append(count)
        return [(image, -image / 10_000) for image in range(1, min(count, 1000) + 1)]

    class Same:
        def __init__(self, _: object, __: object, images: list[int]) -> None:
            self.images = images

            self.added: list[int] = []

        def add(self, row: int) -> None:
            self.added.append(row)

        def found(self, row: int) -> int | None:
            return next((one for one in self.added if self.images[one] // 100 == self.images[row] // 100), None)

    monkeypatch.setattr("search.folding.stacks.SamePictures", Same)
    found = nearest_stacks(library.store, library.model, search, 5)
    assert len(found) == 5 and asked[0] == 50 and len(asked) <= MOST_SEARCHES
    assert [len(stack.copies) for stack in found[:3]] == [98, 99, 99]
    asked.clear()
    assert len(nearest_stacks(library.store, library.model, search, 100)) == 11
    assert len(asked) <= MOST_SEARCHES


def found(library: Library, text: str, k: int, *, fold: bool = True, cutoff: float = -1.0) -> tuple[Hit, ...]:
    """Return the hits of a query."""
    return ask(library, QueryRequest(make_query(text), k, cutoff=cutoff, fold=fold)).hits


def test_k_counts_stacks_and_the_largest_stands_for_each(library: Library, photos: Path, shot: Shot) -> None:
    for number, scene in itertools.product(range(6), (1, 2, 3)):
        shot(scene, f"{scene}-{number}.jpg", (350 + 90 * number, 263 + 67 * number), quality=95 - 9 * number)
    index(library, photos)
    hits = found(library, "red", 4)
    assert len(hits) == 4
    for hit in (hit for hit in hits if hit.path.name != "plain.png"):
        assert hit.path.name == f"{hit.path.name[0]}-5.jpg" and len(hit.copies) == 5
        assert {copy.path.name[0] for copy in hit.copies} == {hit.path.name[0]}
        scores = [copy.score or 0 for copy in hit.copies]
        assert scores == sorted(scores, reverse=True) and hit.best_score == max(*scores, hit.score or 0)
    unfolded = found(library, "red", 19, fold=False)
    assert len(unfolded) == 19 and not any(hit.copies for hit in unfolded)
    assert {hit.id for hit in unfolded} == {copy.id for hit in hits for copy in (hit, *hit.copies)}
    names = [hit.path.name[0] for hit in hits]
    assert names == list(dict.fromkeys(hit.path.name[0] for hit in unfolded))
    assert [hit.path.name[0] for hit in sorted_hits(hits[::-1], "score")] == names


def test_pixels_come_before_bytes_and_these_before_the_score(library: Library, photos: Path, shot: Shot) -> None:
    for name, size, quality in (("a", (800, 600), 50), ("b", (800, 600), 70), ("c", (400, 300), 100)):
        shot(1, f"{name}.jpg", size, quality=quality)
    shutil.copy(photos / "b.jpg", photos / "b-again.jpg")
    index(library, photos)
    ids = {name: image for image, name in library.store.db.execute("SELECT id, path FROM images")}

    def head(lowest: float, **scores: float) -> list[str]:
        scored = [(ids[f"{name}.jpg".replace("_", "-")], score) for name, score in scores.items()]
        (stack,) = folded(library.store, library.model, scored, lowest)
        assert sorted(scored, key=lambda pair: -pair[1]) == sorted([stack.shown, *stack.copies], key=lambda p: -p[1])
        return [name for name, image in ids.items() if image == stack.shown[0]]

    assert head(-1.0, c=0.9, b_again=0.8, b=0.7) == ["b-again.jpg"]
    assert head(0.75, c=0.9, b_again=0.8, b=0.7) == ["b-again.jpg"]
    assert head(0.85, c=0.9, b_again=0.8, b=0.7) == ["c.jpg"], "what does not match stands for nothing"
    assert head(0.95, c=0.9, b_again=0.8, b=0.7) == ["c.jpg"], "where nothing matches, the best is the nearest"


def test_the_cutoff_comes_first_and_takes_the_copies_along(library: Library, photos: Path, shot: Shot) -> None:
    for number in range(4):
        shot(1, f"{number}.jpg", (800 - 150 * number, 600 - 112 * number), quality=95 - 15 * number)
    index(library, photos)
    scores = sorted(
        float(hit.score or 0) for hit in found(library, "red", 5, fold=False) if hit.path.name != "plain.png"
    )
    between = float(np.mean(scores[-2:]))
    (hit,) = (hit for hit in found(library, "red", 5, cutoff=between) if hit.path.name != "plain.png")
    assert len(hit.copies) == 3 and (hit.score or 0) >= between
    answer = ask(library, QueryRequest(make_query("red"), 5, cutoff=between, fold=True))
    assert answer.matching == ask(library, QueryRequest(make_query("red"), 5, cutoff=between)).matching


def test_the_own_copies_of_a_picture_are_one_stack_at_the_top(library: Library, photos: Path, shot: Shot) -> None:
    asked = shot(1, "asked.jpg", (800, 600))
    for number in range(3):
        shot(1, f"copy{number}.jpg", (700 - 150 * number, 525 - 112 * number))
    shot(2, "other.jpg", (800, 600))
    index(library, photos)
    first, *others = similar(library, asked, 3, fold=True)
    assert first.path.name == "copy0.jpg" and len(first.copies) == 2
    assert {hit.path.name for hit in others} == {"other.jpg", "plain.png"}
    assert len(similar(library, asked, 5)) == 5


def test_the_index_is_searched_once_where_there_are_few_copies(
    library: Library, photos: Path, shot: Shot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for scene in SCENES:
        shot(scene, f"{scene}.jpg", (800, 600))
    index(library, photos)
    asked: list[int] = []
    search = VectorIndex.search

    def counted(self: VectorIndex, vector: FloatArray, k: int, *more: Passing) -> list[tuple[int, float]]:
        asked.append(k)
        return search(self, vector, k, *more)

    monkeypatch.setattr(VectorIndex, "search", counted)
    answer = ask(library, QueryRequest(make_query("red"), 2, cutoff="none", fold=True))
    assert (len(answer.hits), answer.matching, len(asked)) == (2, 2, 1)
    similar(library, photos / "1.jpg", 2, fold=True)
    assert len(asked) == 2
