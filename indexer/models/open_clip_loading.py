"""Load open_clip's models: from this machine if all is here, else from the hub; never code from a checkpoint."""

from __future__ import annotations

import contextlib
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from indexer.download.checking import discard_damaged, repository_folder
from indexer.download.fetching import fetch
from indexer.errors import ModelError, UnknownModel
from indexer.models import hub, open_clip_zoo
from indexer.models.names import ModelName
from indexer.paths import readable

CONFIG = "open_clip_config.json"


def load_model(name: ModelName) -> tuple[Any, Any]:
    """Return (model in fp32 on the CPU, tokenizer), without the network if all is on this machine."""
    repository, filename = _hub_source(name)
    if repository is None:
        return _build(name)
    if hub.is_cached(repository, filename):
        with contextlib.suppress(ModelError), hub.offline():
            return _build(name)  # if the weights are here but not, say, the tokenizer, go on to the hub
        discard_damaged(repository)
    fetch_files(name)
    return _build(name)


def fetch_files(name: ModelName, check: bool = False) -> None:
    """Fetch the weights of a model of the hub, if they are not here, and tell whom `reporting` named.

    With `check` those that are here are compared with their checksums first: 605 MB take a second or less. Raises
    UnknownModel, HubUnreachable or DownloadFailed.
    """
    repository, filename = _hub_source(name)
    if repository is None:
        return
    if check:
        discard_damaged(repository)
    if hub.is_cached(repository, filename):
        return
    hub.require_hub(str(name))
    with _quiet():
        if name.kind == "hf-hub":
            fetch(repository, CONFIG)
        fetch(repository, *hub.weight_files(filename))


def _hub_source(name: ModelName) -> tuple[str | None, str | None]:
    """Return the hub repository of a model's weights and, where its name is not the usual one, their file."""
    if name.kind == "hf-hub":
        return name.source, None
    if name.kind != "zoo":
        return None, None
    repository, _, filename = str(_zoo_entry(name).get("hf_hub", "")).rpartition("/")
    return repository or None, filename or None


def cached_files(name: ModelName) -> list[Path]:
    """Return the files of a model of the hub that are on this machine; [] if they can't be told."""
    repository, filename = _hub_source(name)
    if repository is None:
        return []
    found = (hub.cached(repository, file) for file in (*hub.weight_files(filename), CONFIG))
    return [file for file in found if file is not None]


def check_name(name: ModelName) -> None:
    """Raise UnknownModel if open_clip knows no such architecture, or no such weights of it."""
    if name.kind == "zoo":
        _zoo_entry(name)
    else:
        _check_architecture(name.source)


def _zoo_entry(name: ModelName) -> dict[str, Any]:
    """Return the zoo's entry for an architecture and a tag; raises UnknownModel if there is none."""
    _check_architecture(name.source)
    entry = open_clip_zoo.entry_of(name.source, name.weights)
    if not entry:
        tags = ", ".join(open_clip_zoo.tags_of(name.source)) or "none; give a checkpoint file"
        raise UnknownModel(f"{name.source} has no weights {name.weights!r}, and there is no such file; tags: {tags}.")
    return entry


def _check_architecture(architecture: str) -> None:
    """Raise UnknownModel, with the nearest names, if open_clip has no such architecture."""
    if open_clip_zoo.is_architecture(architecture):
        return
    import difflib

    near = difflib.get_close_matches(architecture, open_clip_zoo.architectures(), n=3) or ["ViT-B-32-256", "ViT-L-14"]
    raise UnknownModel(f"open_clip has no architecture {architecture!r}; near it: {', '.join(near)}.")


def _build(name: ModelName) -> tuple[Any, Any]:
    """Build and load a model with open_clip; any failure becomes a ModelError."""
    if name.kind == "file":
        _check_architecture(name.source)
    source, pretrained, options = _open_clip_arguments(name)
    try:
        with _quiet():
            open_clip = open_clip_zoo.open_clip_for(_settings(name))
            model, _ = open_clip.create_model_from_pretrained(
                source, pretrained=pretrained, precision="fp32", device="cpu", weights_only=True, **options
            )
            tokenizer = open_clip.get_tokenizer(source)
    except Exception as error:
        # open_clip, torch and the hub raise many kinds here; in none of these cases has anything changed.
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        raise ModelError(f"The model {name} can't be loaded: {reason}{_advice(name)}") from error
    return model, tokenizer


def _settings(name: ModelName) -> str:
    """Return a model's settings as JSON, "" if they are not to be had."""
    if name.kind in ("zoo", "file"):
        return open_clip_zoo.settings_of(name.source)
    file = Path(name.source, CONFIG) if name.kind == "local-dir" else hub.cached(name.source, CONFIG)
    try:
        return "" if file is None else file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _advice(name: ModelName) -> str:
    """Say how to fetch a model of the hub again."""
    repository, _ = _hub_source(name)
    folder = None if repository is None else repository_folder(repository)
    return "" if folder is None else f"; if its files are damaged, delete {readable(folder)} and run this again"


def _open_clip_arguments(name: ModelName) -> tuple[str, str | None, dict[str, Any]]:
    """Return the model name, `pretrained` and further options for open_clip's factory.

    Weights trained with QuickGELU (OpenAI's) get it under an architecture's plain name too. For a checkpoint file
    open_clip itself would use OpenAI's preprocessing whatever the architecture; this uses the zoo's.
    """
    if name.kind in ("hf-hub", "local-dir"):
        return f"{name.kind}:{name.source}", None, {}
    if name.kind == "zoo":
        return name.source, name.weights, {"force_quick_gelu": bool(_zoo_entry(name).get("quick_gelu"))}
    return name.source, name.weights, _usual_preprocessing(name.source)


def _usual_preprocessing(architecture: str) -> dict[str, Any]:
    """Return the preprocessing that most of the zoo's weights of an architecture use; {} if it has none."""
    keys = ("mean", "std", "interpolation", "resize_mode")
    entries = [open_clip_zoo.entry_of(architecture, tag) for tag in open_clip_zoo.tags_of(architecture)]
    usual = Counter(tuple(entry.get(key) for key in keys) for entry in entries).most_common(1)
    if not usual:
        return {}
    return {f"image_{key}": value for key, value in zip(keys, usual[0][0], strict=True) if value is not None}


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the loaders' warnings, log lines and bars off the terminal; errors are still raised."""
    import logging

    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with hub.no_bars():
                yield
    finally:
        logging.disable(before)
