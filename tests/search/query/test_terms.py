"""What a query may consist of, and how weights are written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from indexer.errors import InvalidRequest
from search.query.terms import Term, make_query, split_file_weight, split_weight
from tests.bounded import grows_linearly


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("stripes", ("stripes", 1.0)),
        ("grass:0.5", ("grass", 0.5)),
        ("grass:.5", ("grass", 0.5)),
        ("grass:100", ("grass", 100.0)),
        ("a text: with colon", ("a text: with colon", 1.0)),
        ("grass: 2", ("grass: 2", 1.0)),
        ("grass:2 ", ("grass:2 ", 1.0)),
        ("grass:1e3", ("grass:1e3", 1.0)),
        ("grass:2.", ("grass:2.", 1.0)),
        ("grass:\u0662", ("grass:\u0662", 1.0)),  # an Arabic digit
        ("ratio 16:9", ("ratio 16", 9.0)),
        ("ratio 16:9:1", ("ratio 16:9", 1.0)),
        ("a:b:2", ("a:b", 2.0)),
        ("two\nlines:2", ("two\nlines", 2.0)),
    ],
)
def test_a_final_number_is_the_weight(value: str, expected: tuple[str, float]) -> None:
    assert split_weight(value) == expected


@pytest.mark.parametrize(
    "value", ["grass:0", "grass:0.0", "grass:101", ":2", " :2", "grass:-1", "grass:+1", "grass:0,5"]
)
def test_what_looks_like_a_wrong_weight_is_refused_and_the_way_out_works(value: str) -> None:
    with pytest.raises(InvalidRequest) as told:
        split_weight(value)
    assert repr(f"{value}:1") in str(told.value)
    assert split_weight(f"{value}:1") == (value, 1.0)


def test_a_file_of_the_whole_name_wins_over_the_weight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert split_file_weight("beach.jpg:2") == ("beach.jpg", 2.0)
    (tmp_path / "beach.jpg").touch()
    assert split_file_weight("beach.jpg:2") == ("beach.jpg", 2.0)
    (tmp_path / "beach.jpg:2").touch()
    assert split_file_weight("beach.jpg:2") == ("beach.jpg:2", 1.0)
    assert split_file_weight("beach.jpg:2:0.5") == ("beach.jpg:2", 0.5)
    (tmp_path / "gone:3").symlink_to(tmp_path / "nowhere")
    assert split_file_weight("gone:3") == ("gone:3", 1.0)
    with pytest.raises(InvalidRequest):
        split_file_weight("\0:0")


@pytest.mark.parametrize("weight", [0, -1, 101, float("nan"), float("inf")])
def test_python_refuses_the_same_weights(weight: float) -> None:
    for items in ({"plus": [("grass", weight)]}, {"minus": [("grass", weight)]}, {"like": [("a.jpg", weight)]}):
        with pytest.raises(InvalidRequest):
            make_query("horse", **items)  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest, match="UTF-8"):
        make_query("caf\udce9")
    with pytest.raises(InvalidRequest, match="either"):
        Term("horse", Path("horse.jpg"))


def test_one_text_or_file_needs_no_list() -> None:
    asked = make_query("horse", plus="stripes", minus="grass", like=Path("beach.jpg"), unlike="people.jpg")
    assert asked == make_query("horse", ["stripes"], ["grass"], ["beach.jpg"], ["people.jpg"])


@pytest.mark.parametrize("item", [("grass", "0.5"), ["grass", 0.5], ("grass", 1.0, 2), 7, None])
def test_what_is_no_part_of_a_query(item: Any) -> None:
    with pytest.raises(InvalidRequest, match="pair of it and its weight"):
        make_query("horse", minus=[item])


def test_no_file_has_a_nul_in_its_name() -> None:
    with pytest.raises(InvalidRequest, match="NUL"):
        make_query(like="a\0.jpg")


def test_a_text_without_end_is_refused_in_a_sentence() -> None:
    with pytest.raises(InvalidRequest, match="The text has 10,000,000 characters") as refused:
        make_query("a" * 10_000_000)
    assert len(str(refused.value)) < 200
    assert make_query("a" * 20_000).texts


# The first took the square of the text's length.
@pytest.mark.parametrize("text", ["':+' + '1' * n + 'x'", "':' * n", "':1' * n + 'x'", "':' + '1' * n", "':1.' * n"])
def test_weights_are_found_in_linear_time(text: str) -> None:
    assert grows_linearly(
        f"""
from indexer.errors import InvalidRequest
from search.query.terms import split_weight
def split(text):
    try:
        split_weight(text)
    except InvalidRequest:
        pass
compare(lambda n: {text}, split, 20_000)
"""
    )
