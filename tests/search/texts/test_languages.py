# ruff: noqa: RUF001 - this file is about letters of other languages
"""Queries that are clearly not English, and those that only look so."""

from __future__ import annotations

import pytest

from search.texts.languages import ANOTHER, foreign_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hund am Strand", ANOTHER),  # also Swedish and Danish by its one sure word
        ("ein roter Apfel auf dem Tisch", "German"),
        ("Geburtstag", "German"),
        ("un chat noir", "French"),
        ("plage au coucher du soleil", "French"),
        ("perro en la playa", "Spanish"),
        ("una mujer con sombrero", "Spanish"),
        ("criança na praia", "Portuguese"),
        ("tramonto sulla spiaggia", "Italian"),
        ("een rode fiets", "Dutch"),
        ("flicka på stranden", "Swedish"),
        ("czerwony samochód", "Polish"),
        ("kırmızı araba", "Turkish"),
        ("con mèo trên ghế đỏ", "Vietnamese"),
        ("красная машина", "in Cyrillic letters"),
        ("猫", "Chinese or Japanese"),
        ("ねこ", "Japanese"),
        ("赤い車", "Japanese"),
        ("빨간 차", "Korean"),
        ("κόκκινο αυτοκίνητο", "Greek"),
        ("סוס", "Hebrew"),
        ("سيارة حمراء", "in Arabic letters"),
        ("წითელი", ANOTHER),
        ("HUND AUF DEM SOFA", "German"),
    ],
)
def test_what_is_clearly_not_english(text: str, language: str) -> None:
    assert foreign_language(text) == language


@pytest.mark.parametrize(
    "text",
    """red envelope|dog|café|jalapeño|Eiffel tower|crème brûlée|paella|crème de la crème|smörgåsbord
    piñata|déjà vu|façade
    los angeles|Las Vegas|Rio de Janeiro|São Paulo|Łódź|Gdańsk Główny|La Paz|notre dame|arc de triomphe|tour de france
    cirque du soleil|mardi gras|fleur de lis|coq au vin|pain au chocolat|café au lait|Mont Blanc|Moulin Rouge
    pico de gallo
    Vincent van Gogh|El Niño|Uma Thurman|MIT campus|Costa del Sol|Playa de los Muertos|phở bò|bánh mì|Māori carving
    Øresund bridge|dachshund|kindergarten|strand of hair|pies on a table|a man who rode a horse|die|art
    chat with a friend|Bahnhof Zoo|Hundertwasser house|π|α particle|5 Ω resistor|µ|fullmetal ａｌｃｈｅｍｉｓｔ
    IMG_1234|123|!?|""".replace("\n", "|").split("|"),
)
def test_what_only_looks_foreign(text: str) -> None:
    assert foreign_language(text.strip()) is None


def test_imagenets_names_and_definitions_are_english() -> None:
    info = pytest.importorskip("timm.data").ImageNetInfo()
    texts = [str(info.index_to_description(index)) for index in range(info.num_classes())]
    texts += [str(info.index_to_description(index, detailed=True)) for index in range(info.num_classes())]
    texts += [lemma.strip() for text in texts[:1000] for lemma in text.split(",")]
    assert [text for text in texts if foreign_language(text)] == []
