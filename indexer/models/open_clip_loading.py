"""Load open_clip's models: from this machine if all is here, else from the hub; never code from a checkpoint."""

from __future__ import annotations

import contextlib
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from indexer.errors import ModelError, UnknownModel
from indexer.models import hub
from indexer.models.names import ModelName


def load_model(name: ModelName) -> tuple[Any, Any]:
    """Return (model in fp32 on the CPU, tokenizer), without the network if all is on this machine."""
    repository, filename = _hub_source(name)
    if repository is None:
        return _build(name)
    if hub.is_cached(repository, filename):
        with contextlib.suppress(ModelError), hub.offline():
            return _build(name)  # if the weights are here but not, say, the tokenizer, go on to the hub
    hub.require_hub(str(name))
    return _build(name)


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
    from huggingface_hub import try_to_load_from_cache

    repository, filename = _hub_source(name)
    if repository is None:
        return []
    wanted = [*hub.weight_names(filename), "open_clip_config.json"]
    found = (try_to_load_from_cache(repository, file) for file in wanted)
    return [Path(file) for file in found if isinstance(file, str)]


def check_name(name: ModelName) -> None:
    """Raise UnknownModel if open_clip knows no such architecture, or no such weights of it."""
    if name.kind == "zoo":
        _zoo_entry(name)
    else:
        _check_architecture(name.source)


def _zoo_entry(name: ModelName) -> dict[str, Any]:
    """Return the zoo's entry for an architecture and a tag; raises UnknownModel if there is none."""
    import open_clip

    _check_architecture(name.source)
    entry: dict[str, Any] = open_clip.get_pretrained_cfg(name.source, name.weights)
    if not entry:
        tags = ", ".join(open_clip.list_pretrained_tags_by_model(name.source)) or "none; give a checkpoint file"
        raise UnknownModel(f"{name.source} has no weights {name.weights!r}, and there is no such file; tags: {tags}.")
    return entry


def _check_architecture(architecture: str) -> None:
    """Raise UnknownModel, with the nearest names, if open_clip has no such architecture."""
    import difflib

    import open_clip

    known = open_clip.list_models()
    if architecture not in known:
        near = difflib.get_close_matches(architecture, known, n=3) or ["ViT-B-32-256", "ViT-L-14"]
        raise UnknownModel(f"open_clip has no architecture {architecture!r}; near it: {', '.join(near)}.")


def _build(name: ModelName) -> tuple[Any, Any]:
    """Build and load a model with open_clip; any failure becomes a ModelError."""
    import open_clip

    if name.kind == "file":
        _check_architecture(name.source)
    source, pretrained, options = _open_clip_arguments(name)
    try:
        with _quiet():
            model, _ = open_clip.create_model_from_pretrained(
                source, pretrained=pretrained, precision="fp32", device="cpu", weights_only=True, **options
            )
            tokenizer = open_clip.get_tokenizer(source)
    except Exception as error:
        # open_clip, torch and the hub raise many kinds here; in none of these cases has anything changed.
        reason = " ".join(str(error).split())[:300]
        raise ModelError(f"The model {name} can't be loaded: {reason or type(error).__name__}") from error
    return model, tokenizer


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
    import open_clip

    keys = ("mean", "std", "interpolation", "resize_mode")
    entries = [
        open_clip.get_pretrained_cfg(architecture, tag) for tag in open_clip.list_pretrained_tags_by_model(architecture)
    ]
    usual = Counter(tuple(entry.get(key) for key in keys) for entry in entries).most_common(1)
    if not usual:
        return {}
    return {f"image_{key}": value for key, value in zip(keys, usual[0][0], strict=True) if value is not None}


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the loaders' warnings and log lines off the terminal; errors are still raised."""
    import logging

    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
