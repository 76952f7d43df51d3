"""What tools work with: the open library, what decodes pictures, the jobs, and what they may do and tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from indexer.errors import InvalidRequest

if TYPE_CHECKING:
    from search.library.library import Library
    from server.jobs.all_jobs import AllJobs
    from server.opened.open_library import OpenLibrary
    from server.opened.pictures import Pictures

Result = TypeVar("Result")

NOT_ALLOWED = "This server only reads the library; whoever runs it can allow changes with: {}"


class Agent:
    """One library as assistants reach it; all of their sessions share it."""

    def __init__(
        self,
        library: OpenLibrary,
        *,
        allow_write: bool = False,
        places: bool = True,
        grid: bool = True,
        allowing: str = "clipsearch mcp --allow-write",
        pictures: Callable[[], Pictures] | None = None,
        jobs: Callable[[], AllJobs] | None = None,
    ) -> None:
        """Take the library, whether it may be changed, whether assistants are told where pictures were taken, and
        whether their programs are offered the grid in the chat.

        `allowing` is the command that would let them change it.
        `pictures` and `jobs` give those of a server that has them already; without them they are made when they are
        needed, and are ended by `close`.
        """
        self.library = library
        self.allow_write = allow_write and not library.read_only
        self.places = places
        self.grid = grid
        self.not_allowed = NOT_ALLOWED.format(allowing)
        self._given_pictures, self._given_jobs = pictures, jobs
        self._pictures: Pictures | None = None
        self._jobs: AllJobs | None = None

    @property
    def pictures(self) -> Pictures:
        """What decodes pictures, in processes of its own."""
        if self._given_pictures is not None:
            return self._given_pictures()
        if self._pictures is None:
            from server.opened.pictures import Pictures

            self._pictures = Pictures()
        return self._pictures

    @property
    def jobs(self) -> AllJobs:
        """What goes on besides answers: index runs, links."""
        if self._given_jobs is not None:
            return self._given_jobs()
        if self._jobs is None:
            from server.jobs.all_jobs import AllJobs

            self._jobs = AllJobs(self.library.folder, self.library.device)
        return self._jobs

    async def ask(self, function: Callable[[Library], Result]) -> Result:
        """Return what a function makes of the library, in a thread for quick questions."""
        return await self.library.ask(function)

    async def work(self, function: Callable[[Library], Result]) -> Result:
        """Return the same, in a thread for what may take seconds."""
        return await self.library.work(function)

    async def write(self, function: Callable[[Library], Result]) -> Result:
        """Return the same of a function that changes the library; raises InvalidRequest where that is not allowed."""
        self._check_allowed()
        return await self.library.write(function)

    async def change(self, function: Callable[[Library], Result]) -> Result:
        """Return the same of a quick change, which does not wait behind those that take seconds."""
        self._check_allowed()
        return await self.library.change(function)

    def _check_allowed(self) -> None:
        if not self.allow_write:
            raise InvalidRequest(self.not_allowed)

    def close(self) -> None:
        """End what was started here; the library is whose it was."""
        if self._jobs is not None:
            self._jobs.close()
        if self._pictures is not None:
            self._pictures.close()
