"""Tests of indexer.engine.worker_process; how processes end is tested in test_pool.py."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from indexer.engine.worker_process import WorkerProcess
from indexer.models.preprocess import Preprocess
from tests.conftest import REPOSITORY


def test_a_script_without_a_main_guard(many: list[Path], tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent("""
            import sys
            from pathlib import Path
            from indexer.engine.job import Job
            from indexer.engine.pool import Pool
            from indexer.models.preprocess import Preprocess
            from indexer.store.roots import Root
            from indexer.files.found import found_file

            print("begin")
            with Pool(2, 2, Preprocess(2, 2)) as pool:
                paths = sorted(Path(sys.argv[1]).iterdir())
                jobs = (Job(Root(1, path.parent, None), found_file(path.name, path.stat())) for path in paths)
                for answer in pool.decode(jobs):
                    answer.release()
                    print(answer.frame.width)
            """)
    )
    done = subprocess.run(
        [sys.executable, str(script), str(many[0].parent)],
        capture_output=True,
        text=True,
        timeout=300,
        env={"PYTHONPATH": str(REPOSITORY)},
    )
    assert (done.returncode, done.stdout.split()) == (0, ["begin", *["16"] * 40]), done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_worker_is_born_deaf_to_ctrl_c() -> None:
    """Fails before: a terminal sends Ctrl-C to all, and a worker that was still starting wrote a traceback."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    worker = WorkerProcess(2, Preprocess(2, 2), 2**30)
    try:
        status = Path(f"/proc/{worker.process.pid}/status").read_text().split()
        assert int(status[status.index("SigBlk:") + 1], 16) & 1 << signal.SIGINT - 1
        assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before
    finally:
        worker.end()
