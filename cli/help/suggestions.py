"""What was probably meant by a command line that names no command: a text, a folder, a picture, a misspelt command."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

NAME = "clipsearch"
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


def meant(words: Sequence[str], commands: Collection[str]) -> str:
    """Return a sentence about a command line of which the first word is no command; `words` is all of it."""
    word, *rest = words
    if not word.strip():
        return f"The name of the command is empty; see: {NAME} --help"
    if word in ("help", "version"):
        names = [name for name in rest[:1] if name in commands]
        return f"No such command '{word}'. Did you mean: {_line(*names, f'--{word}')}"
    if _is_folder(word):
        return _folder_meant(word, rest)
    if _is_picture(word):
        return f"'{word}' is a picture. To find pictures like it: {_line('similar', *words)}"
    if OTHER_NAMES.get(word) == "query" and rest:
        return f"No such command '{word}'. Did you mean: {_line('query', *rest)}"
    return f"No such command '{word}'.{_misspelt(word, commands)} To search for it: {_line('query', *words)}"


def _folder_meant(folder: str, rest: Sequence[str]) -> str:
    """Return the sentence for a folder, with which an index or a query in it may be meant."""
    texts = [word for word in rest if not word.startswith("-") and not _is_folder(word)]
    if texts:
        sentence = f"'{folder}' is a folder. To search in it: {_line('query', *rest, '--in', folder)}"
    else:
        sentence = f"'{folder}' is a folder. To index its pictures: {_line('index', folder, *rest)}"
    if Path(folder).name == folder:  # it may as well be a word
        sentence += f" - to search for the word: {_line('query', folder, *rest)}"
    return sentence


def with_option(
    option: str, words: Sequence[str], has_option: Callable[[str, str], bool], names: Collection[str]
) -> str:
    """Return a sentence about an option that stands before the command, or "" if no likely command has it.

    `words` is the whole command line, `has_option` tells whether a command has an option, `names` are the commands.
    """
    plain = [word for word in words if not word.startswith("-")]
    named = [word for word in plain if word in names]
    last = plain[-1] if plain else ""
    guess = "index" if _is_folder(last) else "similar" if _is_picture(last) else "query"
    for command in (*named[:1], *(() if named else (guess, "query"))):
        if has_option(command, option):
            rest = list(words)
            if command in rest:
                rest.remove(command)
            return f"The option {option} stands after the command: {_line(command, *rest)}"
    return ""


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
