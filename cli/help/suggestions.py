"""What was probably meant by a command line that names no command: a text, a folder, a picture, a misspelt command."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

NAME = "clipsearch"
TakesValue = Callable[[str, str], bool | None]  # whether an option of a command does; None if it has none such
OTHER_NAMES = {  # that other programs have for it
    "search": "query",
    "find": "query",
    "add": "index",
    "scan": "index",
    "tag": "label",
    "classify": "label",
    "dedupe": "duplicates",
    "status": "info",
}


def meant(words: Sequence[str], commands: Collection[str], takes_value: TakesValue) -> str:
    """Return a sentence about a command line of which the first word is no command; `words` is all of it."""
    word, *rest = words
    if not word.strip():
        return f"The name of the command is empty; see: {NAME} --help"
    if word in ("help", "version"):
        names = [name for name in rest[:1] if name in commands]
        return f"No such command '{word}'. Did you mean: {_line(*names, f'--{word}')}"
    if _is_folder(word):
        return _folder_meant(word, rest, takes_value)
    if _is_picture(word):
        return f"'{word}' is a picture. To find pictures like it: {_line('similar', *words)}"
    if OTHER_NAMES.get(word) == "query" and rest:
        return f"No such command '{word}'. Did you mean: {_line('query', *rest)}"
    return f"No such command '{word}'.{_misspelt(word, commands)} To search for it: {_line('query', *words)}"


def _folder_meant(folder: str, rest: Sequence[str], takes_value: TakesValue) -> str:
    """Return the sentence for a folder, with which an index or a query in it may be meant."""
    options, others = _split(rest, takes_value)
    is_of_query = [option for option in options if takes_value("index", option) is None]
    if is_of_query or not all(map(_is_folder, others)):
        sentence = f"'{folder}' is a folder. To search in it: {_line('query', *rest, '--in', folder)}"
    else:
        sentence = f"'{folder}' is a folder. To index its pictures: {_line('index', folder, *rest)}"
    if Path(folder).name == folder:  # it may as well be a word
        sentence += f" - to search for the word: {_line('query', folder, *rest)}"
    return sentence


def _split(words: Sequence[str], takes_value: TakesValue) -> tuple[list[str], list[str]]:
    """Return the names of the options among words, and the words that are neither options nor their values."""
    options: list[str] = []
    others = []
    is_value = False
    for word in words:
        name, _, value = word.partition("=")
        if is_value:
            is_value = False
        elif word.startswith("-"):
            options.append(name)
            is_value = not value and any(takes_value(command, name) for command in ("query", "index"))
        else:
            others.append(word)
    return options, others


def with_option(option: str, words: Sequence[str], takes_value: TakesValue, names: Collection[str]) -> str:
    """Return a sentence about an option that stands before the command, or "" if no likely command has it.

    `words` is the whole command line, `names` are the commands.
    """
    plain = [word for word in words if not word.startswith("-")]
    named = [word for word in plain if word in names]
    last = plain[-1] if plain else ""
    guess = "index" if _is_folder(last) else "similar" if _is_picture(last) else "query"
    for command in (*named[:1], *(() if named else (guess, "query"))):
        if takes_value(command, option) is not None:
            rest = list(words)
            if command in rest:
                rest.remove(command)
            return f"The option {option} stands after the command: {_line(command, *rest)}"
    return ""


def behind_dashes(option: str, words: Sequence[str], command: str) -> str:
    """Return how a word is written that was taken for an option that is not there; "" if it looks like one."""
    word = next((word for word in words if word.startswith(option)), option)
    if option.startswith("--") or len(word) == len(option):
        return ""
    return f"A word that begins with a dash stands behind two: {_line(*command.split()[1:], '--', word)}"


def _line(*words: str) -> str:
    """Return a command line that can be copied into a shell."""
    return shlex.join([NAME, *words])


def _misspelt(word: str, commands: Collection[str]) -> str:
    from difflib import get_close_matches

    other = [OTHER_NAMES[word]] if word in OTHER_NAMES else []
    alike = [f"'{name}'" for name in (*other, *get_close_matches(word, commands)) if name in commands]
    return f" Did you mean {' or '.join(alike)}?" if alike else ""


def _is_folder(word: str) -> bool:
    return _exists(word, os.path.isdir)


def _is_picture(word: str) -> bool:
    from indexer.files.formats import picture_suffixes

    return Path(word).suffix.lower() in picture_suffixes() and _exists(word, os.path.isfile)


def _exists(word: str, check: Callable[[Path], bool]) -> bool:
    try:
        return check(Path(word).expanduser())
    except (ValueError, RuntimeError):  # of a character that no name has; of a user whom nobody knows
        return False
