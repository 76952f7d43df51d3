"""Models of open_clip behind the Encoder protocol: the zoo, the hub, a folder, or a checkpoint of one's own.

The model and its preprocessing always come together, from the same source. Weights are safetensors or are
loaded with `weights_only=True`: a checkpoint can't run code.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.errors import ModelError, UnknownModel
from indexer.models import hub, open_clip_text
from indexer.models.allocation import keep_freed_memory
from indexer.models.device import image_precision
from indexer.models.encoder import FloatArray, TextModule, unit_rows
from indexer.models.names import ModelName
from indexer.models.packed_vit import PackedViT, packed
from indexer.models.preprocess import Pixels, Preprocess

if TYPE_CHECKING:
    import torch

TEXTS_PER_BATCH = 256


class OpenClipEncoder:
    """An open_clip model on one device; the image tower in the fastest sound precision, the text tower in fp32.

    On CUDA both towers run in fp16.
    """

    def __init__(self, name: ModelName, device: torch.device) -> None:
        """Load the model; raises UnknownModel, HubUnreachable, or ModelError if the weights can't be used."""
        import torch

        self._model, self._tokenizer = _load(name)
        self._device = device
        self.device = device.type
        self._dtype = image_precision(device)
        self.name = str(name)
        self.fingerprint = fingerprint(self._model)
        self.logit_scale = float(self._model.logit_scale.detach().exp())
        bias = getattr(self._model, "logit_bias", None)
        self.logit_bias = None if bias is None else float(bias.detach())
        self.batch_size = 256 if device.type == "cuda" else 32
        self.preprocess, mean, std = _preprocessing(self._model.visual)
        self._packed = self._pack(mean, std) if device.type == "cpu" else None
        if device.type == "cpu":
            keep_freed_memory()
        self._mean, self._std = (255.0 * torch.tensor(values, device=device).view(1, 3, 1, 1) for values in (mean, std))
        self._place()
        self.dim = int(self.encode_texts(["a"]).shape[1])

    def _pack(self, mean: Sequence[float], std: Sequence[float]) -> PackedViT | None:
        """Lay the image tower out for the CPU if it is one that can be; then the original is not kept."""
        import torch

        self._model.eval().requires_grad_(False)
        tower = packed(self._model.visual, mean, std, self._dtype)
        if tower is not None:
            self._model.visual = torch.nn.Identity()
        return tower

    def _place(self) -> None:
        """Move the model to its device and precision; before this it is in fp32, as the fingerprint needs it."""
        self._model.eval().requires_grad_(False)
        if self._device.type == "cuda":
            self._model.to(self._device, dtype=self._dtype)
        else:
            self._model.to(self._device)
            self._model.visual.to(dtype=self._dtype)

    def encode_images(self, batch: Pixels) -> FloatArray:
        """Return unit rows, shape (n, dim), of uint8 pictures, shape (n, height, width, 3)."""
        import torch

        pixels = torch.from_numpy(batch)
        if self._packed is not None:
            with torch.inference_mode():
                return unit_rows(self._packed(pixels).numpy())
        if self._device.type == "cuda":
            pixels = pixels.pin_memory().to(self._device, non_blocking=True)
        with torch.inference_mode():
            # Seen as (n, 3, height, width) the pictures are channels_last, which convolutions like best.
            values = pixels.to(self._device).permute(0, 3, 1, 2).float().sub_(self._mean).div_(self._std)
            features = self._model.encode_image(values.to(self._dtype))
        return unit_rows(features.float().cpu().numpy())

    def use_threads(self, threads: int) -> None:
        """Compute with so many CPU threads, in the calling thread."""
        import torch

        torch.set_num_threads(threads)

    def replicas(self) -> Sequence[OpenClipEncoder]:
        """Return one encoder for each GPU, this one first."""
        import torch

        if self._device.type != "cuda":
            return [self]
        first = self._device.index or 0
        others = (torch.device("cuda", number) for number in range(torch.cuda.device_count()) if number != first)
        return [self, *(self._copied_to(device) for device in others)]

    def _copied_to(self, device: torch.device) -> OpenClipEncoder:
        """Return a copy on another device."""
        twin = copy.copy(self)
        twin._device = device
        twin._model = copy.deepcopy(self._model).to(device)
        twin._mean, twin._std = self._mean.to(device), self._std.to(device)
        return twin

    def encode_texts(self, texts: Sequence[str]) -> FloatArray:
        """Return unit rows, shape (n, dim); the model's own tokenizer, which cuts at its context length."""
        import torch

        blocks = []
        with torch.inference_mode():
            for start in range(0, len(texts), TEXTS_PER_BATCH):
                tokens = self._tokenizer(list(texts[start : start + TEXTS_PER_BATCH])).to(self._device)
                blocks.append(self._model.encode_text(tokens).float().cpu().numpy())
        return unit_rows(np.concatenate(blocks))

    @property
    def context_length(self) -> int:
        """How many tokens a text may have, special ones included."""
        return int(self._tokenizer.context_length)

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text has, special ones included, before any are cut off."""
        return open_clip_text.token_counts(self._tokenizer, texts)

    def text_module(self) -> TextModule | None:
        """Return the text tower and its tokenizer, to be exported; None if the tokenizer is an unknown one."""
        return open_clip_text.text_module(self._model, self._tokenizer)


def fingerprint(model: torch.nn.Module) -> str:
    """Hash a model's fp32 weights, their names and shapes, and its preprocessing (SHA-256, hexadecimal)."""
    digest = hashlib.sha256()
    preprocessing: Any = getattr(model.visual, "preprocess_cfg", {})
    digest.update(json.dumps(preprocessing, sort_keys=True, default=list).encode())
    for key, tensor in sorted(model.state_dict().items()):
        values = np.atleast_1d(np.ascontiguousarray(tensor.detach().float().cpu().numpy()))
        digest.update(f"{key}{values.shape}".encode())
        digest.update(values.data)
    return digest.hexdigest()


def _preprocessing(visual: Any) -> tuple[Preprocess, Sequence[float], Sequence[float]]:
    """Return a model's preprocessing in the terms of `Preprocess`, and the mean and deviation of each channel."""
    settings: dict[str, Any] = visual.preprocess_cfg
    size = settings["size"]
    height, width = (size, size) if isinstance(size, int) else tuple(size)[-2:]
    mode = settings["resize_mode"]
    # For a crop that is no square open_clip scales with its default, whatever the settings say.
    interpolation = "bicubic" if mode == "shortest" and height != width else settings["interpolation"]
    fill = int(settings.get("fill_color") or 0)
    return Preprocess(height, width, mode, interpolation, fill), settings["mean"], settings["std"]


def _load(name: ModelName) -> tuple[Any, Any]:
    """Return (model in fp32 on the CPU, tokenizer), from this machine alone if all is here."""
    repository, filename = _hub_source(name)
    if repository is None:
        return _build(name)
    if hub.is_cached(repository, filename):
        with contextlib.suppress(ModelError), hub.offline():
            return _build(name)  # if only the weights are here but not, say, the tokenizer, go on to the hub
    hub.require_hub(str(name))
    return _build(name)


def _hub_source(name: ModelName) -> tuple[str | None, str | None]:
    """Return the hub repository and, where it is not the usual one, the file that a model's weights come from."""
    if name.kind == "hf-hub":
        return name.source, None
    if name.kind != "zoo":
        return None, None
    repository, _, filename = str(_zoo_entry(name).get("hf_hub", "")).rpartition("/")
    return repository or None, filename or None


def _zoo_entry(name: ModelName) -> dict[str, Any]:
    """Return what open_clip's zoo says of an architecture and a tag; raises UnknownModel if it says nothing."""
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
    """Build and load a model with open_clip; whatever goes wrong becomes a ModelError."""
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
        # open_clip, torch and the hub raise many kinds here; none of them means that anything was changed.
        reason = " ".join(str(error).split())[:300]
        raise ModelError(f"The model {name} can't be loaded: {reason or type(error).__name__}") from error
    return model, tokenizer


def _open_clip_arguments(name: ModelName) -> tuple[str, str | None, dict[str, Any]]:
    """Return the model name, `pretrained` and further options for open_clip's factory.

    Weights trained with QuickGELU (OpenAI's) get it also under an architecture's plain name. For a checkpoint
    file open_clip itself would take OpenAI's preprocessing whatever the architecture; the zoo's is taken.
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
    """Keep the loaders' warnings and log lines from the terminal; errors are raised, and told by us."""
    import logging

    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
