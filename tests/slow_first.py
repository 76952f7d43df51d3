"""The files whose tests take longest, in the order in which they begin, before all others.

The processes of a run take a file after the other: a long one that begins late is waited for by those that are done.
"""

from __future__ import annotations

SLOW_FIRST = (
    "tests/benchmarks/test_benchmarks.py",
    "tests/test_fuzz_library.py",
    "tests/page/test_page.py",
    "tests/test_kill.py",
    "tests/test_kill_labels.py",
    "tests/test_fuzz.py",
    "tests/test_fuzz_texts.py",
    "tests/test_wheel.py",
    "tests/test_first_run.py",
    "tests/indexer/ray_engine/test_engine.py",
    "tests/indexer/ray_engine/test_cluster.py",
    "tests/server/job_api/test_index.py",
    "tests/server/job_api/test_killed.py",
    "tests/server/agent_changes/test_indexing.py",
    "tests/server/api/test_openapi.py",
    "tests/cli/commands/test_optimize.py",
    "tests/cli/commands/test_serve.py",
    "tests/cli/process/test_interrupts.py",
    "tests/cli/completion/test_completers.py",
    "tests/cli/test_hostile_texts.py",
    "tests/test_builtin_colours.py",
    "tests/test_end_to_end.py",
    "tests/benchmarks/test_gpu.py",
)
_PLACES = {file: place for place, file in enumerate(SLOW_FIRST)}


def place_of(node: str) -> int:
    """Return where a test comes, by the file in its id; all that are not slow come in one place, as they were found."""
    return _PLACES.get(node.partition("::")[0], len(SLOW_FIRST))
