"""Making a label set and labelling more pictures, as jobs: with their progress, and stopped at any moment."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from indexer.wording import counted
from search.progress import Watch
from server.jobs.job import Job

if TYPE_CHECKING:
    from search.library.library import Library

LOADING = "Reading the classes; the model may have to be loaded first."
STOPPED = "Stopped; no label was stored."

Work = Callable[["Library", Watch], dict[str, Any]]


def labelling_job() -> Job:
    """Return a job that labels pictures."""
    return Job("label set", LOADING, 0, if_stopped=STOPPED)


def done_by(job: Job, work: Work) -> Callable[[Library], dict[str, Any]]:
    """Return work that tells a job how far it is, and ends once that is stopped."""

    def do(library: Library) -> dict[str, Any]:
        made = work(library, _watch(job))
        return {**made, "sentence": f"{counted(made['judged'], 'picture', ',')} labelled."}

    return do


def _watch(job: Job) -> Watch:
    """Return what tells a job; what is being stored is stored in whole."""
    return Watch(
        partial(job.at, LOADING),
        partial(job.at, "Judging the pictures"),
        partial(job.at, "Storing the labels", may_stop=False),
    )
