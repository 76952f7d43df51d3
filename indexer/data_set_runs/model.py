"""The model of a run into a data-set library: the library's own, or for a new one what is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from indexer.errors import ModelMismatch
from indexer.library_model.loading import first_encoder, stored_encoder
from indexer.models.agreement import agree
from indexer.models.names import parse_model_name
from indexer.store.models import StoredModel

if TYPE_CHECKING:
    from indexer.data_sets.description import Description
    from indexer.models.encoder import Encoder


class DataSetModel:
    """Loads the model when it is first needed, and keeps it."""

    def __init__(
        self,
        address: str,
        description: Description | None,
        device: str,
        tell: Callable[[str], None],
        requested: str | None = None,
    ) -> None:
        """Take the library's address and what it says of itself, None for a new one.

        `tell` gets a sentence if the built-in model takes the place of the default one. Raises ModelMismatch if another
        model than the library's is requested.
        """
        self._address = address
        self._description = description
        self._device = device
        self._tell = tell
        self._requested = requested
        self.kept: Encoder | None = None
        if requested is not None and description is not None and str(parse_model_name(requested)) != description.model:
            raise ModelMismatch(
                f"The library {address} was indexed with {description.model}, not with {requested}, and a data set has"
                " one model: leave --model out, or index into another --library."
            )

    def __call__(self) -> Encoder:
        """Return the model; raises as the loading does, ModelMismatch if its weights are not those of the library."""
        if self.kept is None:
            self.kept = self._loaded()
        return self.kept

    def _loaded(self) -> Encoder:
        if self._requested is not None:
            agree(str(parse_model_name(self._requested)))
        if self._description is None:
            return first_encoder(self._requested, self._device, self._tell)
        try:
            return stored_encoder(stored_model(self._description), self._device)
        except ModelMismatch as error:
            raise ModelMismatch(
                f"The weights or preprocessing of {self._description.model} have changed since the library"
                f" {self._address} was made; index into another --library, or bring the former weights back."
            ) from error


def stored_model(description: Description) -> StoredModel:
    """Return the model of a data set as that of a local library is described."""
    about = (description.model, description.fingerprint, description.dim, description.logit_scale)
    return StoredModel(0, *about, description.logit_bias, active=True, generation=0)
