"""The built-in model: a real open-vocabulary model that needs no hub, by ConSE.

ConSE (Norouzi et al., "Zero-Shot Learning by Convex Combination of Semantic Embeddings", ICLR 2014, arXiv
1312.5650): a picture's embedding is the mean of the classes' text embeddings, weighted with a classifier's
probabilities. Here the classifier is EfficientNet-Lite2 on ImageNet's 1,000 classes and all-MiniLM-L6-v2 embeds the
texts, so that any text can be compared with any picture.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import zlib
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.arrays import FloatArray, unit_rows
from indexer.errors import BuiltinMissing
from indexer.files.plain import reading_plain
from indexer.files.whole import written_whole
from indexer.installation import package_command
from indexer.models import builtin_weights
from indexer.models.builtin_text import DIM, MAX_TOKENS, MiniLM
from indexer.models.device import keep_freed_memory
from indexer.models.encoder import TextModule
from indexer.models.preprocess import Pixels, Preprocess
from indexer.paths import cache_folder

if TYPE_CHECKING:
    import torch

SIZE = 260  # pixels, EfficientNet-Lite2's own input
CROP = 0.89  # of the shorter side, which its own preprocessing keeps
CLASSES = 1000  # ImageNet's

# Fitted on captioned photos for calibrated probabilities: the scale that minimises the negative log likelihood of
# the true class over zero-shot tasks of 2 to 20 classes. benchmarks/builtin_model.py fits it; docs/builtin-model.md
# says how, with the results.
LOGIT_SCALE = 14.5


class BuiltinEncoder:
    """EfficientNet-Lite2 and all-MiniLM-L6-v2 as one Encoder with 384 dimensions."""

    name = "builtin"
    dim = DIM
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
        self.fingerprint = _fingerprint()
        self._classifier: Any = None
        self._class_embeddings: torch.Tensor | None = None

    def encode_images(self, batch: Pixels) -> FloatArray:
        """Return unit rows (n, 384) of uint8 pictures: softmax over the classes times the classes' text embeddings."""
        import torch

        self._load_images()
        with torch.inference_mode():
            starts = range(0, len(batch), self._at_once)
            means = [self._mean(batch[start : start + self._at_once]) for start in starts]
        return unit_rows(np.concatenate(means))

    def _load_images(self) -> None:
        """Load the classifier and the classes' embeddings, on first use."""
        import torch

        if self._classifier is None:
            self._classifier = _load_classifier(self._image_weights).to(self._device)
            classes = kept_classes(self.fingerprint, lambda: self.encode_texts(class_texts()))
            self._class_embeddings = torch.from_numpy(classes).to(self._device)

    def _mean(self, batch: Pixels) -> FloatArray:
        """Return the mean of the classes' embeddings (n, 384), weighted with each picture's probabilities."""
        import torch

        values = torch.from_numpy(batch).to(self._device).permute(0, 3, 1, 2).float()
        logits = self._classifier(values.sub_(127.5).div_(127.5))
        mean = logits.float().softmax(dim=1) @ self._class_embeddings
        return np.asarray(mean.cpu().numpy(), dtype=np.float32)

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
        """Return unit rows (n, 384)."""
        return self._minilm.encode(texts)

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text has before truncation, special ones included."""
        return self._minilm.token_counts(texts)

    def text_module(self) -> TextModule:
        """Return MiniLM with its mean pooling, for the export."""
        return self._minilm.module()

    def packed_tower(self) -> None:
        """Return None: it is no vision transformer."""

    def image_module(self) -> torch.nn.Module:
        """Return the classifier with the mean of the classes' embeddings after it, for the export."""
        self._load_images()
        assert self._class_embeddings is not None
        return _class_mean(copy.deepcopy(self._classifier).cpu(), self._class_embeddings.cpu())

    @cached_property
    def _minilm(self) -> MiniLM:
        return MiniLM(self._text_folder, self._device)


def kept_classes(fingerprint: str, embed: Callable[[], FloatArray]) -> FloatArray:
    """Return the classes' text embeddings (1000, 384), embedded once and kept in the cache folder."""
    file = cache_folder() / f"classes-{fingerprint[:16]}.bin"
    with contextlib.suppress(OSError, ValueError):  # it is not there, or damaged
        with reading_plain(file) as opened:
            content = opened.read(4 * CLASSES * DIM + 4)
        if zlib.crc32(content[:-4]).to_bytes(4, "big") == content[-4:]:
            return np.frombuffer(content[:-4], "<f4").reshape(CLASSES, DIM).astype(np.float32)
    rows = embed()
    with contextlib.suppress(OSError):  # it can be embedded again
        file.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(file) as part, part.open("xb") as opened:
            content = rows.astype("<f4").tobytes()
            opened.write(content + zlib.crc32(content).to_bytes(4, "big"))
    return rows


def class_texts() -> list[str]:
    """Return the text of each ImageNet class: its names and its WordNet definition."""
    from timm.data import ImageNetInfo

    info = ImageNetInfo()
    return [str(info.index_to_description(index, detailed=True)) for index in range(info.num_classes())]


def _fingerprint() -> str:
    """Hash all that determines the embeddings: both weight files, the preprocessing and the recipe."""
    recipe = f"conse-1 size={SIZE} crop={CROP} bicubic mean=0.5 std=0.5 tokens={MAX_TOKENS} class=names+definition"
    parts = (builtin_weights.IMAGE_SHA256, builtin_weights.TEXT_SHA256, recipe)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


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


def _class_mean(classifier: Any, classes: torch.Tensor) -> torch.nn.Module:
    """Return a network of uint8 pictures whose output is the mean of the classes' embeddings, by probability."""
    import torch

    class ClassMean(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.classifier = classifier

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            values = (pixels.permute(0, 3, 1, 2).float() - 127.5) / 127.5
            mean: torch.Tensor = self.classifier(values).softmax(dim=1) @ classes
            return mean

    return ClassMean().eval()
