"""Models of open_clip behind the Encoder protocol: from the zoo, the hub, a folder, or your own checkpoint.

A model and its preprocessing always come from the same source. Weights are safetensors or are loaded with
`weights_only=True`: a checkpoint can't run code.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.arrays import FloatArray, unit_rows
from indexer.models import open_clip_text
from indexer.models.device import image_precision, keep_freed_memory
from indexer.models.encoder import TextModule
from indexer.models.names import ModelName
from indexer.models.open_clip_loading import load_model
from indexer.models.preprocess import Pixels, Preprocess
from indexer.packed_tower.vit import PackedViT, packed

if TYPE_CHECKING:
    import torch

TEXTS_PER_BATCH = 256


class OpenClipEncoder:
    """An open_clip model on one device: the image tower in the fastest good precision, the text tower in fp32.

    On CUDA both towers run in fp16.
    """

    def __init__(self, name: ModelName, device: torch.device) -> None:
        """Load the model; raises UnknownModel, HubUnreachable, or ModelError if the weights can't be used."""
        import torch

        self._model, self._tokenizer = load_model(name)
        self._model.eval().requires_grad_(False)
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
        """Lay the image tower out for the CPU if possible; the original is not kept then."""
        import torch

        tower = packed(self._model.visual, mean, std, self._dtype)
        if tower is not None:
            self._model.visual = torch.nn.Identity()
        return tower

    def _place(self) -> None:
        """Move the model to its device and precision; until now it was in fp32, which the fingerprint needs."""
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
            # Permuted to (n, 3, height, width) the pictures are channels_last, the fastest layout for convolutions.
            values = pixels.to(self._device).permute(0, 3, 1, 2).float().sub_(self._mean).div_(self._std)
            features = self._model.encode_image(values.to(self._dtype))
        return unit_rows(features.float().cpu().numpy())

    def use_threads(self, threads: int) -> None:
        """Compute with this many CPU threads, in the calling thread."""
        import torch

        torch.set_num_threads(threads)

    def replicas(self) -> Sequence[OpenClipEncoder]:
        """Return an encoder for each GPU, this one first."""
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
        """Return unit rows, shape (n, dim); the model's own tokenizer truncates at its context length."""
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
        """Return how many tokens each text has before truncation, special ones included."""
        return open_clip_text.token_counts(self._tokenizer, texts)

    def text_module(self) -> TextModule | None:
        """Return the text tower and its tokenizer, for the export; None if the tokenizer is of an unknown kind."""
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
    """Return a model's preprocessing as `Preprocess`, and the mean and deviation of each channel."""
    settings: dict[str, Any] = visual.preprocess_cfg
    size = settings["size"]
    height, width = (size, size) if isinstance(size, int) else tuple(size)[-2:]
    mode = settings["resize_mode"]
    # For a crop that is not square, open_clip scales with its default, whatever the settings say.
    interpolation = "bicubic" if mode == "shortest" and height != width else settings["interpolation"]
    fill = int(settings.get("fill_color") or 0)
    return Preprocess(height, width, mode, interpolation, fill), settings["mean"], settings["std"]
