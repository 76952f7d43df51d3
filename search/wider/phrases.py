"""From a query to the wider ones that may match: "gorilla", "ape", "mammal" for "a sleeping gorilla in a tree"."""

from __future__ import annotations

import re

from search.texts.query_templates import DETERMINERS, PICTURES, SMALL, words_of
from search.wider.terms import in_dictionary, in_list, is_person, wider_than

PEOPLE = "people"
LONGEST = 12  # words; more are a description, of which no word says enough
# Before "of" they are not what is looked for.
MEASURES = words_of(
    "glass cup bottle plate bowl mug pot box bag basket piece slice pair bunch group herd flock pack pile bucket jar"
    " lot lots kind type sort can loaf bouquet swarm crowd row stack heap field view side front back top inside"
)
_WORD = re.compile(r"[^\W_]+(?:['\u2019.-][^\W_]+)*")
_STOP = re.compile(r"[,;:.!?()]\s|\s[-\u2013\u2014]\s")


def wider_queries(text: str, most: int) -> list[str]:
    """Return the queries that are wider than an English one, the nearest first, at most so many.

    First come those with fewer words around the noun, then what is wider than that. None for what has no noun that is
    known.
    """
    asked = _without_articles(_WORD.findall(text.lower()))
    words = _subject(_without_picture(text.lower())) if len(asked) <= LONGEST else []
    for end in range(len(words), 0, -1):
        phrases = [" ".join(words[start:end]) for start in range(end)]
        noun = _noun(phrases)
        if noun is not None:
            longer = phrases[: phrases.index(noun) + 1]
            shorter = [phrase for phrase, first in zip(longer, words, strict=False) if not _is_no_start(first)]
            wider = dict.fromkeys([*shorter, *wider_than(noun)])
            return [query for query in wider if query != " ".join(asked)][:most]
    return []


def _noun(phrases: list[str]) -> str | None:
    """Return the longest phrase that is known: one that stands for a person, as "rear admiral", is no butterfly."""
    listed = next(filter(in_list, phrases), None)
    if listed is None:
        return next(filter(in_dictionary, phrases), None)
    longer = [] if PEOPLE in wider_than(listed) else phrases[: phrases.index(listed)]
    return next(filter(is_person, longer), listed)


def _without_picture(text: str) -> list[str]:
    """Return the words of a text up to a comma or dash, without "a photo of" before them."""
    words = _WORD.findall(_STOP.split(text)[0])
    if "of" in words and PICTURES.intersection(words[: words.index("of")]):
        words = words[words.index("of") + 1 :]
    return _without_articles(words)


def _subject(words: list[str]) -> list[str]:
    """Return the words of the first phrase with a noun: up to a preposition, an article or what is being done."""
    end = next((place for place, word in enumerate(words) if word in SMALL or word in DETERMINERS), len(words))
    if words[end : end + 1] == ["of"] and words[end - 1] in MEASURES:
        return _subject(_without_articles(words[end + 1 :])) or words[:end]
    if words[end : end + 1] and words[end] in DETERMINERS and not _has_noun(words[:end]):
        return _subject(_without_articles(words[end:]))  # "playing the guitar"
    doing = next((place for place in range(1, end) if words[place].endswith("ing")), end)
    return words[:doing] if _has_noun(words[:doing]) and not _is_one(words[:end], doing) else words[:end]


def _has_noun(words: list[str]) -> bool:
    """Return whether words end with a noun that is known."""
    phrases = [" ".join(words[start:]) for start in range(len(words))]
    return any(in_list(phrase) or in_dictionary(phrase) for phrase in phrases)


def _is_one(words: list[str], doing: int) -> bool:
    """Return whether a word that looks like a verb belongs to a noun of several, such as "horse riding"."""
    spans = ((start, end) for start in range(doing + 1) for end in range(doing + 1, len(words) + 1) if end - start > 1)
    return any(in_list(" ".join(words[start:end])) for start, end in spans)


def _without_articles(words: list[str]) -> list[str]:
    """Return words without articles and the like at the start."""
    return words[next((place for place, word in enumerate(words) if word not in DETERMINERS), len(words)) :]


def _is_no_start(word: str) -> bool:
    """Return whether no noun begins with a word: "playing football", "man's face"."""
    return word.endswith(("ing", "'s", "\u2019s"))
