"""Translate the globs of gitignore to regexes that never try a name in more ways than it has characters.

A regex of "*a*a*b" as it is usually written tries every way to share a name out among the stars, which takes for ever.
But between two stars stands something of a fixed width, and the leftmost place where it fits leaves the most to what
comes after: if the rest does not match from there, it matches from nowhere. So each is tried once and never again, in
an atomic group, written as a lookahead and a reference to it, since Python has others only from 3.11 on. The same holds
for the folders between two "**". A name of n characters costs a pattern of m characters n * m steps at most.

The meaning is that of git's wildmatch.c with WM_PATHNAME, by characters instead of bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

WILD = re.compile(r"[*?\[]")
_ESCAPED = re.compile(r"\\([^/])")
_RANGES = {  # of ASCII, as the parts of a regex's brackets
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": r"\t ",
    "cntrl": r"\0-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t-\r ",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}
_POSIX = re.compile(r"\[:([^\]]*):\]")

Atomic = Callable[[str], str]


class BadGlob(ValueError):
    """It is not a pattern to git: a bracket or a backslash without its end, a range from back to front."""


def literal(glob: str) -> str | None:
    """Return the one text that a glob without wildcards matches; None if it has any. Raises BadGlob."""
    if "\\" not in glob:
        return None if WILD.search(glob) else glob
    plain = _ESCAPED.sub("", glob)
    if "\\" in plain:
        raise BadGlob
    return None if WILD.search(plain) else _ESCAPED.sub(r"\1", glob)


def regex_of(glob: str, groups: Iterator[int]) -> str:
    """Return the regex of a whole name, or of a whole path if the glob has a "/"; raises BadGlob.

    `groups` gives the groups of the regex that this becomes a part of their numbers, `count()` those of one by itself.
    """

    def atomic(regex: str) -> str:
        name = f"_{next(groups)}"
        return f"(?=(?P<{name}>{regex}))(?P={name})"

    *above, last = glob.removeprefix("/").split("/")
    above = [part if part.strip("*") or len(part) < 2 else "**" for part in above]  # git takes "***" for "**"
    if not last.strip("*"):
        above += ["**"] if len(last) > 1 and "/" in glob else []
        last = "?*"
    runs: list[list[str]] = [[]]
    for part in above:
        if part != "**":
            runs[-1].append(_segment(part, atomic, False))
        elif runs[-1] or len(runs) == 1:
            runs.append([])
    runs[-1].append(_segment(last, atomic, True))
    first, *others = runs
    if not others:
        return "/".join(first)
    *between, end = ("/".join(run) for run in others)
    leftmost = "".join(atomic(f"(?:[^/]+/)*?{run}/") for run in between)
    return "".join(f"{part}/" for part in first) + leftmost + f"(?:.+/)?{end}"


def _segment(glob: str, atomic: Atomic, is_last: bool) -> str:
    """Return the regex of one name, behind which is a slash unless it is the last."""
    if glob == "*":
        return "[^/]+"
    first, *others = _pieces(glob)
    if not others:
        return first
    *between, last = others
    if is_last and not last and between:  # whatever follows the last piece fits: there is nothing to go back for
        last = f"{between.pop()}[^/]*"
    leftmost = "".join(atomic(f"[^/]*?{piece}") for piece in between)
    return f"{first}{leftmost}[^/]*{last}"


def _pieces(glob: str) -> list[str]:
    """Return the regexes of what stands before, between and after the stars, each of a fixed width."""
    pieces, at = [""], 0
    while at < len(glob):
        letter = glob[at]
        if letter == "*":
            if len(pieces) == 1 or pieces[-1]:
                pieces.append("")
        elif letter == "?":
            pieces[-1] += "[^/]"
        elif letter == "[":
            regex, at = _bracket(glob, at + 1)
            pieces[-1] += regex
        else:
            at += letter == "\\"
            pieces[-1] += re.escape(_at(glob, at))
        at += 1
    return pieces


def _bracket(glob: str, at: int) -> tuple[str, int]:
    """Return the regex of a bracket whose content begins at `at`, and where its "]" is."""
    sign = "^" if glob[at : at + 1] in ("!", "^") else ""
    at += len(sign)
    parts: list[str] = []
    before, start = "", at  # the letter that a range may begin with
    while at == start or _at(glob, at) != "]":
        named = _POSIX.match(glob, at)
        if named:
            parts.append(_range(named[1]))
            before, at = "", named.end()
        elif _at(glob, at) == "-" and before and glob[at + 1 : at + 2] not in ("", "]"):
            at = at + 2 if glob[at + 1] == "\\" else at + 1
            if _at(glob, at) < before:
                raise BadGlob
            parts[-1] = f"{re.escape(before)}-{re.escape(glob[at])}"
            before, at = "", at + 1
        else:
            at += glob[at] == "\\"
            before = _at(glob, at)
            parts.append(re.escape(before))
            at += 1
    regex = f"[{sign}{''.join(parts)}]"
    return (f"(?!/){regex}" if re.match(regex, "/") else regex), at


def _at(glob: str, at: int) -> str:
    if at >= len(glob):
        raise BadGlob
    return glob[at]


def _range(name: str) -> str:
    if name not in _RANGES:
        raise BadGlob
    return _RANGES[name]
