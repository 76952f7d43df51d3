"""Which queries are put into a template, and with which article.

For CLIP a template helps with names of things: "a photo of a {label}" gains 1.3 points over the bare name on ImageNet
(Radford et al., "Learning Transferable Visual Models From Natural Language Supervision", ICML 2021, arXiv 2103.00020,
section 3.1.4). Longer queries already are captions, such as CLIP was trained on. For the built-in model
benchmarks/query_templates.py finds no difference, so its queries are left as they are.
"""

from __future__ import annotations

import re

from indexer.models.names import BUILTIN

SHORT_WORDS = 3  # a query of more words is a caption already
BARE = "{}"
PHOTO = "a photo of {}"


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


DETERMINERS = words_of(
    "a an the my your his her its our their this that these those some any no all both each every many few several"
    " one two three four five six seven eight nine ten"
)
SMALL = words_of(
    "in on at near by under over behind beside between inside outside with without from into through during after"
    " before and or not is are was were who what where when why how to of for"
)
PICTURES = words_of(
    "photo photos photograph photography picture pictures pic image images screenshot drawing painting sketch"
    " illustration cartoon portrait selfie snapshot scan poster rendering render closeup close-up macro"
)
_PLURALS = words_of("people men women children mice geese teeth feet sheep deer fish cattle police")
_MASS = words_of(
    "water snow ice sand grass rain fog mist smoke fire lightning food fruit meat bread rice pasta cheese butter milk"
    " coffee tea beer wine juice chocolate sushi furniture clothing jewelry luggage equipment traffic art music"
    " architecture nature wildlife scenery landscape fur metal plastic gold silver paper money mud"
    " weather sunshine sunlight moonlight darkness happiness love anger sadness joy football soccer tennis"
    " basketball baseball golf hockey graffiti text handwriting lava moss ivy seaweed corn wheat hay"
    " spaghetti lasagna paella popcorn ketchup mustard honey salt sugar flour dirt soil foliage vegetation"
)
_NOT_PLURALS = words_of("lens gas canvas atlas christmas")
_WORD = re.compile(r"[A-Za-z]+(?:['-][A-Za-z]+)*")


def templates_for(text: str, model_name: str, logit_bias: float | None = None, english_only: bool = True) -> list[str]:
    """Return the templates, each with one {}, whose unit embeddings are averaged for a query.

    It is more than the bare text only for short noun phrases, with softmax models (without `logit_bias`) that read
    English only.
    """
    if model_name == BUILTIN or logit_bias is not None or not english_only or not _is_thing(text):
        return [BARE]
    return [BARE, PHOTO.replace("{}", f"{article} {{}}" if (article := article_of(text)) else "{}")]


def article_of(text: str) -> str:
    """Return "a" or "an" if a noun phrase surely takes it; "" for plurals, names, masses and doubtful ones."""
    words = text.split()
    head = words[: next((end for end, word in enumerate(words) if word.lower() in SMALL), len(words))]
    if not head or head[0].lower() in DETERMINERS or any(word[0].isupper() for word in head):
        return ""
    last = head[-1].lower()
    if last in _PLURALS or last in _MASS or _looks_plural(last) or last.endswith("ing"):
        return ""
    return "an" if vowel_sound(head[0].lower()) else "a"


def _is_thing(text: str) -> bool:
    """Say whether a query is a short phrase of plain words that begins like a noun phrase and names no picture."""
    words = text.split()
    plain = all(_WORD.fullmatch(word) for word in words)
    lower = [word.lower() for word in words]
    return 0 < len(words) <= SHORT_WORDS and plain and lower[0] not in SMALL and not PICTURES.intersection(lower)


def _looks_plural(word: str) -> bool:
    """Say whether a word ends like a plural; "glass", "bus", "tennis" and "lens" do not."""
    return word.endswith("s") and not word.endswith(("ss", "us", "is")) and word not in _NOT_PLURALS


def vowel_sound(word: str) -> bool:
    """Say whether a word begins with a vowel sound."""
    if word.startswith(("uni", "use", "usu", "uku", "euro", "eu", "one", "once", "ut")):
        return word.startswith(("unin", "unim", "utm", "utt"))
    return word[0] in "aeiou" or word.startswith(("hour", "honest", "honor", "heir"))
