"""The jobs of a server: one goes on at a time, the last ones are remembered."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from typing import Any

from server.children.child import PROGRAM, Child
from server.errors import Refused
from server.jobs.job import Job

MOST = 20  # that are remembered


class JobList:
    """Starts jobs, in child processes or by whoever asks, and knows them by their ids."""

    def __init__(self) -> None:
        """Start with none."""
        self._lock = threading.Lock()
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._children: dict[str, Child] = {}

    def begin(self, job: Job) -> Job:
        """Take a job in, which its caller carries out; raises Refused if another one goes on."""
        with self._lock:
            self._refuse_second()
            self._jobs[job.id] = job
            while len(self._jobs) > MOST:
                self._jobs.popitem(last=False)
        return job

    def start(self, job: Job, request: dict[str, Any]) -> Job:
        """Start a job in a child process; raises Refused if another one goes on."""
        self.begin(job)

        def ended(code: int) -> None:
            job.died(code)
            self._children.pop(job.id, None)

        text = json.dumps(request).encode("ascii") + b"\n"
        try:
            self._children[job.id] = Child(PROGRAM, told=job.take, ended=ended, request=text)
        except OSError as error:
            job.fail(f"No process can be started for this ({error.strerror}); try again.")
        return job

    def refuse_second(self) -> None:
        """Raise Refused if a job goes on."""
        with self._lock:
            self._refuse_second()

    def get(self, job_id: str) -> Job:
        """Return the job of an id; raises Refused if it is not known."""
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None:
            raise Refused(404, "There is no such job any more; the list of actions says what was done.")
        return job

    def all(self) -> list[Job]:
        """Return the jobs, the last one first."""
        with self._lock:
            return list(reversed(self._jobs.values()))

    def stop(self, job_id: str) -> Job:
        """Ask a job to stop: what is done stays; one that has ended is left as it is."""
        job = self.get(job_id)
        if (child := self._children.get(job_id)) is not None:
            child.stop()
        job.stop()
        return job

    def close(self) -> None:
        """End what goes on."""
        for child in list(self._children.values()):
            child.close()
        for job in self.all():
            job.stop()

    def _refuse_second(self) -> None:
        if any(job.state == "running" for job in self._jobs.values()):
            raise Refused(409, "Another job is under way; wait until it has ended, or stop it.")
