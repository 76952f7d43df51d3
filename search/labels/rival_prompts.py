"""Texts of what else a picture may show, and which of them name a class."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from search.texts.background import background_prompts

# Small things, which only labels need: a class is often mistaken for a thing of the same room.
MORE = """
a teapot; a kettle; a jug; a tray; a fork; a pot with a lid; a lunch box; a napkin; a cupboard; a stove; a sink; a
bench; a hammock; a fireplace; a rug; a broom; a towel; soap; a toothbrush; a comb; a suitcase; a backpack; a purse;
a belt; a tie; a sock; a necklace; a ring; an envelope; a notebook; a ruler; a microphone; headphones; a printer; a
projector; a calculator; a light bulb; a torch; a nail; a tap; a pipe; a barrel; a crate; a stone wall; a lawn
mower; a wheelbarrow; a traffic light; a mailbox; a bus stop; an anchor; a paddle; a kite; a swing; a slide; a
puzzle; playing cards; dice; a chess board; a trophy; a medal; a crown; a sword; a shield; a trumpet; a flute; a
lemon; a banana; grapes; berries; a carrot; a potato; a tomato; mushrooms; corn; a pumpkin; a goat; a camel; a
giraffe; a hedgehog; a parrot; a penguin; a swan; a crocodile; an octopus; an ant; a beetle; a dragonfly
"""

_WORD = re.compile(r"[^\W\d_]+")
_ARTICLES = frozenset(("a", "an", "the"))


@functools.cache
def rival_prompts() -> tuple[str, ...]:
    """Return all prompts, some 440, each once and always in the same order."""
    more = (" ".join(prompt.split()) for prompt in MORE.split(";"))
    return tuple(dict.fromkeys((*background_prompts(), *more)))


def prompts_with(name: str) -> NDArray[np.bool_]:
    """Return a mask (prompts,) of those that have all words of a name."""
    wanted = words_of(name)
    return np.array([bool(wanted) and wanted <= words_of(prompt) for prompt in rival_prompts()])


def prompts_among(texts: Iterable[str]) -> NDArray[np.bool_]:
    """Return a mask (prompts,) of those that are among texts."""
    wanted = frozenset(texts)
    return np.array([prompt in wanted for prompt in rival_prompts()])


@functools.lru_cache(maxsize=4096)
def words_of(text: str) -> frozenset[str]:
    """Return a text's words without articles, in lower case and, roughly, the singular."""
    words = (word.lower() for word in _WORD.findall(text))
    singular = (word[:-1] if word.endswith("s") and not word.endswith("ss") else word for word in words)
    return frozenset(singular) - _ARTICLES
