"""Choose and load the model of a new library: the requested one, else the default.

A library that has a model keeps it: that is store/models.py.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from indexer.errors import HubUnreachable
from indexer.models import builtin_weights
from indexer.models.device import pick_device
from indexer.models.names import BUILTIN, DEFAULT_MODEL, parse_model_name

if TYPE_CHECKING:
    from indexer.models.encoder import Encoder  # imports numpy, which a run that encodes nothing does not need

UPGRADE = f"To upgrade later, online: clipsearch index --model {DEFAULT_MODEL}"


def check_model(name: str) -> None:
    """Raise UnknownModel if there is no such model, BuiltinMissing if the built-in one is not installed.

    Of a model of the hub it is known only once it is loaded.
    """
    parsed = parse_model_name(name)
    if parsed.kind == "builtin":
        builtin_weights.check_installed()
    elif parsed.kind in ("zoo", "file"):
        from indexer.models.open_clip_loading import check_name

        check_name(parsed)


def load_encoder(name: str, device: str = "auto", known: str | None = None) -> Encoder:
    """Load a model by name; `known` is its fingerprint if that is known already.

    Raises UnknownModel, HubUnreachable, DownloadFailed, BuiltinMissing or ModelError, or InvalidRequest for the device.
    """
    parsed = parse_model_name(name)
    if parsed.kind == "builtin":
        from indexer.models.builtin_encoder import BuiltinEncoder

        return BuiltinEncoder(pick_device(device))
    from indexer.models.open_clip_loading import fetch_files

    fetch_files(parsed, check=known is None)  # before seconds are spent on importing torch
    from indexer.models.open_clip_encoder import OpenClipEncoder

    return OpenClipEncoder(parsed, pick_device(device), known)


def load_first_encoder(
    requested: str | None, device: str, tell: Callable[[str], None], known: str | None = None
) -> Encoder:
    """Load the model for a library that has none yet: the requested one, else CLIPSEARCH_MODEL, else the default.

    If the hub can't be reached, the built-in model replaces the default if it is installed, and `tell` gets two lines
    that say so. Nothing replaces a model that was requested by name.
    """
    if requested is None:
        requested = os.environ.get("CLIPSEARCH_MODEL") or None
    if requested is not None:  # "" too, such as of a variable that is not set: it must not become another model
        return load_encoder(requested, device, known)
    try:
        return load_encoder(DEFAULT_MODEL, device, known)
    except HubUnreachable:
        if not builtin_weights.is_installed():
            raise
    tell(f"The Hugging Face hub can't be reached and {DEFAULT_MODEL} is not on this machine: using the built-in model.")
    tell(UPGRADE)
    return load_encoder(BUILTIN, device)
