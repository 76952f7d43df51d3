"""The one seam between clipsearch and any model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from indexer.arrays import FloatArray

if TYPE_CHECKING:
    import torch

    from indexer.models.preprocess import Pixels, Preprocess


@dataclass(frozen=True, slots=True)
class TextModule:
    """The text side of an encoder, taken apart so that it can be written to files (`text_export`)."""

    network: torch.nn.Module  # fp32 on the CPU: token ids, int64 (1, length), to features, float32 (1, dim)
    tokenizer: str  # the JSON of the library `tokenizers`; adds the special tokens
    cleaning: str  # one of text_tokens.CLEANINGS, done before
    context: int  # the most tokens, special ones included
    pad: int | None  # the token to fill up to the context with; None if the network takes any length


class Encoder(Protocol):
    """Maps images and texts into one space, as unit-length float32 rows."""

    @property
    def name(self) -> str:
        """The name that loads this very model again, on the command line or from Python."""

    @property
    def fingerprint(self) -> str:
        """A hash of the weights and the preprocessing: equal only if the embeddings can be compared."""

    @property
    def dim(self) -> int:
        """The length of an embedding."""

    @property
    def logit_scale(self) -> float:
        """What a cosine is multiplied with before the softmax or sigmoid (100 for OpenAI's CLIP)."""

    @property
    def logit_bias(self) -> float | None:
        """What is added after the scale; None for softmax models, a number for sigmoid ones (SigLIP)."""

    @property
    def device(self) -> str:
        """Where it computes: "cpu", "cuda" or "mps"."""

    @property
    def batch_size(self) -> int:
        """How many pictures at once suit this model on this device."""

    @property
    def preprocess(self) -> Preprocess:
        """What makes an upright RGB picture the model's input; travels to other processes."""

    def encode_images(self, batch: Pixels) -> FloatArray:
        """Return the embeddings of preprocessed pictures: uint8 (n, height, width, 3) -> (n, dim)."""

    def use_threads(self, threads: int) -> None:
        """Compute with so many CPU threads from now on, in the calling thread; no matter on a GPU."""

    def replicas(self) -> Sequence[Encoder]:
        """Return this encoder and copies of it on the other GPUs; itself alone where there is one device."""

    def encode_texts(self, texts: Sequence[str]) -> FloatArray:
        """Return the embeddings of texts, shape (n, dim); what is longer than the context is cut off."""

    @property
    def context_length(self) -> int:
        """How many tokens a text may have, special ones included."""

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text has, special ones included, before anything is cut off."""

    def text_module(self) -> TextModule | None:
        """Return the text side alone, to be exported; None if it can't be."""
