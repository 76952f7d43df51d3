"""Tests of indexer.engine.pipeline with a pool that gives scripted answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from indexer.decoding.frame import Failure, Frame
from indexer.engine.encoder_threads import EncoderThreads
from indexer.engine.job import Decoded, Failed, Job
from indexer.engine.pipeline import Pipeline
from indexer.files.found import FoundFile
from indexer.metadata.metadata import Metadata
from indexer.store.embeddings import MomentVector
from indexer.store.roots import Root
from tests.fakes import ColourEncoder

ROOT = Root(1, Path("/photos"), None)
JOBS: dict[str, Job] = {}


class Slots:
    """Counts what is given back."""

    def __init__(self) -> None:
        self.released = 0

    def release(self) -> None:
        self.released += 1


class Script:
    """A pool that gives the answers of a script, one after another."""

    def __init__(self, *answers: Decoded | Failed) -> None:
        self.answers = answers

    def decode(self, jobs: Iterator[Job]) -> Iterator[Decoded | Failed]:
        yield from self.answers


SLOTS = Slots()


def job(name: str) -> Job:
    """Return the one job of a name, as a pool does."""
    return JOBS.setdefault(name, Job(ROOT, FoundFile(name, 100, 1)))


def taken(name: str, content: str, at: int = 0, last: bool = True, colour: int = 0) -> Decoded:
    """Return a frame of a file with some content, all of one channel."""
    digest = content.encode().ljust(16)
    frame = Frame(job(name).file, digest, 2, 2, "PNG", Metadata(), at, last, 0.0, 0.0)
    pixels = np.zeros((2, 2, 3), np.uint8)
    pixels[..., colour] = 255
    return Decoded(job(name), frame, pixels, SLOTS)


def failed(name: str) -> Failed:
    return Failed(job(name), Failure(job(name).file, "cut", lasting=True))


def outcome(
    *answers: Decoded | Failed, batch_size: int = 2, known: dict[str, Sequence[MomentVector]] | None = None
) -> tuple[dict[str, list[tuple[int, int]]], list[str], int]:
    """Run the script; return (time, channel) of each file's moments, the failures' names, and how many were encoded."""
    encoder = ColourEncoder()
    failures: list[str] = []
    JOBS_BEFORE = SLOTS.released
    pipeline = Pipeline(
        Script(*answers),  # type: ignore[arg-type]
        EncoderThreads([encoder], 1),
        batch_size,
        lambda frame: (known or {}).get(frame.digest.decode().strip(), ()),
        lambda one: failures.append(one.job.file.path),
    )
    found: dict[str, list[tuple[int, int]]] = {}
    for files in pipeline.run(iter(())):
        for file in files:
            assert file.frame.file.path not in found, "a file is stored once"
            found[file.frame.file.path] = [(one.at_ms, int(np.argmax(one.vector))) for one in file.moments]
    assert SLOTS.released - JOBS_BEFORE == sum(isinstance(one, Decoded) for one in answers), "each slot is given back"
    return found, failures, encoder.images_encoded


@pytest.mark.parametrize("batch_size", [1, 2, 3, 100])
def test_each_file_gets_its_own_embedding(batch_size: int) -> None:
    answers = [taken(f"{number}", f"{number}", colour=number % 3) for number in range(10)]
    found, failures, encoded = outcome(*answers, batch_size=batch_size)
    assert found == {f"{number}": [(0, number % 3)] for number in range(10)}
    assert (failures, encoded) == ([], 10)


@pytest.mark.parametrize("batch_size", [1, 2, 3, 100])
def test_videos_side_by_side_with_stills(batch_size: int) -> None:
    found, failures, encoded = outcome(
        taken("a", "a", 0, False, 0),
        taken("b", "b", 0, False, 1),
        taken("still", "s", colour=2),
        taken("a", "a", 4000, False, 1),
        taken("b", "b", 3000, True, 2),
        taken("a", "a", 7000, True, 2),
        batch_size=batch_size,
    )
    assert found == {"a": [(0, 0), (4000, 1), (7000, 2)], "b": [(0, 1), (3000, 2)], "still": [(0, 2)]}
    assert (failures, encoded) == ([], 6)


@pytest.mark.parametrize("batch_size", [2, 3, 100])
def test_copies_in_one_run_are_encoded_once(batch_size: int) -> None:
    found, failures, encoded = outcome(*(taken(name, "same", colour=1) for name in "abcd"), batch_size=batch_size)
    assert found == {name: [(0, 1)] for name in "abcd"}
    assert (failures, encoded) == ([], 1)


def test_copies_of_a_video_that_is_still_coming() -> None:
    found, _, encoded = outcome(
        taken("a", "same", 0, False, 0),
        taken("copy", "same", 0, False, 0),
        taken("copy", "same", 4000, True, 1),
        taken("a", "same", 4000, True, 1),
    )
    assert found == {"a": [(0, 0), (4000, 1)], "copy": [(0, 0), (4000, 1)]}
    assert encoded == 2


def test_what_the_library_knows_is_not_encoded() -> None:
    moments = [MomentVector(0, np.array([0, 0, 1], np.float32)), MomentVector(5000, np.array([0, 1, 0], np.float32))]
    found, failures, encoded = outcome(
        taken("a", "known", 0, False), taken("a", "known", 5000, True), known={"known": moments}
    )
    assert (found, failures, encoded) == ({"a": [(0, 2), (5000, 1)]}, [], 0)


@pytest.mark.parametrize("batch_size", [1, 2, 3, 100])
def test_a_video_that_breaks_off_is_dropped_with_its_copies(batch_size: int) -> None:
    found, failures, _ = outcome(
        taken("a", "same", 0, False),
        taken("done copy", "same"),
        taken("open copy", "same", 0, False),
        taken("a", "same", 4000, False),
        failed("a"),
        taken("open copy", "same", 4000, True),
        taken("other", "other", colour=2),
        batch_size=batch_size,
    )
    assert found == {"other": [(0, 2)]}
    assert sorted(failures) == ["a", "done copy", "open copy"]


def test_a_copy_that_breaks_off_is_a_failure_or_a_copy_but_not_both() -> None:
    found, failures, _ = outcome(
        taken("a", "same", 0, False), taken("copy", "same", 0, False), failed("copy"), taken("a", "same", 4000, True)
    )
    assert "a" in found and "a" not in failures
    assert ("copy" in found) != ("copy" in failures)


def test_a_known_video_that_breaks_off_does_not_end_the_run() -> None:
    moments = [MomentVector(0, np.array([0, 0, 1], np.float32))]
    found, _, _ = outcome(
        taken("a", "known", 0, False), failed("a"), taken("b", "other", colour=1), known={"known": moments}
    )
    assert found["b"] == [(0, 1)]
