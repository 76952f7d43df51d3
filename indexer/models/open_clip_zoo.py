"""open_clip's zoo, read without importing open_clip, which takes seconds; and open_clip imported without what it
imports in vain.

The zoo stands in its folder `model_configs` and in `pretrained.py`, which is run without what it imports. Where that
fails, as another version may be written in another way, open_clip itself is asked.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib
import importlib.util
import json
import re
import sys
import types
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

NAME = re.compile(r"[\w-]+(\.[\w-]+)*")  # of an architecture; and of a file, so that it leads nowhere else
STANDARD = {"__future__", "copy", "functools", "typing"}  # modules that what is run of pretrained.py needs
OPTIONAL = {
    "timm": ("open_clip.timm_model", "timm_model_name"),
    "transformers": ("open_clip.hf_model", "hf_model_name"),
}
COMPILER = "torch._dynamo.utils"  # torchvision takes one function of it, and with that all of torch's compiler


def architectures() -> list[str]:
    """Return the names of all architectures."""
    if (folder := _folder()) is not None:
        return sorted(file.stem for file in (folder / "model_configs").glob("*.json") if _is_architecture(file))
    import open_clip

    return list(open_clip.list_models())


def is_architecture(name: str) -> bool:
    """Return whether there is an architecture of this name."""
    if NAME.fullmatch(name) and (folder := _folder()) is not None:
        return _is_architecture(folder / "model_configs" / f"{name}.json")
    return name in architectures()


def settings_of(architecture: str) -> str:
    """Return the settings of an architecture that there is, as JSON."""
    with contextlib.suppress(OSError, ValueError):
        if (folder := _folder()) is not None:
            return (folder / "model_configs" / f"{architecture}.json").read_text(encoding="utf-8")
    return json.dumps(open_clip_for("").get_model_config(architecture))


def tags_of(architecture: str) -> list[str]:
    """Return the tags of an architecture's weights."""
    return list(_pretrained().list_pretrained_tags_by_model(architecture))


def entry_of(architecture: str, tag: str) -> dict[str, Any]:
    """Return the entry of an architecture's weights, {} if there are none; a tag may be spelled in several ways."""
    return dict(_pretrained().get_pretrained_cfg(architecture, tag))


def open_clip_for(settings: str) -> Any:
    """Return open_clip, imported with what a model of these settings (JSON, "" for any model) needs."""
    needed = {package for package, (_, key) in OPTIONAL.items() if not settings or f'"{key}"' in settings}
    if "open_clip" not in sys.modules:
        with contextlib.suppress(ImportError), _hidden(OPTIONAL.keys() - needed), _compiler_later():
            importlib.import_module("open_clip")
    module = importlib.import_module("open_clip")
    for package in needed:
        user = sys.modules.get(OPTIONAL[package][0])
        if user is not None and getattr(user, package, user) is None:
            importlib.reload(user)  # in place: the classes that open_clip has of it find the package from now on
    return module


def _folder() -> Path | None:
    """Return open_clip's folder; None if it can't be read, or is imported and so can say more itself."""
    if "open_clip" in sys.modules:
        return None
    spec = importlib.util.find_spec("open_clip")
    folder = None if spec is None or spec.origin is None else Path(spec.origin).parent
    return folder if folder is not None and (folder / "model_configs").is_dir() else None


def _is_architecture(file: Path) -> bool:
    """Return whether a file holds an architecture's settings."""
    try:
        settings = json.loads(file.read_text(encoding="utf-8"))
        return isinstance(settings, dict) and settings.keys() >= {"embed_dim", "vision_cfg", "text_cfg"}
    except (OSError, ValueError):
        return False


def _pretrained() -> Any:
    """Return open_clip's table of weights, with its functions."""
    folder = _folder()
    if folder is not None:
        with contextlib.suppress(Exception):  # whatever another version has there
            return _run(folder)
    import open_clip

    return open_clip


@functools.cache
def _run(folder: Path) -> types.SimpleNamespace:
    """Run pretrained.py without its imports: those take torch with them."""
    names: dict[str, Any] = {}
    exec(compile((folder / "constants.py").read_text(encoding="utf-8"), "constants.py", "exec"), names)  # noqa: S102
    tree = ast.parse((folder / "pretrained.py").read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if _is_plain(node)]
    exec(compile(tree, "pretrained.py", "exec"), names)  # noqa: S102
    zoo = types.SimpleNamespace(**names)
    assert zoo.get_pretrained_cfg and zoo.list_pretrained_tags_by_model("ViT-B-32")
    return zoo


def _is_plain(node: ast.stmt) -> bool:
    """Return whether a statement of pretrained.py is one that needs nothing but the standard library."""
    if isinstance(node, ast.ImportFrom):
        return not node.level and node.module in STANDARD
    if isinstance(node, ast.Import):
        return all(alias.name in STANDARD for alias in node.names)
    return not isinstance(node, ast.Try)  # which imports what may not be installed


@contextlib.contextmanager
def _hidden(packages: Iterable[str]) -> Iterator[None]:
    """Let packages that are not imported yet seem not to be installed."""
    hidden = [package for package in packages if package not in sys.modules]
    for package in hidden:
        sys.modules[package] = None  # type: ignore[assignment]  # what Python documents for this
    try:
        yield
    finally:
        for package in hidden:
            del sys.modules[package]


@contextlib.contextmanager
def _compiler_later() -> Iterator[None]:
    """Let torch's compiler be imported only when it is asked something, not when torchvision is imported."""
    if COMPILER in sys.modules or "torchvision" in sys.modules:
        yield
        return

    def is_compile_supported(device: str) -> bool:
        return bool(importlib.import_module(COMPILER).is_compile_supported(device))

    stand_in = types.ModuleType(COMPILER)
    vars(stand_in)["is_compile_supported"] = is_compile_supported
    importlib.import_module("torch")
    sys.modules[COMPILER] = stand_in
    try:
        yield
    finally:
        del sys.modules[COMPILER]
