"""Which models this user lets be loaded on this machine: the default one, and what was asked for by name.

A library names its model, and a library may come from someone else. So the first time that its model is needed here,
whoever started that is asked; until then nothing of it is opened, neither its folder nor its repository.

What was agreed to is in own_folder(), a line of JSON for each model. A folder is agreed to with the content of its
settings and its tokenizer, so that another one in its place is asked about anew. Weights don't count: they are numbers,
and a library knows its own by their fingerprint. A repository's name stands for its owner.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.errors import ClipsearchError, ModelNotAllowed, UnknownModel
from indexer.harmless import harmless
from indexer.models.names import BUILTIN, DEFAULT_MODEL, parse_model_name
from indexer.paths import is_utf8, own_folder, readable

AGREED = "models.jsonl"
MOST_SHOWN = 300  # characters
MOST_BYTES = 256 << 20  # of a file that is read; a tokenizer has up to 60 MB


@dataclass(frozen=True, slots=True)
class Question:
    """A model that a library names and that was never asked for on this machine."""

    name: str
    origin: str  # where it would come from, in words
    changed: bool = False  # since it was agreed to


Ask = Callable[[Question], bool | None]  # None: there is nobody to be asked

_asked: list[Ask] = []  # the last one is asked
_for_now: set[tuple[Path, str]] = set()  # agreed to, where that could not be written


@contextlib.contextmanager
def asking(ask: Ask) -> Iterator[None]:
    """Let `ask` be asked about models in this block, in whatever thread."""
    _asked.append(ask)
    try:
        yield
    finally:
        _asked.remove(ask)


def agree(name: str) -> None:
    """Remember that a model, by its whole name, was asked for on this machine."""
    if name in (BUILTIN, DEFAULT_MODEL):
        return
    import json

    content = _content(name)
    if _agreed().get(name) == content:
        return
    line = json.dumps({"name": name, "content": content}) + "\n"
    _for_now.add((own_folder(), name))
    with contextlib.suppress(OSError):
        own_folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(own_folder() / AGREED, flags, 0o600), "a", encoding="ascii") as file:
            file.write(line)


def is_agreed(name: str) -> bool:
    """Return whether a model may be loaded without a question, by its name alone: nothing of it is looked at."""
    if name in (BUILTIN, DEFAULT_MODEL) or name in _agreed() or (own_folder(), name) in _for_now:
        return True
    if _is_in_environment(name):
        agree(name)
        return True
    return False


def require(name: str, opens: bool = True) -> None:
    """Ask about a model that a library names, unless it may be loaded; raises ModelNotAllowed if it may not.

    With `opens` its files are about to be opened, so that a folder that has changed is asked about too.
    """
    if not isinstance(name, str):  # SQLite keeps whatever is put into a column
        raise UnknownModel("This library's model has no name: its database is damaged.")
    if not is_agreed(name):
        _ask(Question(name, _origin(name)))
    elif opens and _has_changed(name):
        _ask(Question(name, _origin(name), changed=True))


def _ask(question: Question) -> None:
    answer = _asked[-1](question) if _asked else None
    if answer:
        agree(question.name)
        return
    if answer is not None:
        raise ModelNotAllowed(f"The model {_shown(question.name)} is not used.")
    happened = "has changed since it was used" if question.changed else "was never asked for"
    raise ModelNotAllowed(
        f"This library's model is {_shown(question.name)} ({question.origin}), which {happened} on this machine: "
        f"if you trust where it comes from, name it{_how_often()}{_how(question.name)}."
    )


def _how_often() -> str:
    """Say how often a model must be named: each time, where nothing can be remembered."""
    nearest = next((folder for folder in (own_folder(), *own_folder().parents) if os.access(folder, os.F_OK)), None)
    if nearest is None or os.access(f"{nearest}{os.sep}", os.W_OK):  # with the separator, no file can be it
        return " once"
    return f" each time, as {readable(own_folder())} can't be written to (or set CLIPSEARCH_CONFIG to another folder)"


def _how(name: str) -> str:
    """Say how a model is named, if it can be typed."""
    import shlex

    if not name.isprintable() or not is_utf8(name) or len(name) > MOST_SHOWN:
        return ""
    typed = shlex.quote(name)
    return f", such as by clipsearch query TEXT --model {typed} (in Python: clipsearch.open(..., model=...))"


def _origin(name: str) -> str:
    """Say where a model would come from, without looking there; raises UnknownModel for what is no whole name."""
    kind, colon, source = name.partition(":")
    if colon and kind == "hf-hub":
        return f"from the repository {_shown(source)} of the Hugging Face hub"
    if colon and kind == "local-dir":
        _check_whole(name, source)
        return f"from the folder {_shown(source)}"
    architecture, slash, weights = name.partition("/")
    if slash and ("/" in weights or "\\" in weights):
        _check_whole(name, weights)
        return f"from the file {_shown(weights)}, as a {_shown(architecture)}"
    if not slash:
        return "from an unknown place"
    return f"from the Hugging Face hub, as the weights {_shown(weights)} of open_clip's {_shown(architecture)}"


def _check_whole(name: str, path: str) -> None:
    """Raise UnknownModel for a path that means another file from each folder."""
    if not Path(path).is_absolute():
        raise UnknownModel(f"This library's model {_shown(name)} has no whole path: it was not written by clipsearch.")


def _shown(text: str) -> str:
    """Return a stranger's text in one line that is not too long."""
    return harmless(text[:MOST_SHOWN])


def _is_in_environment(name: str) -> bool:
    """Return whether CLIPSEARCH_MODEL names a model."""
    asked = os.environ.get("CLIPSEARCH_MODEL")
    with contextlib.suppress(ClipsearchError, OSError, ValueError):
        return bool(asked) and str(parse_model_name(str(asked))) == name
    return False


def _has_changed(name: str) -> bool:
    """Return whether a model that was agreed to is another one now; one that is gone has not changed."""
    before, now = _agreed().get(name, ""), _content(name)
    return bool(before and now) and before != now


def _content(name: str) -> str:
    """Return a hash of what a folder holds besides weights; "" for other kinds, and for a folder that is not there."""
    if not name.startswith("local-dir:"):
        return ""
    import hashlib
    import json

    from indexer.model_settings.folder import ENDINGS, files_of

    digest = hashlib.sha256()
    try:
        for file in files_of(Path(parse_model_name(name).source)):
            if file.suffix not in ENDINGS and file.stat().st_size <= MOST_BYTES:
                digest.update(json.dumps(file.name).encode() + hashlib.sha256(file.read_bytes()).digest())
    except (ClipsearchError, OSError, ValueError):
        return ""
    return digest.hexdigest()


def _agreed() -> dict[str, str]:
    """Return the models that were agreed to, with their content; the last line of each counts."""
    import json

    found: dict[str, str] = {}
    try:
        with (own_folder() / AGREED).open("rb") as file:
            lines = file.read(MOST_BYTES).splitlines()
    except OSError:
        return found
    for line in lines:
        with contextlib.suppress(ValueError, RecursionError):  # a damaged line is none
            fields: Any = json.loads(line)
            if isinstance(fields, dict) and isinstance(fields.get("name"), str):
                found[fields["name"]] = str(fields.get("content", ""))
    return found
