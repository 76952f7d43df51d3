"""Which entries below its folder the lines of one ignore file leave out.

The lines are gitignore patterns; of those that match, the last decides. globs.py translates single patterns; which of
them decides is found out here, since a scan meets every entry after the folders above it and so need only ask about
the entry itself. Patterns without wildcards are looked up, however many they are. Patterns and names are compared in
Unicode's composed form (NFC). Reads no file and knows nothing of other ignore files: that is ignore.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from indexer.files.globs import BadGlob, literal, regex_of
from indexer.spelling import composed

Match = Callable[[str], object]
Report = Callable[[str, str], None]  # of a line, and what is wrong with it

LONGEST_PATTERN = 4096  # characters; systems have no longer paths, and some work grows with the square of it
# Characters of patterns with wildcards that are compared with one name, of all files that hold for it; those of people
# have some hundreds. Twice as many take twice as long for every file of a library. Names without wildcards don't count.
MOST_WORK = 2**13
MOST_NAMED = 10  # lines that are named as wrong; the others are counted
_TOO_MUCH = (
    f"the patterns with wildcards that hold here would have more than {MOST_WORK:,} characters, and slow down every "
    "file; these are not applied"
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of an ignore file."""

    number: int  # of the line: the highest that matches decides
    glob: str  # without "!" and the closing "/"
    literal: str | None  # the one name or path that it matches, if it has no wildcards
    folders_only: bool
    leaves_out: bool  # else it takes entries in again

    @classmethod
    def of(cls, number: int, line: str) -> Pattern | None:
        """Parse a line; None for a comment and an empty line. Raises BadGlob for what is not a pattern."""
        if not line.strip() or line.startswith("#"):
            return None
        if len(line) > LONGEST_PATTERN:
            raise BadGlob(f"is longer than {LONGEST_PATTERN:,} characters")
        trimmed = _without_blanks(line)
        negated = trimmed.startswith("!")
        body = composed(trimmed[negated:])
        glob = body.removesuffix("/")
        if not glob or glob.endswith("/"):
            raise BadGlob
        only = literal(glob)
        if only is None:
            regex_of(glob, count())
        return cls(number, glob, only, glob != body, not negated)

    @property
    def by_path(self) -> bool:
        """Whether the whole path relative to the file's folder counts; else the name, at any depth."""
        return "/" in self.glob


Literals = Mapping[str, Sequence[Pattern]]  # by what they match


@dataclass(frozen=True, slots=True)
class Level:
    """The patterns of one ignore file."""

    folder: str  # relative to the root, with "/" at the end; "" is the root
    wild: tuple[Pattern, ...]  # with wildcards, the last first
    named: Literals  # without wildcards, by name
    placed: Mapping[str, Literals]  # without wildcards, by path: by folder, then by name
    names: Match | None = field(compare=False)  # match of any pattern with wildcards by name
    paths: Match | None = field(compare=False)  # match of any pattern with wildcards by path
    work: int  # characters of the patterns with wildcards, which each name is compared with
    regexes: dict[str, re.Pattern[str]] = field(default_factory=dict, compare=False)  # by glob, as they were needed

    @classmethod
    def of(cls, lines: Iterable[str], folder: str, report: Report, room: int = MOST_WORK) -> Level | None:
        """Return the patterns of the lines; report invalid ones.

        None if there are no patterns, or if those with wildcards have more characters than there is room for.
        """
        patterns = _patterns(lines, report)
        wild = [pattern for pattern in patterns if pattern.literal is None]
        work = sum(len(pattern.glob) for pattern in wild)
        if work > room:
            report("", _TOO_MUCH)
        if work > room or not patterns:
            return None
        named: dict[str, list[Pattern]] = {}
        placed: dict[str, dict[str, list[Pattern]]] = {}
        for pattern in reversed(patterns):
            if pattern.literal is not None:
                above, slash, name = pattern.literal.removeprefix("/").rpartition("/")
                alike = (placed.setdefault(above + slash, {}) if pattern.by_path else named).setdefault(name, [])
                if all(known.folders_only and not pattern.folders_only for known in alike):  # else one of them decides
                    alike.append(pattern)
        names = _any_of(pattern.glob for pattern in wild if not pattern.by_path)
        paths = _any_of(pattern.glob for pattern in wild if pattern.by_path)
        return cls(folder, tuple(reversed(wild)), named, placed, names, paths, work)

    def touched(self, folder: str, names: Sequence[str]) -> set[str]:
        """Return those of the names in a folder that any pattern matches."""
        if not "".join(names).isascii():
            return self._touched_of_any_script(folder, names)
        inner = composed(folder[len(self.folder) :])
        touched = self.named.keys() & names
        if (here := self.placed.get(inner)) is not None:
            touched |= here.keys() & names
        if self.names is not None:
            match = self.names
            touched.update([name for name in names if match(name)])
        if self.paths is not None:
            match = self.paths
            touched.update([name for name in names if match(inner + name)])
        return touched

    def _touched_of_any_script(self, folder: str, names: Sequence[str]) -> set[str]:
        """Do the same for names of which some are not ASCII and may be decomposed."""
        forms = zip(names, composed("\0".join(names)).split("\0"), strict=True)  # one call for all; no name has a NUL
        inner = composed(folder[len(self.folder) :])
        here = self.placed.get(inner, {})
        by_name, by_path = self.names or _never, self.paths or _never
        return {
            name for name, form in forms if form in self.named or form in here or by_name(form) or by_path(inner + form)
        }

    def verdict(self, folder: str, name: str, is_folder: bool) -> bool | None:
        """Return whether the entry is left out; None if no pattern matches it."""
        name, inner = composed(name), composed(folder[len(self.folder) :])
        alike = (*self.named.get(name, ()), *self.placed.get(inner, {}).get(name, ()))
        fitting = [pattern for pattern in alike if is_folder or not pattern.folders_only]
        best = max(fitting, key=lambda pattern: pattern.number, default=None)
        for pattern in self.wild:
            if best is not None and pattern.number < best.number:
                break
            if self._matches(pattern, name, inner + name, is_folder):
                return pattern.leaves_out
        return None if best is None else best.leaves_out

    def _matches(self, pattern: Pattern, name: str, path: str, is_folder: bool) -> bool:
        """Return whether a pattern with wildcards matches this entry itself."""
        if pattern.folders_only and not is_folder:
            return False
        regex = self.regexes.get(pattern.glob)
        if regex is None:
            regex = self.regexes[pattern.glob] = _compiled(regex_of(pattern.glob, count()))
        return regex.fullmatch(path if pattern.by_path else name) is not None


def _patterns(lines: Iterable[str], report: Report) -> list[Pattern]:
    """Return the patterns of lines; report those that are none, the first of them by name."""
    patterns, bad = [], 0
    for number, line in enumerate(lines):
        try:
            pattern = Pattern.of(number, line)
        except BadGlob as reason:
            bad += 1
            if bad <= MOST_NAMED:
                report(line, str(reason) or "is not a pattern")
            continue
        if pattern is not None:
            patterns.append(pattern)
    if bad > MOST_NAMED:
        report("", f"and {bad - MOST_NAMED:,} more are no patterns")
    return patterns


def _without_blanks(line: str) -> str:
    """Return a line without the blanks at its end, except one behind a backslash."""
    plain = line.rstrip(" ")
    is_escaped = (len(plain) - len(plain.rstrip("\\"))) % 2
    return line[: len(plain) + is_escaped]


def _never(_: str) -> object:
    return None


def _any_of(globs: Iterable[str]) -> Match | None:
    """Return a match of any of the globs, or None if there are none."""
    groups = count()
    joined = "|".join(f"(?:{regex_of(glob, groups)})" for glob in globs)
    return _compiled(joined).fullmatch if joined else None


def _compiled(regex: str) -> re.Pattern[str]:
    """Compile a regex; a name may hold a line break."""
    return re.compile(regex, re.DOTALL)
