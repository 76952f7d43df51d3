"""The text side of an open_clip model as parts that need no open_clip: a network, and a tokenizer as JSON."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from indexer.models.encoder import TextModule
from indexer.models.tokens import CLEANINGS

if TYPE_CHECKING:
    import torch

# CLIP's pattern, from the tokenizer published with it; \s, \p{L} and \p{N} are Unicode's.
WORDS = r"(?i)'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def text_module(model: Any, tokenizer: Any) -> TextModule | None:
    """Return a copy of a model's text side; None if its tokenizer is of an unknown kind."""
    cleaning, written = _cleaning(tokenizer), _tokenizer_json(tokenizer)
    if cleaning is None or written is None:
        return None
    context = int(tokenizer.context_length)
    tower = model.text if hasattr(model, "text") else model
    if _is_causal(model, tower):
        return TextModule(_causal(_on_cpu(tower)), written, cleaning, context, None)
    pad = int(tokenizer.tokenizer.pad_token_id) if hasattr(tokenizer, "tokenizer") else 0
    return TextModule(_padded(_on_cpu(model)), written, cleaning, context, pad)


def token_counts(tokenizer: Any, texts: Sequence[str]) -> list[int]:
    """Return how many tokens an open_clip tokenizer makes of each text before truncation."""
    if hasattr(tokenizer, "tokenizer"):
        return [len(tokenizer.tokenizer(tokenizer.clean_fn(text)).input_ids) for text in texts]
    return [len(tokenizer.encode(text)) + 2 for text in texts]


def _on_cpu(module: Any) -> Any:
    """Return a copy of a module in fp32 on the CPU, without the image tower."""
    nothing = {id(getattr(module, "visual", None)): None}  # deepcopy takes this for the copy
    return copy.deepcopy(module, nothing).cpu().float()


def _is_causal(model: Any, tower: Any) -> bool:
    """Return whether tokens after the end-of-text token change nothing, so that no padding is needed."""
    import torch

    pool = getattr(model, "text_pool_type", None) or getattr(tower, "pool_type", None)
    parts = ("token_embedding", "positional_embedding", "transformer", "ln_final", "attn_mask")
    return (
        pool == "argmax"
        and all(getattr(tower, part, None) is not None for part in parts)
        and getattr(tower, "cls_emb", None) is None
        and not getattr(tower, "use_pad_mask", False)
        and all(
            type(getattr(block, "attn", None)) is torch.nn.MultiheadAttention for block in tower.transformer.resblocks
        )
    )


def _causal(tower: Any) -> torch.nn.Module:
    """Return a causal text transformer for texts of any length, pooled at the end-of-text token, the highest id."""
    import torch

    for block in tower.transformer.resblocks:
        block.attn = _attention(block.attn)

    class Causal(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.tower = tower

        def forward(self, ids: torch.Tensor) -> torch.Tensor:
            length = ids.shape[1]
            hidden = tower.token_embedding(ids) + tower.positional_embedding[:length]
            hidden = tower.transformer(hidden, attn_mask=tower.attn_mask[:length, :length])
            pooled: torch.Tensor = tower.ln_final(hidden.index_select(1, ids.argmax(dim=1))[:, 0])
            projection = tower.text_projection
            if projection is not None:
                pooled = projection(pooled) if isinstance(projection, torch.nn.Linear) else pooled @ projection
            return pooled

    return Causal()


def _attention(theirs: Any) -> torch.nn.Module:
    """Return torch's multi-head self-attention for a text of any length: torch exports its own for a fixed length."""
    import torch

    heads, axis = theirs.num_heads, 0 if theirs.batch_first else 1

    class Attention(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.theirs = theirs

        def forward(
            self, query: torch.Tensor, *_: torch.Tensor, attn_mask: torch.Tensor, **__: object
        ) -> tuple[torch.Tensor]:
            hidden = torch.nn.functional.linear(query.squeeze(axis), theirs.in_proj_weight, theirs.in_proj_bias)
            queries, keys, values = hidden.view(-1, 3, heads, theirs.head_dim).permute(1, 2, 0, 3).unbind()
            weights = (queries * theirs.head_dim**-0.5 @ keys.transpose(1, 2) + attn_mask).softmax(dim=-1)
            joined = (weights @ values).transpose(0, 1).reshape(-1, theirs.embed_dim)
            return (theirs.out_proj(joined).unsqueeze(axis),)

    return Attention()


def _padded(model: Any) -> torch.nn.Module:
    """Return a model's own `encode_text`, for texts padded to the context."""
    import torch

    class Padded(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: torch.Tensor) -> torch.Tensor:
            features: torch.Tensor = self.model.encode_text(ids)
            return features

    return Padded()


def _cleaning(tokenizer: Any) -> str | None:
    """Return the name of the cleaning that an open_clip tokenizer applies to a text first."""
    from open_clip.tokenizer import get_clean_fn

    chosen = getattr(tokenizer, "clean_fn", None)
    return next((name for name in CLEANINGS if name != "none" and get_clean_fn(name) is chosen), None)


def _tokenizer_json(tokenizer: Any) -> str | None:
    """Return an open_clip tokenizer as the JSON of `tokenizers`; None if that is not possible."""
    from open_clip.tokenizer import HFTokenizer, SimpleTokenizer

    if isinstance(tokenizer, SimpleTokenizer) and tokenizer.reduction_fn is None:
        return _clip_tokenizer(tokenizer)
    if not isinstance(tokenizer, HFTokenizer) or tokenizer.tokenizer_mode or tokenizer.strip_sep_token:
        return None
    fast = getattr(tokenizer.tokenizer, "backend_tokenizer", None)
    if fast is None or tokenizer.tokenizer.padding_side != "right" or tokenizer.tokenizer.pad_token_id is None:
        return None
    return str(fast.to_str())


def _clip_tokenizer(theirs: Any) -> str:
    """Return CLIP's byte-pair encoding, with open_clip's vocabulary and merges, as JSON."""
    from tokenizers import AddedToken, Regex, Tokenizer, models, pre_tokenizers, processors

    ours = Tokenizer(models.BPE(vocab=theirs.encoder, merges=list(theirs.bpe_ranks), end_of_word_suffix="</w>"))
    ours.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    special = [(theirs.decoder[token], token) for token in theirs.all_special_ids]
    ours.add_special_tokens([AddedToken(name, special=True, normalized=False) for name, _ in special])
    start, end = special[:2]
    ours.post_processor = processors.TemplateProcessing(single=f"{start[0]} $A {end[0]}", special_tokens=[start, end])
    written = json.loads(ours.to_str())
    # The older form of the merges loads in two thirds of the time; no piece has a space in it.
    written["model"]["merges"] = [" ".join(pair) for pair in written["model"]["merges"]]
    return json.dumps(written, ensure_ascii=False)
