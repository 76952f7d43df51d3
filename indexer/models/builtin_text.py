"""The built-in model's text side: all-MiniLM-L6-v2, the mean of its token embeddings for each text."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.arrays import FloatArray, unit_rows
from indexer.builtin_space.recipe import DIM, MAX_TOKENS
from indexer.models.encoder import TextModule
from indexer.models.tokens import whole_length

if TYPE_CHECKING:
    import torch

TEXTS_PER_BATCH = 64


class MiniLM:
    """all-MiniLM-L6-v2: a tokenizer and a BERT network."""

    def __init__(self, folder: Path, device: torch.device) -> None:
        from tokenizers import Tokenizer
        from transformers import BertModel
        from transformers.utils import logging

        logging.set_verbosity_error()
        logging.disable_progress_bar()
        network = BertModel.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, add_pooling_layer=False
        )
        self._network: Any = network.eval().requires_grad_(False).to(device)
        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Return unit rows (n, DIM): the mean of the token embeddings, without padding."""
        rows = np.empty((len(texts), DIM), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda index: len(texts[index]))  # less padding in a batch
        for start in range(0, len(texts), TEXTS_PER_BATCH):
            chosen = by_length[start : start + TEXTS_PER_BATCH]
            rows[chosen] = self._mean_pooled([texts[index] for index in chosen])
        return unit_rows(rows)

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text has before truncation, special ones included."""
        return [whole_length(self._tokenizer, text) for text in texts]

    def module(self) -> TextModule:
        """Return a copy with mean pooling, for the export; a text's colours are to be added to what it gives."""
        network = _pooling(copy.deepcopy(self._network).cpu())
        return TextModule(network, self._tokenizer.to_str(), "none", MAX_TOKENS, None, colours=True)

    def _mean_pooled(self, texts: list[str]) -> FloatArray:
        """Return the mean token embedding of each text, shape (n, DIM), not normalised."""
        import torch

        tokens = self._tokenizer.encode_batch(texts)
        ids = torch.tensor([token.ids for token in tokens], device=self._network.device)
        mask = torch.tensor([token.attention_mask for token in tokens], device=self._network.device)
        with torch.inference_mode():
            hidden = self._network(input_ids=ids, attention_mask=mask).last_hidden_state.float()
            pooled = (hidden * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True)
        return np.asarray(pooled.cpu().numpy(), dtype=np.float32)


def _pooling(network: Any) -> torch.nn.Module:
    """Return the network with mean pooling, for single texts without padding."""
    import torch

    class Pooling(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, ids: torch.Tensor) -> torch.Tensor:
            hidden: torch.Tensor = self.network(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
            return hidden.mean(dim=1)

    return Pooling()
