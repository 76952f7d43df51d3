"""From cosines to probabilities, as the model was trained to give them."""

from __future__ import annotations

import numpy as np

from indexer.arrays import FloatArray


def probabilities(cosines: FloatArray, logit_scale: float, logit_bias: float | None) -> FloatArray:
    """Return the probability of each class, shape (n, classes), from cosines of that shape.

    Without a bias softmax(scale * cosine), so that a row sums to 1 (Radford et al., "Learning Transferable
    Visual Models From Natural Language Supervision", 2021, figure 3). With one sigmoid(scale * cosine + bias),
    each class for itself (Zhai et al., "Sigmoid Loss for Language Image Pre-Training", 2023).
    """
    logits = cosines.astype(np.float32) * np.float32(logit_scale)
    if logit_bias is not None:
        logits += np.float32(logit_bias)
        with np.errstate(over="ignore"):  # exp of a hopeless logit is infinite, and the probability 0
            return np.asarray(1.0 / (1.0 + np.exp(-logits)), dtype=np.float32)
    logits -= logits.max(axis=1, keepdims=True)
    np.exp(logits, out=logits)
    logits /= logits.sum(axis=1, keepdims=True)
    return np.asarray(logits, dtype=np.float32)
