"""What an indexing run did, in lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.indexing.summary import Summary


def summary_lines(summary: Summary) -> list[str]:
    """Return what a run did, for people; the last line holds the counts."""
    lines = [f"No pictures in {folder}." for folder in summary.without_pictures]
    lines += _kept_lines(summary, "--prune")
    if summary.unswitched:
        lines.append(
            f"{summary.unswitched:,} pictures were out of reach, so the old model goes on answering; "
            "mount their drive and run the same command again."
        )
    lines += [
        f"{count:,} files passed over that can be read after: pip install 'clipsearch[{extra}]'"
        for extra, count in summary.passed_over.items()
    ]
    if summary.failed_before:
        lines.append(f"{summary.failed_before:,} files failed before and have not changed: clipsearch failures")
    lines.append(_counts(summary))
    if summary.stopped:
        lines.append("Stopped; what was encoded is kept, and the next run goes on from there.")
    return lines


def _counts(summary: Summary) -> str:
    """Return the line of counts, without those that are rare and 0."""
    rare = {
        "copied": summary.copied,
        "failed": summary.failed,
        "other problems": summary.problems - summary.failed,
        "symbolic links not followed": summary.links,
        "away (placeholders of a sync client)": summary.away,
    }
    parts = [f"{summary.moved:,} moved"] if summary.moved else []
    parts += [f"{summary.encoded:,} encoded", f"{summary.unchanged:,} unchanged", f"{summary.forgotten:,} forgotten"]
    parts += [f"{count:,} {name}" for name, count in rare.items() if count]
    rate = f" ({summary.rate:.1f} pictures/s)" if summary.encoded else ""
    return f"{summary.found:,} pictures found: {', '.join(parts)}; {summary.seconds:.1f} s{rate}."


def short_lines(summary: Summary) -> list[str]:
    """Return what a run over a few files did; no line if it did nothing."""
    lines = _kept_lines(summary, "clipsearch index --prune")
    counts = {
        "encoded": summary.encoded,
        "moved": summary.moved,
        "copied": summary.copied,
        "forgotten": summary.forgotten,
        "with problems": summary.problems,
    }
    parts = [f"{count:,} {name}" for name, count in counts.items() if count]
    return [*lines, f"{', '.join(parts)}."] if parts else lines


def _kept_lines(summary: Summary, prune: str) -> list[str]:
    """Name the folders whose pictures are gone but kept; `prune` is how to forget them."""
    return [
        f"The pictures known in {folder} are not there any more; they are kept, in case its drive is not mounted"
        f" ({prune} forgets them)."
        for folder in summary.kept
    ]
