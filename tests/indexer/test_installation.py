"""Tests of indexer.installation: the advice fits how clipsearch was installed, and is given in one place."""

from __future__ import annotations

import importlib.metadata
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from indexer import installation
from indexer.installation import (
    EXTRAS,
    advised,
    extra_of,
    install_command,
    installed_from,
    is_there_now,
    needs_extra,
    package_command,
    source_of,
    upgrade_command,
)
from tests.conftest import REPOSITORY

PYTHON = shlex.quote(sys.executable)


class Installed:
    """A distribution with a direct_url.json."""

    def __init__(self, direct_url: dict[str, Any] | None) -> None:
        self.direct_url = direct_url

    def read_text(self, name: str) -> str | None:
        return None if self.direct_url is None else json.dumps(self.direct_url)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with a blank and a quote in its name."""
    folder = tmp_path / "my clone's"
    folder.mkdir()
    return folder


def described(kind: str, clone: Path) -> dict[str, Any] | None:
    git = {"url": "https://example.org/clipsearch.git"}
    return {
        "index": None,
        "editable": {"url": clone.as_uri(), "dir_info": {"editable": True}},
        "folder": {"url": clone.as_uri(), "dir_info": {}},
        "moved": {"url": "file:///nowhere/clipsearch", "dir_info": {"editable": True}},
        "git": {**git, "vcs_info": {"vcs": "git", "commit_id": "abc"}},
        "git at a tag": {**git, "vcs_info": {"vcs": "git", "commit_id": "abc", "requested_revision": "v1"}},
        "wheel": {"url": "https://example.org/clipsearch-1-py3-none-any.whl", "archive_info": {}},
    }[kind]


REQUIREMENTS = {
    "index": "clipsearch[{}]",
    "editable": "--editable {clone}[{}]",
    "folder": "{clone}[{}]",
    "moved": "--editable .[{}]",
    "git": "clipsearch[{}] @ git+https://example.org/clipsearch.git",
    "git at a tag": "clipsearch[{}] @ git+https://example.org/clipsearch.git@v1",
    "wheel": "clipsearch[{}] @ https://example.org/clipsearch-1-py3-none-any.whl",
}
ENVIRONMENTS = {
    "pip": ("{python} -m pip install", "raw"),
    "uv venv": ("uv pip install --python {python}", "raw"),
    "uv tool": ("uv tool install --reinstall", "builtin,raw,plots"),
    "uv tool with torch for CPUs": ("uv tool install --reinstall --torch-backend cpu", "builtin,raw,plots"),
    "pipx": ("pipx install --force", "builtin,raw,plots"),
}


def enter(environment: str, prefix: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this environment look like another one, in which the extras builtin and plots are installed."""
    monkeypatch.setattr(sys, "prefix", str(prefix))
    there = {EXTRAS["builtin"], EXTRAS["plots"]} | ({"pip"} if environment in ("pip", "pipx") else set())
    monkeypatch.setattr(installation, "find_spec", lambda name: name if name in there else None)
    monkeypatch.setattr(installation, "_is_torch_for_cpu", lambda: "CPUs" in environment)
    if environment.startswith("uv tool"):
        (prefix / "uv-receipt.toml").touch()
    if environment == "pipx":
        (prefix / "pipx_metadata.json").touch()


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("kind", REQUIREMENTS)
def test_the_command_fits_the_installation(
    kind: str, environment: str, clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.metadata, "distribution", lambda _: Installed(described(kind, clone)))
    enter(environment, tmp_path, monkeypatch)
    before, extras = ENVIRONMENTS[environment]
    words = before.replace("{python}", sys.executable).split() if " " not in sys.executable else []
    requirement = REQUIREMENTS[kind].replace("{}", extras).replace("{clone}", str(clone))
    if requirement.startswith("--editable "):
        words, requirement = [*words, "--editable"], requirement.removeprefix("--editable ")
    assert shlex.split(install_command("raw")) == [*words, requirement]


def test_a_clone_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", missing)
    assert installed_from().place == str(REPOSITORY) and "--editable" in install_command("jxl")


def test_a_file_url_with_escapes() -> None:
    assert source_of({"url": REPOSITORY.as_uri(), "dir_info": {}}).place == str(REPOSITORY)


def test_packages_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enter("pip", tmp_path, monkeypatch)
    assert package_command("a", "b", again=True) == f"{PYTHON} -m pip install --force-reinstall --no-deps a b"
    enter("uv venv", tmp_path, monkeypatch)
    assert package_command("a", again=True) == f"uv pip install --python {PYTHON} --reinstall --no-deps a"
    enter("pipx", tmp_path, monkeypatch)
    assert package_command("a", again=True) == "pipx runpip clipsearch install --force-reinstall --no-deps a"


def test_a_newer_clipsearch(clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "distribution", lambda _: Installed(described("editable", clone)))
    enter("pip", tmp_path, monkeypatch)
    upgraded = shlex.quote(str(clone))
    assert upgrade_command() == f"git -C {upgraded} pull && {PYTHON} -m pip install --upgrade --editable {upgraded}"
    enter("uv tool", tmp_path, monkeypatch)
    assert upgrade_command().endswith(shlex.quote(f"{clone}[builtin,plots]"))


def test_the_command_works_here() -> None:
    """pip resolves what the advice names, without installing it; the index is not asked."""
    if installation.find_spec("pip") is None:
        pytest.skip("this environment has no pip")
    words = shlex.split(install_command("plots"))
    assert words[:4] == [sys.executable, "-m", "pip", "install"]
    result = subprocess.run([*words[:3], "--version"], capture_output=True)
    assert result.returncode == 0


def test_reasons_name_the_extra_and_are_shown_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    reason = f"a RAW file, which {needs_extra('raw')}"
    assert extra_of(reason) == "raw" and extra_of("truncated") is None
    monkeypatch.setattr(installation, "find_spec", lambda _: None)
    assert advised(reason) == f"{reason}; run: {install_command('raw')}" and not is_there_now(reason)
    assert advised(advised(reason)) == advised(reason), "some errors name the command themselves"
    assert advised("truncated") == "truncated" and not is_there_now("truncated")
    monkeypatch.setattr(installation, "find_spec", lambda name: name)
    assert advised(reason) == reason and is_there_now(reason)
    assert not is_there_now("needs the extra nonsense")


def test_every_extra_of_the_project_is_known() -> None:
    text = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    section = text.partition("[project.optional-dependencies]")[2].partition("\n[")[0]
    assert set(re.findall(r"^(\w+) = \[", section, re.MULTILINE)) == set(EXTRAS) | {
        "render",
        "dev",
        "serve",
    }  # the last is there anyway


def test_nothing_else_says_how_to_install_it() -> None:
    """No message and no page names a package of PyPI that is not there."""
    files = [file for folder in ("cli", "search", "indexer", "docs") for file in (REPOSITORY / folder).rglob("*.*")]
    for file in [*files, REPOSITORY / "README.md", REPOSITORY / "clipsearch.py"]:
        if file.suffix in (".py", ".md") and file.name != "installation.py":
            text = file.read_text(encoding="utf-8")
            assert not re.search(r"install\b[^\n]*'?clipsearch(\[|'|\")", text), file
