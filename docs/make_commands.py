"""Write docs/commands.md: the help of every command, as the command line itself gives it.

python -m docs.make_commands        (or: make docs)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from click.testing import CliRunner

from cli.main import main as clipsearch

PAGE = Path(__file__).with_name("commands.md")
WIDTH = 98  # what --help has on a terminal of 100 columns; fixed, so that the page is the same everywhere
NAME = "clipsearch"

HEAD = """\
# Commands

What `--help` says of each command. This page is written by `make docs`; change the help in `cli/`, not here.
"""


def commands(group: click.Group = clipsearch, names: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the names that lead to each command, such as ("labels", "list"); () is clipsearch itself."""
    yield names
    context = click.Context(group)
    for name in group.list_commands(context):
        below, command = (*names, name), group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, below)
        else:
            yield below


def help_of(names: tuple[str, ...]) -> str:
    """Return what --help of one command says."""
    ran = CliRunner().invoke(clipsearch, [*names, "--help"], prog_name=NAME, terminal_width=WIDTH)
    assert ran.exit_code == 0, ran.output
    return ran.stdout.rstrip()


def page() -> str:
    """Return the whole page."""
    every = list(commands())
    titles = [" ".join((NAME, *names)) for names in every]
    links = "\n".join(f"- [{title}](#{title.replace(' ', '-')})" for title in titles)
    parts = [f"## {title}\n\n```text\n{help_of(names)}\n```\n" for title, names in zip(titles, every, strict=True)]
    return "\n".join([HEAD, f"{links}\n", *parts])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
