"""The models that a library knows, which of them answers, and the temperature each was calibrated with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.errors import LibraryError, ModelMismatch
from indexer.models import loading
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


def models(store: Store) -> list[StoredModel]:
    """Return all models, the active one first."""
    rows = store.db.execute(
        "SELECT id, name, fingerprint, dim, logit_scale, logit_bias, active, generation"
        " FROM models ORDER BY active DESC, id"
    )
    return [
        StoredModel(id, name, fingerprint, dim, scale, bias, bool(active), generation)
        for id, name, fingerprint, dim, scale, bias, active, generation in rows
    ]


def active_model(store: Store) -> StoredModel | None:
    """Return the model that answers queries, or None before the first picture."""
    return next((model for model in models(store) if model.active), None)


def remember_model(store: Store, encoder: Encoder) -> StoredModel:
    """Return the encoder's row in `models`, added if new, and made active if there is no active one."""
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


def load_stored(stored: StoredModel, device: str) -> Encoder:
    """Load the library's model; raises ModelMismatch if its weights or preprocessing have changed since."""
    encoder = loading.load_encoder(stored.name, device)
    if encoder.fingerprint != stored.fingerprint:
        raise ModelMismatch(
            f"The weights or preprocessing of {stored.name} have changed since this library was indexed; "
            "encode its pictures again with: clipsearch index --reindex"
        )
    return encoder


class LibraryModel:
    """A library's model, loaded when it is first needed: its own, or for a new library the requested one."""

    def __init__(
        self,
        store: Store,
        device: str,
        tell: Callable[[str], None],
        requested: str | None = None,
        replace: bool = False,
    ) -> None:
        """Take the requested name, if any; with `replace` that model is loaded even if the library has another.

        `tell` gets a sentence if the built-in model takes the place of the default one.
        """
        self._store = store
        self._device = device
        self._tell = tell
        self._requested = requested
        self._replace = replace
        self.kept: Encoder | None = None

    def __call__(self) -> Encoder:
        """Return the model, loaded again if the library has switched to another; raises as the loading does."""
        active = active_model(self._store)
        if active is None:
            self.kept = self.kept or loading.load_first_encoder(self._requested, self._device, self._tell)
        elif self._replace:
            self.kept = self.kept or loading.load_encoder(self._requested or active.name, self._device)
        elif self.kept is None or self.kept.fingerprint != active.fingerprint:
            self.kept = load_stored(active, self._device)
        return self.kept
