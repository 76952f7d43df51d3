"""What a data-set library says of itself: the model whose embeddings it holds. It stands in the schema of its table."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from indexer.errors import LibraryDamaged, LibraryTooNew
from indexer.store.models import StoredModel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indexer.models.encoder import Encoder

METADATA_KEY = b"clipsearch"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Description:
    """The model of a data-set library."""

    model: str  # its name
    fingerprint: str
    dim: int
    logit_scale: float
    logit_bias: float | None
    format: int = FORMAT

    @classmethod
    def of(cls, model: Encoder | StoredModel) -> Description:
        """Return the description of a library with this model."""
        return cls(model.name, model.fingerprint, model.dim, model.logit_scale, model.logit_bias)

    @classmethod
    def read(cls, metadata: Mapping[bytes, bytes] | None, address: str) -> Description:
        """Return what a table's metadata say; raises LibraryDamaged, LibraryTooNew."""
        try:
            record = json.loads((metadata or {})[METADATA_KEY])
            if record["format"] > FORMAT:
                raise LibraryTooNew(f"The library {address} was written by a newer clipsearch; upgrade this one.")
            name, fingerprint = str(record["model"]), str(record["fingerprint"])
            scale, bias = float(record["logit_scale"]), record["logit_bias"]
            return cls(name, fingerprint, int(record["dim"]), scale, None if bias is None else float(bias))
        except (KeyError, TypeError, ValueError) as error:
            raise LibraryDamaged(
                f"{address} does not say which model made it; it is no library of clipsearch."
            ) from error

    def metadata(self) -> dict[bytes, bytes]:
        """Return it as metadata of a table."""
        return {METADATA_KEY: json.dumps(asdict(self)).encode()}
