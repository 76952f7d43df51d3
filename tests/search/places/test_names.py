"""Tests of search.places.names: names that mean the same place have one key."""

from __future__ import annotations

import pytest

from search.places.names import place_key, place_keys, umlauts_spelled_out


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (("Paris", " PARIS ", "paris"), "paris"),
        (("Saint-Étienne", "St. Etienne", "saint etienne", "SAINT-E\u0301TIENNE"), "saint etienne"),
        (("München", "Munchen", "MU\u0308NCHEN"), "munchen"),
        (("Łódź", "Lodz"), "lodz"),
        (("Tromsø", "tromso"), "tromso"),
        (("L'Aquila", "L\u2019Aquila", "LAquila"), "laquila"),
        (("The Hague", "hague"), "hague"),
        (("Straße", "STRASSE"), "strasse"),
        (("東京",), "東京"),
        (("", " ", "?!", "'"), ""),
    ],
)
def test_spellings_of_a_name(names: tuple[str, ...], key: str) -> None:
    assert {place_key(name) for name in names} == {key}


def test_scripts_keep_the_marks_that_are_letters() -> None:
    assert place_key("पेरिस") != place_key("परस")
    assert place_key("パリ") != place_key("ハリ")


def test_umlauts_are_spelled_out() -> None:
    assert umlauts_spelled_out("Düsseldorf") == "Duesseldorf"
    assert umlauts_spelled_out("Paris") == "Paris"


def test_many_names_are_folded_as_each_is() -> None:
    odd = ["", " ", "?!", "the", "The The", "St St Mt", "Ste-Ste. ft", "\u3000The\u2028Hague\x1f", "a\x85b", "İstanbul"]
    names = [
        *odd,
        *(f"{one} {other}" for one in odd for other in ("Straße", "Łódź-Öst", "L\u2019Aquila", "東京・パリ")),
    ]
    assert place_keys(names) == [place_key(name) for name in names]
    assert place_keys(["one\nname", *names]) == [place_key(name) for name in ["one\nname", *names]]
    assert place_keys([]) == []
