"""The temperature of a model in the library, which its logits are divided by before they become probabilities."""

from __future__ import annotations

import sqlite3

from indexer.errors import LibraryError
from indexer.store.store import Store, StoredModel

NONE = 1.0  # of a model that was never calibrated


def temperature_of(store: Store, model: StoredModel) -> float:
    """Return the temperature that was fitted for a model, 1.0 if none was."""
    try:
        row = store.db.execute("SELECT temperature FROM models WHERE id = ?", [model.id]).fetchone()
    except sqlite3.OperationalError:
        if store.read_only:  # a library that an older version wrote, and that can't be brought up to date
            return NONE
        raise
    return NONE if row is None or row[0] is None else float(row[0])


def remember_temperature(store: Store, model: StoredModel, temperature: float | None) -> None:
    """Store a model's temperature from now on; None takes it back. Raises LibraryError if it can't be written."""
    if store.read_only:
        raise LibraryError("The library can't be written to, so the calibration can't be changed; check its folder.")
    with store.writing():
        store.db.execute("UPDATE models SET temperature = ? WHERE id = ?", [temperature, model.id])
