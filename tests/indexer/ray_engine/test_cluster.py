"""Ray as it is started on this machine, and what is said if a cluster can't be used."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from indexer.errors import ClipsearchError
from indexer.ray_engine import cluster as cluster_module
from indexer.ray_engine.cluster import cluster
from tests.conftest import REPOSITORY

pytest.importorskip("ray")
WITHIN = 300.0  # seconds

SCRIPT = """
import sys
from pathlib import Path
from indexer.ray_engine.engine import RayEngine
from tests.fakes import ColourEncoder
from tests.indexer.ray_engine.shards import Made

engine = RayEngine(ColourEncoder, load_there=ColourEncoder)
shards = [Made(1, 5), Made(2, 5, waits_for=Path(sys.argv[1]))]
try:
    for one in engine.encode(iter([("made up", shard) for shard in shards]), lambda done: None):
        print(one.shard.name, one.pictures, flush=True)
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


def test_here_and_ctrl_c(tmp_path: Path) -> None:
    """It says nothing but what it is to say, and all of it ends when it is told to stop while a shard is in work."""
    errors = tmp_path / "errors"
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    environment.pop("RAY_ADDRESS", None)
    with (
        errors.open("wb") as written,
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(tmp_path / "never")],
            stdout=subprocess.PIPE,
            stderr=written,
            env=environment,
            cwd=REPOSITORY,
        ) as run,
    ):
        try:
            assert run.stdout is not None
            assert run.stdout.readline() == b"made-1 5\n", errors.read_text()
            started = psutil.Process(run.pid).children(recursive=True)
            assert started
            run.send_signal(signal.SIGINT)
            assert run.stdout.read() == b"stopped\n"
            assert run.wait(WITHIN) == 0
        finally:
            run.kill()
    assert errors.read_text() == ""
    assert not psutil.wait_procs(started, WITHIN)[1]


@pytest.mark.parametrize(
    ("address", "error", "says"),
    [
        (None, RuntimeError("no room\nat all"), "Ray can't be started on this machine: no room."),
        ("", RuntimeError("no room\nat all"), "Ray can't be started on this machine: no room."),
        (
            "10.0.0.5:6379",
            RuntimeError("Version mismatch: The cluster was started with"),
            "other versions of Ray or Python",
        ),
        ("10.0.0.5:6379", RuntimeError("Unauthenticated: no token"), "set RAY_AUTH_MODE=token"),
        ("10.0.0.5:6379", ConnectionError("nobody"), "No Ray cluster answers at 10.0.0.5:6379 (RAY_ADDRESS)"),
    ],
)
def test_a_cluster_that_can_not_be_used(address: str | None, error: Exception, says: str) -> None:
    assert says in str(cluster_module._unusable(address, error))


def test_a_token_is_named_however_deep_ray_says_it() -> None:
    """What a real cluster with RAY_AUTH_MODE=token raises where the token is missing, and where it is another."""
    from ray.exceptions import AuthenticationError

    try:
        try:
            try:
                raise AuthenticationError("RPC error: InvalidAuthToken: Authentication token is missing or incorrect.")
            except AuthenticationError as error:
                raise RuntimeError("Failed to connect to GCS.") from error
        except RuntimeError as error:
            raise ConnectionError("Failed to connect to Ray cluster at 10.0.0.5:6379") from error
    except ConnectionError as error:
        said = str(cluster_module._unusable("10.0.0.5:6379", error))
    assert "asks for another token, or for one at all: set RAY_AUTH_MODE=token, and RAY_AUTH_TOKEN or" in said


def test_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "is_installed", lambda extra: False)
    with pytest.raises(ClipsearchError, match=r"The engine ray is not installed; run: .*ray"), cluster():
        pass


def test_an_address_where_nothing_answers_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ray would wait for minutes."""
    import ray

    monkeypatch.setattr(ray, "init", lambda **_: pytest.fail("Ray is asked"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = f"127.0.0.1:{free.getsockname()[1]}"
    for address, says in ((nobody, "No Ray cluster answers at 127.0.0.1:"), ("ray://10.0.0.5:10001", "as HOST:PORT")):
        monkeypatch.setenv("RAY_ADDRESS", address)
        with pytest.raises(ClipsearchError, match=says), cluster():
            pass
