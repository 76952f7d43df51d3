"""Write a subset as a data set of another program, or list what would be written, and say what was done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cli.output.bars import step_bar
from cli.output.rows import tell, write_rows
from cli.process.interrupts import INTERRUPTS
from cli.shown.paths import told_path
from indexer.wording import agreeing, counted, doing, human_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.output.rows import Cell
    from search.subsets.export import Exported
    from search.subsets.format import Format, Planned
    from search.subsets.subset import Subset

BAR_FROM = 200  # pictures
COLUMNS = ("file", "path", "label", "probability")
READ_ANYWHERE = {"JPEG", "MPO", "PNG", "GIF", "TIFF", "BMP", "WEBP", "PPM"}


def tell_left_out(subset: Subset) -> None:
    """Say what a subset leaves out, and what other programs may not read."""
    if subset.videos:
        tell(f"{doing(subset.videos, 'video', 'is', 'are', ',')} left out: such data sets hold pictures.")
    if subset.unlabelled:
        tell(f"{doing(subset.unlabelled, 'picture', 'is', 'are', ',')} left out for want of a label.")
    rare = sorted({picture.format for picture in subset.pictures} - READ_ANYWHERE)
    if rare:
        count = sum(one.format in rare for one in subset.pictures)
        what = doing(count, "picture", "is", "are", ",")
        tell(f"{what} {' and '.join(rare)}, which many programs can't read; --type jpeg,png leaves such out.")


def list_subset(planned: Sequence[Planned], subset: Subset, folder: Path) -> None:
    """Write to stdout what would be written."""
    rows: list[dict[str, Cell]] = [
        {
            "file": folder / name,
            "path": picture.where,
            "label": picture.label,
            "probability": picture.labels[0][1] if picture.labels else None,
        }
        for picture, name in planned
    ]
    write_rows(rows, COLUMNS)
    tell(f"Would write {counted(len(planned), 'picture', ',')}, {human_size(subset.bytes)}, to {told_path(folder)}.")


def write_subset(
    subset: Subset,
    planned: Sequence[Planned],
    form: Format,
    folder: Path,
    library: Path,
    *,
    link: bool,
    elsewhere: str = "",
) -> bool:
    """Write a data set, say what was done, and return whether some pictures could not be read.

    `elsewhere` is the option that says where its journal is.
    """
    from search.subsets.export import export_subset

    INTERRUPTS.is_storing = True
    try:
        with step_bar("Data set", len(planned), BAR_FROM) as step:
            done = export_subset(
                *(subset, planned, form, folder, library),
                link=link,
                elsewhere=elsewhere,
                report=lambda _: step(),
            )
    except KeyboardInterrupt:
        tell(f"clipsearch undo{elsewhere} takes back what was written.")
        raise
    _tell_written(done, subset, link, elsewhere)
    return bool(done.written.problems)


def _tell_written(done: Exported, subset: Subset, link: bool, elsewhere: str) -> None:
    written = done.written
    for where, reason in written.problems:
        tell(f"{told_path(where) if isinstance(where, Path) else where}: {reason}")
    if written.symbolic:
        tell(f"{written.symbolic} of the links {agreeing(written.symbolic, 'is', 'are')} symbolic.")
    used = {picture.label for picture in subset.pictures} - {None}
    classes = f" in {counted(len(used), 'class', ',')}" if used else ""
    parts = [f"{'Linked' if link else 'Wrote'} {counted(written.pictures, 'picture', ',')}{classes}"]
    parts[0] += f" to {told_path(done.folder)}"
    if written.problems:
        parts.append(f"{len(written.problems)} could not be read")
    parts.append(f"clipsearch undo {done.action}{elsewhere} takes that back")
    tell("; ".join(parts) + ".")
