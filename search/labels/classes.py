"""The classes of a labeling: how they are written, and what is senseless.

A class is written NAME, or NAME=PROMPT|PROMPT with prompts of its own, which choose a meaning: "crane=a tower crane on
a building site". A backslash takes the meaning from "=", "|" and "\\" in a name or prompt.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from indexer.errors import InvalidRequest
from search.texts.template_sets import fill

TEMPLATE = "a photo of a {}"
SHOWN = 5  # classes in a message


_PARTS = re.compile(r"\\(?P<escaped>.)|(?P<sign>[=|])|(?P<plain>[^\\=|]+|\\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ClassList:
    """Checked classes, in the order given and each once, and what a user should be told of them."""

    classes: tuple[NamedClass, ...]
    notes: tuple[str, ...] = ()


def parse_classes(listed: str) -> list[NamedClass]:
    """Return the classes of a list with commas; one with a comma in it is quoted, as in CSV.

    Raises InvalidRequest for an empty class or one that is not well written.
    """
    try:
        rows = list(csv.reader([listed], skipinitialspace=True, strict=True)) if listed.strip() else []
    except csv.Error as error:
        reason = "a line break" if "\n" in listed or "\r" in listed else "a quote that is not closed or not doubled"
        raise InvalidRequest(
            f"The list of classes has {reason}; separate classes by commas, and quote one that has a comma or a"
            ' quote: \'"salt, coarse","12"" ruler",pepper\''
        ) from error
    return [parse_class(one) for row in rows for one in row]


def parse_class(written: str) -> NamedClass:
    """Return a class from NAME or NAME=PROMPT|PROMPT; raises InvalidRequest if a part is empty."""
    name, prompts, is_prompt = "", [""], False
    for part in _PARTS.finditer(written):
        if part["sign"] == "=" and not is_prompt:
            is_prompt = True
        elif part["sign"] == "|" and is_prompt:
            prompts.append("")
        else:
            text = part["escaped"] or part["sign"] or part["plain"]
            if is_prompt:
                prompts[-1] += text
            else:
                name += text
    if is_prompt and not all(prompt.strip() for prompt in prompts):
        raise InvalidRequest(
            f"{written!r} has an empty prompt; write NAME=PROMPT|PROMPT, and \\= for a = in the name itself."
        )
    return NamedClass(tidy(name), tuple(map(tidy, prompts)) if is_prompt else (tidy(name),))


def named_classes(names: Sequence[str], overrides: Sequence[str] = ()) -> list[NamedClass]:
    """Return the classes of these names, as they are, some with prompts of their own, NAME=PROMPT|PROMPT.

    Raises InvalidRequest for an override without a prompt, or of a class that is not among the names.
    """
    own: dict[str, tuple[str, ...]] = {}
    for one in map(_override, overrides):
        own[one.name] = (*own.get(one.name, ()), *one.prompts)
    unknown = own.keys() - set(map(tidy, names))
    if unknown:
        raise InvalidRequest(f"There is no class {min(unknown)!r} here; the classes are {_some(names)}.")
    return [NamedClass(name, own.get(tidy(name), (tidy(name),))) for name in names]


def _override(written: str) -> NamedClass:
    found = parse_class(written)
    if not found.name or "=" not in written:
        raise InvalidRequest(
            f"{written!r} gives a class no prompt; write NAME=PROMPT|PROMPT, such as: crane=building crane|tower crane"
        )
    return found


def _some(names: Sequence[str]) -> str:
    """List the first names."""
    return ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")


def tidy(text: str) -> str:
    """Return a text in Unicode's composed form, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def check_classes(classes: Iterable[NamedClass]) -> ClassList:
    """Return the classes, one named several times merged into one.

    Raises InvalidRequest if there is none, one is empty, or two say the same and so can't be told apart.
    """
    named: dict[str, list[NamedClass]] = defaultdict(list)
    for one in classes:
        named[one.name].append(one)
    if not named:
        raise InvalidRequest("There are no classes; name some, such as --classes cup,car")
    if "" in named:
        raise InvalidRequest("A class is empty; write the classes as in --classes cup,car")
    merged = tuple(_merged(same) for same in named.values())
    _refuse_the_same(merged)
    return ClassList(merged, tuple(_notes(named)))


def _merged(same: Sequence[NamedClass]) -> NamedClass:
    """Return one class for all that have a name: with every prompt that was given, the name itself only if none was."""
    name = same[0].name
    own = [prompt for one in same if one.prompts != (name,) for prompt in one.prompts]
    examples = dict.fromkeys(path for one in same for path in one.examples)
    return replace(same[0], prompts=tuple(dict.fromkeys(own or [name])), examples=tuple(examples))


def _notes(named: dict[str, list[NamedClass]]) -> Iterable[str]:
    again = [name for name, same in named.items() if sum(not one.examples for one in same) > 1]
    if again:
        more = f" and {len(again) - SHOWN} more" if len(again) > SHOWN else ""
        yield f"Named more than once and merged: {', '.join(again[:SHOWN])}{more}."


def _refuse_the_same(classes: Sequence[NamedClass]) -> None:
    seen: dict[frozenset[str], str] = {}
    for one in classes:
        key = frozenset(prompt.casefold() for prompt in one.prompts)
        if key in seen and not one.examples:
            raise InvalidRequest(
                f'The classes "{seen[key]}" and "{one.name}" have the same prompt, "{one.prompts[0]}", so nothing can'
                " tell them apart; leave one out, or give each a prompt of its own: NAME=PROMPT"
            )
        seen.setdefault(key, one.name)


@dataclass(frozen=True, slots=True)
class NamedClass:
    """A class and what stands for it in the templates: its name, if nothing else was said."""

    name: str
    prompts: tuple[str, ...]
    examples: tuple[Path, ...] = ()  # pictures that show what it is
    threshold: float | None = None  # the least probability of a label, if it is the class's own

    def texts(self, templates: Sequence[str]) -> list[str]:
        """Return what is embedded for it, each text once."""
        return list(dict.fromkeys(fill(template, prompt) for prompt in self.prompts for template in templates))
