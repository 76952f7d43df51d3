"""The headings under which help lists the options, and how an option gets one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

WHAT = "What to look for"
CLASSES = "What the classes are"
JUDGED = "How pictures are judged"
LABEL_SET = "Which label set"
WHICH = "Which pictures"
HOW_MANY = "How many, and in which order"
SHOWN = "What is shown"
MEASURED = "What is measured"
DONE = "What is done with them"
WRITTEN = "What is written, and where"
WORK = "How the work is done"
GENERAL = "Library and model"
PLAIN = "Options"  # where there are few; and of those that stand under no heading
ORDER = (PLAIN, WHAT, CLASSES, JUDGED, LABEL_SET, WHICH, HOW_MANY, MEASURED, SHOWN, DONE, WRITTEN, WORK, GENERAL)

_KEY = "heading"  # the attribute of an option


def headed(heading: str | None, *options: Decorator) -> Decorator:
    """Return a decorator that adds options, which help lists in their order under a heading of `ORDER`.

    Those that have one already keep it; None gives none.
    """

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        before = len(_parameters(command))
        for option in reversed(options):
            command = option(command)
        for parameter in _parameters(command)[before:] if heading else ():
            vars(parameter).setdefault(_KEY, heading)
        return command

    return add


def heading_of(parameter: click.Parameter) -> str:
    """Return the heading that an option stands under; --help stands with what all commands have."""
    return GENERAL if "--help" in parameter.opts else vars(parameter).get(_KEY, PLAIN)


def _parameters(command: Callable[..., Any]) -> list[click.Parameter]:
    """Return what was added to a command's function so far, where click's decorators keep it."""
    parameters: list[click.Parameter] = getattr(command, "__click_params__", [])
    return parameters
