"""Tests of cli.output.summaries: what a run did, in lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.output.summaries import short_lines, summary_lines
from indexer.indexing.summary import Summary, Thumbnails


def test_a_run_is_told_in_a_line_without_what_did_not_happen() -> None:
    assert short_lines(Summary()) == []
    assert short_lines(Summary(encoded=3, moved=1, forgotten=1)) == ["3 encoded, 1 moved, 1 forgotten."]
    assert short_lines(Summary(problems=1)) == ["1 with problems, named above (clipsearch failures)."]
    assert short_lines(Summary(kept=[Path("/nas")]))[0].startswith("The pictures known in /nas are not there any more")


def test_the_last_line_has_the_counts_and_the_rest_is_named_before() -> None:
    summary = Summary(
        found=1200, encoded=1000, unchanged=200, failed=1, problems=3, kept=[Path("/nas")], failed_before=2
    )
    summary.kept, summary.passed_over = [Path("/nas")], {"raw": 4}
    summary.encoding_seconds, summary.seconds = 100.0, 101.25
    kept, passed_over, failed_before, counts = summary_lines(summary)
    assert kept.startswith("The pictures known in /nas") and kept.endswith("(--prune forgets them).")
    assert "4 files passed over" in passed_over and "[raw]" in passed_over
    assert failed_before == "2 files failed before and have not changed: clipsearch failures"
    assert counts == (
        "1,200 pictures found: 1,000 encoded, 200 unchanged, 1 failed, 2 other problems; 101.2 s (10.0 pictures/s)."
    )


@pytest.mark.parametrize(
    ("counts", "unkept", "told"),
    [
        (None, 0, []),
        (Thumbnails(), 0, []),
        (Thumbnails(1, 1), 0, ["1 picture has a thumbnail."]),
        (Thumbnails(1200, 1200), 0, ["1,200 pictures have thumbnails."]),
        (
            Thumbnails(1200, 1000, no_room=150),
            0,
            [
                "1,000 of 1,200 pictures have thumbnails; 150 have none as their room is used up"
                " (CLIPSEARCH_THUMBNAILS sets it); the files of 50 can't be read now."
            ],
        ),
        (
            Thumbnails(2, 0),
            2,
            [
                "0 of 2 pictures have thumbnails; some can't be written: check the room on the disk and the permissions"
                " of the cache folder."
            ],
        ),
    ],
)
def test_which_pictures_have_thumbnails(counts: Thumbnails | None, unkept: int, told: list[str]) -> None:
    assert summary_lines(Summary(thumbnails=counts, unkept=unkept))[:-1] == told
