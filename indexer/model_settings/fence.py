"""A fence around the loading of a model: no pickle and no code of the model's author's runs inside of it.

Nothing that could ask for that gets here, as the settings are checked. This is the belt to the braces, whatever a
version of open_clip, timm or transformers does, and whatever the environment says.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import pickle
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from indexer.errors import ModelError
from indexer.model_settings.kinds import RefusedSettings

SLACK = 64 << 20  # bytes
_one_at_a_time = threading.RLock()


@contextlib.contextmanager
def fenced() -> Iterator[None]:
    """Load weights by `weights_only`, and refuse to import what is not installed, during the block."""
    import torch

    with _one_at_a_time, contextlib.ExitStack() as stack:
        stack.enter_context(_replaced(torch, "load", functools.partial(_safe_load, torch.load)))
        if "transformers" in sys.modules:
            dynamic = importlib.import_module("transformers.dynamic_module_utils")
            for name in ("get_class_in_module", "get_cached_module_file", "get_imports"):
                stack.enter_context(_replaced(dynamic, name, _refuse))
            stack.enter_context(_replaced(dynamic, "TIME_OUT_REMOTE_CODE", 0))  # seconds that it asks on the terminal
        yield


@contextlib.contextmanager
def _replaced(module: Any, name: str, value: Any) -> Iterator[None]:
    """Replace what a module has under a name, if it has it."""
    if not hasattr(module, name):
        yield
        return
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)


def _refuse(*_: object, **__: object) -> None:
    raise RefusedSettings("it needs its author's code, which is never run")


def _safe_load(load: Any, file: Any, *arguments: Any, **options: Any) -> Any:
    """Load a checkpoint that holds nothing but numbers, and not more of them than the file has bytes for.

    open_clip tries again in the old way where the safe one fails with a TypeError, which a file can bring about.
    """
    try:
        loaded = load(file, *arguments, **{**options, "weights_only": True, "pickle_module": None})
    except TypeError as error:  # whoever catches one may try again in another way
        raise ModelError("its weights can't be read") from error
    except (pickle.UnpicklingError, RuntimeError) as error:  # whose words advise to load them all the same
        if "weights_only" not in str(error):
            raise
        raise ModelError(
            "its weights hold more than numbers, such as code, which is never run; save its state_dict as .safetensors"
        ) from error
    if isinstance(file, str | Path):
        _check_tensors(loaded, Path(file).stat().st_size)
    return loaded


def _check_tensors(loaded: Any, size: int) -> None:
    """Raise RefusedSettings if the tensors of a file stand for more than it holds: one number can fill a large one."""
    import torch

    waiting, seen, total = [loaded], set(), 0
    while waiting:
        value = waiting.pop()
        if id(value) in seen:  # a list may hold itself, or another one twice
            continue
        seen.add(id(value))
        if isinstance(value, torch.Tensor):
            total += value.numel() * value.element_size()
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list | tuple):
            waiting.extend(value)
    if total > 2 * size + SLACK:
        raise RefusedSettings("its weights claim to be far larger than their file")
