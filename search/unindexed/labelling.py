"""Label files and folders that need not be in the library, with the engine of a run, and store nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.engine.job import Failed
from indexer.files.found import Problem
from indexer.indexing.named_pictures import NamedPictures, named_pictures
from indexer.indexing.unstored import as_a_whole, moments_unstored
from indexer.store.models import temperature_of
from search.labels.judge import Judge
from search.progress import Progress, unwatched
from search.unindexed.labelled_files import LabelledFiles

if TYPE_CHECKING:
    from indexer.engine.job import Job
    from indexer.indexing.unstored import EncodedMoments
    from search.labels.recipe import Recipe
    from search.library.library import Library


@dataclass(frozen=True, slots=True)
class Unindexed:
    """What labelling files and folders came to."""

    found: NamedPictures
    labelled: LabelledFiles
    problems: int  # files and folders that could not be read


def label_unindexed(
    library: Library,
    recipe: Recipe,
    paths: Sequence[Path],
    report: Callable[[Problem], None],
    *,
    tell: Callable[[str], None] = lambda _: None,
    texts: Progress = unwatched,
    encoded: Progress = unwatched,
) -> Unindexed:
    """Label the files that are named, and what is below the folders that are.

    A video in a folder has a label for each moment, one that is named itself has one as a whole. What the library
    knows unchanged is not encoded. `report` gets each file or folder that can't be read. Raises InvalidRequest as Judge
    does, EncoderFailed if the model fails.
    """
    problems: set[Path] = set()

    def note(problem: Problem) -> None:
        if problem.path not in problems:
            report(problem)
        problems.add(Path(problem.path))

    def failed(file: Failed) -> None:
        note(Problem(file.job.path, file.failure.reason, file.failure.lasting))

    judge = Judge(library, recipe, temperature_of(library.store, library.model), tell, texts)
    found = named_pictures(library.store, paths, note)
    moments: dict[Job, EncodedMoments] = {}
    total = len(found.jobs)
    done = 0

    def advance(files: int) -> None:
        nonlocal done
        done += files
        encoded(done, total)

    wholes = {job.path for job in found.named.values()}
    encoded(0, total)
    for job, of_file in moments_unstored(
        library.store, library.model, lambda: library.encoder, found.jobs, failed, advance
    ):
        moments[job] = as_a_whole(of_file) if job.path in wholes else of_file
    files = [(job.path, moments[job]) for job in found.jobs if job in moments]
    return Unindexed(found, LabelledFiles.of(judge, files, library.model.dim), len(problems))
