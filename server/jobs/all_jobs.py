"""All that goes on besides requests: the index run, the search for duplicates, the actions. It ends with the server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from indexer.paths import absolute
from server.jobs.duplicate_run import Duplicates
from server.jobs.index_run import IndexRuns
from server.jobs.job_list import JobList
from server.jobs.journal_list import JournalList
from server.jobs.plans import Plans


class AllJobs:
    """The jobs of one server."""

    def __init__(self, library: Path, device: str = "auto") -> None:
        """Take the library's folder, and where its model computes; nothing is started."""
        self.library = absolute(library)
        self.index = IndexRuns(self.library, device)
        self.duplicates = Duplicates(self.library)
        self.agent_duplicates = Duplicates(self.library)  # of assistants, which end no search of the page's
        self.actions = JobList()
        self.labelling = JobList()  # which no action has to wait for
        self.plans = Plans()
        self.listeners: set[object] = set()  # who is told of the index run's events
        self.journals = JournalList(self.library)

    def list_of(self, job_id: str) -> JobList:
        """Return the list that has a job; that of the actions if none has it."""
        return self.labelling if any(job.id == job_id for job in self.labelling.all()) else self.actions

    def close(self) -> None:
        """End all that goes on, and wait for it."""
        with ThreadPoolExecutor(5, "ending") as threads:
            for jobs in (self.index, self.duplicates, self.agent_duplicates, self.actions, self.labelling):
                threads.submit(jobs.close)
