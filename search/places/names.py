"""The form in which names of places are compared: without case, accents and punctuation."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence

MARKS = re.compile("[\u0300-\u036f]")  # combining accents of Latin, Greek and Cyrillic; other scripts need their marks
LETTERS = {"ø": "o", "ł": "l", "đ": "d", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ħ": "h", "ŧ": "t"}
APOSTROPHES = "'\u2018\u2019\u02bb\u02bc`"
BETWEEN = string.punctuation + "\u2010\u2011\u2012\u2013\u2014\u2026\u00b7\u30fb\u3001\u201c\u201d\u201e\u00ab\u00bb"
FOLDING = str.maketrans(dict.fromkeys(BETWEEN, " ") | dict.fromkeys(APOSTROPHES) | LETTERS)
FOLDED = re.compile(f"[{re.escape(''.join(map(chr, FOLDING)))}]")
SEPARATOR = " \n "  # between names in one text, so that there is a space on either side of each word
SPACES = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
ARTICLES = re.compile(r" \n the (?!\n)")
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
WORDS = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}  # as English names shorten them
LONGEST = 200  # characters; the longest names of GeoNames have some 190


def place_key(name: str) -> str:
    """Return the form of a name in which "Saint-Étienne" and "st etienne" are equal; "" if it is punctuation alone."""
    if name.isascii():
        folded = name.lower()
    else:
        from unicodedata import normalize

        folded = MARKS.sub("", normalize("NFKD", name).casefold())
    words = folded.translate(FOLDING).split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return " ".join([WORDS.get(word, word) for word in words])


def place_keys(names: Sequence[str]) -> list[str]:
    """Return the place_key of each name: a million in about a second, as they are folded as one text."""
    from unicodedata import normalize

    if "\n" in "".join(names):
        return [place_key(name) for name in names]
    text = MARKS.sub("", normalize("NFKD", SEPARATOR.join(["", *names, ""])).casefold())
    text = FOLDED.sub(lambda found: found[0].translate(FOLDING), text)  # translate is slow where not all is ASCII
    text = ARTICLES.sub(SEPARATOR, SPACES.sub(" ", text))
    for _ in range(2):  # what stands between two that are replaced is seen the second time
        for word, full in WORDS.items():
            text = text.replace(f" {word} ", f" {full} ")
    return text.replace(" \n", "\n").replace("\n ", "\n").split("\n")[1:-1]


def umlauts_spelled_out(name: str) -> str:
    """Return "Muenchen" for "München", as who has no umlauts on the keyboard types it; other names as they are."""
    return name if name.isascii() else name.translate(UMLAUTS)
