"""A command as it was called, but with other words: to be copied into a shell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
from click.core import ParameterSource

from cli.options.basic import LIBRARY_BEFORE


def called_with(context: click.Context, words: Sequence[str]) -> list[str]:
    """Return the arguments of a command's line with these words as its arguments, and with the options that it has."""
    line = ["clipsearch", context.info_name or "", *words]
    for option in context.command.params:
        given = context.get_parameter_source(option.name or "") == ParameterSource.COMMANDLINE
        if isinstance(option, click.Option) and given:
            line += _written(option, context.params[option.name or ""])
    if "--library" not in line and LIBRARY_BEFORE in context.meta:
        line += ["--library", str(context.meta[LIBRARY_BEFORE])]
    return line


def _written(option: click.Option, value: Any) -> list[str]:
    """Return an option as it is written, with its value, or with each of several."""
    if option.is_flag:
        return [option.opts[0] if value or not option.secondary_opts else option.secondary_opts[0]]
    return [part for one in (value if option.multiple else [value]) for part in (option.opts[0], str(one))]
