"""The tree of commands, as click has it."""

from __future__ import annotations

import click

from cli.main import main
from docs.make_commands import commands


def command_at(names: tuple[str, ...]) -> click.Command:
    """Return the command that these names lead to."""
    command: click.Command = main
    for name in names:
        assert isinstance(command, click.Group)
        below = command.get_command(click.Context(command), name)
        assert below is not None
        command = below
    return command


def options_of(command: click.Command) -> set[str]:
    """Return all names of all options of a command."""
    options = [option for option in command.params if isinstance(option, click.Option)]
    return {name for option in options for name in (*option.opts, *option.secondary_opts)}


def all_options() -> set[str]:
    """Return the names of all options of all commands."""
    return {option for names in commands() for option in options_of(command_at(names))}
