"""From a text to tokens without open_clip: the same cleaning as its own, and counting with `tokenizers`."""

from __future__ import annotations

import string
from typing import Any

CLEANINGS = ("none", "whitespace", "lower", "canonicalize")  # by open_clip's names, but for "none"


def clean_text(text: str, cleaning: str) -> str:
    """Return a text as the tokenizer of a model takes it; `cleaning` is one of CLEANINGS.

    All but "none" mend broken Unicode and HTML entities; "whitespace" also joins runs of white space, "lower" does
    that and makes small letters, "canonicalize" does both and drops ASCII punctuation, as SigLIP needs it.
    """
    if cleaning == "none":
        return text
    text = _mended(text)
    if cleaning == "canonicalize":
        text = text.replace("_", " ").translate(str.maketrans("", "", string.punctuation)).lower()
    joined = " ".join(text.split())
    return joined.lower() if cleaning == "lower" else joined


def _mended(text: str) -> str:
    """Return a text without mojibake and HTML entities; what needs no mending loads nothing for it."""
    if text.isascii() and text.isprintable() and "&" not in text:
        return text
    import html

    import ftfy

    return html.unescape(html.unescape(ftfy.fix_text(text)))


def whole_length(tokenizer: Any, text: str) -> int:
    """Return how many tokens a text has, special ones included and padding left out, before truncation.

    `tokenizer` is one of the library `tokenizers`; what it cuts off it keeps in `overflowing`, in pieces that have
    the special tokens again.
    """
    tokens = tokenizer.encode(text)
    special = tokenizer.num_special_tokens_to_add(False)
    pieces = [tokens, *tokens.overflowing]
    return int(special + sum(sum(piece.attention_mask) - special for piece in pieces))
