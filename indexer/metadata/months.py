"""The months by name, in the languages whose programs write them into pictures and file names."""

from __future__ import annotations

import unicodedata

# The first letters, without accents: English, German, Dutch, French, Spanish, Italian, Portuguese, the Nordic ones.
_STARTS = (
    ("jan", "gen", "ene"),
    ("feb", "fev"),
    ("mar", "mrt", "maa"),
    ("apr", "avr", "abr"),
    ("may", "mai", "mag", "mei", "maj"),
    ("jun", "juin", "giu"),
    ("jul", "juil", "lug"),
    ("aug", "aou", "ago"),
    ("sep", "set"),
    ("oct", "okt", "ott", "out"),
    ("nov",),
    ("dec", "dez", "dic", "des"),
)


def month_of(word: str) -> int | None:
    """Return the number of the month that a word names or abbreviates; None for another word."""
    letters = "".join(letter for letter in unicodedata.normalize("NFKD", word.lower()) if letter.isalpha())
    starts = {start: number for number, names in enumerate(_STARTS, 1) for start in names}
    return starts.get(letters[:4]) or starts.get(letters[:3])
