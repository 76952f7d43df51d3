"""clipsearch completion."""

from __future__ import annotations

import sys

import click

from cli.help.commands import HelpedCommand
from cli.output.rows import tell
from cli.terminal.streams import is_terminal

WAYS = {  # to switch it on
    "bash": "clipsearch completion bash >> ~/.bashrc",
    "zsh": "clipsearch completion zsh > ~/.zfunc/_clipsearch, with fpath+=~/.zfunc before compinit in ~/.zshrc",
    "fish": "clipsearch completion fish > ~/.config/fish/completions/clipsearch.fish",
}


@click.command(cls=HelpedCommand)
@click.argument("shell", type=click.Choice(tuple(WAYS)))
def completion(shell: str) -> None:
    """Write the script by which a shell completes commands, options, label sets, classes, folders and undo's IDs.

    TAB then reads the library for a moment, never a model. A shell that is open already has to be opened anew.

    \b
    Example:
      clipsearch completion bash >> ~/.bashrc
      clipsearch completion zsh > ~/.zfunc/_clipsearch
      clipsearch completion fish > ~/.config/fish/completions/clipsearch.fish
    """
    from cli.completion.shells import script

    click.echo(script(shell), nl=False)
    if is_terminal(sys.stdout):
        tell(f"To switch it on: {WAYS[shell]}")
