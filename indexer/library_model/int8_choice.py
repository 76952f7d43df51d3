"""A library's choice of int8: judged on its first pictures, and then remembered."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from indexer.library_model.ready import ReadyEncoder
from indexer.store.models import remember_int8

if TYPE_CHECKING:
    from indexer.models.encoder import Encoder
    from indexer.store.models import StoredModel
    from indexer.store.store import Store


def begin_judging(model: StoredModel, encoder: Encoder) -> None:
    """Let int8 be judged on the next pictures if that is still open for a library's model."""
    if model.int8 is None and isinstance(encoder, ReadyEncoder):
        encoder.judge_int8()


def keep_verdict(store: Store, model: StoredModel, encoder: Encoder) -> None:
    """Store what was found of int8, if anything."""
    if isinstance(encoder, ReadyEncoder) and encoder.verdict is not None:
        verdict = encoder.verdict
        remember_int8(store, model, {"taken": verdict.is_good, **dataclasses.asdict(verdict)})
