"""Which encoder a library gets: its model's exports where they are enough, else the model itself.

The fingerprint decides: exports of other weights are not those of this model, and a model whose files have changed is
loaded, so that its own fingerprint says whether it still is the library's.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from indexer.errors import ModelMismatch
from indexer.image_tower.tower import find_tower
from indexer.library_model import identity
from indexer.models import loading
from indexer.models.agreement import agree, require
from indexer.models.names import DEFAULT_MODEL, parse_model_name
from indexer.store.models import StoredModel, active_model

if TYPE_CHECKING:
    from indexer.library_model.fast_ways import Way
    from indexer.library_model.ready import ReadyEncoder
    from indexer.models.encoder import Encoder
    from indexer.store.store import Store


def load_encoder(name: str, device: str, expected: str | None = None) -> Encoder:
    """Load a model in full; raises as models/loading.py does.

    Where another fingerprint than that of the record is `expected`, the weights are hashed again.
    """
    state, known = identity.state_of(name, expected)
    return _loaded(name, known if state == "known" else None, lambda known: loading.load_encoder(name, device, known))


def _loaded(name: str, known: str | None, load: Callable[[str | None], Encoder]) -> Encoder:
    """Load a model whose fingerprint may be `known`, and record from which files."""
    before = identity.stamps(name)
    encoder = load(known)
    if before != identity.stamps(name):  # written meanwhile, so that it is not known which weights were read
        return load(None)
    if known is None or encoder.name != name:
        identity.remember(encoder.name, encoder.fingerprint)
    return encoder


def load_stored(stored: StoredModel, device: str) -> Encoder:
    """Load the library's model in full; raises ModelMismatch if its weights or preprocessing have changed since.

    Raises ModelNotAllowed too, if it was never asked for on this machine.
    """
    require(stored.name)
    encoder = load_encoder(stored.name, device, stored.fingerprint)
    if encoder.fingerprint != stored.fingerprint:
        raise ModelMismatch(
            f"The weights or preprocessing of {stored.name} have changed since this library was indexed; "
            "encode its pictures again with: clipsearch index --reindex"
        )
    return encoder


def stored_encoder(stored: StoredModel, device: str) -> Encoder:
    """Return the library's model, by way of its exports if it has them; raises as `load_stored` does."""
    require(stored.name)
    state, _ = identity.state_of(stored.name, stored.fingerprint)
    loadable = state == "known"
    if (loadable or state == "gone") and (ready := _ready(stored.name, stored.fingerprint, device, loadable)):
        ready.use_int8(bool(stored.int8))
        return ready
    return load_stored(stored, device)


def first_encoder(requested: str | None, device: str, tell: Callable[[str], None]) -> Encoder:
    """Return the model for a library that has none yet, by way of its exports if it was loaded before.

    Raises as models/loading.py does.
    """
    if requested is None:
        requested = os.environ.get("CLIPSEARCH_MODEL") or None
    name = str(parse_model_name(DEFAULT_MODEL if requested is None else requested))
    agree(name)
    state, known = identity.state_of(name)
    if state == "known" and (ready := _ready(name, known, device)) is not None:
        return ready
    trusted = known if state == "known" else None
    return _loaded(name, trusted, lambda known: loading.load_first_encoder(requested, device, tell, known))


def _ready(name: str, fingerprint: str, device: str, loadable: bool = True) -> ReadyEncoder | None:
    """Return a model by way of its exports; None if it has none, or another device than the CPU is asked for.

    What is not `loadable`, as its weights are gone, is not loaded, which might download it, where that only saves time.
    """
    about = find_tower(fingerprint) if device in ("auto", "cpu") else None
    if about is None:
        return None
    from indexer.library_model.fast_ways import fast_ways, gpu_seats
    from indexer.library_model.ready import ReadyEncoder

    def load() -> Encoder:
        encoder = load_encoder(name, device, fingerprint)
        if encoder.fingerprint != fingerprint:
            raise ModelMismatch(f"The weights or preprocessing of {name} have changed while they were in use.")
        return encoder

    seats = gpu_seats() if device == "auto" and loadable else 0

    def faster(precision: str) -> Sequence[Way]:
        return fast_ways(about, load if loadable else None, precision, bool(seats))

    return ReadyEncoder(name, about, load, faster, seats)


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
        if self._requested is not None:
            agree(str(parse_model_name(self._requested)))
        if active is None:
            self.kept = self.kept or first_encoder(self._requested, self._device, self._tell)
        elif self._replace:
            self.kept = self.kept or self._replacement(active)
        elif self.kept is None or self.kept.fingerprint != active.fingerprint:
            self.kept = stored_encoder(active, self._device)
        return self.kept

    def _replacement(self, active: StoredModel) -> Encoder:
        """Return the model that is to encode all pictures anew."""
        if self._requested is None:
            require(active.name)
        encoder = first_encoder(self._requested or active.name, self._device, self._tell)
        from indexer.library_model.ready import ReadyEncoder

        if isinstance(encoder, ReadyEncoder) and encoder.fingerprint == active.fingerprint:
            encoder.use_int8(bool(active.int8))  # as was found good enough for these pictures
        return encoder
