"""Other programs that read what is exported, in an environment of their own (`make readers`)."""

from __future__ import annotations

import json
import os
import subprocess
import textwrap
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parent.parent
READERS = REPOSITORY / ".venv-readers" / "bin"


def needs_reader(package: str) -> pytest.MarkDecorator:
    """Skip a test where a package is not in the environment of the readers."""
    is_there = any((READERS.parent / "lib").glob(f"python*/site-packages/{package}"))
    return pytest.mark.skipif(not is_there, reason=f"needs {package}, another program: make readers")


def reader_environment(home: Path, **more: str) -> dict[str, str]:
    """Return an environment in which programs read no settings of this user, ask no server and leave nothing behind."""
    kept = {name: os.environ[name] for name in ("TMPDIR",) if name in os.environ}
    settings = {"HF_HUB_OFFLINE": "1", "FIFTYONE_DO_NOT_TRACK": "true", "MPLBACKEND": "agg", "CUDA_VISIBLE_DEVICES": ""}
    return {"PATH": "/usr/bin:/bin", "HOME": str(home), **settings, **kept, **more}


def what_reader_says(code: str, *arguments: object, home: Path) -> Any:
    """Run code in the environment of the readers, which writes JSON as the last line of what it prints."""
    command = [READERS / "python", "-W", "ignore", "-c", textwrap.dedent(code), *map(str, arguments)]
    home.mkdir(exist_ok=True)
    done = subprocess.run(command, capture_output=True, text=True, env=reader_environment(home), cwd=home)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
