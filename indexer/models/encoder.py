"""The one seam between clipsearch and any model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from indexer.arrays import FloatArray

if TYPE_CHECKING:
    import torch

    from indexer.models.preprocess import Pixels, Preprocess
    from indexer.packed_tower.vit import PackedViT


@dataclass(frozen=True, slots=True)
class TextModule:
    """The text side of an encoder, taken apart so that text_tower/export.py can write it to files."""

    network: torch.nn.Module  # fp32 on the CPU: token ids, int64 (1, length), to features, float32 (1, dim)
    tokenizer: str  # the JSON of the library `tokenizers`; adds the special tokens
    cleaning: str  # of the text before, one of tokens.CLEANINGS
    context: int  # the most tokens, special ones included
    pad: int | None  # the token that fills a text up to the context; None if the network takes any length
    colours: bool = False  # whether builtin_space/joined.py adds the colours that a text says


class Space(Protocol):
    """What decides embeddings and what probabilities are made of them: of an encoder, or of what describes one."""

    @property
    def fingerprint(self) -> str:
        """A hash of the weights and the preprocessing, equal only where embeddings can be compared."""

    @property
    def dim(self) -> int:
        """The length of an embedding."""

    @property
    def logit_scale(self) -> float:
        """The factor of a cosine before the softmax or sigmoid (100 for OpenAI's CLIP)."""

    @property
    def logit_bias(self) -> float | None:
        """What is added after the scale; None for softmax models, a number for sigmoid ones (SigLIP)."""


class Encoder(Space, Protocol):
    """Maps images and texts into one space, as unit-length float32 rows."""

    @property
    def name(self) -> str:
        """The name that loads this model again, on the command line or from Python."""

    @property
    def device(self) -> str:
        """The device that computes: "cpu", "cuda" or "mps"."""

    @property
    def batch_size(self) -> int:
        """The number of pictures per batch that suits this model on this device."""

    @property
    def preprocess(self) -> Preprocess:
        """Turns an upright RGB picture into the model's input; can be sent to other processes."""

    def encode_images(self, batch: Pixels) -> FloatArray:
        """Return the embeddings of preprocessed pictures: uint8 (n, height, width, 3) -> (n, dim)."""

    @property
    def precision(self) -> str:
        """What `encode_images` computed in last, or will: "fp32", "bf16", "fp16" or "int8"."""

    def expect(self, pictures: int) -> None:
        """Be told that about so many pictures are to be encoded: a faster way may be got ready meanwhile."""

    def use_threads(self, threads: int) -> None:
        """Compute with this many CPU threads from now on, in the calling thread; has no effect on a GPU."""

    def replicas(self) -> Sequence[Encoder]:
        """Return the encoders that may work at the same time, this one first: on GPUs some for each, else itself."""

    def encode_texts(self, texts: Sequence[str]) -> FloatArray:
        """Return the embeddings of texts, shape (n, dim); texts longer than the context are truncated."""

    @property
    def context_length(self) -> int:
        """How many tokens a text may have, special ones included."""

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text has before truncation, special ones included."""

    def text_module(self) -> TextModule | None:
        """Return the text side alone, for the export; None if it can't be exported."""

    def packed_tower(self) -> PackedViT | None:
        """Return the image side as it is laid out for a CPU; None where it is not."""

    def image_module(self) -> torch.nn.Module | None:
        """Return the image side alone, for the export; None if it can't be exported.

        It is in fp32 on the CPU and maps pictures, uint8 (n, height, width, 3), to features, float32 (n, dim).
        """
