"""The options that choose which pictures are looked at, and how hits are sorted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.completion import completers
from cli.help.headings import HOW_MANY, WHICH, headed
from cli.options.basic import AnyPlace, option_group
from cli.output.rows import tell

if TYPE_CHECKING:
    from search.filters.filters import Filters

NOT_WITH_PICTURES = "Name pictures or filters such as --in DIR, not both."


def filters_from(
    *,
    folder: tuple[Path | str, ...] = (),
    here: bool = False,
    after: str | None = None,
    before: str | None = None,
    camera: tuple[str, ...] = (),
    near: str | None = None,
    radius: str | None = None,
    label: tuple[str, ...] = (),
    types: tuple[str, ...] = (),
    min_size: str | None = None,
    named: tuple[str, ...] = (),
    dated: bool | None = None,
    placed: bool | None = None,
    box: str | None = None,
) -> Filters:
    """Return the filters that the options make; raises click.BadParameter for what can't be understood."""
    from indexer.errors import InvalidRequest
    from indexer.paths import current_folder
    from search.filters.filters import make_filters

    try:
        return make_filters(
            folder=(*folder, *([current_folder()] if here else [])),
            after=after,
            before=before,
            camera=camera,
            near=near,
            radius=radius,
            label=label,
            types=types,
            min_size=min_size,
            named=named,
            dated=dated,
            placed=placed,
            box=box,
            say=tell,
        )
    except InvalidRequest as error:
        if click.get_current_context().params.get("pictures"):
            raise click.UsageError(NOT_WITH_PICTURES) from error  # it would be refused once it is right
        raise click.BadParameter(str(error)) from error


filter_options = option_group(
    "filters",
    filters_from,
    click.option(
        "--in",
        "folder",
        metavar="DIR",
        multiple=True,
        type=AnyPlace(path_type=Path),
        shell_complete=completers.folders,
        help="Below this folder; several times: below any of them.",
    ),
    click.option("--here", is_flag=True, help="Below the current folder."),
    click.option(
        "--after",
        metavar="DATE",
        help="Taken then or later. Example: --after 2021-07-31",
    ),
    click.option(
        "--before",
        metavar="DATE",
        help="Taken before then. Example: --before 2022",
    ),
    click.option(
        "--camera",
        metavar="TEXT",
        multiple=True,
        help='By a camera with this in its make and model; several times: any of them. Example: --camera "iphone 12"',
    ),
    click.option(
        "--near",
        metavar="PLACE",
        shell_complete=completers.places,
        help="Taken in or near a place, near a picture's, or latitude,longitude. Example: --near Paris",
    ),
    click.option(
        "--radius",
        metavar="DISTANCE",
        help="How far from --near: 500m, 1mi; else some 10km.",
    ),
    click.option(
        "--label",
        metavar="[SET:]CLASS",
        shell_complete=completers.labels,
        multiple=True,
        help="With this label, in any label set or in SET; several times: any of them. Example: --label kitchen:pan",
    ),
    click.option(
        "--type",
        "types",
        metavar="JPEG,RAW,...",
        shell_complete=completers.file_types,
        multiple=True,
        help="Of any of these file types; raw and video are kinds.",
    ),
    click.option(
        "--min-size",
        metavar="SIZE",
        help="At least so large: 1920x1080, 2mp, 500kb or 2MB.",
    ),
    click.option(
        "--named",
        metavar="TEXT",
        multiple=True,
        help="With this in its path. Example: --named 2019/rome",
    ),
    click.option("--dated/--undated", default=None, help="With a date, or without one."),
    click.option("--placed/--unplaced", default=None, help="With a place, or without one."),
    click.option(
        "--box",
        metavar="S,W,N,E",
        help="Taken between these degrees. Example: --box 47,8,48,9",
    ),
    heading=WHICH,
)

sort_option = headed(
    HOW_MANY,
    click.option(
        "--sort",
        metavar="ORDER",
        type=click.Choice(["score", "date", "path"]),
        default="score",
        help="score, the default; date, newest first; or path.",
    ),
)

fold_option = headed(
    HOW_MANY,
    click.option(
        "--no-fold",
        "fold",
        is_flag=True,
        flag_value=False,
        default=True,
        help="Also the copies that else stand behind the largest.",
    ),
)
