"""Looks at everything that a library holds, step by step, and repairs what is derived.

Nothing is kept in memory but some thousand rows. The library's lock is held only while something is repaired, so that
an indexer may run beside a check.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from indexer.errors import ClipsearchError
from indexer.indexing.verifying import remember_verified
from indexer.store.lock import only_writer
from indexer.store.models import StoredModel, models
from indexer.store.store import Store
from search.checking.exports import export_problems
from search.checking.facts import fact_problems
from search.checking.findings import Finding, Problem, Problems, State
from search.checking.folders import journal_problems, original_problems, root_problems
from search.checking.index_files import index_problems
from search.checking.models import model_problems, vector_problems
from search.checking.rows import row_problems
from search.checking.schema import integrity_problems, schema_problems
from search.progress import Progress, unwatched

COUNTED = ("roots", "images", "embeddings", "texts", "label_sets", "labels", "corrections")
ERRORS = (sqlite3.Error, ClipsearchError, OSError, ValueError, RuntimeError, MemoryError, OverflowError)


@dataclass
class Check:
    """A check of one library: iterate over it once."""

    store: Store
    repair: bool = True
    files: bool = False  # whether the pictures themselves are read too
    progress: Callable[[str], Progress] = lambda _: unwatched  # for each long step, by its name
    verified: dict[str, int] = field(default_factory=dict)  # how many of what were looked at

    def __iter__(self) -> Iterator[Finding]:
        """Yield what is found, as it is found and after it was repaired."""
        yield from self._step("database", lambda: schema_problems(self.store))
        yield from self._step("database", lambda: integrity_problems(self.store))
        yield from self._step("database", lambda: row_problems(self.store))
        yield from self._step("database", lambda: fact_problems(self.store))
        yield from self._step("model", lambda: model_problems(self.store))
        for model in self._models():
            yield from self._of_model(model)
        folder = self.store.folder
        if folder is not None:
            yield from self._step("journal", lambda: journal_problems(folder))
        yield from self._step("roots", lambda: root_problems(self.store))
        if self.files:
            yield from self._step("originals", lambda: original_problems(self.store, self.progress("Reading pictures")))
        self._count()

    def _of_model(self, model: StoredModel) -> Iterator[Finding]:
        watch = self.progress("Checking embeddings")
        found = list(self._step("embeddings", lambda: vector_problems(self.store, model, watch)))
        yield from found
        if self._may_repair and all(finding.state == "repaired" for finding in found):
            remember_verified(self.store, model)
        yield from self._step("index", lambda: index_problems(self.store, model))
        yield from self._step("exports", lambda: export_problems(model))

    @property
    def _may_repair(self) -> bool:
        return self.repair and not self.store.read_only

    def _models(self) -> list[StoredModel]:
        try:
            return models(self.store)
        except ERRORS:
            return []  # what is wrong was found before

    def _step(self, area: str, look: Callable[[], Problems]) -> Iterator[Finding]:
        """Yield the findings of a step; what keeps it from being done is one too."""
        try:
            problems = list(look())
        except ERRORS as error:
            yield Finding(area, "remains", f"This could not be checked to its end: {_shown(error)}")
            return
        for problem in problems:
            yield self._finding(problem)

    def _finding(self, problem: Problem) -> Finding:
        """Repair a problem if that is possible and wanted, and say what became of it."""
        state: State = "note" if problem.is_note else "remains"
        what = problem.what
        if problem.repair is not None and not self._may_repair:
            state = "can be repaired"
        elif problem.repair is not None:
            try:
                with only_writer(self.store):
                    problem.repair()
                state, what = "repaired", f"{what} {problem.done}"
            except ERRORS as error:
                what = f"{what} It could not be repaired: {_shown(error)}"
        return Finding(problem.area, state, what, problem.path)

    def _count(self) -> None:
        for table in COUNTED:
            try:
                self.verified[table] = int(self.store.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
            except ERRORS:
                continue


def _shown(error: BaseException) -> str:
    text = " ".join(str(error).split())[:300]
    return f"{text or type(error).__name__}."


def is_sound(findings: list[Finding]) -> bool:
    """Return whether a library is sound now: nothing was found, or all of it was repaired."""
    return all(finding.state in ("repaired", "note") for finding in findings)
