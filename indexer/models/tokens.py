"""From a text to tokens without open_clip: the same cleaning, and counting with `tokenizers`."""

from __future__ import annotations

import contextlib
import string
from collections.abc import Iterator
from typing import Any

CLEANINGS = ("none", "whitespace", "lower", "canonicalize")  # open_clip's names, except for "none"


def clean_text(text: str, cleaning: str) -> str:
    """Return a text as a model's tokenizer takes it; `cleaning` is one of CLEANINGS.

    All but "none" repair broken Unicode and HTML entities. "whitespace" also joins runs of white space, "lower" also
    changes to lower case, "canonicalize" also drops ASCII punctuation, as SigLIP needs it.
    """
    if cleaning == "none":
        return text
    text = _repaired(text)
    if cleaning == "canonicalize":
        text = text.replace("_", " ").translate(str.maketrans("", "", string.punctuation)).lower()
    joined = " ".join(text.split())
    return joined.lower() if cleaning == "lower" else joined


def _repaired(text: str) -> str:
    """Return a text without mojibake and HTML entities; a plain text loads nothing for it."""
    if text.isascii() and text.isprintable() and "&" not in text:
        return text
    import html

    import ftfy

    return html.unescape(html.unescape(ftfy.fix_text(text)))


def whole_length(tokenizer: Any, text: str) -> int:
    """Return how many tokens a text has before truncation, special ones included, without padding.

    `tokenizer` is one of the library `tokenizers`; it keeps what it cuts off in `overflowing`, in pieces that have the
    special tokens again.
    """
    tokens = tokenizer.encode(text)
    special = tokenizer.num_special_tokens_to_add(False)
    pieces = [tokens, *tokens.overflowing]
    return int(special + sum(sum(piece.attention_mask) - special for piece in pieces))


@contextlib.contextmanager
def panics_caught() -> Iterator[None]:
    """Turn what the library `tokenizers` raises where it gives up into a ValueError: it is no Exception.

    A tokenizer may have patterns that would look at a text for ever.
    """
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise ValueError(f"its tokenizer fails on a text: {error}") from None
