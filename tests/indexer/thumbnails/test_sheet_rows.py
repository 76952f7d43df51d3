"""Tests of indexer.thumbnails.sheet_rows: every picture has its place, in order, whatever their shapes."""

from __future__ import annotations

import itertools

import pytest

from indexer.thumbnails.sheet_rows import GAP, LEAST_WIDTH, NUMBER_HEIGHT, Laid, Size, laid_in_rows

SIDE = 1568
LANDSCAPE, PORTRAIT, PANORAMA, TINY = (256, 171), (171, 256), (256, 26), (1, 1)


def columns(laid: Laid) -> int:
    """Return how many pictures the first row has."""
    return sum(place.top == laid.places[0].top for place in laid.places)


@pytest.mark.parametrize("count", [1, 2, 5, 12, 16, 48])
@pytest.mark.parametrize("sizes", [[LANDSCAPE], [PORTRAIT], [PANORAMA], [TINY], [LANDSCAPE, PORTRAIT, PANORAMA, TINY]])
@pytest.mark.parametrize("larger", [1, 2])
def test_all_have_a_place_and_none_lies_on_another(count: int, sizes: list[Size], larger: int) -> None:
    wanted = [(width * larger, height * larger) for width, height in itertools.islice(itertools.cycle(sizes), count)]
    laid = laid_in_rows(wanted, SIDE)
    assert len(laid.places) == count and max(laid.width, laid.height) <= SIDE
    cells = []
    for place, (width, height) in zip(laid.places, wanted, strict=True):
        assert 1 <= place.width <= width and 1 <= place.height <= height, "nothing is enlarged"
        assert abs(place.width * height - place.height * width) <= max(width, height), "nor out of shape"
        assert place.left >= GAP and place.top >= GAP + NUMBER_HEIGHT
        right = place.left + max(place.width, LEAST_WIDTH)
        assert right + GAP <= laid.width and place.top + place.height + GAP <= laid.height
        cells.append((place.left, place.top - NUMBER_HEIGHT, right, place.top + place.height))
    for one, other in itertools.combinations(cells, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    order = [(place.top, place.left) for place in laid.places]
    assert order == sorted(order), "in the order in which one reads"


def test_the_shapes_make_the_grid() -> None:
    assert [columns(laid_in_rows([shape] * 12, SIDE)) for shape in (PORTRAIT, LANDSCAPE, PANORAMA)] == [8, 5, 5]
    large = laid_in_rows([(512, 341)] * 12, SIDE)
    assert (columns(large), large.places[0][2:]) == (3, (512, 341)), "as large as there is room for"
    assert laid_in_rows([(512, 341)], SIDE)[:2] == (512 + 2 * GAP, 341 + NUMBER_HEIGHT + 2 * GAP)
