"""The condition for pictures with a text in their path: that of the file in its root, with the root's own name before.

"/" stands before and between the names, so that "2019" is in any of them, "2019/rome" in two that follow each other,
and "/2019/" only in a folder that is called just so. Neither case nor the spelling of accents matters.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from indexer.arguments import several, shown
from indexer.errors import InvalidRequest
from indexer.paths import readable
from indexer.spelling import caseless
from indexer.store.roots import Root, roots
from search.filters.conditions import NAME, Condition

if TYPE_CHECKING:
    from indexer.store.store import Store

LONGEST_NAME = 4096  # characters: no system has longer paths
ALIKE = "clipsearch_caseless"  # `caseless` in SQL


def names_of(value: str | Iterable[str]) -> tuple[str, ...]:
    """Return texts to look for in paths; raises InvalidRequest for one that is empty or in no path."""
    texts = []
    for text in several(value, "named"):
        if not isinstance(text, str):
            raise InvalidRequest(f"named takes a text, not {shown(text)}.")
        if not text.strip():
            raise InvalidRequest("A part of a name is empty; give some letters of it, or leave it out.")
        if len(text) > LONGEST_NAME or "\0" in text:
            raise InvalidRequest("No file's path is as long as that, or has a NUL in it; give a part of a name.")
        texts.append(text)
    return tuple(dict.fromkeys(texts))


def with_names(store: Store, texts: Iterable[str]) -> Condition | None:
    """Return the condition for pictures that have all of the texts in their path."""
    tests = [_in_path(caseless(readable(text.replace(os.sep, "/"))), roots(store)) for text in texts]
    if not tests:
        return None
    store.db.conn.create_function(ALIKE, 1, _alike, deterministic=True)
    return Condition(NAME, " AND ".join(sql for sql, _ in tests), [value for _, values in tests for value in values])


def _in_path(text: str, known: Iterable[Root]) -> tuple[str, list[Any]]:
    """Return the SQL test of a text, and its parameters: in the path, or first in the root's name and then in that."""
    sql = [_like_or("instr({alike}, ?)")]
    values: list[Any] = [_pattern("%{}%", text), text]
    for root in known:
        for rest in _after_name(text, caseless(f"/{readable(root.path.name)}" if root.path.name else "")):
            sql.append(f"(root = ? AND {_like_or('substr({alike}, 1, length(?)) = ?')})" if rest else "root = ?")
            values += [root.id, _pattern("{}%", rest), rest, rest] if rest else [root.id]
    return f"({' OR '.join(sql)})", values


def _after_name(text: str, name: str) -> set[str]:
    """Return what paths in a root must begin with so that "/", its name, "/" and they have the text around a "/"."""
    if text in name:
        return {""}
    slashes = [place for place, sign in enumerate(text) if sign == "/"]
    return {text[place + 1 :] for place in slashes if name.endswith(text[:place])}


def _like_or(otherwise: str) -> str:
    """Return a test by LIKE, which is quick and knows the case of ASCII letters, or another one for other paths."""
    alike = otherwise.format(alike=f"{ALIKE}(CAST(path AS BLOB))")
    return f"CASE WHEN length(path) = length(CAST(path AS BLOB)) THEN path LIKE ? ESCAPE '\\' ELSE {alike} END"


def _alike(path: bytes | None) -> str:
    """Return a path in the form in which names that mean the same are equal; what is no text costs some letters."""
    return caseless((path or b"").decode("utf-8", "replace"))


def _pattern(around: str, text: str) -> str:
    """Return a pattern of LIKE with a text in it, whatever signs that has."""
    return around.format(re.sub(r"([\\%_])", r"\\\1", text))
