"""What several open libraries of one folder have together, each in a thread of its own: the index and the model.

One by itself has them alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.library_model import loading
from search.index.shared import SharedIndex

if TYPE_CHECKING:
    from indexer.models.encoder import Encoder
    from indexer.store.models import StoredModel


class SharedParts:
    """The index and the model; whoever really shares them makes the model fit for threads."""

    def __init__(self) -> None:
        """Have nothing open yet."""
        self.index = SharedIndex()

    @property
    def is_loaded(self) -> bool:
        """Whether the model was loaded for another library already."""
        return False

    def encoder(self, stored: StoredModel, device: str) -> Encoder:
        """Return the library's model, loaded; raises as the loading does."""
        return loading.stored_encoder(stored, device)
