"""The options for what an indexed folder leaves out and takes in, which its root remembers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from cli.help.headings import WHICH
from cli.options.basic import option_group

if TYPE_CHECKING:
    from indexer.files.ignore import ScanRules


def changed_rules(
    exclude: tuple[str, ...], include_hidden: bool | None, follow_links: bool | None
) -> Callable[[ScanRules], ScanRules] | None:
    """Return what the options change about a root's rules, or None if none was given.

    Raises click.BadParameter for what is not a pattern.
    """
    if not exclude and include_hidden is None and follow_links is None:
        return None
    patterns = tuple(dict.fromkeys(pattern for pattern in exclude if pattern.strip()))
    _check_patterns(patterns)

    def change(rules: ScanRules) -> ScanRules:
        return replace(
            rules,
            exclude=patterns if exclude else rules.exclude,
            include_hidden=rules.include_hidden if include_hidden is None else include_hidden,
            follow_links=rules.follow_links if follow_links is None else follow_links,
        )

    return change


def _check_patterns(patterns: tuple[str, ...]) -> None:
    """Refuse what gitignore does not take, before it is remembered."""
    from indexer.files.ignore import Ignore

    def refuse(problem: str) -> None:
        raise click.BadParameter(f"{problem}; see the patterns in https://git-scm.com/docs/gitignore")

    Ignore().with_excludes(patterns, refuse)


rule_options = option_group(
    "rules",
    changed_rules,
    click.option(
        "--exclude",
        metavar="PATTERN",
        multiple=True,
        help="Leave out what a gitignore pattern names; several times: what any names. They take the place of those"
        ' that the root remembers; "" is none. Example: --exclude "*-edited.jpg" --exclude /2019/scans/',
    ),
    click.option(
        "--include-hidden/--no-include-hidden",
        default=None,
        help="Also names that begin with a dot. The root remembers it.",
    ),
    click.option(
        "--follow-links/--no-follow-links",
        default=None,
        help="Also what symbolic links lead to, each picture once. The root remembers it.",
    ),
    heading=WHICH,
)
