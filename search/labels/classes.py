"""Classes to label with: how they are written, and which lists of them make no sense.

A class is written NAME, or NAME=PROMPT|PROMPT with prompts of its own, which choose a meaning: "crane=a tower crane on
a building site". A backslash before "=", "|" or "\\" makes it part of the name or prompt.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from indexer.arguments import shown, text_of
from indexer.errors import InvalidRequest
from search.texts.class_templates import fill

TEMPLATE = "a photo of a {}"
LONGEST = 1_000  # characters of a name or prompt; the work of composing odd Unicode grows with their square
MOST_MERGED_SHOWN, MOST_NAMES_SHOWN = 5, 10  # in a message
_PARTS = re.compile(r"\\(?P<escaped>.)|(?P<sign>[=|])|(?P<plain>[^\\=|]+|\\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class NamedClass:
    """A class and its prompts, which are put into the templates: its name, if no other was given."""

    name: str
    prompts: tuple[str, ...]
    examples: tuple[Path, ...] = ()  # pictures that show what it is
    threshold: float | None = None  # the least probability of its label, if it has one of its own
    taught: tuple[str, ...] = ()  # pictures of the library that show it, by their content keys
    learnt: tuple[str, ...] = ()  # the same, from what a person corrected

    @property
    def is_plain(self) -> bool:
        """Whether nothing but its name says what it is."""
        return self.prompts == (self.name,) and not self.has_examples

    @property
    def has_examples(self) -> bool:
        """Whether there are pictures that show what it is."""
        return bool(self.examples or self.taught or self.learnt)

    def texts(self, templates: Sequence[str]) -> list[str]:
        """Return the texts that are embedded for it, each once."""
        return list(dict.fromkeys(fill(template, prompt) for prompt in self.prompts for template in templates))


@dataclass(frozen=True, slots=True)
class ClassList:
    """Checked classes, in the order given and each once, with notes for the user."""

    classes: tuple[NamedClass, ...]
    notes: tuple[str, ...] = ()


def parse_classes(listed: str) -> list[NamedClass]:
    """Return the classes of a list with commas; a class that has a comma is quoted, as in CSV.

    Raises InvalidRequest for a list or class that is not well written.
    """
    try:
        rows = list(csv.reader([listed], skipinitialspace=True, strict=True)) if listed.strip() else []
    except csv.Error as error:
        reason = "a line break" if "\n" in listed or "\r" in listed else "a quote that is not closed or not doubled"
        raise InvalidRequest(
            f"The list of classes has {reason}; separate classes by commas, and quote one that has a comma or a"
            ' quote: \'"salt, coarse","12"" ruler",pepper\''
        ) from error
    return [parse_class(written) for row in rows for written in row]


def parse_class(written: str) -> NamedClass:
    """Return a class from NAME or NAME=PROMPT|PROMPT; raises InvalidRequest if a prompt is empty."""
    parts: list[list[str]] = [[]]  # of the name, then of each prompt
    for part in _PARTS.finditer(written):
        if (part["sign"] == "=" and len(parts) == 1) or (part["sign"] == "|" and len(parts) > 1):
            parts.append([])
        else:
            parts[-1].append(part["escaped"] or part["sign"] or part["plain"])
    name, *prompts = map("".join, parts)
    if not all(prompt.strip() for prompt in prompts):
        raise InvalidRequest(
            f"{shown(written)} has an empty prompt; write NAME=PROMPT|PROMPT, and \\= for a = in the name itself."
        )
    return NamedClass(tidy(name), tuple(map(tidy, prompts)) or (tidy(name),))


def named_classes(names: Sequence[str], overrides: Sequence[str] = ()) -> list[NamedClass]:
    """Return the classes of these names, unchanged; `overrides`, NAME=PROMPT|PROMPT, give some prompts of their own.

    Raises InvalidRequest for an override without a prompt, or of a class that is not among the names.
    """
    own: dict[str, tuple[str, ...]] = {}
    for override in map(_override, overrides):
        own[override.name] = (*own.get(override.name, ()), *override.prompts)
    unknown = own.keys() - set(map(tidy, names))
    if unknown:
        raise InvalidRequest(f"There is no class {min(unknown)!r} here; the classes are {_listed(names)}.")
    return [NamedClass(name, own.get(tidy(name), (tidy(name),))) for name in names]


def _override(written: str) -> NamedClass:
    override = parse_class(written)
    if not override.name or "=" not in written:
        raise InvalidRequest(
            f"{written!r} gives a class no prompt; write NAME=PROMPT|PROMPT, such as: crane=building crane|tower crane"
        )
    return override


def _listed(names: Sequence[str], most: int = MOST_NAMES_SHOWN) -> str:
    """List the first names, and say how many more there are."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def tidy(text: str) -> str:
    """Return a text in Unicode's composed form, with single spaces; raises InvalidRequest if it is too long."""
    if len(text) > LONGEST:
        raise InvalidRequest(f"{shown(text)} has {len(text):,} characters; a name or prompt has at most {LONGEST:,}.")
    return " ".join(unicodedata.normalize("NFC", text).split())


def check_classes(classes: Iterable[NamedClass]) -> ClassList:
    """Return the classes, those of the same name merged into one.

    Raises InvalidRequest if there is none, one has no name or one that is not UTF-8, or two have the same prompts,
    which nothing tells apart.
    """
    named: dict[str, list[NamedClass]] = defaultdict(list)
    for class_ in classes:
        named[text_of(class_.name, "classes")].append(class_)
    if not named:
        raise InvalidRequest("There are no classes; name some, such as --classes cup,car")
    if "" in named:
        raise InvalidRequest("A class is empty; write the classes as in --classes cup,car")
    merged = tuple(_merged(same) for same in named.values())
    _refuse_the_same(merged)
    return ClassList(merged, tuple(_notes(named)))


def _merged(same: Sequence[NamedClass]) -> NamedClass:
    """Return one class for all of one name: with all prompts that were given, or the name itself if none was."""
    name = same[0].name
    own = [prompt for class_ in same if class_.prompts != (name,) for prompt in class_.prompts]
    examples = dict.fromkeys(path for class_ in same for path in class_.examples)
    taught = dict.fromkeys(key for class_ in same for key in class_.taught)
    prompts = tuple(dict.fromkeys(own or [name]))
    return replace(same[0], prompts=prompts, examples=tuple(examples), taught=tuple(taught))


def _notes(named: dict[str, list[NamedClass]]) -> Iterable[str]:
    repeated = [name for name, same in named.items() if sum(not class_.has_examples for class_ in same) > 1]
    if repeated:
        yield f"Named more than once and merged: {_listed(repeated, MOST_MERGED_SHOWN)}."


def _refuse_the_same(classes: Sequence[NamedClass]) -> None:
    seen: dict[frozenset[str], str] = {}
    for class_ in classes:
        key = frozenset(prompt.casefold() for prompt in class_.prompts)
        if key in seen and not class_.has_examples:
            raise InvalidRequest(
                f'The classes "{seen[key]}" and "{class_.name}" have the same prompt, "{class_.prompts[0]}", so nothing'
                " can tell them apart; leave one out, or give each a prompt of its own: NAME=PROMPT"
            )
        seen.setdefault(key, class_.name)
