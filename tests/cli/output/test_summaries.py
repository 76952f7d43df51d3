"""Tests of cli.output.summaries: what a run did, in lines."""

from __future__ import annotations

from pathlib import Path

from cli.output.summaries import short_lines, summary_lines
from indexer.indexing.summary import Summary


def test_a_run_is_told_in_a_line_without_what_did_not_happen() -> None:
    assert short_lines(Summary()) == []
    assert short_lines(Summary(encoded=3, moved=1, forgotten=1)) == ["3 encoded, 1 moved, 1 forgotten."]
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
