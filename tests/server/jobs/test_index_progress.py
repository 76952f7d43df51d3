"""How far an index run is, by what it says."""

from __future__ import annotations

from server.jobs import index_progress
from server.jobs.index_progress import MOST_PROBLEMS, IndexProgress, summary_sentence


def test_a_run_is_followed_from_step_to_step() -> None:
    progress = IndexProgress()
    assert progress.record()["step"] == "looking"
    progress.take({"event": "loading"})
    assert progress.step == "loading"
    progress.take({"event": "download", "name": "model.bin", "done": 40, "total": 100})
    assert progress.current == "model.bin: 40% downloaded"
    progress.take({"event": "encoding", "total": 10})
    progress.take({"event": "progress", "done": 4, "left": 6})
    progress.take({"event": "bottleneck", "name": "decode"})
    record = progress.record()
    assert (record["step"], record["done"], record["total"], record["slowest"]) == ("encoding", 4, 10, "decode")
    assert record["current"] is None
    progress.take({"event": "progress", "done": 6, "left": 0})
    assert progress.step == "finishing" and progress.left_seconds is None


def test_the_rate_is_that_of_the_last_seconds() -> None:
    progress, clock = IndexProgress(), iter([100.0, 101.0, 102.0, *[104.0] * 9])
    time = type("time", (), {"monotonic": staticmethod(lambda: next(clock))})
    before, index_progress.time = index_progress.time, time  # type: ignore[assignment]
    try:
        progress.take({"event": "encoding", "total": 1000})
        progress.take({"event": "progress", "done": 10})
        progress.take({"event": "progress", "done": 10})
        assert progress.rate == 5.0  # 20 in 4 seconds, two of which nothing came
        assert progress.left_seconds == 196.0
    finally:
        index_progress.time = before


def test_failures_are_counted_and_the_last_ones_named() -> None:
    progress = IndexProgress()
    for number in range(30):
        progress.take({"event": "problem", "path": f"/{number}", "reason": "not a picture", "lasting": True})
    problems = progress.record()["problems"]
    assert (progress.failed, len(problems)) == (30, MOST_PROBLEMS)
    assert problems[-1] == {"path": "/29", "reason": "not a picture", "lasting": True}


def test_the_end_is_a_sentence() -> None:
    progress = IndexProgress()
    progress.take({"event": "summary", "encoded": 1, "unchanged": 4010, "problems": 2, "seconds": 3.21, "missing": []})
    assert progress.ended == "1 picture encoded, 4,010 unchanged, 2 left out; 3.2 s."
    assert progress.went_well
    assert summary_sentence({"encoded": 5, "stopped": True}).startswith("Stopped; what was encoded is kept")
    progress.take({"event": "error", "text": "Nothing was indexed: name a folder."})
    assert (progress.ended, progress.went_well) == ("Nothing was indexed: name a folder.", False)


def test_what_is_not_as_it_should_be_is_passed_over() -> None:
    progress = IndexProgress()
    for event in ({}, {"event": "progress"}, {"event": "encoding", "total": "x"}, {"event": "bottleneck", "name": 3}):
        progress.take(event)
    progress.take({"event": "message", "text": "x" * 10_000})
    assert (progress.done, progress.slowest) == (0, None) and len(progress.sentence) == index_progress.LONGEST
