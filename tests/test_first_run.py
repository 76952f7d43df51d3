"""The first run with a model of the hub, by the command itself, against a hub on loopback that has every fault."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY, MakePicture
from tests.hub_server import Hub, serving
from tests.indexer.models.tiny import local_dir

WEIGHTS = "open_clip_model.safetensors"
MODEL = "hf-hub:org/tiny"
PROGRAM = "from indexer.models import hub; hub.DECIDE_SECONDS = 120; from cli.main import main; main()"
COMMAND = (sys.executable, "-c", PROGRAM)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small random model as a repository has it: 7 MB, most of it the vocabulary."""
    return local_dir(tmp_path_factory.mktemp("weights") / "tiny")


@pytest.fixture
def hub(weights: Path, picture: MakePicture) -> Iterator[Hub]:
    """A hub that serves it, and two pictures to be indexed."""
    picture("red.png", "red")
    picture("blue.png", "blue")
    with serving(Hub(weights)) as started:
        yield started


@pytest.fixture
def environment(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a user who has no model yet."""
    monkeypatch.delenv("HF_HUB_OFFLINE")
    ours = {"HF_ENDPOINT": hub.address, "HF_HOME": str(tmp_path / "hf"), "CLIPSEARCH_CACHE": str(tmp_path / "exports")}
    ours |= {"HF_HUB_DOWNLOAD_TIMEOUT": "120", "HF_HUB_ETAG_TIMEOUT": "120"}  # the hub is as busy as this machine
    return {**os.environ, **ours}  # with no exports of another test's download, which would need no weights


def start(environment: dict[str, str], *arguments: str | Path) -> subprocess.Popen[str]:
    """Start a command."""
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        env=environment,
        cwd=REPOSITORY,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def index(environment: dict[str, str], photos: Path, *options: str | Path) -> tuple[int, list[str]]:
    """Index the pictures; return the exit code and the lines on stderr."""
    running = start(environment, "index", photos, "--model", MODEL, "--device", "cpu", "--workers", "0", *options)
    lines = running.communicate(timeout=300)[1].splitlines()
    assert running.returncode is not None
    assert "Traceback" not in "\n".join(lines)
    return running.returncode, lines


def downloads(lines: list[str]) -> list[dict[str, Any]]:
    """Return the events of downloads among JSON lines."""
    events = [json.loads(line) for line in lines]
    return [event for event in events if event["event"] == "download"]


def parts(tmp_path: Path) -> list[Path]:
    """Return what is half there."""
    return sorted(tmp_path.glob("hf/hub/*/blobs/*.incomplete"))


def test_weights_come_with_events_and_answer_a_query(
    hub: Hub, environment: dict[str, str], photos: Path, weights: Path
) -> None:
    hub.seconds = 1.0
    code, lines = index(environment, photos, "--log-json")
    assert code == 0
    events = downloads(lines)
    size = (weights / WEIGHTS).stat().st_size
    assert [(event["name"], event["total"]) for event in events] == [(WEIGHTS, size)] * len(events)
    assert (events[0]["done"], events[-1]["done"]) == (0, size)
    done = [event["done"] for event in events]
    assert len(done) >= 3 and done == sorted(set(done))
    asked = start({**environment, "HF_HUB_OFFLINE": "1"}, "query", "a red picture", "--all", "--format", "paths")
    answer, said = asked.communicate(timeout=300)
    assert (asked.returncode, len(answer.splitlines())) == (0, 2), said
    assert parts(photos.parent) == []


def test_a_cut_download_is_gone_on_with(hub: Hub, environment: dict[str, str], photos: Path, tmp_path: Path) -> None:
    hub.cut_at = 0.4
    code, lines = index(environment, photos)
    assert code == 1
    assert lines[0] == f"Downloading {WEIGHTS} of org/tiny, 7.1 MB..."
    assert "broke off at 2.9 MB of 7.1 MB" in lines[-1]
    assert "running this again goes on from there" in lines[-1]
    assert len(parts(tmp_path)) == 1
    hub.cut_at, hub.sent = 0.0, 0
    code, lines = index(environment, photos)
    assert (code, lines[0]) == (0, f"Downloading {WEIGHTS} of org/tiny, 7.1 MB, of which 2.9 MB are here...")
    assert hub.sent < 4_300_000


def test_ctrl_c_ends_a_download_at_once(hub: Hub, environment: dict[str, str], photos: Path, tmp_path: Path) -> None:
    hub.trickles_at = 200_000
    running = start(environment, "index", photos, "--model", MODEL, "--device", "cpu")
    while not any(part.stat().st_size for part in parts(tmp_path)) and running.poll() is None:
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    said = running.communicate(timeout=300)[1].splitlines()  # all of it takes minutes
    assert running.returncode == 130
    assert said[-1].startswith("Stopped; 0.")
    assert said[-1].endswith(f"of 7.1 MB of {WEIGHTS} are kept, and running this again goes on from there.")
    assert len(parts(tmp_path)) == 1


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"status": 404, "error_code": "RepoNotFound"}, "no repository org/tiny that is open to you"),
        ({"status": 403, "error_code": "GatedRepo"}, "only to those who have accepted its terms"),
        ({"status": 403}, "refuses to give org/tiny (403 Forbidden)"),
        ({"status": 500}, "can't give org/tiny now (it answers 500)"),
        ({"login_page": True}, "perhaps the login page of a network"),
        ({"page_for_content": True}, "perhaps the login page of a network"),
        ({"damage": True}, "its checksum is wrong"),
    ],
    ids=["404", "gated", "403", "500", "login", "page", "damage"],
)
def test_each_fault_is_one_sentence(
    hub: Hub, environment: dict[str, str], photos: Path, tmp_path: Path, fault: dict[str, Any], sentence: str
) -> None:
    for name, value in fault.items():
        setattr(hub, name, value)
    code, lines = index(environment, photos)
    assert code == 1
    assert lines[-1].startswith("Error: ")
    assert sentence in lines[-1]
    assert [line for line in lines if not line.startswith("Downloading")] == [lines[-1]]
    assert not parts(tmp_path) + sorted(tmp_path.glob(f"hf/hub/*/snapshots/*/{WEIGHTS}"))


def test_a_hub_that_refuses_does_not_make_the_built_in_model_step_in(
    hub: Hub, environment: dict[str, str], photos: Path
) -> None:
    hub.status = 500
    running = start(environment, "index", photos, "--device", "cpu")
    said = running.communicate(timeout=300)[1]
    assert running.returncode == 1
    assert "can't give laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K now" in said
    assert "built-in" not in said


def test_two_first_runs_at_once(hub: Hub, environment: dict[str, str], photos: Path, tmp_path: Path) -> None:
    hub.seconds = 3.0
    options = ("--model", MODEL, "--device", "cpu", "--workers", "0")
    both = [start(environment, "index", photos, "--library", tmp_path / name, *options) for name in ("one", "two")]
    for running in both:
        said = running.communicate(timeout=300)[1]
        assert running.returncode == 0, said
        assert "2 encoded" in said
    assert hub.sent < 7_100_000


@pytest.mark.skipif(os.name != "posix", reason="limits of a process are POSIX's")
def test_a_disk_that_gets_full_is_one_sentence(
    hub: Hub, environment: dict[str, str], photos: Path, tmp_path: Path
) -> None:
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000)); " + COMMAND[2]
    options = ["--model", MODEL, "--device", "cpu", "--workers", "0"]
    command = [sys.executable, "-c", limited, "index", str(photos), *options]
    ended = subprocess.run(command, env=environment, cwd=REPOSITORY, text=True, capture_output=True, timeout=300)
    assert ended.returncode == 1
    assert f"({os.strerror(errno.EFBIG)}): check its permissions, or set HF_HOME" in ended.stderr.splitlines()[-1]
    assert index(environment, photos)[0] == 0


def test_damaged_weights_in_the_cache_are_fetched_again(
    hub: Hub, environment: dict[str, str], photos: Path, tmp_path: Path
) -> None:
    assert index(environment, photos)[0] == 0
    (file,) = tmp_path.glob(f"hf/hub/*/snapshots/*/{WEIGHTS}")
    right = file.read_bytes()
    for damaged in (right[: len(right) // 3], right[:-1] + bytes([right[-1] ^ 1])):  # the second one would load
        file.resolve().write_bytes(damaged)
        code, lines = index(environment, photos, "--reindex")
        assert code == 0, lines
        assert "2 encoded" in lines[1]
        assert file.read_bytes() == right


def test_an_unknown_name_is_told_before_torch_is_loaded(
    environment: dict[str, str], photos: Path, tmp_path: Path
) -> None:
    code = "import sys\nfrom cli.main import main\ntry: main()\nfinally: print(*sys.modules)"
    for name, sentence in (("ViT-X-32/openai", "near it: ViT-"), ("ViT-B-32/nothing", "tags: openai, laion400m_e31")):
        command = [sys.executable, "-c", code, "index", str(photos), "--model", name]
        ended = subprocess.run(command, env=environment, cwd=REPOSITORY, text=True, capture_output=True, check=False)
        assert ended.returncode == 1
        assert sentence in ended.stderr
        assert not {"torch", "open_clip", "transformers"} & set(ended.stdout.split())
