"""The months by name, in the languages whose programs write them into pictures and file names."""

from __future__ import annotations

import unicodedata

# The first letters, without accents: English, German, Dutch, French, Spanish, Italian, Portuguese, the Nordic ones;
# then Romanian, Finnish; Polish, Czech, Turkish; Russian, Ukrainian. "$" ends a word. The longest that fits decides.
_STARTS = (
    "jan gen ene ianu ian$ tammi stycz sty$ leden ledn ocak oca$ янв січ",
    "feb fev helmi lute luty lut$ unor subat sub$ фев лют",
    "mar mrt maa brez мар бер",  # noqa: RUF001
    "apr avr abr huhti kwie kwi$ duben dubn nisa nis$ апр кві",
    "may mai mag mei maj touko kvet маи мая тра",
    "jun juin giu iun kesa czerw cze$ cerv cvn haziran haz$ июн чер",
    "jul juil lug iul heina lipc lipi lip$ cervenc cvc temm tem$ июл лип",
    "aug aou ago eloku sierp sie$ srpn agust agu$ авг сер",  # noqa: RUF001
    "sep set sze syysk wrze wrz$ zari eylul eyl$ сен вер",
    "oct okt ott out lokak pazdz paz$ rijn rijen ekim eki$ окт жов",
    "nov noiem noi$ marras listo lis$ kasim kas$ ноя лис",
    "dec dez dic des joulu grud gru$ prosin aral ara$ дек гру",  # noqa: RUF001
)
_MONTHS = {start: number for number, starts in enumerate(_STARTS, 1) for start in starts.split()}
_LONGEST = max(map(len, _MONTHS))


def month_of(word: str) -> int | None:
    """Return the number of the month that a word names or abbreviates; None for another word."""
    plain = unicodedata.normalize("NFKD", word.lower()).replace("ı", "i")  # noqa: RUF001
    letters = "".join(letter for letter in plain if letter.isalpha()) + "$"
    return next((_MONTHS[letters[:size]] for size in range(_LONGEST, 2, -1) if letters[:size] in _MONTHS), None)
