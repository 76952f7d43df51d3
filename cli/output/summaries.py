"""What an indexing run did, in lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.output.error_sentences import SOME_FAILED
from cli.process.starting import STOPPED
from cli.shown.paths import told_path
from indexer.addresses import is_url
from indexer.installation import install_command
from indexer.wording import agreeing, counted, doing

if TYPE_CHECKING:
    from indexer.indexing.summary import Summary, Taken


def exit_code(summary: Summary) -> int:
    """Return the exit code of a run."""
    if summary.stopped:
        return STOPPED
    if summary.missing:
        return 1
    return SOME_FAILED if summary.failed or summary.failed_before or summary.unread else 0


def summary_lines(summary: Summary) -> list[str]:
    """Return what a run did, for people; the last line holds the counts."""
    lines = [f"No pictures in {folder}." for folder in summary.without_pictures]
    lines += _kept_lines(summary, "--prune")
    if summary.unswitched:
        lines.append(
            f"{doing(summary.unswitched, 'picture', 'was', 'were', ',')} out of reach,"
            " so the old model goes on answering; mount the drive and run the same command again."
        )
    if summary.dropped_sets:
        names = ", ".join(f'"{name}"' for name in summary.dropped_sets)
        sets = agreeing(len(summary.dropped_sets), "label set", "label sets")
        lines.append(f"Dropped the {sets} {names} of the model before; to have the labels by this one, label again.")
    if summary.kept_sets:
        names = ", ".join(f'"{name}"' for name in summary.kept_sets)
        lines.append(f"What a person said is kept in {names}; the rest is to be judged again: clipsearch label --name")
    lines += [
        f"{counted(count, 'file', ',')} passed over that can be read after: {install_command(extra)}"
        for extra, count in summary.passed_over.items()
    ]
    if summary.failed_before:
        verb = agreeing(summary.failed_before, "has", "have")
        files = counted(summary.failed_before, "file", ",")
        lines.append(f"{files} failed before and {verb} not changed: clipsearch failures")
    elif summary.problems > len(summary.missing):
        lines.append("clipsearch failures lists what was left out, and why.")
    lines += _thumbnail_lines(summary)
    lines.append(_counts(summary))
    if summary.stopped:
        lines.append("Stopped; what was encoded is kept, and the next run goes on from there.")
    return lines


def _thumbnail_lines(summary: Summary) -> list[str]:
    """Say which pictures have thumbnails, and why some don't; nothing if none were to be made."""
    counts = summary.thumbnails
    if counts is None or not counts.pictures:
        return []
    if counts.have == counts.pictures:
        return [f"{doing(counts.have, 'picture', 'has a thumbnail', 'have thumbnails', ',')}."]
    others = counts.pictures - counts.have - counts.no_room
    told = [f"{counts.no_room:,} have none as their room is used up (CLIPSEARCH_THUMBNAILS sets it)"] * bool(
        counts.no_room
    )
    if summary.unkept:
        told.append("some can't be written: check the room on the disk and the permissions of the cache folder")
    elif others:
        told.append(f"the files of {others:,} can't be read now")
    having = f"{counts.have:,} of {doing(counts.pictures, 'picture', 'has a thumbnail', 'have thumbnails', ',')}"
    return [f"{'; '.join([having, *told])}."]


def _counts(summary: Summary) -> str:
    """Return the line of counts, without those that are rare and 0."""
    rare = {
        "forgotten": summary.forgotten,
        "copied": summary.copied,
        "failed": summary.failed,
        "away (placeholders of a sync client)": summary.away,
    }
    others = summary.problems - summary.failed - len(summary.missing)
    parts = [f"{summary.moved:,} moved"] if summary.moved else []
    parts += [f"{summary.encoded:,} encoded", f"{summary.unchanged:,} unchanged"]
    parts += [f"{count:,} {name}" for name, count in rare.items() if count]
    parts += _missing(summary)
    parts += [counted(others, "other problem", ",")] if others else []
    parts += [f"{counted(summary.links, 'symbolic link', ',')} not followed"] if summary.links else []
    rate = f" ({summary.rate:.1f} pictures/s)" if summary.encoded else ""
    return f"{counted(summary.found, 'picture', ',')} found: {', '.join(parts)}; {summary.seconds:.1f} s{rate}."


def _missing(summary: Summary) -> list[str]:
    """Return how many folders are not there, or of a data set how many places can't be read."""
    if any(is_url(str(place)) for place in summary.missing):
        return [f"{counted(len(summary.missing), 'source')} not read"]
    return [f"{counted(len(summary.missing), 'folder')} not there"] if summary.missing else []


def short_lines(summary: Summary) -> list[str]:
    """Return what a run over a few files did; no line if it did nothing."""
    lines = _kept_lines(summary, "clipsearch index --prune")
    counts = {
        "encoded": summary.encoded,
        "moved": summary.moved,
        "copied": summary.copied,
        "forgotten": summary.forgotten,
        "with problems, named above (clipsearch failures)": summary.problems,
    }
    parts = [f"{count:,} {name}" for name, count in counts.items() if count]
    return [*lines, f"{', '.join(parts)}."] if parts else lines


def taken_lines(summary: Summary) -> list[str]:
    """Name the first files that a run found to be new, changed, moved or gone, and say how many more there were."""
    lines = [_taken_line(taken) for taken in summary.taken]
    return [*lines, f"... and {summary.taken_too:,} more."] if summary.taken_too else lines


def _taken_line(taken: Taken) -> str:
    name = told_path(taken.path)
    return f"{taken.what.title()}: {name}" if taken.before is None else f"Moved: {told_path(taken.before)} to {name}"


def _kept_lines(summary: Summary, prune: str) -> list[str]:
    """Name the folders whose pictures are gone but kept; `prune` is how to forget them."""
    return [
        f"The pictures known in {folder} are not there any more; they are kept, in case "
        f"{'this is a mistake' if is_url(str(folder)) else 'its drive is not mounted'} ({prune} forgets them)."
        for folder in summary.kept
    ]
