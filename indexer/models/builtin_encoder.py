"""The built-in model: a real open-vocabulary model that needs no hub, by ConSE.

ConSE (Norouzi et al., "Zero-Shot Learning by Convex Combination of Semantic Embeddings", ICLR 2014, arXiv
1312.5650): a picture's embedding is the mean of the classes' text embeddings, weighted with a classifier's
probabilities. Here the classifier is EfficientNet-Lite2 on ImageNet's 1,000 classes and all-MiniLM-L6-v2 embeds the
texts, so that any text can be compared with any picture. Beside that stand the colours (indexer/builtin_space).
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.arrays import FloatArray, unit_rows
from indexer.builtin_space.classes import class_texts, kept_classes
from indexer.builtin_space.colour_terms import COLOURS
from indexer.builtin_space.joined import with_colours, without_colours
from indexer.builtin_space.picture_network import picture_network
from indexer.builtin_space.recipe import CROP, DIM, MAX_TOKENS, SIZE
from indexer.errors import BuiltinMissing
from indexer.installation import package_command
from indexer.models import builtin_weights
from indexer.models.builtin_text import MiniLM
from indexer.models.device import keep_freed_memory
from indexer.models.encoder import TextModule
from indexer.models.preprocess import Pixels, Preprocess

if TYPE_CHECKING:
    import torch

# Fitted on captioned photos for calibrated probabilities: the scale that minimises the negative log likelihood of
# the true class over zero-shot tasks of 2 to 20 classes. benchmarks/builtin_model.py fits it; docs/builtin-model.md
# says how, with the results.
LOGIT_SCALE = 16.0


class BuiltinEncoder:
    """EfficientNet-Lite2 and all-MiniLM-L6-v2 as one Encoder: 384 dimensions for things, 11 for colours."""

    name = "builtin"
    dim = DIM + len(COLOURS)
    logit_scale = LOGIT_SCALE
    logit_bias: float | None = None
    preprocess = Preprocess(SIZE, SIZE, crop=CROP)  # EfficientNet-Lite2's own
    context_length = MAX_TOKENS
    precision = "fp32"

    def __init__(self, device: torch.device) -> None:
        """Check the weights; the two networks load when first used. Raises BuiltinMissing if there are none."""
        self._image_weights, self._text_folder = builtin_weights.locate()
        self._device = device
        self.device = device.type
        self.batch_size = 128 if device.type == "cuda" else 32
        self._at_once = self.batch_size if device.type == "cuda" else 8  # fits the caches, and takes less memory
        if device.type == "cpu":
            keep_freed_memory()
        self.fingerprint = builtin_weights.fingerprint()
        self._pictures: Any = None

    def encode_images(self, batch: Pixels) -> FloatArray:
        """Return unit rows (n, 395) of uint8 pictures."""
        import torch

        self._load_images()
        with torch.inference_mode():
            starts = range(0, len(batch), self._at_once)
            parts = [torch.from_numpy(batch[start : start + self._at_once]) for start in starts]
            rows = [self._pictures(part.to(self._device)).cpu().numpy() for part in parts]
        return unit_rows(np.concatenate(rows))

    def _load_images(self) -> None:
        """Load the network of pictures, on first use."""
        import torch

        if self._pictures is None:
            classes = kept_classes(self.fingerprint, lambda: self._minilm.encode(class_texts()))
            network = picture_network(_load_classifier(self._image_weights), torch.from_numpy(classes))
            self._pictures = network.to(self._device)

    def expect(self, pictures: int) -> None:
        """Do nothing: there is no faster way."""

    def use_threads(self, threads: int) -> None:
        """Compute with this many CPU threads, in the calling thread."""
        import torch

        torch.set_num_threads(threads)

    def replicas(self) -> Sequence[BuiltinEncoder]:
        """Return this encoder alone: for so small a model one GPU is never the bottleneck."""
        return [self]

    def encode_texts(self, texts: Sequence[str]) -> FloatArray:
        """Return unit rows (n, 395)."""
        return with_colours(self._minilm.encode(without_colours(texts)), texts)

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text has before truncation, special ones included."""
        return self._minilm.token_counts(texts)

    def text_module(self) -> TextModule:
        """Return MiniLM with its mean pooling, for the export; what colours add is told by `colours`."""
        return self._minilm.module()

    def packed_tower(self) -> None:
        """Return None: it is no vision transformer."""

    def image_module(self) -> torch.nn.Module:
        """Return the network of pictures, for the export."""
        self._load_images()
        return copy.deepcopy(self._pictures).cpu()  # type: ignore[no-any-return]

    @cached_property
    def _minilm(self) -> MiniLM:
        return MiniLM(self._text_folder, self._device)


def _load_classifier(weights: bytes) -> Any:
    """Return EfficientNet-Lite2: timm's architecture with the package's weights.

    The two state dicts hold the same tensors in the same order under different names, so they are matched by order
    and every shape is checked.
    """
    import io

    import timm
    import torch

    network = timm.create_model("tf_efficientnet_lite2", pretrained=False)
    theirs = torch.load(io.BytesIO(weights), map_location="cpu", weights_only=True)
    ours = network.state_dict()
    shapes = [tuple(tensor.shape) for tensor in ours.values()]
    if shapes != [tuple(tensor.shape) for tensor in theirs.values()]:
        raise BuiltinMissing(
            "EfficientNet-Lite2 of the installed timm does not fit the built-in weights; "
            f"run: {package_command('timm', again=True)}"
        )
    network.load_state_dict(dict(zip(ours, theirs.values(), strict=True)))
    return network.eval().requires_grad_(False)
