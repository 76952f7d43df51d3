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
from indexer.errors import ModelError
from indexer.model_settings.kinds import shown
from indexer.models import open_clip_text
from indexer.models.cuda_tower import LANES, CudaTower
from indexer.models.device import image_precision, keep_freed_memory
from indexer.models.encoder import TextModule
from indexer.models.names import ModelName
from indexer.models.open_clip_loading import load_model
from indexer.models.preprocess import Pixels, Preprocess
from indexer.models.tokens import panics_caught
from indexer.packed_tower.vit import PackedViT, packed

if TYPE_CHECKING:
    import torch

TEXTS_PER_BATCH = 256
SHORT_NAMES = {"torch.float32": "fp32", "torch.bfloat16": "bf16", "torch.float16": "fp16"}


class OpenClipEncoder:
    """An open_clip model on one device: the image tower in the fastest good precision, the text tower in fp32.

    On CUDA both towers run in fp16.
    """

    def __init__(self, name: ModelName, device: torch.device, known: str | None = None) -> None:
        """Load the model; raises UnknownModel, HubUnreachable, or ModelError if the weights can't be used.

        `known` is its fingerprint if that is known already: to hash the weights takes half a second.
        """
        import torch

        self._model, self._tokenizer = load_model(name)
        self._model.eval().requires_grad_(False)
        self._device = device
        self.device = device.type
        self._dtype = image_precision(device)
        self.name = str(name)
        self.fingerprint = known or fingerprint(self._model)
        self.logit_scale = float(self._model.logit_scale.detach().exp())
        bias = getattr(self._model, "logit_bias", None)
        self.logit_bias = None if bias is None else float(bias.detach())
        self.batch_size = 256 if device.type == "cuda" else 32
        self.preprocess, mean, std = _preprocessing(self._model.visual)
        self._normalisation = (mean, std)
        self._visual: Any = None  # the image tower as it was loaded, if a packed one takes its place
        self._packed = self._pack(mean, std) if device.type == "cpu" else None
        if device.type == "cpu":
            keep_freed_memory()
        self._mean, self._std = (255.0 * torch.tensor(values, device=device).view(1, 3, 1, 1) for values in (mean, std))
        self._place()
        self._gpu = self._tower() if device.type == "cuda" else None
        self.dim = self._tried()

    def _tried(self) -> int:
        """Return the embeddings' dimensions by encoding a text; raises ModelError where the model's parts don't fit."""
        try:
            return int(self.encode_texts(["a"]).shape[1])
        except (IndexError, RuntimeError, TypeError, ValueError) as error:
            reason = shown(" ".join(str(error).split()), 300)
            raise ModelError(f"The model {self.name} can't encode a text: {reason}") from error

    def _pack(self, mean: Sequence[float], std: Sequence[float]) -> PackedViT | None:
        """Lay the image tower out for the CPU if possible; the original waits for its export."""
        import torch

        tower = packed(self._model.visual, mean, std, self._dtype)
        if tower is not None:
            self._visual, self._model.visual = self._model.visual, torch.nn.Identity()
        return tower

    def _place(self) -> None:
        """Move the model to its device and precision; until now it was in fp32, which the fingerprint needs."""
        import torch

        if self._device.type == "cuda":
            self._model.to(self._device, dtype=self._dtype)
            self._model.visual.to(memory_format=torch.channels_last)  # as the pictures are
        else:
            self._model.to(self._device)
            self._model.visual.to(dtype=self._dtype)

    def _tower(self) -> CudaTower:
        """Return the image tower as it runs on a GPU, where it is already."""
        return CudaTower(self._model.encode_image, *self._normalisation, self._dtype, self._device)

    def encode_images(self, batch: Pixels) -> FloatArray:
        """Return unit rows, shape (n, dim), of uint8 pictures, shape (n, height, width, 3)."""
        import torch

        if self._gpu is not None:
            return unit_rows(self._gpu(batch))
        pixels = torch.from_numpy(batch)
        if self._packed is not None:
            with torch.inference_mode():
                return unit_rows(self._packed(pixels).numpy())
        with torch.inference_mode():
            # Permuted to (n, 3, height, width) the pictures are channels_last, the fastest layout for convolutions.
            values = pixels.to(self._device).permute(0, 3, 1, 2).float().sub_(self._mean).div_(self._std)
            features = self._model.encode_image(values.to(self._dtype))
        return unit_rows(features.float().cpu().numpy())

    @property
    def precision(self) -> str:
        """What pictures are computed in."""
        return SHORT_NAMES[str(self._dtype)]

    def packed_tower(self) -> PackedViT | None:
        """Return the image tower laid out for the CPU, if it is of a kind that can be."""
        return self._packed

    def expect(self, pictures: int) -> None:
        """Do nothing: there is no faster way."""

    def use_threads(self, threads: int) -> None:
        """Compute with this many CPU threads, in the calling thread."""
        import torch

        torch.set_num_threads(threads)

    def replicas(self) -> Sequence[OpenClipEncoder]:
        """Return an encoder for each batch that can be in flight, this one first: LANES on each GPU, with one model.

        While the GPU computes for one, the batch of the other goes up.
        """
        import torch

        if self._gpu is None:
            return [self]
        first = self._device.index or 0
        others = (torch.device("cuda", number) for number in range(torch.cuda.device_count()) if number != first)
        each = [self, *(self._copied_to(device) for device in others)]
        return [*each, *(copy.copy(encoder) for _ in range(LANES - 1) for encoder in each)]

    def _copied_to(self, device: torch.device) -> OpenClipEncoder:
        """Return a copy on another GPU."""
        twin = copy.copy(self)
        twin._device = device
        twin._model = copy.deepcopy(self._model).to(device)
        twin._gpu = twin._tower()
        return twin

    def encode_texts(self, texts: Sequence[str]) -> FloatArray:
        """Return unit rows, shape (n, dim); the model's own tokenizer truncates at its context length."""
        import torch

        blocks = []
        with torch.inference_mode():
            for start in range(0, len(texts), TEXTS_PER_BATCH):
                with panics_caught():
                    tokens = self._tokenizer(list(texts[start : start + TEXTS_PER_BATCH])).to(self._device)
                blocks.append(self._model.encode_text(tokens).float().cpu().numpy())
        return unit_rows(np.concatenate(blocks))

    @property
    def context_length(self) -> int:
        """How many tokens a text may have, special ones included."""
        return int(self._tokenizer.context_length)

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text has before truncation, special ones included."""
        with panics_caught():
            return open_clip_text.token_counts(self._tokenizer, texts)

    def text_module(self) -> TextModule | None:
        """Return the text tower and its tokenizer, for the export; None if the tokenizer is of an unknown kind."""
        return open_clip_text.text_module(self._model, self._tokenizer)

    def image_module(self) -> torch.nn.Module:
        """Return the image tower with the normalisation of pixels before it, for the export."""
        visual = self._model.visual if self._visual is None else self._visual
        return normalising(copy.deepcopy(visual).cpu().float(), *self._normalisation)


def normalising(visual: Any, mean: Sequence[float], std: Sequence[float]) -> torch.nn.Module:
    """Return a network of uint8 pictures (n, height, width, 3) that scales channels as `visual` was trained."""
    import torch

    class Normalising(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.visual = visual
            self.mean, self.std = (255.0 * torch.tensor(values).view(1, 3, 1, 1) for values in (mean, std))

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            features: torch.Tensor = self.visual((pixels.permute(0, 3, 1, 2).float() - self.mean) / self.std)
            return features

    return Normalising().eval()


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
