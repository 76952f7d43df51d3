"""Which entries below its folder the lines of one ignore file leave out.

The lines are gitignore patterns; of those that match, the last decides. pathspec translates single patterns; which of
them decides is found out here, since a scan meets every entry after the folders above it and so need only ask about
the entry itself. Patterns and names are compared in Unicode's composed form (NFC). Reads no file and knows nothing of
other ignore files: that is ignore.py.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from indexer.spelling import composed

Match = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of an ignore file."""

    regex: re.Pattern[str]  # for the whole name, or the whole path relative to the file's folder
    by_path: bool  # else by name, at any depth
    folders_only: bool
    leaves_out: bool  # else it takes entries in again

    @classmethod
    def of(cls, line: str, report: Callable[[str], None]) -> Pattern | None:
        """Parse a line; None for a comment, an empty line, and an invalid pattern, which is reported."""
        trimmed = re.sub(r"(?<!\\) +$", "", line)
        if not trimmed.strip() or trimmed.startswith("#"):
            return None
        negated = trimmed.startswith("!")
        body = composed(trimmed[negated:])
        glob = body.removesuffix("/")
        regex = _regex(glob)
        if regex is None:
            report(line)
            return None
        return cls(regex, "/" in glob, glob != body, not negated)

    def matches(self, name: str, path: str, is_folder: bool) -> bool:
        """Return whether the pattern matches this entry itself."""
        if self.folders_only and not is_folder:
            return False
        return self.regex.fullmatch(path if self.by_path else name) is not None


@dataclass(frozen=True, slots=True)
class Level:
    """The patterns of one ignore file, the last first."""

    folder: str  # relative to the root, with "/" at the end; "" is the root
    patterns: tuple[Pattern, ...]
    names: Match | None  # match of any pattern by name
    paths: Match | None  # match of any pattern by path

    @classmethod
    def of(cls, lines: Iterable[str], folder: str, report: Callable[[str], None]) -> Level | None:
        """Return the patterns of the lines, None if there are none; report invalid ones."""
        patterns = [pattern for line in lines if (pattern := Pattern.of(line, report)) is not None]
        if not patterns:
            return None
        names = _any_of(pattern.regex for pattern in patterns if not pattern.by_path)
        paths = _any_of(pattern.regex for pattern in patterns if pattern.by_path)
        return cls(folder, tuple(reversed(patterns)), names, paths)

    def touched(self, folder: str, names: Sequence[str]) -> set[str]:
        """Return those of the names in a folder that any pattern matches."""
        if not "".join(names).isascii():
            return self._touched_of_any_script(folder, names)
        touched: set[str] = set()
        if self.names is not None:
            match = self.names
            touched.update([name for name in names if match(name)])
        if self.paths is not None:
            match, inner = self.paths, composed(folder[len(self.folder) :])
            touched.update([name for name in names if match(inner + name)])
        return touched

    def _touched_of_any_script(self, folder: str, names: Sequence[str]) -> set[str]:
        """Do the same for names of which some are not ASCII and may be decomposed."""
        forms = zip(names, composed("\0".join(names)).split("\0"), strict=True)  # one call for all; no name has a NUL
        inner = composed(folder[len(self.folder) :])
        by_name, by_path = self.names or _never, self.paths or _never
        return {name for name, form in forms if by_name(form) or by_path(inner + form)}

    def verdict(self, folder: str, name: str, is_folder: bool) -> bool | None:
        """Return whether the entry is left out; None if no pattern matches it."""
        name, path = composed(name), composed(folder[len(self.folder) :] + name)
        for pattern in self.patterns:
            if pattern.matches(name, path, is_folder):
                return pattern.leaves_out
        return None


def _never(_: str) -> object:
    return None


def _regex(glob: str) -> re.Pattern[str] | None:
    """Translate a pattern without its "!" and closing "/" to a regex for a whole name or path; None if it is invalid.

    pathspec's regexes also match everything below a match; `fullmatch` undoes that, except for patterns that end in
    stars.
    """
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    *above, last = glob.removeprefix("/").split("/")
    if not last:
        return None
    above = [part if part.strip("*") or len(part) < 2 else "**" for part in above]  # git takes "***" for "**"
    if not last.strip("*"):
        above += ["**"] if len(last) > 1 and "/" in glob else []
        last = "?*"
    try:
        regex, _ = GitIgnoreSpecPattern.pattern_to_regex("/" + "/".join((*above, last)))
        # an alternation can't have two groups of one name
        return None if regex is None else _compiled(re.sub(r"\(\?P<\w+>", "(?:", regex))
    except (ValueError, re.error):
        return None


def _any_of(regexes: Iterable[re.Pattern[str]]) -> Match | None:
    """Return a match of any of the regexes, or None if there are none."""
    joined = "|".join(f"(?:{regex.pattern})" for regex in regexes)
    return _compiled(joined).fullmatch if joined else None


def _compiled(regex: str) -> re.Pattern[str]:
    """Compile a regex; a name may hold a line break."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # "[[" in a bracket expression
        return re.compile(regex, re.DOTALL)
