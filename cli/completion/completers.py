"""What may stand in the place of each kind of name: label sets and their classes, roots, actions, models, file types.

Each takes what click hands over and returns what begins with what was typed. Names that a terminal would obey, or
that would be read as an option, are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from indexer.harmless import harmless

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from indexer.store.database import Database

Found = TypeVar("Found")
Names = Iterable[tuple[str, str]]  # each with what the shell says of it
MOST = 500  # names that are offered at once


def labels(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Complete [SET:]CLASS: the classes of all sets, and those of a set that was begun."""
    from search.library.glance import classes_by_set

    sets = _glanced(context, classes_by_set)
    classes: dict[str, str] = {}
    for set_, names in sets:
        for name in names:
            classes.setdefault(name, f"in {set_}")  # the newest
    if typed:
        classes |= {f"{set_}:{name}": "" for set_, names in sets for name in names}
    return _beginning(typed, classes.items())


def label_sets(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Complete the name of a label set."""
    from indexer.wording import counted
    from search.library.glance import set_names

    return _beginning(typed, ((name, counted(classes, "class")) for name, classes in _glanced(context, set_names)))


def roots(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Complete a folder of the library, which may be gone."""
    from search.library.glance import root_paths

    return _beginning(typed, ((path, "") for path in _glanced(context, root_paths)))


def folders(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Complete a folder of the library or any other."""
    from click.shell_completion import CompletionItem

    return [*roots(context, parameter, typed), CompletionItem(typed, type="dir")]


def models(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Complete the name of a model: the library's, the default one, the offline one."""
    from indexer.models.names import BUILTIN, DEFAULT_MODEL

    names = [*library_models(context, parameter, typed), *_beginning(typed, [(BUILTIN, ""), (DEFAULT_MODEL, "")])]
    return list({item.value: item for item in names}.values())


def library_models(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Complete the name of a model that the library has."""
    from search.library.glance import model_names

    return _beginning(typed, ((name, "") for name in _glanced(context, model_names)))


def actions(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Complete the id of an action that can be undone."""
    from search.journal.recent import recent_actions

    try:
        return _beginning(typed, recent_actions(_library(context)))
    except Exception:  # as for _glanced
        return []


def file_types(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Complete the last of several types of files."""
    from search.filters.file_types import FORMATS

    before = typed[: typed.rfind(",") + 1]
    return _beginning(typed, ((before + name, "") for name in FORMATS))


def places(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Complete the name of a place, or of a picture that was taken there."""
    from click.shell_completion import CompletionItem

    from search.places.beginning import names_beginning

    try:
        found = names_beginning(typed)
    except Exception:  # as for _glanced
        found = []
    names: dict[str, str] = {}
    for name, country in found:
        names.setdefault(name, country)  # of several of a name the largest
    return [*_beginning(typed, names.items()), CompletionItem(typed, type="file")]


def _glanced(context: click.Context, read: Callable[[Database], list[Found]]) -> list[Found]:
    """Return what is read of the library, nothing if anything is wrong with it: a TAB is not the time to tell."""
    from search.library.glance import glancing

    try:
        with glancing(_library(context)) as db:
            return read(db)
    except Exception:  # whatever it is, the command itself will say it
        return []


def _library(context: click.Context) -> Path:
    """Return the folder of the library that the command line names, or the default one."""
    from indexer.paths import default_library

    return context.params.get("library") or default_library()


def _beginning(typed: str, names: Names) -> list[CompletionItem]:
    """Return those names that begin with what was typed and can be written on a command line."""
    from click.shell_completion import CompletionItem

    fitting = (
        CompletionItem(name, help=harmless(about) or None)
        for name, about in names
        if name.startswith(typed) and name and not name.startswith("-") and harmless(name) == name
    )
    return [item for item, _ in zip(fitting, range(MOST), strict=False)]
