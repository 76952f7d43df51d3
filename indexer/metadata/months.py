"""The months by name, in the languages whose programs write them into pictures and file names."""

from __future__ import annotations

import unicodedata

# The first letters, without accents: English, German, Dutch, French, Spanish, Italian, Portuguese, Romanian, the Nordic
# ones, Finnish, Hungarian; Polish, Czech, Turkish; Russian, Ukrainian. The longest that fits decides.
_STARTS = (
    "jan gen ene ian tam sty led oca янв січ",
    "feb fev hel lut unor sub фев лют",
    "mar mrt maa brez мар бер",  # noqa: RUF001
    "apr avr abr huh kwi dub nis апр кві",
    "may mai mag mei maj tou kve маи мая тра",
    "jun juin giu iun kes cze cerv cvn haz июн чер",
    "jul juil lug iul hei lip cervenc cvc tem июл лип",
    "aug aou ago elo sie srpn agu авг сер",  # noqa: RUF001
    "sep set sze syy wrz zari eyl сен вер",
    "oct okt ott out lok paz rij eki окт жов",
    "nov noi marr lis kas ноя лис",
    "dec dez dic des jou gru pros ara дек гру",  # noqa: RUF001
)
_MONTHS = {start: number for number, starts in enumerate(_STARTS, 1) for start in starts.split()}
_LONGEST = max(map(len, _MONTHS))


def month_of(word: str) -> int | None:
    """Return the number of the month that a word names or abbreviates; None for another word."""
    letters = "".join(letter for letter in unicodedata.normalize("NFKD", word.lower()) if letter.isalpha())
    return next((_MONTHS[letters[:size]] for size in range(_LONGEST, 2, -1) if letters[:size] in _MONTHS), None)
