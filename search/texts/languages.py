"""Detect queries that are clearly not English, by their script and by words that English does not have.

Made for few false alarms rather than for finding everything: a warning about "jalapeño" costs more trust than a missed
one about a rare word. docs/search-quality.md has the figures, also of language detectors, which find less at the same
false alarms: on one to three words they mostly guess.
"""

from __future__ import annotations

import re
from collections import Counter

_SURE = 3
_SHARE = 0.5  # of the letters, which must be of another script
_RARE = frozenset("ąćęłńśźżěřůďťňğışőűășțß")  # in no word that English has borrowed
_VIETNAMESE = range(0x1EA0, 0x1EFA)
_ENGLISH = frozenset(  # none of them is in foreign_words.py
    {"the", "of", "with", "and", "from", "by", "at", "is", "are", "near", "my", "under", "over"}
    | {"wearing", "sitting", "standing", "holding", "playing", "riding", "looking"}
)
_SCRIPTS = {
    "CYRILLIC": "in Cyrillic letters",
    "GREEK": "Greek",
    "ARABIC": "in Arabic letters",
    "HEBREW": "Hebrew",
    "CJK": "Chinese or Japanese",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
    "THAI": "Thai",
    "DEVANAGARI": "in Devanagari letters",
}
_OTHER_SCRIPTS = frozenset(
    {"ARMENIAN", "BENGALI", "CANADIAN", "CHEROKEE", "ETHIOPIC", "GEORGIAN", "GUJARATI", "GURMUKHI", "KANNADA", "KHMER"}
    | {"LAO", "MALAYALAM", "MONGOLIAN", "MYANMAR", "ORIYA", "SINHALA", "SYRIAC", "TAMIL", "TELUGU", "THAANA", "TIBETAN"}
    | {"TIFINAGH"}
)
ANOTHER = "in another language"


def foreign_language(text: str) -> str | None:
    """Return "German", "in Cyrillic letters" or the like if a query clearly is not English, else None."""
    return _script(text) or _latin_language(text)


def _script(text: str) -> str | None:
    """Return the script or language of most of the letters, if they are not Latin."""
    if text.isascii():
        return None
    import unicodedata

    letters = [character for character in text if character.isalpha()]
    kinds = Counter(unicodedata.name(letter, "").split(" ")[0] for letter in letters)
    others = {kind: number for kind, number in kinds.items() if kind in _SCRIPTS or kind in _OTHER_SCRIPTS}
    # A single Greek or Cyrillic letter is a symbol; a single Chinese one is a word.
    if not others or sum(others.values()) < _SHARE * len(letters) or (len(letters) == 1 and "CJK" not in others):
        return None
    if kinds["HIRAGANA"] or kinds["KATAKANA"]:
        return "Japanese"
    return _SCRIPTS.get(max(others, key=others.__getitem__), ANOTHER)


def _latin_language(text: str) -> str | None:
    """Return the language of a text in Latin letters by its words; None as soon as one is surely English."""
    words = re.findall(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*", text)
    lower = {word.lower() for word in words if not (word.isupper() and len(word) > 1) or text.isupper()}
    if not lower or lower & _ENGLISH:
        return None
    if sum(any(ord(letter) in _VIETNAMESE for letter in word) for word in lower) > 1:
        return "Vietnamese"
    rare = [word for word in words if word.islower() and not _RARE.isdisjoint(word)]
    scores = _scores(lower, names=all(word[0].isupper() or len(word) < 4 for word in words))
    if not scores:
        return ANOTHER if len(rare) > 1 else None
    best = max(scores.values())
    if best + min(2, 2 * len(rare)) < _SURE:
        return None
    likeliest = [language for language, score in scores.items() if score == best]
    return likeliest[0] if len(likeliest) == 1 else ANOTHER


def _scores(words: set[str], names: bool) -> dict[str, int]:
    """Return the evidence for each language that has any; in what looks like a name only the sure words count."""
    from search.texts.foreign_words import WORDS

    scores: dict[str, int] = {}
    for language, kinds in WORDS.items():
        sure, likely, weak = (len(words.intersection(kind.split())) for kind in kinds)
        if names or not (sure or likely):
            likely = weak = 0
        if score := _SURE * sure + 2 * likely + weak:
            scores[language] = score
    return scores
