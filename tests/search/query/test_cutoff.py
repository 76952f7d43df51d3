"""The cut-off: on made geometry of several kinds, and with the real built-in model on the sample images."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from indexer.arrays import FloatArray, unit_rows
from search.index.spread import Spread
from search.query import cutoff
from search.query.cutoff import ALL_MATCH, NO_MATCH, Sigmoid, gate, lowest_match

DIM = 256
PROMPTED, THINGS = 300, 400  # the first have a background prompt, and only the first have pictures


class Geometry:
    """Pictures and texts of things, with a gap between them as CLIP has it (cosines about 0.15 and 0.3) or without."""

    def __init__(self, gap: float) -> None:
        self.random = np.random.default_rng(5)
        self._gap, self._ours = gap, math.sqrt(1 - gap)
        self._shared, self._image, self._text = np.linalg.qr(self.random.normal(size=(DIM, 3)))[0].T
        self._things = self._noise(THINGS)
        self.background = self.texts(range(PROMPTED))

    def texts(self, things: range | list[int]) -> FloatArray:
        content = unit_rows(self._things[list(things)] + 0.8 * self._noise(len(things)))
        return unit_rows(self._off(self._text) + self._ours * content)

    def pictures(self, things: range | list[int]) -> FloatArray:
        content = unit_rows(0.5 * self._things[list(things)] + self._noise(len(things)))
        return unit_rows(self._off(self._image) + self._ours * content)

    def _off(self, own: FloatArray) -> FloatArray:
        return np.asarray(math.sqrt(self._gap / 2) * (self._shared + own), dtype=np.float32)

    def _noise(self, rows: int) -> FloatArray:
        return unit_rows(self.random.normal(size=(rows, DIM)))


@pytest.fixture(params=[0.0, 0.3, 0.6])
def geometry(request: pytest.FixtureRequest) -> Geometry:
    return Geometry(request.param)


def matches(geometry: Geometry, query: FloatArray, pictures: FloatArray, **options: object) -> set[int]:
    """Return the rows that match, judged by the best 200 as a query does it."""
    scores = pictures @ query
    best = np.argsort(-scores)[:200]
    spread = Spread.of(pictures, len(pictures))
    lowest = lowest_match(query, scores[best], pictures[best], geometry.background, spread, **options)  # type: ignore[arg-type]
    assert not math.isnan(lowest)
    return set(np.flatnonzero(scores >= lowest).tolist())


@pytest.mark.parametrize("thing", [3, 320])  # one that a background prompt names too, and one that none does
def test_what_shows_the_thing_matches_and_little_else(geometry: Geometry, thing: int) -> None:
    others = [other for other in range(40) if other != thing]
    pictures = geometry.pictures([thing] * 5 + others)
    found = matches(geometry, geometry.texts([thing])[0], pictures)
    assert len(found & set(range(5))) >= 4
    assert len(found - set(range(5))) <= 1


def test_nothing_matches_what_is_not_there(geometry: Geometry) -> None:
    pictures = geometry.pictures(list(range(40)) * 5)
    silent = [not matches(geometry, query, pictures) for query in geometry.texts(range(320, 360))]
    assert np.mean(silent) >= 0.7


def test_a_library_of_one_thing_is_found_whole(geometry: Geometry) -> None:
    pictures = geometry.pictures([3] * 3000)
    assert len(matches(geometry, geometry.texts([3])[0], pictures)) >= 2700
    other = [matches(geometry, query, pictures) for query in geometry.texts(range(320, 340))]
    assert np.mean([not found for found in other]) >= 0.8


def test_a_single_picture(geometry: Geometry) -> None:
    picture = geometry.pictures([3])
    assert matches(geometry, geometry.texts([3])[0], picture) == {0}
    assert matches(geometry, geometry.texts([320])[0], picture) == set()


def test_only_relations_between_cosines_count_not_their_size() -> None:
    geometry = Geometry(0.0)
    pictures, queries = geometry.pictures(range(40)), geometry.texts([3, 7, 320, 330])
    before = [matches(geometry, query, pictures) for query in queries]

    def narrow(rows: FloatArray, *gap: float) -> FloatArray:
        return np.hstack([math.sqrt(0.2) * rows, np.tile(gap, (len(rows), 1))]).astype(np.float32)

    of_text, of_image = (0.4, 0.8, 0.0), (0.15 / 0.4, 0.0, math.sqrt(0.8 - (0.15 / 0.4) ** 2))
    texts, images = narrow(queries, *of_text), narrow(pictures, *of_image)
    geometry.background = narrow(geometry.background, *of_text)
    assert np.allclose(images @ texts.T, 0.15 + 0.2 * pictures @ queries.T, atol=1e-5)
    assert [matches(geometry, query, images) for query in texts] == before
    assert before[0]


def test_more_is_asked_for_in_a_larger_library() -> None:
    gates = [gate(count) for count in (1, 10, 34, 300, 10**4, 10**6, 10**9)]
    assert gates == sorted(gates) and gates[1] < gates[2] < gates[3] < gates[4] == gates[-1]
    assert gates[0] == gates[1]


def test_the_count_of_what_was_searched_counts() -> None:
    geometry = Geometry(0.3)
    pictures = geometry.pictures(range(40))
    silent = {
        count: sum(not matches(geometry, query, pictures, count=count) for query in geometry.texts(range(320, 360)))
        for count in (40, 10**6)
    }
    assert silent[40] < silent[10**6]


def test_identical_pictures_are_judged_alike(geometry: Geometry) -> None:
    pictures = np.repeat(geometry.pictures([3]), 8, axis=0)
    assert matches(geometry, geometry.texts([3])[0], pictures) == set(range(8))
    assert matches(geometry, geometry.texts([320])[0], pictures) == set()


def test_degenerate_inputs(geometry: Geometry) -> None:
    query, nothing = geometry.texts([3])[0], np.empty((0, DIM), np.float32)
    assert lowest_match(query, nothing[:, 0], nothing, geometry.background) == NO_MATCH
    pictures = geometry.pictures(range(4))
    assert lowest_match(query, pictures @ query, pictures, nothing) == ALL_MATCH  # no background: nothing can be told
    same = np.repeat(geometry.background[:1], 30, axis=0)  # a background without any deviation
    assert not math.isnan(lowest_match(query, pictures @ query, pictures, same))
    zero = np.zeros_like(pictures)
    assert lowest_match(query, zero @ query, zero, geometry.background, Spread.of(zero, 4)) in (NO_MATCH, 0.0)


def test_a_sigmoid_model_has_the_last_word() -> None:
    geometry = Geometry(0.3)
    pictures = geometry.pictures([3] * 3 + list(range(4, 40)))
    query = geometry.texts([3])[0]
    unknown = next(text for text in geometry.texts(range(320, 340)) if not matches(geometry, text, pictures))
    no = Sigmoid(100.0, -100 * float((pictures @ query).max()) - 10)
    second = float(np.sort(pictures @ unknown)[-2])
    yes = Sigmoid(100.0, -100 * second + 0.01)
    assert matches(geometry, query, pictures) and not matches(geometry, query, pictures, sigmoid=no)
    assert len(matches(geometry, unknown, pictures, sigmoid=yes)) == 2


Find = Callable[[str], set[str]]


@pytest.fixture(scope="module")
def find(sample_library: Path) -> Iterator[Find]:
    """Ask the built-in model's library of the sample images: what matches a text, by file name."""
    from search.filters.filters import Filters
    from search.library.library import open_library
    from search.query.ask import QueryRequest, ask
    from search.query.terms import make_query

    with open_library(sample_library, device="cpu") as library:

        def found(text: str) -> set[str]:
            answer = ask(library, QueryRequest(make_query(text), 100, Filters()))
            return {hit.path.name for hit in answer.nearest[: answer.matching]}

        yield found


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("envelope", {"red-envelope.jpg"}),
        ("car", {"car-blue.jpg", "car-jeep.jpg", "car-red.jpg", "car-taxi.jpg"}),
        ("taxi", {"car-taxi.jpg"}),
        ("pizza", {"pizza.heic"}),
        ("acoustic guitar", {"guitar.jpg"}),
        ("hot air balloon", {"hot-air-balloon.jpg"}),
        ("bookcase", {"bookcase.avif"}),
        ("computer keyboard", {"keyboard.jpg"}),
        ("traffic light", {"traffic-light.png"}),
        ("sofa", {"sofa.jpg", "four-poster-bed.jpg"}),
        ("citrus fruit", {"lemons.webp", "oranges.jpg"}),
    ],
)
def test_the_builtin_model_finds_what_is_there_and_nothing_else(find: Find, text: str, names: set[str]) -> None:
    assert find(text) >= names
    assert len(find(text) - names) <= 2


def test_the_builtin_model_finds_the_red_envelope(find: Find) -> None:
    assert "red-envelope.jpg" in find("red envelope") and len(find("red envelope")) <= 3


def test_the_builtin_model_tells_fruit_from_cars(find: Find) -> None:
    fruit = {"apple-green.tif", "bananas.jpg", "lemons.webp", "oranges.jpg", "strawberries.jpg"}
    assert find("fruit") == fruit
    assert not find("car") & fruit


@pytest.mark.parametrize(
    "text",
    [
        "unicorn spaceship battle",
        "dog",
        "elephant",
        "wedding",
        "dinosaur",
        "graduation ceremony",
        "tax return",
        "toothbrush",
        "quantum physics",
        "asdfghjkl",
    ],
)
def test_the_builtin_model_says_that_nothing_matches(find: Find, text: str) -> None:
    assert find(text) == set()


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 200])
def test_the_quantile_is_numpys(count: int) -> None:
    values = np.random.default_rng(count).normal(size=count).astype(np.float32)
    assert cutoff._quantile(values, 0.75) == pytest.approx(np.quantile(values, 0.75), abs=1e-6)
