"""All that determines the built-in model's embeddings besides its weights; imports nothing heavy."""

from __future__ import annotations

import hashlib

from indexer.builtin_space import joined, seen_colours
from indexer.builtin_space.colour_terms import THINGS_DIM

SIZE = 260  # pixels, EfficientNet-Lite2's own input
CROP = 0.89  # of the shorter side, which its own preprocessing keeps
MAX_TOKENS = 256  # of a text: MiniLM's own limit
DIM = THINGS_DIM

# Measured (docs/builtin-model.md): improbable classes are noise, and the most probable one should not be all.
MOST_CLASSES = 50
TEMPERATURE = 1.25

WORDS = 3  # raised when other words say colours (colour_terms.py), or by other rules (said_colours.py)


def recipe() -> str:
    """Return a text that differs wherever embeddings can't be compared."""
    return (
        f"conse-2 size={SIZE} crop={CROP} bicubic mean=0.5 std=0.5 tokens={MAX_TOKENS} class=names+definition"
        f" classes={MOST_CLASSES} temperature={TEMPERATURE} words={WORDS}"
        f" {_numbers(vars(joined))} {_numbers(vars(seen_colours))}"
    )


def recipe_hash() -> str:
    """Return the recipe in a few characters, for records."""
    return hashlib.sha256(recipe().encode()).hexdigest()[:16]


def _numbers(module: dict[str, object]) -> str:
    """Return a module's constants."""
    return " ".join(f"{name}={value}" for name, value in sorted(module.items()) if name.isupper() and name != "COLOURS")
