"""Load open_clip's models: from this machine if all is here, else from the hub; never code of their author's.

Where a model's settings come from, they are checked and copied first (model_settings); open_clip reads the copy.
"""

from __future__ import annotations

import contextlib
import json
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from indexer.download.checking import discard_damaged, repository_folder
from indexer.download.fetching import fetch, fetch_if_there
from indexer.errors import ModelError, UnknownModel
from indexer.model_settings.fence import fenced
from indexer.model_settings.folder import checkpoint_in
from indexer.model_settings.kinds import RefusedSettings, shown
from indexer.model_settings.open_clip_settings import CONFIG, PREPROCESSING, read_settings
from indexer.model_settings.size import check_timm_model, check_weights
from indexer.model_settings.staging import Source, staged
from indexer.model_settings.tokenizer_files import MOST_BYTES, Find
from indexer.models import hub, open_clip_zoo
from indexer.models.names import ModelName
from indexer.models.tokens import panics_caught
from indexer.paths import readable


def load_model(name: ModelName) -> tuple[Any, Any]:
    """Return (model in fp32 on the CPU, tokenizer), without the network if all is on this machine."""
    repository, filename = _hub_source(name)
    if repository is None:
        return _build(name)
    if hub.is_cached(repository, filename):
        try:
            with hub.offline():
                return _build(name)
        except RefusedSettings:
            raise
        except ModelError:  # if the weights are here but not, say, the tokenizer, go on to the hub
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
    try:
        with _quiet():
            source = _source(name)
            with staged(source) as folder, hub.offline(), panics_caught():
                return _from_folder(folder, source)
    except RefusedSettings as error:
        raise RefusedSettings(f"The model {name} is not loaded: {error}.") from error
    except Exception as error:
        # open_clip, torch and the hub raise many kinds here; in none of these cases has anything changed.
        reason = shown(" ".join(str(error).split()), 300) or type(error).__name__
        raise ModelError(f"The model {name} can't be loaded: {reason}{_advice(name)}") from error


def _from_folder(folder: Path, source: Source) -> tuple[Any, Any]:
    """Return the model and the tokenizer of a folder with checked settings, with weights from elsewhere."""
    open_clip = open_clip_zoo.open_clip_for(json.dumps(source.settings))
    with fenced():
        if trunk := source.settings["model_cfg"]["vision_cfg"].get("timm_model_name"):
            check_timm_model(trunk, source.weights)
        model = open_clip.create_model(
            f"local-dir:{folder}",
            load_weights=False,
            pretrained_image=False,
            pretrained_text=False,
            precision="fp32",
            device="cpu",
        )
        check_weights(sum(tensor.numel() for tensor in model.state_dict().values()), source.weights)
        open_clip.load_checkpoint(model, str(source.weights), weights_only=True)
        return model, open_clip.get_tokenizer(f"local-dir:{folder}")


def _source(name: ModelName) -> Source:
    """Return what a model is made of, with its settings checked where they are not open_clip's own."""
    find = _finder(name.source) if name.kind == "hf-hub" else _in_folder(Path(name.source))
    if name.kind in ("zoo", "file"):
        settings: dict[str, Any] = _zoo_settings(name)
        weights = Path(name.weights) if name.kind == "file" else _zoo_weights(name)
    else:
        file = find(CONFIG)
        if file is None:
            raise ModelError(f"there is no {CONFIG}")
        settings = read_settings(file)
        weights = checkpoint_in(Path(name.source)) if name.kind == "local-dir" else _cached_weights(name.source)
    if not weights.is_file():
        raise ModelError(f"its weights ({weights.name}) are not there, or no ordinary file")
    text = settings["model_cfg"]["text_cfg"]
    tokenizer, text_model = text.get("hf_tokenizer_name"), text.get("hf_model_name")
    if tokenizer and name.kind != "local-dir":
        find = _finder(tokenizer)
    return Source(settings, weights, find if tokenizer else None, _finder(text_model) if text_model else None)


def _in_folder(folder: Path) -> Find:
    """Return what finds the files of a folder."""
    return lambda name: file if (file := folder / name).exists() else None


def _finder(repository: str) -> Find:
    """Return what finds the files of a repository: on this machine, else on the hub unless that must not be asked."""

    def find(name: str) -> Path | None:
        from huggingface_hub import constants

        here = hub.cached(repository, name)
        return here if here is not None or constants.HF_HUB_OFFLINE else fetch_if_there(repository, name, MOST_BYTES)

    return find


def _cached_weights(repository: str, filename: str | None = None) -> Path:
    """Return a repository's weights on this machine; raises ModelError if they are not there."""
    for name in hub.weight_files(filename):
        if (file := hub.cached(repository, name)) is not None:
            return file
    raise ModelError(f"the weights of {repository} are not on this machine")


def _zoo_weights(name: ModelName) -> Path:
    """Return the weights of a model of the zoo; those that are not on the hub are fetched by open_clip."""
    repository, filename = _hub_source(name)
    if repository is not None:
        return _cached_weights(repository, filename)
    return Path(open_clip_zoo.open_clip_for("").download_pretrained(_zoo_entry(name)))


def _zoo_settings(name: ModelName) -> dict[str, Any]:
    """Return the settings of an architecture of open_clip's, and how its weights want pictures.

    Weights trained with QuickGELU (OpenAI's) get it under an architecture's plain name too. For a checkpoint file
    open_clip itself would use OpenAI's preprocessing whatever the architecture; this uses the zoo's.
    """
    model = json.loads(open_clip_zoo.settings_of(name.source))
    if name.kind == "file":
        return {"model_cfg": model, "preprocess_cfg": _usual_preprocessing(name.source)}
    entry = _zoo_entry(name)
    if entry.get("quick_gelu"):
        model["quick_gelu"] = True
    return {"model_cfg": model, "preprocess_cfg": {key: entry[key] for key in PREPROCESSING if key in entry}}


def _advice(name: ModelName) -> str:
    """Say how to fetch a model of the hub again."""
    repository, _ = _hub_source(name)
    folder = None if repository is None else repository_folder(repository)
    return "" if folder is None else f"; if its files are damaged, delete {readable(folder)} and run this again"


def _usual_preprocessing(architecture: str) -> dict[str, Any]:
    """Return the preprocessing that most of the zoo's weights of an architecture use; {} if it has none."""
    keys = ("mean", "std", "interpolation", "resize_mode")
    entries = [open_clip_zoo.entry_of(architecture, tag) for tag in open_clip_zoo.tags_of(architecture)]
    usual = Counter(tuple(entry.get(key) for key in keys) for entry in entries).most_common(1)
    if not usual:
        return {}
    return {key: value for key, value in zip(keys, usual[0][0], strict=True) if value is not None}


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
