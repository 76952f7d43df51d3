# ruff: noqa: RUF001 - letters of other languages are what this file is about
"""Queries that are clearly not English, and those that only look so; models that read more than English."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from search.texts.foreign_words import WORDS
from search.texts.languages import ANOTHER, foreign_language
from search.texts.model_limits import is_multilingual


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


def test_each_word_stands_once_in_its_language() -> None:
    for kinds in WORDS.values():
        words = " ".join(kinds).split()
        assert len(words) == len(set(words)) and all(word == word.lower() for word in words)


@pytest.mark.parametrize(
    ("name", "multilingual"),
    [
        ("builtin", False),
        ("ViT-B-32-256/datacomp_s34b_b86k", False),
        ("ViT-B-32/openai", False),
        ("roberta-ViT-B-32/laion2b_s12b_b32k", False),
        ("MobileCLIP2-S2/dfndr2b", False),
        ("ViT-B-16-SigLIP-256/webli", False),
        ("ViT-H-14/metaclip_fullcc", False),
        ("ViT-B-16-SigLIP-i18n-256/webli", True),
        ("ViT-B-32-SigLIP2-256/webli", True),
        ("xlm-roberta-base-ViT-B-32/laion5b_s13b_b90k", True),
        ("nllb-clip-base-siglip/v1", True),
        ("ViT-H-14-worldwide-quickgelu/metaclip2_worldwide", True),
        ("hf-hub:timm/ViT-B-16-SigLIP2-256", True),
        ("hf-hub:laion/CLIP-ViT-B-32-laion2B-s34B-b79K", False),
        ("hf-hub:laion/CLIP-ViT-H-14-frozen-xlm-roberta-large-laion5B-s13B-b90k", True),
        ("hf-hub:apple/MobileCLIP-S1-OpenCLIP", False),
        ("ViT-B-32//home/me/xlm/weights.safetensors", False),
        ("xlm-roberta-base-ViT-B-32//home/me/weights.pt", True),
    ],
)
def test_models_that_read_more_than_english(name: str, multilingual: bool) -> None:
    assert is_multilingual(name) is multilingual


def test_every_multilingual_tokenizer_of_the_zoo_is_known() -> None:
    open_clip = pytest.importorskip("open_clip")
    for architecture, tag in open_clip.list_pretrained():
        text = open_clip.get_model_config(architecture)["text_cfg"]
        tokenizer = text.get("hf_tokenizer_name", "").lower()
        many = any(word in tokenizer for word in ("xlm", "nllb", "mt5", "i18n", "siglip2"))
        assert is_multilingual(f"{architecture}/{tag}") is many, (architecture, tokenizer)


def test_a_folder_tells_by_its_tokenizer(tmp_path: Path) -> None:
    name = f"local-dir:{tmp_path}"
    assert not is_multilingual(name)
    for tokenizer, expected in (("xlm-roberta-base", True), ("bert-base-uncased", False)):
        config = {"model_cfg": {"text_cfg": {"hf_tokenizer_name": tokenizer}}}
        (tmp_path / "open_clip_config.json").write_text(json.dumps(config))
        assert is_multilingual(name) is expected
    (tmp_path / "open_clip_config.json").write_text("[]")
    assert not is_multilingual(name)
