"""Which colours a text says, and what it says besides.

Words that are things as well count by where they stand ("an orange car", but "a ripe orange"); what only names a kind
does not count ("red wine"), nor does a colour that is denied, or part of a name.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from indexer.builtin_space.colour_terms import COLOURS, KIND_OF, KINDS, KINDS_BEFORE, MEANINGS


def _words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


_ALWAYS, _BEFORE_NOUNS, _BESIDE_COLOURS = 1, 2, 3
_PARTS = re.compile(
    r"(?:beak|belli|eye|face|foot|hair|head|leg|nose|skin|tail|wing|throat|breast)e?d|eyes?|hair|skin"
)  # of the thing
_NOT = _words("no non not without never isn't aren't neither nor except")
_BESIDES = _words("colored coloured color colour tinted")
_AS_A_COLOUR = _words("in painted dyed is are was were")  # "painted orange", "the car is orange"
_SMALL = _words(
    "a an the and or of in on at by with without near under over to from for into behind beside between is are was were"
    " it its his her my your our their this that these those some any very all one two three no not as like"
)
_SAYS_NOTHING = _words(
    "photo photos photograph photographs picture pictures image images snapshot close-up closeup color colour colored"
    " coloured dark light bright pale deep thing things something object objects stuff item items anything"
)
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*|[.,;:!?()]")
_JOINING = _words("and or , &")  # "red and white", "dark-blue"


@dataclass(frozen=True, slots=True)
class Said:
    """The colours that a text says, how much of it they are, and the text without them."""

    colours: tuple[float, ...]  # a unit vector over COLOURS, or all 0
    share: float  # of the words that say something, 0..1
    rest: str  # the text itself if it says nothing else


def said_colours(text: str) -> Said:
    """Return the colours that a text says."""
    found = list(_WORD.finditer(text))
    words = [word.group() for word in found]
    lower = [word.lower() for word in words]
    meanings = [_meaning(words, lower, position) for position in range(len(words))]
    sums = [sum(1 / len(meaning) for meaning in meanings if colour in meaning) for colour in COLOURS]
    length = math.sqrt(sum(value * value for value in sums))
    if not length:
        return Said((0.0,) * len(COLOURS), 0.0, text)
    told = sum(word not in _SMALL and word not in _SAYS_NOTHING and word[0].isalpha() for word in lower)
    colours = sum(map(bool, meanings))
    share = min(1.0, colours / max(1, told))
    rest = text if colours >= told else _without(text, found, lower, meanings)
    return Said(tuple(value / length for value in sums), share, rest)


def _meaning(words: list[str], lower: list[str], position: int) -> tuple[str, ...]:
    """Return the colours that a word says where it stands; () if it says none."""
    word = lower[position]
    kind = KIND_OF.get(word)
    before = lower[position - 1] if position else ""
    after, next_but_one = (*lower[position + 1 : position + 3], "", "")[:2]
    if kind is None or before in _NOT or _is_name(words, position) or _is_kind(before, word, after):
        return ()
    beside = after in _BESIDES or _ALWAYS in (KIND_OF.get(after), after in _JOINING and KIND_OF.get(next_but_one))
    precedes = after.isalpha() and after not in _SMALL
    if kind == _BEFORE_NOUNS:
        return MEANINGS[word] if beside or precedes or before in _AS_A_COLOUR else ()
    return MEANINGS[word] if kind == _ALWAYS or beside else ()


def _is_name(words: list[str], position: int) -> bool:
    """Say whether a word is part of a name, capitalised with a neighbour in a text that is not: "with Mr Brown"."""
    near = (*words[max(0, position - 1) : position], *words[position + 1 : position + 2])
    capitals = words[position][0].isupper() and any(word[0].isupper() for word in near)
    return capitals and any(word[0].islower() for word in words[:position])


def _is_kind(before: str, word: str, after: str) -> bool:
    """Say whether a word makes a kind with a neighbour, or says the colour of a part: "red-haired", "brown eyes"."""
    with_next = after in KINDS.get(word, "").split() or _PARTS.fullmatch(after) is not None
    return with_next or word in KINDS_BEFORE.get(before, "").split()


def _without(text: str, found: list[re.Match[str]], lower: list[str], meanings: list[tuple[str, ...]]) -> str:
    """Return a text without the words that say colours, and without what joins two of these."""
    last = len(found) - 1
    gone = [
        bool(meaning) or (0 < at < last and lower[at] in _JOINING and bool(meanings[at - 1] and meanings[at + 1]))
        for at, meaning in enumerate(meanings)
    ]
    kept, end = [], 0
    for word, goes in zip(found, gone, strict=True):
        if goes:
            kept.append(text[end : word.start()].rstrip("-"))
            end = word.end()
    return " ".join("".join([*kept, text[end:].lstrip("-")]).split())
