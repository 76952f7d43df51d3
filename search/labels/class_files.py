"""Read files of classes: one class a line, a table, or YAML or JSON with names or a mapping of names to prompts.

In a file with one class a line, a line that begins with "#" is a comment; "\\#" begins a class of that name. Of a table
(.csv, .tsv) the column "class" or "name" has the classes, and "prompt" or "prompts" what stands for them; without a
header, its first column has the classes.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from indexer.errors import InvalidRequest
from indexer.wording import counted, too_large
from search.labels.classes import NamedClass, parse_class, tidy
from search.plain_yaml import BadYaml, read_yaml
from search.spreadsheets import decoded, table_text, without_separator_line

LARGEST = 4 * 2**20  # bytes; ImageNet's 21,000 classes have half a MiB
MOST_PROMPTS = 100_000  # each takes a model some milliseconds; also of aliases, of which a byte can mean thousands
DEEPEST = 3  # a mapping of names to lists of prompts, and one level that is refused with words of our own
NAME_TITLES = ("class", "classes", "name", "label")  # of the column with the classes, the first that is there
PROMPT_TITLES = ("prompt", "prompts")


def read_classes(content: bytes, name: str) -> list[NamedClass]:
    """Return the classes in a file's content; a suffix such as .json, .yaml or .csv in its name says how it is written.

    Raises InvalidRequest if the content is not text, not what the suffix says, or larger than LARGEST.
    """
    if len(content) > LARGEST:
        raise InvalidRequest(f"{name} is {too_large(LARGEST)}, which no list of classes is; check what it is.")
    text = _text(content, name)
    match PurePath(name).suffix.lower():
        case ".json":
            return _checked(_from_json(text, name), name)
        case ".yaml" | ".yml":
            return _checked(_from_yaml(text, name), name)
        case ".csv" | ".tsv":
            return list(dict.fromkeys(_from_table(text, name)))
    return [parse_class(line) for line in without_separator_line(text).splitlines() if _says_something(line)]


def _says_something(line: str) -> bool:
    """Return whether a line is neither empty nor a comment."""
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _from_table(text: str, name: str) -> Iterator[NamedClass]:
    """Yield the classes of a table's rows, those of the first row if that is all there is and has no title."""
    try:
        rows = [cells for _, cells in table_text(text).rows() if _says_something("".join(cells))]
    except csv.Error as error:
        raise InvalidRequest(f"{name} can't be read as a table ({error}); save it as CSV UTF-8.") from error
    titles = [cell.strip().casefold() for cell in rows[0]] if rows else []
    column = next((titles.index(title) for title in NAME_TITLES if title in titles), None)
    if column is None:
        cells = rows[0] if len(rows) == 1 else [row[0] for row in rows]
        yield from (parse_class(cell) for cell in cells if cell.strip())
        return
    is_prompt = [title in PROMPT_TITLES for title in titles]
    for row in rows[1:]:
        cells = [cell for cell, chosen in zip(row, is_prompt, strict=False) if chosen and cell.strip()]
        if column < len(row) and row[column].strip():
            class_ = parse_class(row[column])
            own = tuple(prompt for cell in cells for prompt in parse_class(f"{NAME_TITLES[0]}={cell}").prompts)
            yield replace(class_, prompts=own or class_.prompts)


def _text(content: bytes, name: str) -> str:
    """Return a file's text: UTF-8, or UTF-16 with a byte order mark, as Windows writes it."""
    try:
        text = decoded(content)
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"{name} is not UTF-8 text; save it as UTF-8, one class a line.") from error
    if "\0" in text:
        raise InvalidRequest(f"{name} is not text, so it has no classes; save it as UTF-8, one class a line.")
    return text


def _from_json(text: str, name: str) -> Any:
    """Return JSON with its objects as tuples of pairs, so that a key that stands twice is not lost."""
    try:
        return json.loads(
            text, object_pairs_hook=lambda pairs: pairs and tuple(pairs), parse_int=_number, parse_float=_number
        )
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(f"{name} is not valid JSON: {error}.") from error


def _number(_: str) -> float:
    """Return the same for every number, since none is a class: the work of reading digits grows with their square."""
    return math.nan


def _from_yaml(text: str, name: str) -> Any:
    """Return YAML with mappings as tuples of pairs and every scalar as the text that is written: "no" is not False."""
    try:
        return read_yaml(text, DEEPEST)
    except BadYaml as reason:
        raise InvalidRequest(f"{name} is not valid YAML: {reason}.") from reason


def _checked(content: Any, name: str) -> list[NamedClass]:
    """Return the classes of a list of names, or of a mapping of names to a prompt or a list of prompts."""
    if isinstance(content, list):
        content = tuple((entry, None) for entry in content)
    pairs = content if isinstance(content, tuple) else ()
    if sum(len(prompts) if isinstance(prompts, list | tuple) else 1 for _, prompts in pairs) > MOST_PROMPTS:
        raise InvalidRequest(f"{name} has more than {counted(MOST_PROMPTS, 'prompt', ',')}; give each class a few.")
    classes = [_with_prompts(*pair) for pair in pairs] if isinstance(content, tuple) else [None]
    known = [class_ for class_ in classes if class_]
    if len(known) < len(classes):
        raise InvalidRequest(
            f"{name} is neither a list of names nor a mapping of each name to its prompt or list of prompts."
        )
    return known


def _with_prompts(name: Any, prompts: Any) -> NamedClass | None:
    """Return a class with its prompts; without any, its name is its prompt."""
    texts = prompts if isinstance(prompts, list) else [prompts] if prompts else [name]
    if not isinstance(name, str) or not all(isinstance(text, str) for text in texts):
        return None
    return NamedClass(tidy(name), tuple(tidy(text) for text in texts if tidy(text)) or (tidy(name),))
