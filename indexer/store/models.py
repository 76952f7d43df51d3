"""The models that a library knows, which of them answers, and the temperature each was calibrated with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indexer.damage import note_damage
from indexer.errors import LibraryDamaged, LibraryError, ModelMismatch
from indexer.models.agreement import agree
from indexer.models.names import parse_model_name
from indexer.store.soundness import LEAST_TEMPERATURE, MOST_DIM, MOST_TEMPERATURE, is_number
from indexer.store.store import Store, now

if TYPE_CHECKING:
    from indexer.models.encoder import Encoder, Space


UNCALIBRATED = 1.0  # the temperature that changes nothing


def temperature_of(store: Store, model: StoredModel) -> float:
    """Return the temperature that a model was calibrated to, 1.0 if it was not."""
    row = store.db.execute("SELECT temperature FROM models WHERE id = ?", [model.id]).fetchone()
    if row is None or row[0] is None:
        return UNCALIBRATED
    if not is_number(row[0], LEAST_TEMPERATURE, MOST_TEMPERATURE):
        note_damage("calibration", [model.id])
        return UNCALIBRATED
    return float(row[0])


def remember_temperature(store: Store, model: StoredModel, temperature: float | None) -> None:
    """Store a model's temperature; None removes it. Raises LibraryError if the library can't be written."""
    if store.read_only:
        raise LibraryError("The library can't be written to, so its calibration can't be changed; check its folder.")
    with store.writing():
        store.db.execute("UPDATE models SET temperature = ? WHERE id = ?", [temperature, model.id])


def int8_verdict(store: Store, model: StoredModel) -> dict[str, Any] | None:
    """Return what `remember_int8` stored; None if that is still open."""
    row = store.db.execute("SELECT int8 FROM models WHERE id = ?", [model.id]).fetchone()
    return None if row is None else read_verdict(row[0])


def read_verdict(stored: Any) -> dict[str, Any] | None:
    """Return a stored verdict on int8; None if it is none that could be shown."""
    try:
        verdict = json.loads(stored)
    except (TypeError, ValueError, RecursionError):
        return None
    if not isinstance(verdict, dict) or not isinstance(verdict.get("taken"), bool):
        return None
    numbers = (verdict[name] for name in ("least_cosine", "overlap") if name in verdict)
    return verdict if all(is_number(number, -1.01, 1.01) for number in numbers) else None


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
    """Return all models, the active one first; raises LibraryDamaged if that one can't be used."""
    rows = store.db.execute(
        "SELECT id, name, fingerprint, dim, logit_scale, logit_bias, active, generation, int8"
        " FROM models ORDER BY active DESC, id"
    )
    read = (
        StoredModel(*(id, name, fingerprint, dim, scale, bias, active == 1, generation), _is_taken(int8))
        for id, name, fingerprint, dim, scale, bias, active, generation, int8 in rows
    )
    return [model for model in read if _is_usable(model)]


def is_sound(model: StoredModel) -> bool:
    """Return whether what is stored of a model can be true."""
    return (
        all(type(text) is str and text for text in (model.name, model.fingerprint))
        and type(model.dim) is int
        and 0 < model.dim <= MOST_DIM
        and is_number(model.logit_scale)
        and (model.logit_bias is None or is_number(model.logit_bias))
        and type(model.generation) is int
    )


def _is_usable(model: StoredModel) -> bool:
    if is_sound(model):
        return True
    if model.active:
        raise LibraryDamaged(
            "What the library has stored of its model is damaged; clipsearch check mends it if that is possible."
        )
    note_damage("model", [model.id])
    return False


def _is_taken(int8: Any) -> bool | None:
    verdict = None if int8 is None else read_verdict(int8)
    return None if verdict is None else bool(verdict["taken"])


def active_model(store: Store) -> StoredModel | None:
    """Return the model that answers queries, or None before the first picture."""
    return next((model for model in models(store) if model.active), None)


def remember_model(store: Store, encoder: Encoder) -> StoredModel:
    """Return the encoder's row in `models`, added if new, and made active if there is no active one.

    From now on it is a model that was used on this machine.
    """
    agree(encoder.name)
    return remember_row(store, encoder.name, encoder)


def remember_row(store: Store, name: str, model: Space) -> StoredModel:
    """Return a model's row in `models`, added if new, and made active if there is no active one."""
    with store.writing():
        store.db.execute(
            "INSERT INTO models (name, fingerprint, dim, logit_scale, logit_bias, added_at)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (fingerprint) DO UPDATE SET name = excluded.name",
            [name, model.fingerprint, model.dim, model.logit_scale, model.logit_bias, now()],
        )
        if active_model(store) is None:
            store.db.execute("UPDATE models SET active = 1 WHERE fingerprint = ?", [model.fingerprint])
    return next(stored for stored in models(store) if stored.fingerprint == model.fingerprint)


def switch_to(store: Store, model: StoredModel) -> None:
    """Make a model the active one and drop all others, with their embeddings, texts and labels.

    Label sets in which a person said something stay, with that alone, to be judged by the new model.
    """
    corrected = "id IN (SELECT label_set FROM correction_acts WHERE undone_at IS NULL)"
    with store.writing():
        store.db.execute(
            "DELETE FROM labels WHERE act IS NULL AND label_set IN"
            f" (SELECT id FROM label_sets WHERE model <> ? AND {corrected})",
            [model.id],
        )
        store.db.execute(f"UPDATE label_sets SET model = ?1, recipe = '' WHERE model <> ?1 AND {corrected}", [model.id])
        store.db.execute("DELETE FROM models WHERE id <> ?", [model.id])
        store.db.execute("UPDATE models SET active = 1 WHERE id = ?", [model.id])


def check_request(stored: StoredModel, requested: str | None) -> None:
    """Raise ModelMismatch if a model other than the library's is requested by name."""
    if requested is not None and str(parse_model_name(requested)) != stored.name:
        raise ModelMismatch(
            f"This library was indexed with {stored.name}, not with {requested}: leave --model out, or encode its "
            f"pictures again with: clipsearch index --model {requested}"
        )
