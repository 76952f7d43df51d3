"""The models that a library knows, which of them answers, and the temperature each was calibrated with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indexer.errors import LibraryError, ModelMismatch
from indexer.models.agreement import agree
from indexer.models.names import parse_model_name
from indexer.store.store import Store, now

if TYPE_CHECKING:
    from indexer.models.encoder import Encoder


UNCALIBRATED = 1.0  # the temperature that changes nothing


def temperature_of(store: Store, model: StoredModel) -> float:
    """Return the temperature that a model was calibrated to, 1.0 if it was not."""
    row = store.db.execute("SELECT temperature FROM models WHERE id = ?", [model.id]).fetchone()
    return UNCALIBRATED if row is None or row[0] is None else float(row[0])


def remember_temperature(store: Store, model: StoredModel, temperature: float | None) -> None:
    """Store a model's temperature; None removes it. Raises LibraryError if the library can't be written."""
    if store.read_only:
        raise LibraryError("The library can't be written to, so its calibration can't be changed; check its folder.")
    with store.writing():
        store.db.execute("UPDATE models SET temperature = ? WHERE id = ?", [temperature, model.id])


def int8_verdict(store: Store, model: StoredModel) -> dict[str, Any] | None:
    """Return what `remember_int8` stored; None if that is still open."""
    row = store.db.execute("SELECT int8 FROM models WHERE id = ?", [model.id]).fetchone()
    return None if row is None or row[0] is None else dict(json.loads(row[0]))


def remember_int8(store: Store, model: StoredModel, verdict: Mapping[str, object]) -> None:
    """Store whether int8 was `taken` for a library's pictures, and what the comparison gave."""
    with store.writing():
        store.db.execute("UPDATE models SET int8 = ? WHERE id = ?", [json.dumps(verdict), model.id])


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A model as the library remembers it; enough to label without loading it."""

    id: int
    name: str
    fingerprint: str
    dim: int
    logit_scale: float
    logit_bias: float | None
    active: bool
    generation: int  # changes whenever this model's picture embeddings do
    int8: bool | None = None  # whether 8 bits were found good enough for this library's pictures; None if still open


def models(store: Store) -> list[StoredModel]:
    """Return all models, the active one first."""
    rows = store.db.execute(
        "SELECT id, name, fingerprint, dim, logit_scale, logit_bias, active, generation, json_extract(int8, '$.taken')"
        " FROM models ORDER BY active DESC, id"
    )
    return [
        StoredModel(
            *(id, name, fingerprint, dim, scale, bias, bool(active), generation), None if int8 is None else bool(int8)
        )
        for id, name, fingerprint, dim, scale, bias, active, generation, int8 in rows
    ]


def active_model(store: Store) -> StoredModel | None:
    """Return the model that answers queries, or None before the first picture."""
    return next((model for model in models(store) if model.active), None)


def remember_model(store: Store, encoder: Encoder) -> StoredModel:
    """Return the encoder's row in `models`, added if new, and made active if there is no active one.

    From now on it is a model that was used on this machine.
    """
    agree(encoder.name)
    with store.writing():
        store.db.execute(
            "INSERT INTO models (name, fingerprint, dim, logit_scale, logit_bias, added_at)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (fingerprint) DO UPDATE SET name = excluded.name",
            [encoder.name, encoder.fingerprint, encoder.dim, encoder.logit_scale, encoder.logit_bias, now()],
        )
        if active_model(store) is None:
            store.db.execute("UPDATE models SET active = 1 WHERE fingerprint = ?", [encoder.fingerprint])
    return next(model for model in models(store) if model.fingerprint == encoder.fingerprint)


def switch_to(store: Store, model: StoredModel) -> None:
    """Make a model the active one and drop all others, with their embeddings, texts and labels."""
    with store.writing():
        store.db.execute("DELETE FROM models WHERE id <> ?", [model.id])
        store.db.execute("UPDATE models SET active = 1 WHERE id = ?", [model.id])


def check_request(stored: StoredModel, requested: str | None) -> None:
    """Raise ModelMismatch if a model other than the library's is requested by name."""
    if requested is not None and str(parse_model_name(requested)) != stored.name:
        raise ModelMismatch(
            f"This library was indexed with {stored.name}, not with {requested}: leave --model out, or encode its "
            f"pictures again with: clipsearch index --model {requested}"
        )
